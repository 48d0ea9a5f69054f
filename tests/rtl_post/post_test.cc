// The verilated POST engine on random instructions: every byte, address and cycle against
// docs/isa.md and docs/timing.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "post_bench.h"
#include "post_models.h"
#include "sw/arith/rounding.h"

double sc_time_stamp() { return 0; }

namespace systole {
namespace {

constexpr uint64_t kSeed = 2718281;

int Below(std::mt19937_64& random, int n) {
  return static_cast<int>(random() % static_cast<uint64_t>(n));
}

// A legal instruction in range. Small counts are frequent; strides go both ways, modulo their
// width.
Instruction DrawPost(std::mt19937_64& random, const PostConfig& config) {
  auto count = [&](int most) { return 1 + std::min(Below(random, most), Below(random, most)); };
  for (;;) {
    Instruction i;
    i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kPost));
    i.Set(field::kPopLoad, random() % 8);
    i.Set(field::kPopMatmul, random() % 8);
    i.Set(field::kPopStore, random() % 8);
    i.Set(field::kPush, random() % 16 & 0xB);
    i.Set(field::kPoHalf, random() % 2);
    i.Set(field::kPoPair, random() % 2);
    int rounding = Below(random, kNumRoundings);
    while ((config.roundings >> rounding & 1) == 0) rounding = Below(random, kNumRoundings);
    i.Set(field::kPoRounding, static_cast<uint64_t>(rounding));
    const bool taps = random() % 2;
    const int nchan = count(config.cols), nx = count(9), ny = count(5);
    const int ntx = taps ? count(4) : 1, nty = taps ? count(4) : 1;
    i.Set(field::kPoNx, static_cast<uint64_t>(nx));
    i.Set(field::kPoNy, static_cast<uint64_t>(ny));
    i.Set(field::kPoNtx, static_cast<uint64_t>(ntx));
    i.Set(field::kPoNty, static_cast<uint64_t>(nty));
    i.Set(field::kPoNchan, static_cast<uint64_t>(nchan));
    auto stride = [&](Field f, int most) {
      const int v = Below(random, 2 * most + 1) - most;
      i.Set(f, static_cast<uint64_t>(v) & ((uint64_t{1} << f.width) - 1));
    };
    const int reach = std::max(1, config.acc_depth / 12);
    stride(field::kPoEsX, std::min(reach, 12));
    stride(field::kPoEsY, reach);
    stride(field::kPoEsTx, std::min(reach, 4));
    stride(field::kPoEsTy, std::min(reach, 6));
    const int free_cols = config.cols - nchan;
    stride(field::kPoCsTx, std::min(free_cols, 6));
    stride(field::kPoCsTy, std::min(free_cols, 6));
    stride(field::kPoCsPair, free_cols);
    i.Set(field::kPoCol, static_cast<uint64_t>(Below(random, free_cols + 1)));
    i.Set(field::kPoAccBase, static_cast<uint64_t>(Below(random, config.acc_depth)));
    i.Set(field::kPoPar, static_cast<uint64_t>(Below(random, config.ParRows())));
    i.Set(field::kPoOut, static_cast<uint64_t>(Below(random, config.act_bytes)));
    i.Set(field::kPoSx, static_cast<uint64_t>(Below(random, 40)));
    i.Set(field::kPoSy, static_cast<uint64_t>(Below(random, config.act_bytes / 16)));
    i.Set(field::kPoZw, config.row_sum && random() % 2 ? random() % 256 : 0);
    i.Set(field::kPoZy, random() % 256);
    const auto a = static_cast<int8_t>(random()), b = static_cast<int8_t>(random());
    const bool wide = random() % 2;
    i.Set(field::kPoLo, static_cast<uint8_t>(wide ? -128 : std::min(a, b)));
    i.Set(field::kPoHi, static_cast<uint8_t>(wide ? 127 : std::max(a, b)));
    if (PostInRange(i, config)) return i;
  }
}

Instruction Sync() {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncPost));
  return i;
}

// Everything the bench saw, against the law applied to `items` (head of the first: its arrival).
template <typename Model>
void CompareWithLaw(const PostBench<Model>& bench, const std::vector<PostItem>& items) {
  std::vector<PostSeenWrite> writes;
  std::vector<PostRetire> retires;
  std::vector<bool> busy(bench.busy.size()), inflight(bench.busy.size());
  auto mark = [&](std::vector<bool>& v, int64_t from, int64_t to) {
    for (int64_t c = from; c < to; ++c) v.at(c - bench.first_cycle) = true;
  };
  ASSERT_TRUE(bench.errors.empty())
      << "error " << bench.errors[0].code << " pc " << bench.errors[0].pc;
  ASSERT_EQ(bench.issues.size(), items.size());
  int64_t free = 0, previous = -1;
  for (size_t j = 0; j < items.size(); ++j) {
    const Instruction& instr = items[j].instr;
    const int64_t head = std::max(items[j].arrival, previous + 1);
    const int64_t issue = std::max({head, free, items[j].tokens});
    ASSERT_EQ(bench.issues[j].cycle, issue) << "instruction " << j;
    ASSERT_EQ(bench.issues[j].pc, items[j].pc);
    previous = issue;
    const bool sync = instr.opcode() == Opcode::kSyncPost;
    const int64_t taps = sync ? 1 : PostTaps(instr, bench.config);
    free = issue + taps;
    mark(busy, issue, free);
    if (sync) continue;
    for (const PostWrite& w : PostWrites(instr, bench.config, bench.state)) {
      writes.push_back({issue + w.slot, w.address, w.bytes});
    }
    retires.push_back({issue + taps + 10, static_cast<int>(instr.Get(field::kPush))});
    mark(inflight, issue + 1, issue + taps + 11);
  }
  ASSERT_EQ(bench.writes.size(), writes.size());
  for (size_t k = 0; k < writes.size(); ++k) {
    ASSERT_EQ(bench.writes[k].cycle, writes[k].cycle) << "write " << k;
    ASSERT_EQ(bench.writes[k].address, writes[k].address) << "write " << k;
    ASSERT_EQ(bench.writes[k].bytes, writes[k].bytes)
        << "write " << k << " cycle " << writes[k].cycle;
  }
  ASSERT_EQ(bench.retires.size(), retires.size());
  for (size_t k = 0; k < retires.size(); ++k) {
    ASSERT_EQ(bench.retires[k].cycle, retires[k].cycle) << "retire " << k;
    ASSERT_EQ(bench.retires[k].push, retires[k].push) << "retire " << k;
  }
  ASSERT_EQ(bench.busy, busy);
  ASSERT_EQ(bench.inflight, inflight);
}

template <typename Model>
class PostTest : public testing::Test {
 protected:
  // `count` instructions from now on; `pressed`: arrivals and tokens never delay anything.
  std::vector<PostItem> DrawItems(PostBench<Model>& bench, int count, bool pressed) {
    std::vector<PostItem> items;
    int64_t at = bench.cycle;
    for (int j = 0; j < count; ++j) {
      PostItem item;
      item.instr = random_() % 8 == 0 ? Sync() : DrawPost(random_, bench.config);
      item.pc = static_cast<uint32_t>(random_());
      if (!pressed) at += Below(random_, 4) == 0 ? Below(random_, 200) : Below(random_, 3);
      item.arrival = at;
      item.tokens = pressed ? 0 : at + (random_() % 2 ? Below(random_, 60) : 0);
      items.push_back(item);
    }
    return items;
  }

  int64_t Length(const PostBench<Model>& bench, const std::vector<PostItem>& items) {
    int64_t end = bench.cycle;
    for (const PostItem& item : items) {
      const bool sync = item.instr.opcode() == Opcode::kSyncPost;
      end = std::max({end, item.arrival, item.tokens}) +
            (sync ? 1 : PostTaps(item.instr, bench.config));
    }
    return end - bench.cycle + 20;
  }

  void Run(int rounds, int count, bool pressed) {
    PostBench<Model> bench(kSeed);
    std::set<int8_t> values;
    for (int round = 0; round < rounds; ++round) {
      SCOPED_TRACE(testing::Message() << "seed " << kSeed << " round " << round);
      ASSERT_NO_FATAL_FAILURE(bench.Randomize());
      bench.Forget();
      const auto items = DrawItems(bench, count, pressed);
      bench.items.assign(items.begin(), items.end());
      ASSERT_NO_FATAL_FAILURE(bench.RunFor(Length(bench, items)));
      ASSERT_NO_FATAL_FAILURE(CompareWithLaw(bench, items));
      for (const PostSeenWrite& w : bench.writes) values.insert(w.bytes.begin(), w.bytes.end());
    }
    EXPECT_EQ(values.size(), 256u);  // the parameters lead everywhere, not to the clamps alone
  }

  std::mt19937_64 random_{kSeed};
};

using Models = testing::Types<C16L8, C7L7, C14L5, C2L2, C16L16>;
TYPED_TEST_SUITE(PostTest, Models);

TYPED_TEST(PostTest, RandomInstructionsBackToBackEqualTheLaw) { this->Run(300, 60, true); }

TYPED_TEST(PostTest, RandomInstructionsWithLateTokensEqualTheLaw) { this->Run(200, 60, false); }

// Each tap reads the entry of docs/isa.md in its slot.
TYPED_TEST(PostTest, TapsReadTheirEntryInOrder) {
  PostBench<TypeParam> bench(kSeed);
  for (int round = 0; round < 500; ++round) {
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(20));
    bench.Forget();
    const Instruction i = DrawPost(this->random_, bench.config);
    bench.items.push_back({i, 7, 0, 0});
    const int64_t issue = bench.cycle;
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(PostTaps(i, bench.config) + 12));
    auto get = [&](Field f) { return static_cast<int>(i.Get(f)); };
    size_t k = 0;
    for (int channel = 0; channel < get(field::kPoNchan); channel += bench.config.lanes) {
      for (int y = 0; y < get(field::kPoNy); ++y) {
        for (int x = 0; x < get(field::kPoNx); ++x) {
          for (int ty = 0; ty < get(field::kPoNty); ++ty) {
            for (int tx = 0; tx < get(field::kPoNtx); ++tx, ++k) {
              ASSERT_LT(k, bench.reads.size());
              ASSERT_EQ(bench.reads[k].cycle, issue + 1 + static_cast<int64_t>(k));
              ASSERT_EQ(bench.reads[k].half, get(field::kPoHalf));
              ASSERT_EQ(bench.reads[k].entry,
                        (get(field::kPoAccBase) + y * get(field::kPoEsY) + x * get(field::kPoEsX) +
                         ty * get(field::kPoEsTy) + tx * get(field::kPoEsTx)) %
                            1024);
            }
          }
        }
      }
    }
    ASSERT_EQ(k, bench.reads.size());
  }
}

// Parameter rows are loaded, with gaps between beats, while an instruction that does not use them
// runs.
TYPED_TEST(PostTest, ParameterRowsLoadWhileOthersAreRead) {
  PostBench<TypeParam> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  for (int round = 0; round < 300; ++round) {
    bench.Forget();
    auto items = this->DrawItems(bench, 6, true);
    std::vector<bool> used(bench.config.ParRows());
    for (const PostItem& item : items) {
      for (int c = 0; c < static_cast<int>(item.instr.Get(field::kPoNchan));
           c += bench.config.lanes) {
        used[item.instr.Get(field::kPoPar) + c / bench.config.lanes] = true;
      }
    }
    bench.items.assign(items.begin(), items.end());
    const int64_t end = bench.cycle + this->Length(bench, items);
    for (int k = 0; k < 4; ++k) {
      const int row = Below(this->random_, bench.config.ParRows());
      if (used[row]) continue;
      for (int lane = 0; lane < bench.config.lanes; ++lane) {
        PostChannel& p = bench.state.params[row * bench.config.lanes + lane];
        p.bias = static_cast<int32_t>(this->random_());
        p.m = static_cast<uint32_t>(this->random_()) & 0x7FFFFFFF;
        p.s = static_cast<uint8_t>(Below(this->random_, 63));
      }
      ASSERT_NO_FATAL_FAILURE(bench.LoadRow(row, 2));
    }
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(end - bench.cycle));  // none if already past
    ASSERT_NO_FATAL_FAILURE(CompareWithLaw(bench, items)) << "seed " << kSeed << " round " << round;
  }
}

// clear_i or reset in any cycle: nothing of what was under way is written or retired, and what
// follows is right.
TYPED_TEST(PostTest, ClearOrResetAtAnyCycleThenRuns) {
  PostBench<TypeParam> bench(kSeed);
  ASSERT_NO_FATAL_FAILURE(bench.Randomize());
  for (int at = 0; at < 120; ++at) {
    SCOPED_TRACE(testing::Message() << "seed " << kSeed << " clear after " << at);
    auto items = this->DrawItems(bench, 12, true);
    bench.items.assign(items.begin(), items.end());
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(at));
    bench.Clear(at % 2 == 1);
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(15));
    ASSERT_TRUE(bench.writes.empty() && bench.retires.empty() && bench.reads.empty());
    bench.Forget();
    items = this->DrawItems(bench, 4, true);
    bench.items.assign(items.begin(), items.end());
    ASSERT_NO_FATAL_FAILURE(bench.RunFor(this->Length(bench, items)));
    ASSERT_NO_FATAL_FAILURE(CompareWithLaw(bench, items));
  }
}

}  // namespace
}  // namespace systole
