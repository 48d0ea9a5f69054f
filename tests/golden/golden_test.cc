// The definition against layers worked by hand.
#include "sw/golden/golden.h"

#include <gtest/gtest.h>

#include "sw/model/graph.h"

namespace systole {
namespace {

constexpr uint32_t kOne = uint32_t{1} << 30;  // with s = 30: times one

Tensor MakeTensor(int c, int h, int w, int zero_point = 0) {
  Tensor tensor;
  tensor.c = c;
  tensor.h = h;
  tensor.w = w;
  tensor.zero_point = zero_point;
  return tensor;
}

Layer MakeLayer(LayerKind kind, Rounding rounding, int outputs) {
  Layer layer;
  layer.kind = kind;
  layer.rounding = rounding;
  layer.weight_scales = {1.0f};
  layer.bias.assign(outputs, 0);
  layer.m.assign(outputs, kOne);
  layer.s.assign(outputs, 30);
  return layer;
}

TEST(GoldenTest, ConvolvesWithZeroPointsPaddingAndBias) {
  // x - Zx = [[1, 2], [3, 4]], w - Zw = [[1, 0], [2, -1]], padding of one row above and one column
  // to the right.
  Layer layer = MakeLayer(LayerKind::kConv, Rounding::kHalfUp, 1);
  layer.kernel_h = layer.kernel_w = 2;
  layer.pad.top = 1;
  layer.pad.right = 1;
  layer.weights = {6, 5, 7, 4};
  layer.weight_zero_point = 5;
  layer.bias = {10};
  const int8_t x[] = {-9, -8, -7, -6};
  const std::vector<int8_t> y =
      RunLayer(layer, MakeTensor(1, 2, 2, -10), MakeTensor(1, 2, 2, 3), x);
  // Row 0 reads padding and [1, 2]: 2*1 - 2 = 0, 2*2 - 0 = 4. Row 1: 1 + 2*3 - 4 = 3, 2 + 2*4 = 10.
  // Plus 10, plus Zy 3.
  EXPECT_EQ(y, (std::vector<int8_t>{13, 17, 16, 23}));
}

TEST(GoldenTest, StridesAndDilates) {
  Layer layer = MakeLayer(LayerKind::kConv, Rounding::kFloor, 1);
  layer.kernel_w = 2;
  layer.dilation_w = 3;
  layer.stride_w = 2;
  layer.weights = {1, 10};
  const int8_t x[] = {1, 2, 3, 4, 5, 6, 7, 8};
  const std::vector<int8_t> y = RunLayer(layer, MakeTensor(1, 1, 8), MakeTensor(1, 1, 3), x);
  EXPECT_EQ(y, (std::vector<int8_t>{41, 63, 85}));  // 1 + 10*4, 3 + 10*6, 5 + 10*8
}

TEST(GoldenTest, GroupsReadTheirOwnChannels) {
  Layer layer = MakeLayer(LayerKind::kConv, Rounding::kFloor, 4);
  layer.groups = 2;
  layer.weights = {1, 2, 3, 4, 5, 6, 7, 8};  // 4 x 2 x 1 x 1
  const int8_t x[] = {1, 2, 3, 4};           // 4 x 1 x 1
  const std::vector<int8_t> y = RunLayer(layer, MakeTensor(4, 1, 1), MakeTensor(4, 1, 1), x);
  EXPECT_EQ(y, (std::vector<int8_t>{5, 11, 39, 53}));
}

TEST(GoldenTest, MultipliesPerChannelAndClamps) {
  Layer layer = MakeLayer(LayerKind::kFullyConnected, Rounding::kHalfAway, 3);
  layer.weights = {1, 1, 2, 2, -50, -50};
  layer.s = {30, 31, 30};  // 1, 1/2, 1
  layer.clamp_lo = -20;
  const int8_t x[] = {3, 4};
  const std::vector<int8_t> y = RunLayer(layer, MakeTensor(2, 1, 1), MakeTensor(3, 1, 1), x);
  EXPECT_EQ(y, (std::vector<int8_t>{7, 7, -20}));
}

TEST(GoldenTest, FullyConnectedReadsChannelsThenRows) {
  Layer layer = MakeLayer(LayerKind::kFullyConnected, Rounding::kFloor, 1);
  layer.weights = {1, 2, 3, 4};
  const int8_t x[] = {10, 1, -5, 2};  // 2 x 1 x 2
  EXPECT_EQ(RunLayer(layer, MakeTensor(2, 1, 2), MakeTensor(1, 1, 1), x), (std::vector<int8_t>{5}));
}

TEST(GoldenTest, MaxPoolLeavesPaddingOutAndClamps) {
  Layer layer;
  layer.kind = LayerKind::kMaxPool;
  layer.kernel_h = layer.kernel_w = 2;
  layer.stride_h = layer.stride_w = 2;
  layer.pad = {1, 1, 0, 0};
  layer.clamp_hi = 4;
  const int8_t x[] = {-100, -3, 1, -7, -8, 9, -5, -6, -90};
  const std::vector<int8_t> y = RunLayer(layer, MakeTensor(1, 3, 3), MakeTensor(1, 2, 2), x);
  EXPECT_EQ(y,
            (std::vector<int8_t>{-100, 1, -5, 4}));  // {-100}, {-3, 1}, {-7, -5}, {-8, 9, -6, -90}
}

TEST(GoldenTest, AverageCountsPaddingOnlyWhenAsked) {
  Layer layer;
  layer.kind = LayerKind::kAveragePool;
  layer.rounding = Rounding::kHalfUp;
  layer.kernel_w = 2;
  layer.pad.left = 1;
  layer.m = {0, kOne, kOne};
  layer.s = {62, 30, 31};
  const int8_t x[] = {17, 14};  // Zx = 10: 7, 4
  EXPECT_EQ(RunLayer(layer, MakeTensor(1, 1, 2, 10), MakeTensor(1, 1, 2, 20), x),
            (std::vector<int8_t>{27, 26}));
  layer.count_include_pad = true;  // (0 + 7) / 2 = 3.5
  EXPECT_EQ(RunLayer(layer, MakeTensor(1, 1, 2, 10), MakeTensor(1, 1, 2, 20), x),
            (std::vector<int8_t>{24, 26}));
}

TEST(GoldenTest, TfliteAverageRoundsTheRawSumAwayFromZero) {
  Layer layer;
  layer.kind = LayerKind::kAveragePool;
  layer.average = AverageMode::kTflite;
  layer.rounding = Rounding::kHalfAway;
  layer.kernel_w = 2;
  layer.stride_w = 2;
  layer.m = {0, kOne, kOne};
  layer.s = {62, 30, 31};
  const int8_t x[] = {-3, -4, 3, 4};
  EXPECT_EQ(RunLayer(layer, MakeTensor(1, 1, 4, 55), MakeTensor(1, 1, 2, 55), x),
            (std::vector<int8_t>{-4, 4}));
}

TEST(GoldenTest, TfliteAverageOfUint8RoundsItsOwnValuesUp) {
  Layer layer;
  layer.kind = LayerKind::kAveragePool;
  layer.average = AverageMode::kTfliteUint8;
  layer.rounding = Rounding::kHalfAway;
  layer.kernel_w = 2;
  layer.stride_w = 2;
  layer.m = {0, kOne, kOne};
  layer.s = {62, 30, 31};
  const int8_t x[] = {-3, -4, 3, 4};  // 125, 124: 124.5, 125; 131, 132: 131.5, 132
  EXPECT_EQ(RunLayer(layer, MakeTensor(1, 1, 4, 55), MakeTensor(1, 1, 2, 55), x),
            (std::vector<int8_t>{-3, 4}));
}

TEST(GoldenTest, ChainsLayersAndReturnsEveryOutput) {
  Model model;
  model.tensors = {MakeTensor(1, 1, 2), MakeTensor(2, 1, 2), MakeTensor(2, 1, 1)};
  Layer conv = MakeLayer(LayerKind::kConv, Rounding::kFloor, 2);
  conv.weights = {1, -1};
  Layer pool;
  pool.kind = LayerKind::kMaxPool;
  pool.kernel_w = 2;
  model.layers = {conv, pool};
  ConnectAsChain(model);
  const int8_t x[] = {3, 5};
  const std::vector<std::vector<int8_t>> y = RunReference(model, x);
  ASSERT_EQ(y.size(), 2u);
  EXPECT_EQ(y[0], (std::vector<int8_t>{3, 5, -3, -5}));
  EXPECT_EQ(y[1], (std::vector<int8_t>{5, -3}));
}

}  // namespace
}  // namespace systole
