// Named sequences with numbers worked out by hand.
#include <gtest/gtest.h>

#include "tests/rtl_matmul/matmul_driver.h"
#include "tests/rtl_matmul/matmul_random.h"

namespace systole::rtl_matmul {
namespace {

struct Shape {
  int m = 4, slices = 1, wcols = 16, klast = 16, first = 1, half = 0, acc_base = 0, wgt_row = 0;
};

Instruction Matmul(const Shape& s) {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kMatmul));
  i.Set(field::kMmFirst, s.first);
  i.Set(field::kMmHalf, s.half);
  i.Set(field::kMmWcols, s.wcols);
  i.Set(field::kMmKlast, s.klast);
  i.Set(field::kMmStrideX, 16);
  i.Set(field::kMmNx, s.m);
  i.Set(field::kMmNy, 1);
  i.Set(field::kMmNb, 1);
  i.Set(field::kMmKslices, s.slices);
  i.Set(field::kMmAccBase, s.acc_base);
  i.Set(field::kMmWgtRow, s.wgt_row);
  i.Set(field::kMmBaseInc, 16);
  return i;
}
Instruction Sync() {
  Instruction i;
  i.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kSyncMatmul));
  return i;
}

// The 16x16 build; offset row 0 is 0 .. 15.
class MatmulSequenceTest : public testing::Test {
 protected:
  MatmulSequenceTest()
      : config_(Builds()[0].config), model_(Builds()[0].create()), buffers_(config_) {
    for (int j = 0; j < 16; ++j) buffers_.ktab[0][j] = static_cast<uint16_t>(j);
    WriteKtab(config_, buffers_, model_.get());
    std::mt19937 rng(3);
    for (auto& a : buffers_.act) a = static_cast<int8_t>(rng());
    for (auto& row : buffers_.weights[0]) {
      for (auto& w : row) w = static_cast<int8_t>(rng());
    }
    WriteAct(config_, buffers_, model_.get());
    WriteWeights(config_, buffers_, model_.get());
  }
  void ExpectEntries(const Accumulators& want, int half, int first, int last) {
    for (int e = first; e <= last; ++e) {
      const std::vector<int32_t> got = ReadEntry(config_, model_.get(), half, e);
      for (int col = 0; col <= config_.cols; ++col) {
        const auto& w = want.entry[half][e][col];
        ASSERT_TRUE(w);
        ASSERT_EQ(got[col], *w) << "entry " << e << " column " << col;
      }
    }
  }

  HwConfig config_;
  std::unique_ptr<Model> model_;
  Buffers buffers_;
};

using Cycles = std::vector<uint64_t>;

TEST_F(MatmulSequenceTest, OneFoldLoadsSixteenColumnsThenStreams) {
  // Load slots 0 .. 15, issue with the last; four vectors in slots 16 .. 19; the last row sum is
  // written 37 cycles after 19.
  const Trace t = RunProgram(model_.get(), {{Matmul({})}});
  EXPECT_EQ(t.issue, Cycles({15}));
  EXPECT_EQ(t.retire, Cycles({56}));
}

TEST_F(MatmulSequenceTest, WeightsOfTheNextInstructionLoadDuringTheLastFold) {
  // Folds of 20 slots: 16 .. 35, 36 .. 55; the second's first load slot is 36, it issues with the
  // first's last slot.
  const Trace t = RunProgram(model_.get(), {{Matmul({20, 2})}, {Matmul({20, 2})}});
  EXPECT_EQ(t.issue, Cycles({15, 55}));
  EXPECT_EQ(t.retire, Cycles({15 + 20 + 20 + 37, 55 + 20 + 20 + 37}));
}

TEST_F(MatmulSequenceTest, AFoldLastsAsLongAsTheLoadOfTheNext) {
  const Trace t = RunProgram(model_.get(), {{Matmul({1, 3})}, {Matmul({1, 3})}});
  EXPECT_EQ(t.issue, Cycles({15, 15 + 48}));
}

TEST_F(MatmulSequenceTest, AFoldLastsAtLeastThreeCycles) {
  const Step s{Matmul({1, 1, 1})};
  const Trace t = RunProgram(model_.get(), {s, s, s});
  EXPECT_EQ(t.issue, Cycles({0, 3, 6}));
  EXPECT_EQ(t.retire, Cycles({38, 41, 44}));
}

TEST_F(MatmulSequenceTest, FullFoldsKeepTheMultipliersBusy) {
  const Trace t = RunProgram(model_.get(), std::vector<Step>(10, Step{Matmul({16, 4})}));
  EXPECT_EQ(t.issue.back() + 64, 15 + 10 * 64u);
  EXPECT_EQ(t.macs, 10 * 4 * 16 * 256u);
}

TEST_F(MatmulSequenceTest, SyncIssuesWhileTheArrayStreams) {
  const Trace t =
      RunProgram(model_.get(), {{Matmul({60, 2})}, {Sync()}, {Sync(), 0, 40}, {Matmul({5})}});
  // The last Matmul is at the head from 41 on, its load runs with the second fold: 76 .. 91.
  EXPECT_EQ(t.issue, Cycles({15, 16, 40, 135}));
}

TEST_F(MatmulSequenceTest, WeightsOnceLoadedAreKeptWhileTokensAreMissing) {
  Accumulators want(config_);
  const Instruction i = Matmul({6});
  Execute(config_, buffers_, i, &want);
  RunOptions options;
  // After the load slots (0 .. 15) every weight row is overwritten.
  options.at_cycle = [](uint64_t cycle, Model* m) {
    m->in.wgt_we = cycle >= 17 && cycle < 200;
    m->in.buf_row = static_cast<uint32_t>((cycle - 17) / 2);
    m->in.buf_beat = static_cast<uint8_t>((cycle - 17) % 2);
    m->in.buf_data.fill(0x55);
  };
  const Trace t = RunProgram(model_.get(), {{i, 0, 300}}, options);
  EXPECT_EQ(t.issue, Cycles({300}));
  ExpectEntries(want, 0, 0, 5);
}

TEST_F(MatmulSequenceTest, TheResultIsReadableTheCycleAfterRetire) {
  Accumulators want(config_);
  const Instruction i = Matmul({});
  Execute(config_, buffers_, i, &want);
  std::vector<int32_t> got;
  RunOptions options;
  options.extra_cycles = 3;
  options.at_cycle = [&got](uint64_t cycle, Model* m) {
    m->in.acc_re = cycle == 57;
    m->in.acc_addr = 3;
    if (cycle != 58) return;
    for (m->in.acc_col = 0; m->in.acc_col <= 16; ++m->in.acc_col)
      got.push_back(static_cast<int32_t>(m->Settle().acc_word));
  };
  const Trace t = RunProgram(model_.get(), {{i}}, options);
  EXPECT_EQ(t.retire, Cycles({56}));
  ASSERT_EQ(got.size(), 17u);
  for (int col = 0; col <= 16; ++col)
    EXPECT_EQ(got[col], *want.entry[0][3][col]) << "column " << col;
}

TEST_F(MatmulSequenceTest, OneHalfIsReadWhileTheOtherAccumulates) {
  Accumulators want(config_);
  const Instruction a = Matmul({8});
  const Instruction b = Matmul({8, 20, 16, 9, 1, 1});
  Execute(config_, buffers_, a, &want);
  Execute(config_, buffers_, b, &want);
  int compared = 0;
  RunOptions options;
  options.at_cycle = [&](uint64_t cycle, Model* m) {
    m->in.acc_re = cycle > 70 && cycle < 350;
    m->in.acc_half = false;
    m->in.acc_addr = static_cast<uint32_t>(cycle % 8);
    m->in.acc_col = static_cast<uint8_t>(cycle % 17);
    if (cycle <= 71 || cycle >= 350) return;
    EXPECT_EQ(static_cast<int32_t>(m->Settle().acc_word),
              *want.entry[0][(cycle - 1) % 8][cycle % 17])
        << cycle;
    ++compared;
  };
  const Trace t = RunProgram(model_.get(), {{a}, {b}}, options);
  EXPECT_FALSE(t.error);
  EXPECT_GT(t.retire.back(), 350u);
  EXPECT_EQ(compared, 278);
  ExpectEntries(want, 1, 0, 7);
}

TEST_F(MatmulSequenceTest, MostNegativeOperands) {
  for (auto& a : buffers_.act) a = -128;
  for (auto& row : buffers_.weights[0]) {
    for (auto& w : row) w = -128;
  }
  WriteAct(config_, buffers_, model_.get());
  WriteWeights(config_, buffers_, model_.get());
  RunProgram(model_.get(), {{Matmul({4, 3, 16, 2})}});
  const std::vector<int32_t> got = ReadEntry(config_, model_.get(), 0, 3);
  for (int col = 0; col < 16; ++col) EXPECT_EQ(got[col], 34 * 16384);
  EXPECT_EQ(got[16], 34 * -128);
}

}  // namespace
}  // namespace systole::rtl_matmul
