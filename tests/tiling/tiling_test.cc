// Tiled programs: random graphs on small accelerators, every result equal to golden's.
#include "sw/tiling/tiling.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "sw/compiler/misfit.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/step.h"
#include "sw/timing/timeline.h"
#include "tests/golden/random_model.h"
#include "tests/tiling/networks.h"
#include "tests/tiling/tiled_check.h"

namespace systole {
namespace {

HwConfig Config(int rows, int cols, int act_kib, int groups, int wgt_kib) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.lanes = cols < 4 ? cols : 4;
  c.act_kib = act_kib;
  c.act_groups = groups;
  c.wgt_kib = wgt_kib;
  c.par_kib = 1;
  c.ktab_kib = 1;
  c.acc_depth = 48;
  return c;
}

// The model's layers, for a failure's message.
std::string Describe(const Model& model) {
  std::string text;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& l = model.layers[i];
    const Tensor &in = model.Input(i), &out = model.Output(i);
    text += std::string("\n") + KindName(l.kind) + " reads";
    for (const int t : l.inputs) text += " " + std::to_string(t);
    for (const int v :
         {in.c, in.h, in.w, out.c, out.h, out.w, l.kernel_h, l.kernel_w, l.stride_h, l.stride_w,
          l.dilation_h, l.dilation_w, l.groups, l.pad.top, l.pad.left, l.pad.bottom, l.pad.right})
      text += ", " + std::to_string(v);
  }
  return text;
}

// Returns whether it ran; a refusal must be one for a buffer's size. A third of the seeds have no
// addition built in.
bool RunSeed(uint64_t seed, HwConfig config) {
  config.add_unit = seed % 3 != 0;
  const Model model =
      RandomModel(seed, RandomGraphOptions(seed % 2 == 0 ? Rounding::kFloat32 : Rounding::kTflite));
  std::mt19937_64 random(seed);
  ProgramOptions options;
  options.images = 1 + static_cast<int>(seed % 3);
  options.batch = 1 + static_cast<int>(seed / 3 % 2);
  std::vector<int8_t> images;
  for (int i = 0; i < options.images; ++i) {
    const std::vector<int8_t> image = RandomImage(model, random);
    images.insert(images.end(), image.begin(), image.end());
  }
  try {
    const TiledCheck check = CheckTiled(model, config, options, {}, images, seed % 2 == 0);
    EXPECT_EQ(check.problem, "") << "seed " << seed << Describe(model);
    return true;
  } catch (const MisfitError& e) {
    EXPECT_NE(e.misfit(), Misfit::kParameter) << "seed " << seed << ": " << e.what();
    EXPECT_NE(e.misfit(), Misfit::kUnsupported) << "seed " << seed << ": " << e.what();
    return false;
  }
}

void RunSeeds(const HwConfig& config, uint64_t first, int count, int least) {
  int ran = 0;
  for (int i = 0; i < count && !testing::Test::HasFailure(); ++i)
    ran += RunSeed(first + static_cast<uint64_t>(i), config);
  EXPECT_GE(ran, least);
}

TEST(TilingTest, RandomGraphsOnFourKibibytes) { RunSeeds(Config(5, 7, 4, 4, 1), 1000, 100, 95); }
TEST(TilingTest, RandomGraphsOnOneKibibyteInOneGroup) {
  RunSeeds(Config(8, 8, 1, 1, 1), 2000, 100, 60);
}
TEST(TilingTest, RandomGraphsOnSixteenBySixteen) {
  RunSeeds(Config(16, 16, 8, 8, 4), 3000, 100, 98);
}

// Tokens that are given long before they are taken never overflow their counters, however many
// images there are.
TEST(TilingTest, LongRunsKeepWithinTheTokenCounters) {
  for (const auto& [name, images] : {std::pair("vww", 32), std::pair("kws", 64)}) {
    HwConfig config;
    config.act_kib = config.wgt_kib = 16;
    config.lanes = 16;
    ProgramOptions options;
    options.images = options.batch = images;
    const Program p = CompileTiled(Network(name, true), config, options);
    for (const Segment& s : Segments(p)) {
      const Timeline t =
          Simulate({p.code.begin() + s.first, p.code.begin() + s.last}, config, MemoryTiming{});
      EXPECT_TRUE(t.ok()) << name << ": " << Describe(t);
    }
  }
}

// A residual block: the sum goes with its second convolution, and only one of its operands and the
// sum itself lie in memory.
TEST(TilingTest, SumsGoWithTheConvolutionBeforeThem) {
  for (const Rounding rounding : {Rounding::kFloat32, Rounding::kTflite}) {
    std::mt19937_64 random(11);
    Model model;
    model.tensors.push_back({"in", 16, 12, 10, 0.02f, 3, DType::kInt8});
    for (int i = 0; i < 2; ++i) {
      Layer conv;
      conv.name = i == 0 ? "a" : "b";
      conv.kernel_h = conv.kernel_w = 3;
      conv.pad = {1, 1, 1, 1};
      conv.weights.resize(16 * 16 * 9);
      for (int8_t& w : conv.weights) w = static_cast<int8_t>(random());
      conv.weight_scales = {0.003f};
      conv.bias.assign(16, -40);
      Append(model, conv, {i}, {conv.name, 16, 12, 10, 0.05f, 1 - i, DType::kInt8});
    }
    Layer sum;
    sum.name = "sum";
    sum.kind = LayerKind::kAdd;
    Append(model, sum, {2, 1}, {"y", 16, 12, 10, 0.06f, 4, DType::kInt8});
    ChooseMultipliers(model, rounding);
    const std::vector<int8_t> image = RandomImage(model, random);
    HwConfig config = Config(8, 8, 4, 4, 2);
    const TiledCheck together = CheckTiled(model, config, {}, {}, image);
    EXPECT_EQ(together.problem, "");
    ASSERT_EQ(together.program.report.size(), 3u);
    EXPECT_EQ(together.program.report[2].mapping, "POST, behind b");
    ASSERT_EQ(together.program.stored.size(), 2u);
    ProgramOptions apart;
    apart.fuse_pool = false;
    const TiledCheck each = CheckTiled(model, config, apart, {}, image);
    EXPECT_EQ(each.problem, "");
    EXPECT_EQ(each.program.stored.size(), 3u);
    EXPECT_LT(together.cycles, each.cycles);
  }
}

// A strided 1x1 convolution whose few channels leave room for several pixels on the array.
TEST(TilingTest, StridedSinglePixelsSideBySide) {
  for (const int stride : {2, 4}) {
    std::mt19937_64 random(13);
    Model model;
    model.tensors.push_back({"in", 8, 32, 32, 0.02f, 3, DType::kInt8});
    Layer conv;
    conv.name = "shortcut";
    conv.stride_h = conv.stride_w = stride;
    conv.weights.resize(16 * 8);
    for (int8_t& w : conv.weights) w = static_cast<int8_t>(random());
    conv.weight_scales = {0.003f};
    conv.bias.assign(16, -40);
    Append(model, conv, {0}, {"y", 16, 32 / stride, 32 / stride, 0.05f, 1, DType::kInt8});
    ChooseMultipliers(model, Rounding::kFloat32);
    HwConfig config;
    config.rows = 14;
    config.cols = 12;
    config.lanes = 8;
    const TiledCheck check = CheckTiled(model, config, {}, {}, RandomImage(model, random));
    EXPECT_EQ(check.problem, "");
    ASSERT_EQ(check.program.report.size(), 1u);
    EXPECT_EQ(check.program.report[0].mapping.rfind("ws, packing 1x1", 0), std::string::npos)
        << check.program.report[0].mapping;
  }
}

// A window of all channels takes more than the buffer: each is done in parts of its channels.
TEST(TilingTest, DepthwiseAndPoolingInPartsOfTheirChannels) {
  std::mt19937_64 random(7);
  Model model;
  model.tensors.push_back({"in", 512, 6, 5, 0.02f, 3, DType::kInt8});
  Layer depthwise;
  depthwise.name = "depthwise";
  depthwise.kernel_h = depthwise.kernel_w = 3;
  depthwise.pad = {1, 1, 1, 1};
  depthwise.groups = 512;
  depthwise.weights.resize(512 * 9);
  for (int8_t& w : depthwise.weights) w = static_cast<int8_t>(random());
  depthwise.weight_scales = {0.01f};
  depthwise.bias.assign(512, 77);
  Append(model, depthwise, {0}, {"a", 512, 6, 5, 0.1f, -5, DType::kInt8});
  Layer average;
  average.name = "average";
  average.kind = LayerKind::kAveragePool;
  average.kernel_h = 6;
  average.kernel_w = 5;
  Append(model, average, {1}, {"b", 512, 1, 1, 0.1f, -5, DType::kInt8});
  ChooseMultipliers(model, Rounding::kFloat32);
  const std::vector<int8_t> image = RandomImage(model, random);
  const TiledCheck check = CheckTiled(model, Config(8, 8, 1, 1, 1), {}, {}, image);
  EXPECT_EQ(check.problem, "");
  // A row of the report for each layer, however many parts it has.
  ASSERT_EQ(check.program.report.size(), 2u);
  EXPECT_EQ(check.program.report[0].macs, 512u * 9 * 30);
}

// With the addition built in, sums are POST's, not the host's, and cost no run of their own.
TEST(TilingTest, SumsArePostsWhereTheAdditionIsBuiltIn) {
  int sums = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const Model model = RandomModel(seed, RandomGraphOptions(Rounding::kTflite));
    for (const int add_unit : {0, 1}) {
      HwConfig config = Config(8, 8, 8, 4, 4);
      config.add_unit = add_unit;
      const Placing placing = PlaceConcats(model, config);
      LoweredLayers lowered(model);
      for (const Unit& unit : LowerGraph(model, placing, config, true, false, &lowered)) {
        if ((!unit.host && !unit.post) || model.layers[unit.layer].kind != LayerKind::kAdd)
          continue;
        EXPECT_EQ(unit.post, PostDoes(model, unit.layer, placing, config));
        if (add_unit == 0) EXPECT_TRUE(unit.host);
        sums += unit.post;
      }
    }
  }
  EXPECT_GT(sums, 10);
}

}  // namespace
}  // namespace systole
