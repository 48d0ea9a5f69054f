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
  const HwConfig configs[] = {
      Shape(5, 7, 4, 3),
      Shape(16, 16, 8, 3),
      Shape(12, 14, 14, 0),
      Shape(16, 32, 16, 5),
      ParseParameters({"ENGINE=row"}),
      ParseParameters({"ROWS=4", "WPORT=2", "WGT_KIB=1", "AXI_DATA_WIDTH=32"}),
      ParseParameters({"ROWS=6", "COLS=24", "ACT_KIB=64", "ACT_GROUPS=8", "WGT_KIB=1"})};
  int programs = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Model model =
        RandomModel(seed, RandomGraphOptions(static_cast<Rounding>(seed % kNumRoundings)));
    LeastCycles least(model);
    for (const HwConfig& config : configs) {
      ProgramOptions options;
      options.images = 1 + static_cast<int>(seed % 3);
      options.batch = seed % 2 == 0 ? 1 : options.images;
      try {
        const Program p = CompileTiled(model, config, options);
        ++programs;
        EXPECT_LE(least.Of(config, options.images), CyclesOf(p))
            << "seed " << seed << ", " << config.rows << "x" << config.cols;
      } catch (const MisfitError&) {
      }
    }
  }
  EXPECT_GE(programs, 1000);
}

TEST(LeastCycles, NoProgramOfALargeNetworkTakesFewer) {
  for (const char* name : {"resnet18", "mobilenet_v1", "mobilenet_v2"}) {
    const Model model = Network(name, true);
    LeastCycles least(model);
    for (const HwConfig& shape :
         {Shape(28, 36, 32, 3), Shape(16, 64, 16, 3), Shape(12, 14, 14, 0)}) {
      for (const int bus : {32, 128}) {
        HwConfig config = shape;
        config.act_kib = 128;
        config.act_groups = 8;
        config.wgt_kib = bus;
        config.axi_data_width = bus;
        EXPECT_LE(least.Of(config, 1), CyclesOf(CompileTiled(model, config, {})))
            << name << ", " << config.rows << "x" << config.cols << ", " << bus << " bits";
      }
    }
  }
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
// 1,024 inputs, at 16x16: 64 * ceil(72 / 16) = 320 cycles of the array, and 64 slices whose 10
// columns of weights take a cycle each; 16 * 80 + 10,240 bytes of weights and 800 of the image, 8 a
// beat: 1,540.
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
  EXPECT_EQ(LeastCycles(m).Of(config, 1), 1540);
  config.axi_data_width = 128;
  EXPECT_EQ(LeastCycles(m).Of(config, 1), 960);
  // Eight images: 8 * 320 + 640.
  EXPECT_EQ(LeastCycles(m).Of(config, 8), 3200);
  // POST of one lane: 8 * 64 * 16 + 8 * 10.
  config.lanes = 1;
  EXPECT_EQ(LeastCycles(m).Of(config, 8), 8272);
}

// By hand, at 16x16: 32x32 outputs of 16 filters of 3x3 over 8 channels take 1,024 * 5 = 5,120
// cycles; then two fully connected layers of 16,384 weights each, 1,024 cycles of the array, 4,096
// beats. The weight buffer holds 1,024 bytes.
TEST(LeastCycles, WhatABorderLetsBeLoaded) {
  Model m;
  m.tensors = {{"x", 8, 34, 34}, {"y", 16, 32, 32}, {"z", 1, 1, 1}, {"u", 1024, 1, 1}};
  m.tensors[2].c = 1;
  Layer conv;
  conv.inputs = {0};
  conv.kernel_h = conv.kernel_w = 3;
  conv.weights.resize(1152);
  Layer narrow;
  narrow.kind = LayerKind::kFullyConnected;
  narrow.inputs = {1};
  narrow.weights.resize(16384);
  Layer wide = narrow;
  wide.inputs = {2};
  m.layers = {conv, narrow, wide};
  HwConfig config;
  config.wgt_kib = 1;
  config.axi_data_width = 32;
  // Behind the convolution 31,744 bytes are missing: 5,120 + 7,936 beats = 13,056. If the first two
  // layers were a chain of strips, 4,800 cycles more than its own 320 beats could come later, but
  // 15,360 bytes would be loaded again: 13,056 + 3,840 - 4,800 = 12,096.
  EXPECT_EQ(LeastCycles(m).Of(config, 1), 12096);
}

// By hand, at 4x6: 8 channels of 1x1 over 4 channels, 100 pixels. A pixel by itself takes two
// folds of 6 and 2 columns; three above each other have 24 columns, four folds, which reach over 1,
// 2, 2 and 1 pixels: 6 slices for 3 pixels, as many as alone. At 4x8 a pixel takes one.
TEST(LeastCycles, ADenseLayerOnTheArray) {
  DenseShape d;
  d.inputs = 4;
  d.outputs = 8;
  d.out_h = d.out_w = 10;
  HwConfig config = Shape(4, 6, 4, 3);
  EXPECT_EQ(LeastArrayCycles(d, 100, config), 200);
  config.cols = 8;
  EXPECT_EQ(LeastArrayCycles(d, 100, config), 100);
  // One output pixel: 8 columns of weights are shifted in, with two ports in half the time.
  EXPECT_EQ(LeastArrayCycles(d, 1, config), 8);
  config.wport = 2;
  EXPECT_EQ(LeastArrayCycles(d, 1, config), 4);
  // 3x3 over one channel, of 2 filters: 9 elements in 3 slices for 2 of 8 columns. 2x2 pixels fill
  // the columns and see 4x4 elements: 4 slices for 4 pixels.
  config.wport = 1;
  d.inputs = 1;
  d.outputs = 2;
  d.kernel_h = d.kernel_w = 3;
  EXPECT_EQ(LeastArrayCycles(d, 100, config), 100);
}

}  // namespace
}  // namespace systole
