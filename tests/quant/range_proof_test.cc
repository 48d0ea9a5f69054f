#include "sw/quant/range_proof.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "sw/base/error.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/folded_bias.h"

namespace systole {
namespace {

// One fully connected layer of `k` inputs and `n` outputs, all weights `w`, unit scales, multiplier
// 2^-8.
Model FullyConnected(int k, int n, int8_t w) {
  Model model;
  model.name = "m.onnx";
  model.tensors.resize(2);
  model.tensors[0].c = k;
  model.tensors[1].c = n;
  model.tensors[1].scale = 256;
  Layer layer;
  layer.name = "fc1";
  layer.kind = LayerKind::kFullyConnected;
  layer.weights.assign(static_cast<size_t>(k) * n, w);
  layer.bias.assign(n, 0);
  layer.weight_scales = {1.0f};
  model.layers = {layer};
  ConnectAsChain(model);
  ChooseMultipliers(model, Rounding::kHalfEven);
  return model;
}

std::string Refusal(const Model& model) {
  try {
    ProveRanges(model);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(FoldedBiasTest, EqualsTheSumWorkedByHand) {
  Model model = FullyConnected(3, 2, 0);
  model.layers[0].weights = {1, 2, 3, -4, 5, -6};
  model.layers[0].bias = {10, -20};
  model.layers[0].weight_zero_point = 7;
  // 10 - (-3) 6 + 3 (-3) 7 = -35;  -20 - (-3)(-5) + 3 (-3) 7 = -98.
  EXPECT_EQ(FoldedBias(model.layers[0], -3), (std::vector<int32_t>{-35, -98}));
}

TEST(FoldedBiasTest, SplitsTheSumExactly) {
  std::mt19937 random(3);
  const auto draw = [&] { return static_cast<int>(random() % 256) - 128; };
  for (int trial = 0; trial < 1000; ++trial) {
    Model model = FullyConnected(5, 1, 0);
    Layer& layer = model.layers[0];
    int64_t direct = layer.bias[0] = draw() * 1000, raw = 0, row = 0;
    const int zx = draw(), zw = layer.weight_zero_point = draw();
    for (int8_t& w : layer.weights) {
      w = static_cast<int8_t>(draw());
      const int x = draw();
      direct += (x - zx) * (w - zw);
      raw += x * w;
      row += x;
    }
    ASSERT_EQ(raw - zw * row + FoldedBias(layer, zx)[0], direct) << "trial " << trial;
  }
}

TEST(FoldedBiasTest, RefusesWhatDoesNotFit) {
  Model model = FullyConnected(1, 1, 1);
  model.layers[0].bias = {INT32_MAX};
  EXPECT_EQ(FoldedBias(model.layers[0], 1)[0], INT32_MAX - 1);
  EXPECT_THROW(FoldedBias(model.layers[0], -1), InputError);
}

TEST(ProductSumRangeTest, EqualsTheExtremesOfEveryInput) {
  std::mt19937 random(5);
  for (int trial = 0; trial < 200; ++trial) {
    int8_t w[3];
    for (int8_t& value : w) value = static_cast<int8_t>(random());
    const int zw = static_cast<int8_t>(random());
    const int lo = static_cast<int>(random() % 20) - 10, hi = lo + static_cast<int>(random() % 6);
    int64_t least = INT64_MAX, greatest = INT64_MIN;
    for (int a = lo; a <= hi; ++a) {
      for (int b = lo; b <= hi; ++b) {
        for (int c = lo; c <= hi; ++c) {
          const int64_t sum = a * (w[0] - zw) + b * (w[1] - zw) + c * (w[2] - zw);
          least = std::min(least, sum);
          greatest = std::max(greatest, sum);
        }
      }
    }
    const Range range = ProductSumRange(w, 3, zw, {lo, hi});
    ASSERT_EQ(range.lo, least);
    ASSERT_EQ(range.hi, greatest);
  }
}

TEST(RangesOfTest, FollowsTheHardwareStepByStep) {
  Model model = FullyConnected(2, 1, 0);
  model.layers[0].weights = {3, -1};
  model.layers[0].weight_zero_point = 1;
  model.layers[0].bias = {100};
  model.tensors[0].zero_point = -128;  // x in -128..127
  const LayerRanges ranges = RangesOf(model, 0);
  EXPECT_EQ(ranges.raw.lo, 3 * -128 - 127);
  EXPECT_EQ(ranges.raw.hi, 3 * 127 + 128);
  EXPECT_EQ(ranges.row_sum.lo, -256);
  EXPECT_EQ(ranges.row_sum.hi, 254);
  EXPECT_EQ(ranges.corrected.lo, 2 * -128 - 2 * 127);
  EXPECT_EQ(ranges.corrected.hi, 2 * 127 + 2 * 128);
  // sum (x + 128)(w - 1) + 100 with factors 2 and -2.
  EXPECT_EQ(ranges.final.lo, -510 + 100);
  EXPECT_EQ(ranges.final.hi, 510 + 100);
}

TEST(TensorRangesTest, PoolingKeepsTheClampOfTheLayerBefore) {
  Model model = FullyConnected(2, 1, 1);
  model.layers[0].clamp_lo = -10;
  Layer pool;
  pool.kind = LayerKind::kMaxPool;
  pool.clamp_hi = 50;
  model.layers.push_back(pool);
  model.tensors.push_back(model.tensors.back());
  ConnectAsChain(model);
  const std::vector<Range> ranges = TensorRanges(model);
  EXPECT_EQ(ranges[0].lo, -128);
  EXPECT_EQ(ranges[1].lo, -10);
  EXPECT_EQ(ranges[1].hi, 127);
  EXPECT_EQ(ranges[2].lo, -10);
  EXPECT_EQ(ranges[2].hi, 50);
}

TEST(ProveRangesTest, AcceptsTheLargestSumThatFitsAndRefusesTheNext) {
  // 131072 * -128 * -128 = 2^31: one too many; 131071 of them fit.
  EXPECT_EQ(Refusal(FullyConnected(131071, 1, -128)), "");
  const std::string refusal = Refusal(FullyConnected(131072, 1, -128));
  EXPECT_TRUE(Contains(refusal, "m.onnx: layer 'fc1': the raw sum")) << refusal;
}

TEST(ProveRangesTest, RefusesABiasThatOverflowsTheSum) {
  Model model = FullyConnected(1, 1, 1);
  model.layers[0].bias = {INT32_MAX - 127};
  EXPECT_EQ(Refusal(model), "");
  model.layers[0].bias = {INT32_MAX - 126};
  EXPECT_TRUE(Contains(Refusal(model), "layer 'fc1': the sum with bias")) << Refusal(model);
}

TEST(ProveRangesTest, RefusesATfliteShiftThatOverflows) {
  Model model = FullyConnected(1, 1, 127);  // |acc| <= 128 * 127 = 16256 < 2^14
  ChooseMultipliers(model, Rounding::kTflite);
  model.layers[0].m = {uint32_t{1} << 30};
  model.layers[0].s = {31 - 17};  // 16256 << 17 < 2^31
  EXPECT_EQ(Refusal(model), "");
  model.layers[0].s = {31 - 18};
  EXPECT_TRUE(Contains(Refusal(model), "channel 0: mode tflite shifts")) << Refusal(model);
  // A tighter clamp of the input's layer makes the same shift provable.
  Layer relu;
  relu.kind = LayerKind::kMaxPool;
  relu.clamp_lo = 0;
  relu.clamp_hi = 60;
  model.layers.insert(model.layers.begin(), relu);
  model.tensors.insert(model.tensors.begin(), model.tensors[0]);
  ConnectAsChain(model);
  EXPECT_EQ(Refusal(model), "");
}

TEST(ProveRangesTest, RefusesMultipliersThatBreakTheirMode) {
  Model model = FullyConnected(1, 1, 1);
  model.layers[0].m = {uint32_t{1} << 31};
  EXPECT_TRUE(Contains(Refusal(model), "m must be below 2^31"));
  model.layers[0].m = {1};
  model.layers[0].s = {63};
  EXPECT_TRUE(Contains(Refusal(model), "s must be at most 62"));
  model.layers[0].s = {8};
  EXPECT_EQ(Refusal(model), "");
  model.layers[0].rounding = Rounding::kTflite;
  EXPECT_TRUE(Contains(Refusal(model), "mode tflite needs m"));
  model.layers[0].rounding = Rounding::kFloat32;
  model.layers[0].m = {(1u << 30) + 1};
  EXPECT_TRUE(Contains(Refusal(model), "24 significant bits"));
  model.layers[0].m.clear();
  EXPECT_TRUE(Contains(Refusal(model), "has 0 multipliers"));
}

TEST(ProveRangesTest, WarnsOfALayerWhoseOutputIsConstant) {
  Model model = FullyConnected(4, 2, 100);
  EXPECT_TRUE(ProveRanges(model).empty());
  model.tensors[1].scale = 1e9f;
  ChooseMultipliers(model, Rounding::kHalfEven);
  const std::vector<std::string> warnings = ProveRanges(model);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_TRUE(Contains(warnings[0], "layer 'fc1'"));
  ChooseMultipliers(model, Rounding::kFloor);  // floor still tells negative from positive sums
  EXPECT_TRUE(ProveRanges(model).empty());
}

}  // namespace
}  // namespace systole
