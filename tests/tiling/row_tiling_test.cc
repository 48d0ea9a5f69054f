// Networks from memory on the row-stationary array: every result equal to golden's.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sw/compiler/misfit.h"
#include "sw/driver/parameters.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/tiling.h"
#include "tests/golden/random_model.h"
#include "tests/tiling/networks.h"
#include "tests/tiling/tiled_check.h"

namespace systole {
namespace {

HwConfig Rows(const std::vector<std::string>& parameters) {
  std::vector<std::string> all = {"ENGINE=row"};
  all.insert(all.end(), parameters.begin(), parameters.end());
  return ParseParameters(all);
}

// One convolution of random weights.
struct Conv {
  int cin, h, w, cout, kernel_h, kernel_w;
  int stride_h = 1, stride_w = 1, pad = 0, groups = 1, dilation = 1, zero_point = 0;
};
Model ModelOf(const Conv& c, uint64_t seed) {
  std::mt19937_64 random(seed);
  Model model;
  model.tensors.push_back({"in", c.cin, c.h, c.w, 0.02f, 3, DType::kInt8});
  Layer conv;
  conv.name = "conv";
  conv.kernel_h = c.kernel_h;
  conv.kernel_w = c.kernel_w;
  conv.stride_h = c.stride_h;
  conv.stride_w = c.stride_w;
  conv.dilation_h = conv.dilation_w = c.dilation;
  conv.groups = c.groups;
  conv.pad = {c.pad, c.pad, c.pad, c.pad};
  conv.weight_zero_point = c.zero_point;
  const int taps = c.kernel_h * c.kernel_w;
  conv.weights.resize(static_cast<size_t>(c.cout) * (c.cin / c.groups) * taps);
  for (int8_t& w : conv.weights) w = static_cast<int8_t>(random());
  conv.weight_scales = {0.5f / static_cast<float>(taps * c.cin / c.groups)};
  conv.bias.assign(static_cast<size_t>(c.cout), -40);
  const auto outputs = [&](int in, int kernel, int stride) {
    return (in + 2 * c.pad - (kernel - 1) * c.dilation - 1) / stride + 1;
  };
  Append(model, conv, {0},
         {"y", c.cout, outputs(c.h, c.kernel_h, c.stride_h), outputs(c.w, c.kernel_w, c.stride_w),
          0.05f, -1, DType::kInt8});
  ChooseMultipliers(model, Rounding::kFloat32);
  return model;
}

TiledCheck Check(const Conv& conv, const HwConfig& config, int images = 1) {
  const Model model = ModelOf(conv, 11);
  std::mt19937_64 random(12);
  std::vector<int8_t> pixels;
  for (int i = 0; i < images; ++i) {
    const std::vector<int8_t> image = RandomImage(model, random);
    pixels.insert(pixels.end(), image.begin(), image.end());
  }
  ProgramOptions options;
  options.images = options.batch = images;
  return CheckTiled(model, config, options, {}, pixels);
}

// What a single layer asks of strips, blocks of filters and sets of weights.
TEST(RowTilingTest, SingleLayers) {
  const std::vector<std::pair<const char*, Conv>> layers = {
      {"3x3", {16, 20, 18, 24, 3, 3, 1, 1, 1}},
      {"3x3, stride 2", {9, 21, 19, 20, 3, 3, 2, 2, 1}},
      {"1x1", {40, 13, 9, 33, 1, 1}},
      {"1x1, stride 2", {32, 12, 14, 20, 1, 1, 2, 2}},
      {"5x5", {3, 24, 24, 12, 5, 5, 1, 1, 2}},
      {"7x7, stride 2", {3, 30, 30, 18, 7, 7, 2, 2, 3}},
      {"11x11, stride 4", {3, 40, 36, 16, 11, 11, 4, 4, 2}},
      {"1x3", {12, 9, 20, 10, 1, 3}},
      {"3x1", {12, 20, 9, 10, 3, 1}},
      {"depthwise", {24, 18, 17, 24, 3, 3, 1, 1, 1, 24}},
      {"depthwise, stride 2", {24, 19, 18, 24, 3, 3, 2, 2, 1, 24}},
      {"depthwise 5x5", {20, 15, 15, 20, 5, 5, 1, 1, 2, 20}},
      {"groups", {12, 10, 10, 18, 3, 3, 1, 1, 1, 3}},
      {"two outputs a channel", {6, 10, 10, 12, 3, 3, 1, 1, 1, 6}},
      {"stride 9", {5, 30, 40, 7, 3, 3, 9, 9, 0}},
      {"stride 9 along lines", {5, 10, 40, 7, 1, 3, 1, 9, 0}},
      {"more channels than a pitch holds", {4160, 2, 3, 5, 1, 1}},
      {"lines beyond the offsets", {256, 7, 60, 8, 3, 3, 1, 1, 1}},
      {"dilated", {8, 20, 20, 12, 3, 3, 1, 1, 2, 1, 2}},
      {"dilated depthwise", {16, 20, 20, 16, 3, 3, 1, 1, 3, 16, 3}},
      {"weight zero point", {16, 12, 12, 20, 3, 3, 1, 1, 1, 1, 1, 17}},
      {"depthwise, weight zero point", {16, 12, 12, 16, 3, 3, 1, 1, 1, 16, 1, -5}},
      {"the lowest zero point", {10, 12, 12, 20, 3, 3, 1, 1, 1, 1, 1, -128}},
  };
  const std::vector<std::string> small = {
      "ROWS=8",    "COLS=8",    "LANES=3",   "WGT_KIB=2",     "PAR_KIB=1",   "KTAB_KIB=1",
      "RS_ROWS=5", "RS_COLS=7", "ACT_KIB=8", "IFMAP_SPAD=16", "WGT_SPAD=30", "PSUM_SPAD=3"};
  for (const auto& [name, layer] : layers) {
    const bool wide = layer.cin > 200;
    for (const HwConfig& config :
         {Rows({"ACT_KIB=32"}), Rows({"RS_ROWS=14", "RS_COLS=12", "ACT_KIB=128"}), Rows(small)}) {
      if (wide && config.act_kib < 32) continue;
      const TiledCheck check = Check(layer, config, 2);
      EXPECT_EQ(check.problem, "") << name << " on " << config.rs_rows << "x" << config.rs_cols;
    }
  }
}

// A fully connected layer's images share its weights: fewer cycles than one after the other.
TEST(RowTilingTest, ImagesShareTheWeightsOfFullyConnectedLayers) {
  std::mt19937_64 random(5);
  Model model;
  model.tensors.push_back({"in", 16, 5, 5, 0.02f, 3, DType::kInt8});
  Layer full;
  full.name = "full";
  full.kind = LayerKind::kFullyConnected;
  full.weights.resize(40 * 400);
  for (int8_t& w : full.weights) w = static_cast<int8_t>(random());
  full.weight_scales = {0.001f};
  full.bias.assign(40, 7);
  Append(model, full, {0}, {"y", 40, 1, 1, 0.05f, 1, DType::kInt8});
  ChooseMultipliers(model, Rounding::kTflite);
  uint64_t cycles[2];
  for (const int images : {1, 16}) {
    std::vector<int8_t> pixels;
    for (int i = 0; i < images; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      pixels.insert(pixels.end(), image.begin(), image.end());
    }
    ProgramOptions options;
    options.images = options.batch = images;
    const TiledCheck check = CheckTiled(model, Rows({}), options, {}, pixels);
    EXPECT_EQ(check.problem, "");
    cycles[images > 1] = check.cycles;
  }
  EXPECT_LT(cycles[1], 4 * cycles[0]);
}

// What the array cannot do is refused by name: 15 lines of a window on 14 columns.
TEST(RowTilingTest, APoolingWindowLargerThanTheArrayIsRefused) {
  Model model = ModelOf({4, 15, 15, 6, 1, 1}, 1);
  Layer pool;
  pool.name = "pool";
  pool.kind = LayerKind::kMaxPool;
  pool.kernel_h = pool.kernel_w = 15;
  Append(model, pool, {1}, {"z", 6, 1, 1, 0.05f, -1, DType::kInt8});
  ChooseMultipliers(model, Rounding::kFloat32);
  try {
    CompileTiled(model, Rows({"ACC_DEPTH=1024"}), {});
    FAIL() << "it was compiled";
  } catch (const MisfitError& e) {
    EXPECT_EQ(e.misfit(), Misfit::kAccumulator);
    const std::string text = e.what();
    EXPECT_NE(text.find("layer 'pool'"), std::string::npos) << text;
    EXPECT_NE(text.find("RS_COLS=14"), std::string::npos) << text;
  }
}

// A refusal must be one for a buffer's size, or of a pooling window.
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
    EXPECT_EQ(check.problem, "") << "seed " << seed;
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

TEST(RowTilingTest, RandomGraphsOnTwelveByFourteen) {
  RunSeeds(Rows({"ACT_KIB=4", "WGT_KIB=4"}), 4000, 100, 95);
}
TEST(RowTilingTest, RandomGraphsOnFourteenByTwelve) {
  RunSeeds(Rows({"RS_ROWS=14", "RS_COLS=12", "ACT_KIB=16", "ACC_DEPTH=512"}), 5000, 100, 98);
}
TEST(RowTilingTest, RandomGraphsOnFiveBySevenInOneGroup) {
  RunSeeds(Rows({"ROWS=8", "COLS=8", "LANES=3", "ACT_KIB=2", "ACT_GROUPS=1", "WGT_KIB=1",
                 "PAR_KIB=1", "KTAB_KIB=1", "ACC_DEPTH=64", "RS_ROWS=5", "RS_COLS=7",
                 "IFMAP_SPAD=16", "WGT_SPAD=30", "PSUM_SPAD=3"}),
           6000, 100, 60);
}

// The networks of MLPerf Tiny.
TEST(RowTilingTest, Networks) {
  for (const char* name : {"kws", "vww", "resnet8", "anomaly"}) {
    const Model model = Network(name, true);
    std::mt19937_64 random(3);
    const TiledCheck check =
        CheckTiled(model, Rows({"ACT_KIB=32"}), {}, {}, RandomImage(model, random));
    EXPECT_EQ(check.problem, "") << name;
    std::printf("%s: %lu cycles\n", name, static_cast<unsigned long>(check.cycles));
  }
}

}  // namespace
}  // namespace systole
