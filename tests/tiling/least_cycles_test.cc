// The bound from below against what the compiler makes of random graphs and of known networks.
#include "sw/tiling/least_cycles.h"

#include <gtest/gtest.h>

#include "sw/compiler/misfit.h"
#include "sw/driver/parameters.h"
#include "sw/tiling/tiling.h"
#include "sw/timing/timeline.h"
#include "tests/golden/random_model.h"
#include "tests/tiling/networks.h"

namespace systole {
namespace {

int64_t CyclesOf(const Program& p) {
  int64_t cycles = 0;
  for (const Segment& s : Segments(p)) {
    if (s.first == s.last) continue;
    cycles +=
        Simulate({p.code.begin() + s.first, p.code.begin() + s.last}, p.config, MemoryTiming{})
            .total;
  }
  return cycles;
}

HwConfig Shape(int rows, int cols, int lanes, int taps) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.lanes = lanes;
  c.taps = taps;
  return c;
}

TEST(LeastCycles, NoProgramOfARandomGraphTakesFewer) {
  const HwConfig configs[] = {Shape(5, 7, 4, 3), Shape(16, 16, 8, 3), Shape(12, 14, 14, 0),
                              Shape(16, 32, 16, 5), ParseParameters({"ENGINE=row"})};
  int programs = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Model model =
        RandomModel(seed, RandomGraphOptions(static_cast<Rounding>(seed % kNumRoundings)));
    const LeastCycles least(model);
    for (const HwConfig& config : configs) {
      ProgramOptions options;
      options.images = options.batch = 1 + static_cast<int>(seed % 3);
      try {
        const Program p = CompileTiled(model, config, options);
        ++programs;
        EXPECT_LE(least.Of(config, options.images), CyclesOf(p))
            << "seed " << seed << ", " << config.rows << "x" << config.cols;
      } catch (const MisfitError&) {
      }
    }
  }
  EXPECT_GE(programs, 800);
}

TEST(LeastCycles, LiesCloseBelowLargeNetworks) {
  HwConfig config = Shape(16, 16, 16, 3);
  config.act_kib = config.wgt_kib = 128;
  config.act_groups = 8;
  for (const auto& [name, share] : {std::pair("resnet18", 0.95), std::pair("mobilenet_v1", 0.85)}) {
    const Model model = Network(name, true);
    const auto cycles = static_cast<double>(CyclesOf(CompileTiled(model, config, {})));
    const auto bound = static_cast<double>(LeastCycles(model).Of(config, 1));
    EXPECT_LE(bound, cycles) << name;
    EXPECT_GE(bound, share * cycles) << name;
  }
}

// Worked by hand: 8x8 outputs, 16 filters of 3x3 over 8 channels, a fully connected layer of 10 on
// 1,024 inputs, at 16x16: 64 * ceil(72 / 16) = 320 and ceil(10 / 16) * 64 = 64 cycles of the array;
// 1,152 + 10,240 bytes of weights and 800 of the image, 8 a beat: 1,524.
TEST(LeastCycles, AHandWorkedCase) {
  Model m;
  m.tensors = {{"x", 8, 10, 10}, {"y", 16, 8, 8}, {"z", 10, 1, 1}};
  Layer conv;
  conv.inputs = {0};
  conv.kernel_h = conv.kernel_w = 3;
  conv.weights.resize(1152);
  Layer full;
  full.kind = LayerKind::kFullyConnected;
  full.inputs = {1};
  full.weights.resize(10240);
  m.layers = {conv, full};
  HwConfig config;
  EXPECT_EQ(LeastCycles(m).Of(config, 1), 1524);
  config.axi_data_width = 128;
  EXPECT_EQ(LeastCycles(m).Of(config, 1), 762);
  // Eight images: 8 * 320 and ceil(8 * 10 / 16) * 64 = 320.
  EXPECT_EQ(LeastCycles(m).Of(config, 8), 2880);
  // POST of one lane: 8 * 64 * 16 + 8 * 10.
  config.lanes = 1;
  EXPECT_EQ(LeastCycles(m).Of(config, 8), 8272);
}

}  // namespace
}  // namespace systole
