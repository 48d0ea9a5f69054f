// Chains on chip output stationary (--dataflow os): every tensor equals golden's, the layers that
// can be are, and the others say why not.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "sw/base/error.h"
#include "sw/check/layer_cases.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/output_mapping.h"
#include "sw/compiler/storage.h"
#include "tests/compiler/program_check.h"

namespace systole {
namespace {

HwConfig OsConfig(int rows, int cols) {
  HwConfig config = CaseConfig(rows, cols);
  config.dataflows = 3;
  return config;
}

int TileMatmuls(const Program& program) {
  return static_cast<int>(
      std::count_if(program.code.begin(), program.code.end(), [](const Instruction& i) {
        return i.opcode() == Opcode::kMatmul && i.Get(field::kMmDataflow) == 1;
      }));
}

class OutputStationaryCase : public testing::TestWithParam<size_t> {};

TEST_P(OutputStationaryCase, ProgramEqualsGolden) {
  const LayerCase& c = LayerCases()[GetParam()];
  for (const auto& [rows, cols] : {std::pair{16, 16}, {8, 8}, {5, 7}, {12, 14}, {3, 64}}) {
    for (const bool fuse : {true, false}) {
      ProgramOptions options;
      options.images = c.images;
      options.batch = c.batch;
      options.fuse_pool = fuse;
      options.dataflow = Dataflow::kOs;
      const ProgramCheck check = CheckProgram(c.net.Build(c.rounding), OsConfig(rows, cols),
                                              options, MemoryTiming{}, c.net.Images(c.images));
      EXPECT_EQ(check.problem, "") << rows << "x" << cols << (fuse ? "" : " not fused");
      EXPECT_GT(check.bytes_compared, 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, OutputStationaryCase,
                         testing::Range(size_t{0}, LayerCases().size()),
                         [](const auto& info) { return LayerCases()[info.param].name; });

TEST(OutputStationary, RandomNetworksEqualGolden) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 300;
  int run = 0, used = 0;
  for (uint64_t seed = 1; seed <= n; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    HwConfig config =
        OsConfig(3 + static_cast<int>(seed * 7 % 20), 2 + static_cast<int>(seed * 5 % 23));
    if (config.cols % 2 == 0 && config.cols <= 2 * config.rows && seed % 3 == 0) config.wport = 2;
    config.lanes = std::min<int>(1 + static_cast<int>(seed % 9), config.cols);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 5);
    options.batch = 1 + static_cast<int>(seed % 4);
    options.fuse_pool = seed % 4 != 0;
    options.pack_pixels = seed % 5 != 0;
    options.dataflow = seed % 3 == 0 ? Dataflow::kAuto : Dataflow::kOs;
    const auto mode = static_cast<Rounding>(seed % kNumRoundings);
    const Model model = net.Build(mode);
    try {
      const ProgramCheck check =
          CheckProgram(model, config, options, MemoryTiming{}, net.Images(options.images));
      ASSERT_EQ(check.problem, "") << "seed " << seed;
      ++run;
      used += TileMatmuls(check.program) > 0;
    } catch (const InputError& e) {
      // Where ROWS is more than COLS a step's row of weights is partly empty: some do not fit.
      const auto* misfit = dynamic_cast<const MisfitError*>(&e);
      if (misfit != nullptr && misfit->misfit() == Misfit::kWeight) continue;
      ASSERT_EQ(mode, Rounding::kTflite) << "seed " << seed << ": " << e.what();
    }
  }
  EXPECT_GT(run, static_cast<int>(n) * 8 / 10);
  EXPECT_GT(used, run / 3);
}

// Every step once, in order, at the address that the window says; no box beyond three counters of
// 1023.
TEST(OutputStationary, RunsCoverEachStepOnce) {
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    const auto between = [&](int lo, int hi) {
      return lo + static_cast<int>(random() % static_cast<uint64_t>(hi - lo + 1));
    };
    Stage stage;
    stage.dilation_h = between(1, 3);
    stage.dilation_w = between(1, 3);
    Fold fold;
    fold.window_h = between(1, 5);
    fold.window_w = between(1, 5);
    fold.nc = seed % 3 == 0 ? between(1, 3000) : between(1, 40);
    fold.c0 = seed % 2 == 0 ? 0 : between(0, 30);
    stage.cin = seed % 2 == 0 ? fold.nc : fold.c0 + fold.nc + between(0, 9);
    fold.run = fold.run_slices = fold.slices = fold.window_h * fold.window_w * fold.nc;
    const int pitch = stage.cin * between(5, 20), per_item = between(1, fold.slices);
    int step = 0;
    for (const StepRun& run : StepRuns(stage, fold, pitch, per_item)) {
      ASSERT_EQ(run.first, step) << seed;
      ASSERT_EQ(run.last, run.first + run.nx * run.ny * run.nb) << seed;
      ASSERT_EQ(run.first / per_item, (run.last - 1) / per_item) << seed;
      ASSERT_LE(std::max({run.nx, run.ny, run.nb}), 1023) << seed;
      ASSERT_LE(std::max(run.stride_x, run.stride_y), 0xFFFF) << seed;
      for (int b = 0; b < run.nb; ++b) {
        for (int y = 0; y < run.ny; ++y) {
          for (int x = 0; x < run.nx; ++x, ++step) {
            ASSERT_EQ(run.shift + b * run.stride_b + y * run.stride_y + x * run.stride_x,
                      LaneOffset(stage, fold, fold.Element(step), pitch))
                << seed << ", step " << step;
          }
        }
      }
    }
    ASSERT_EQ(step, fold.slices) << seed;
  }
}

TEST(OutputStationary, SaysWhatKeepsALayerWeightStationary) {
  const HwConfig config = OsConfig(16, 16);
  Stage stage;
  stage.cin = stage.cout = 8;
  stage.conv_h = 4;
  stage.dataflow = Dataflow::kOs;
  EXPECT_EQ(WhyWeightStationary(stage, config), "");
  EXPECT_EQ(WhyWeightStationary(stage, CaseConfig(16, 16)), "not built");
  stage.stride_h = 2;
  EXPECT_EQ(WhyWeightStationary(stage, config), "stride 2 from line to line");
  stage.conv_h = 1;
  EXPECT_EQ(WhyWeightStationary(stage, config), "");
  stage.zw = 3;
  EXPECT_EQ(WhyWeightStationary(stage, config), "weight zero point");
  stage.groups = 8;
  EXPECT_EQ(WhyWeightStationary(stage, config), "a filter a channel");
}

}  // namespace
}  // namespace systole
