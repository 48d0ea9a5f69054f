// The verilated POST engine on random instructions: every byte, address and cycle against
// docs/isa.md and docs/timing.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "post_bench.h"
#include "post_draw.h"
#include "post_models.h"
#include "sw/arith/rounding.h"

double sc_time_stamp() { return 0; }

namespace systole {
namespace {

constexpr uint64_t kSeed = 2718281;

template <typename Model>
class PostTest : public testing::Test {
 protected:
  // `count` instructions from now on; `pressed`: arrivals and tokens never delay anything.
  std::vector<PostItem> DrawItems(PostBench<Model>& bench, int count, bool pressed) {
    std::vector<PostItem> items;
    int64_t at = bench.cycle;
    for (int j = 0; j < count; ++j) {
      PostItem item;
      item.instr = random_() % 8 == 0 ? Sync() : DrawAny(random_, bench.config);
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
            (sync ? 1 : PostTaps(item.instr, bench.config) + 20);
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
    const int sums = kSums * ((3 + bench.config.lanes - 1) / bench.config.lanes);
    std::fill_n(used.begin(), std::min(sums, bench.config.ParRows()), true);
    for (const PostItem& item : items) {
      const auto channels =
          item.instr.Get(item.instr.opcode() == Opcode::kPost ? field::kPoNchan : field::kPaNchan);
      for (size_t row = item.instr.Get(field::kPoPar), c = 0; row < used.size() && c < channels + 3;
           ++row, c += static_cast<size_t>(bench.config.lanes)) {
        used[row] = true;
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
