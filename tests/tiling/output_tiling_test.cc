// Networks from memory output and input stationary: random graphs in buffers of many sizes equal
// golden in every byte; what a layer's dataflow is stands in the report.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>

#include "sw/check/net_builder.h"
#include "sw/compiler/misfit.h"
#include "tests/golden/random_model.h"
#include "tests/tiling/tiled_check.h"

namespace systole {
namespace {

HwConfig Config(int rows, int cols, int wport, int act_kib, int wgt_kib, int acc_depth) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.wport = wport;
  c.lanes = std::min(cols, 4);
  c.act_kib = act_kib;
  c.wgt_kib = wgt_kib;
  c.par_kib = c.ktab_kib = 1;
  c.acc_depth = acc_depth;
  c.dataflows = wport == 1 ? 7 : 3;
  return c;
}

int Matmuls(const Program& program, uint64_t dataflow) {
  return static_cast<int>(
      std::count_if(program.code.begin(), program.code.end(), [&](const Instruction& i) {
        return i.opcode() == Opcode::kMatmul && i.Get(field::kMmDataflow) == dataflow;
      }));
}
int TileMatmuls(const Program& program) { return Matmuls(program, 1); }

class OutputTilingTest : public testing::TestWithParam<HwConfig> {};

TEST_P(OutputTilingTest, RandomGraphsEqualGolden) {
  const HwConfig& config = GetParam();
  const bool input = (config.dataflows & 4) != 0;
  int ran = 0, used = 0, filters = 0;
  for (uint64_t seed = 1; seed <= 80; ++seed) {
    RandomModelOptions of_model = RandomGraphOptions(static_cast<Rounding>(seed % kNumRoundings));
    of_model.average_pools &= of_model.rounding != Rounding::kFloor;
    of_model.asymmetric_weights = seed % 4 == 0;
    const Model model = RandomModel(seed, of_model);
    std::mt19937_64 random(seed);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 5);
    options.batch = 1 + static_cast<int>(seed / 2 % 5);
    options.dataflow = seed % 5 == 0            ? Dataflow::kAuto
                       : input && seed % 2 == 0 ? Dataflow::kIs
                                                : Dataflow::kOs;
    std::vector<int8_t> images;
    for (int i = 0; i < options.images; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      images.insert(images.end(), image.begin(), image.end());
    }
    try {
      const TiledCheck check = CheckTiled(model, config, options, {}, images);
      ASSERT_EQ(check.problem, "") << "seed " << seed;
      ++ran;
      used += TileMatmuls(check.program) > 0;
      filters += Matmuls(check.program, 2) > 0;
    } catch (const MisfitError& e) {
      ASSERT_NE(e.misfit(), Misfit::kUnsupported) << "seed " << seed << ": " << e.what();
    }
  }
  EXPECT_GE(ran, 60);
  EXPECT_GE(used, 20);
  if (input) EXPECT_GE(filters, 15);
}

INSTANTIATE_TEST_SUITE_P(Configurations, OutputTilingTest,
                         testing::Values(Config(16, 16, 1, 16, 8, 64), Config(8, 8, 2, 4, 1, 48),
                                         Config(5, 7, 1, 4, 1, 48), Config(12, 14, 1, 8, 2, 128),
                                         Config(3, 9, 3, 4, 1, 10), Config(16, 8, 1, 8, 1, 16)));

// A dilated layer of few channels, and groups of a width that ROWS is no multiple of: weight
// stationary, each tap is a slice of its own that lanes are missing of. There auto is output
// stationary, and faster; in a dense layer it is not.
TEST(OutputTilingTest, AutoTakesTheFewerCycles) {
  HwConfig config;
  config.dataflows = 3;
  ConvSpec dilated;
  dilated.cout = 16;
  dilated.dilation_h = dilated.dilation_w = 2;
  dilated.pad = {2, 2, 2, 2};
  ConvSpec grouped;
  grouped.cout = 96;
  grouped.groups = 4;
  grouped.pad = {1, 1, 1, 1};
  ConvSpec dense = grouped;
  dense.groups = 1;
  struct Layer {
    const char* name;
    int channels;
    ConvSpec spec;
    bool pays;
  };
  for (const Layer& layer :
       {Layer{"dilated", 3, dilated, true}, Layer{"grouped", 96, grouped, true},
        Layer{"dense", 96, dense, false}}) {
    NetBuilder net(layer.name, 1, layer.channels, 32, 32);
    net.Conv(layer.spec);
    const Model model = net.Build(Rounding::kTflite);
    std::map<Dataflow, TiledCheck> checks;
    for (const Dataflow dataflow : {Dataflow::kWs, Dataflow::kOs, Dataflow::kAuto}) {
      ProgramOptions options;
      options.dataflow = dataflow;
      checks[dataflow] = CheckTiled(model, config, options, {}, net.Images(1));
      EXPECT_EQ(checks[dataflow].problem, "") << layer.name;
    }
    const TiledCheck &ws = checks[Dataflow::kWs], &os = checks[Dataflow::kOs],
                     &either = checks[Dataflow::kAuto];
    std::printf("%s: ws %d cycles, os %d, auto %d\n", layer.name, static_cast<int>(ws.cycles),
                static_cast<int>(os.cycles), static_cast<int>(either.cycles));
    EXPECT_EQ(TileMatmuls(ws.program), 0) << layer.name;
    EXPECT_GT(TileMatmuls(os.program), 0) << layer.name;
    EXPECT_EQ(either.cycles, std::min(ws.cycles, os.cycles)) << layer.name;
    EXPECT_EQ(os.cycles < ws.cycles, layer.pays)
        << layer.name << ": " << os.cycles << " and " << ws.cycles;
    EXPECT_EQ(either.program.report[0].mapping.substr(0, 2), layer.pays ? "os" : "ws");
  }
}

// 24 filters on 16 columns: weight stationary the second fold of columns is half empty.
TEST(OutputTilingTest, AutoIsInputStationaryWhereFiltersFillColumnsBadly) {
  HwConfig config;
  config.dataflows = 7;
  for (const int filters : {24, 32}) {
    NetBuilder net("filters", 1, 16, 32, 32);
    ConvSpec spec;
    spec.cout = filters;
    spec.pad = {1, 1, 1, 1};
    net.Conv(spec);
    const Model model = net.Build(Rounding::kTflite);
    std::map<Dataflow, TiledCheck> checks;
    for (const Dataflow dataflow : {Dataflow::kWs, Dataflow::kIs, Dataflow::kAuto}) {
      ProgramOptions options;
      options.dataflow = dataflow;
      checks[dataflow] = CheckTiled(model, config, options, {}, net.Images(1));
      EXPECT_EQ(checks[dataflow].problem, "") << filters;
    }
    const int64_t ws = checks[Dataflow::kWs].cycles, is = checks[Dataflow::kIs].cycles,
                  either = checks[Dataflow::kAuto].cycles;
    std::printf("%d filters: ws %d cycles, is %d, auto %d\n", filters, static_cast<int>(ws),
                static_cast<int>(is), static_cast<int>(either));
    EXPECT_GT(Matmuls(checks[Dataflow::kIs].program, 2), 0);
    EXPECT_EQ(is < ws, filters == 24) << filters;
    EXPECT_EQ(either, std::min(ws, is)) << filters;
  }
}

// What cannot be is weight stationary, and the report says why.
TEST(OutputTilingTest, FallsBackLayerByLayer) {
  NetBuilder net("mixed", 1, 8, 16, 16);
  ConvSpec plain, strided, depthwise;
  plain.cout = strided.cout = 16;
  plain.pad = strided.pad = depthwise.pad = {1, 1, 1, 1};
  strided.stride_h = strided.stride_w = 2;
  depthwise.cout = depthwise.groups = 16;
  net.Conv(plain).Conv(strided).Conv(depthwise);
  HwConfig config;
  config.dataflows = 3;
  ProgramOptions options;
  options.dataflow = Dataflow::kOs;
  const TiledCheck check =
      CheckTiled(net.Build(Rounding::kTflite), config, options, {}, net.Images(1));
  EXPECT_EQ(check.problem, "");
  ASSERT_EQ(check.program.report.size(), 3u);
  const char* const kBegins[] = {"os, ", "ws (stride 2 from line to line), ",
                                 "ws (a filter a channel), "};
  for (size_t r = 0; r < 3; ++r)
    EXPECT_EQ(check.program.report[r].mapping.rfind(kBegins[r], 0), 0u)
        << check.program.report[r].mapping;
}

}  // namespace
}  // namespace systole
