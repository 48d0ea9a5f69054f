// Depthwise layers of all shapes in column mode: results equal golden's, the mode is used where it
// is built and saves cycles, with weight zero points too.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sw/check/net_builder.h"
#include "sw/compiler/column_mapping.h"
#include "sw/compiler/misfit.h"
#include "tests/tiling/tiled_check.h"

namespace systole {
namespace {

HwConfig Config(int rows, int cols, int wport, int taps, int act_kib = 16) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.wport = wport;
  c.lanes = std::min(cols, 4);
  c.act_kib = act_kib;
  c.wgt_kib = 2;
  c.par_kib = c.ktab_kib = 1;
  c.acc_depth = 60;
  c.taps = taps;
  return c;
}

int ColumnMatmuls(const Program& program) {
  return static_cast<int>(
      std::count_if(program.code.begin(), program.code.end(), [](const Instruction& i) {
        return i.opcode() == Opcode::kMatmul && i.Get(field::kMmDataflow) == 3;
      }));
}

class DepthwiseTest : public testing::TestWithParam<HwConfig> {};

TEST_P(DepthwiseTest, RandomShapesEqualGolden) {
  const HwConfig& config = GetParam();
  int ran = 0, used = 0;
  for (uint64_t seed = 1; seed <= 120; ++seed) {
    std::mt19937_64 random(seed);
    const auto between = [&](int lo, int hi) {
      return lo + static_cast<int>(random() % static_cast<uint64_t>(hi - lo + 1));
    };
    const int c = between(2, 40), h = between(1, 14), w = between(1, 14);
    NetBuilder net("depthwise", seed, c, h, w);
    ConvSpec spec;
    spec.cout = spec.groups = c;
    spec.kernel_h = between(1, 5);
    spec.kernel_w = between(1, 7);
    spec.stride_h = between(1, 3);
    spec.stride_w = between(1, 3);
    spec.dilation_h = between(1, 2);
    spec.dilation_w = between(1, 3);
    spec.pad = {between(0, 2), between(0, 3), between(0, 2), between(0, 3)};
    const bool fits = (spec.kernel_h - 1) * spec.dilation_h < h + spec.pad.top + spec.pad.bottom &&
                      (spec.kernel_w - 1) * spec.dilation_w < w + spec.pad.left + spec.pad.right;
    if (!fits) continue;
    if (seed % 4 == 0) spec.weight_zero_point = between(-127, 127);
    net.Conv(spec);
    if (seed % 3 == 0 && net.Output().h > 1 && net.Output().w > 1) net.Pool(PoolSpec{});
    const Model model = net.Build(Rounding::kTflite);
    ProgramOptions options;
    try {
      const TiledCheck check = CheckTiled(model, config, options, {}, net.Images(1));
      ASSERT_EQ(check.problem, "") << "seed " << seed;
      ++ran;
      used += ColumnMatmuls(check.program) > 0;
    } catch (const MisfitError& e) {
      EXPECT_NE(e.misfit(), Misfit::kUnsupported) << "seed " << seed << ": " << e.what();
    }
  }
  EXPECT_GE(ran, 50);
  EXPECT_EQ(used >= 8, config.taps > 1) << used << " of " << ran;
}

INSTANTIATE_TEST_SUITE_P(Configurations, DepthwiseTest,
                         testing::Values(Config(16, 16, 1, 3), Config(16, 16, 2, 5),
                                         Config(8, 8, 1, 64), Config(5, 7, 1, 2),
                                         Config(12, 8, 4, 3, 4), Config(16, 16, 1, 0)));

TEST(ColumnModeTest, HalvesTheCyclesOfThreeByThree) {
  NetBuilder net("depthwise", 1, 64, 28, 28);
  ConvSpec spec;
  spec.cout = spec.groups = 64;
  spec.pad = {1, 1, 1, 1};
  net.Conv(spec);
  const Model model = net.Build(Rounding::kTflite);
  HwConfig with, without;
  without.taps = 0;
  const TiledCheck a = CheckTiled(model, with, {}, {}, net.Images(1)),
                   b = CheckTiled(model, without, {}, {}, net.Images(1));
  EXPECT_EQ(a.problem, "");
  EXPECT_EQ(b.problem, "");
  EXPECT_GT(ColumnMatmuls(a.program), 0);
  EXPECT_EQ(ColumnMatmuls(b.program), 0);
  EXPECT_LT(2 * a.cycles, b.cycles);
}

// 128 is no weight: with zero point -128 the layer runs dense.
TEST(ColumnModeTest, WeightZeroPointsAreTapsOfTheirOwn) {
  for (const int zero_point : {5, -7, 127, -127, -128}) {
    NetBuilder net("asymmetric", 2, 32, 12, 12);
    ConvSpec spec;
    spec.cout = spec.groups = 32;
    spec.weight_zero_point = zero_point;
    net.Conv(spec);
    const TiledCheck check =
        CheckTiled(net.Build(Rounding::kTflite), HwConfig{}, {}, {}, net.Images(1));
    EXPECT_EQ(check.problem, "") << zero_point;
    EXPECT_EQ(ColumnMatmuls(check.program) > 0, zero_point != -128) << zero_point;
  }
}

// Seven taps, three at a time, by hand: the last group ends with the kernel and leaves out what the
// groups before have; with gaps of two a group holds two of them.
TEST(ColumnModeTest, TapGroupsCoverEachTapOnce) {
  Stage stage;
  stage.cin = stage.cout = stage.groups = 20;
  stage.kernel_w = 7;
  Mapping mapping;
  ASSERT_TRUE(ColumnMapping(stage, HwConfig{}, 3, &mapping));
  ASSERT_EQ(mapping.tap_groups.size(), 3u);
  const int expected[3][3] = {{0, 0, 3}, {3, 3, 6}, {4, 6, 7}};
  for (int g = 0; g < 3; ++g) {
    EXPECT_EQ(mapping.tap_groups[g].offset, expected[g][0]);
    EXPECT_EQ(mapping.tap_groups[g].kx0, expected[g][1]);
    EXPECT_EQ(mapping.tap_groups[g].kx1, expected[g][2]);
  }
  EXPECT_EQ(mapping.LineVectors(10), 12);
  EXPECT_FALSE(ColumnMapping(stage, HwConfig{}, 2, &mapping));
  stage.kernel_w = 3;
  stage.dilation_w = 2;
  stage.stride_w = 2;
  ASSERT_TRUE(ColumnMapping(stage, HwConfig{}, 3, &mapping));
  ASSERT_EQ(mapping.tap_groups.size(), 2u);
  EXPECT_EQ(mapping.tap_groups[0].kx1, 2);
  EXPECT_EQ(mapping.tap_groups[1].offset, 2);
  EXPECT_EQ(mapping.LineVectors(10), 21);
  ASSERT_EQ(mapping.folds.size(), 2u);
  EXPECT_EQ(mapping.folds[1].columns, 4);
}

}  // namespace
}  // namespace systole
