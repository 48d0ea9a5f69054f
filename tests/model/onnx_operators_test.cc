// What single operators become: hand-worked cases. tests/python/onnx_graphs_test.py compares all of
// them with ONNX Runtime.
#include <gtest/gtest.h>

#include <cmath>

#include "sw/golden/golden.h"
#include "sw/model/graph.h"
#include "sw/model/onnx_functions.h"
#include "sw/model/onnx_import.h"
#include "sw/quant/choose_multipliers.h"
#include "tests/model/onnx_builder.h"

namespace systole {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

Model Import(const OnnxBuilder& builder) {
  const std::string bytes = builder.Bytes();
  return ImportOnnx(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), "m.onnx");
}

// x: 2 x 4 x 4, scale 1, zero point 0; dequantized as "xd".
struct Start : OnnxBuilder {
  Start() : OnnxBuilder(TensorProto::FLOAT, {-1, 2, 4, 4}) {
    Requantize("x", "xd", 1.0f, int8_t{0});
  }
  void Convolve(const std::string& from, const std::string& to, int kernel) {
    Weights<int8_t>("w_" + to, {2, 2, kernel, kernel}, std::vector<int8_t>(4 * kernel * kernel, 1),
                    {1.0f}, {0});
    Node("Conv", {from, "w_" + to}, to);
  }
};

int8_t Table(const Layer& layer, int x, int channel = 0) {
  return layer.table[(layer.table.size() == 256 ? 0 : 256 * channel) + x + 128];
}

TEST(OnnxOperatorsTest, AddReadsTwoTensorsAndTakesTheReluBehindIt) {
  Start b;
  b.Convolve("xd", "c", 1);
  b.Requantize("c", "cd", 2.0f, int8_t{3});
  b.Node("Add", {"cd", "xd"}, "a");
  b.Node("Relu", {"a"}, "r");
  b.Requantize("r", "y", 4.0f, int8_t{-8});
  b.Output("y");
  Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(model.layers[1].kind, LayerKind::kAdd);
  EXPECT_EQ(model.layers[1].inputs, (std::vector<int>{1, 0}));
  EXPECT_EQ(model.layers[1].clamp_lo, -8);
  ChooseMultipliers(model, Rounding::kFloat32);
  // c = 5 + 5 = 10, q = 8; (10 + 5) / 4 = 3.75 is 4 steps above -8.
  EXPECT_EQ(RunReference(model, std::vector<int8_t>(32, 5).data())[1][0], -4);
}

TEST(OnnxOperatorsTest, BatchNormalizationIsATableForEachChannel) {
  Start b;
  const auto constant = [&](const char* name, float first, float second) {
    return b.Init<float>(name, {2}, {first, second});
  };
  NodeProto& node = b.Node(
      "BatchNormalization",
      {"xd", constant("s", 2, -4), constant("b", 1, 0), constant("m", 3, 2), constant("v", 3, 0)},
      "n");
  OnnxBuilder::Attribute(node, "epsilon", 1.0f);
  b.Node("Relu", {"n"}, "r");
  b.Requantize("r", "y", 1.0f, int8_t{-10});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 1u);
  const Layer& layer = model.layers[0];
  EXPECT_EQ(layer.kind, LayerKind::kTable);
  EXPECT_EQ(layer.name, "Relu_r");
  ASSERT_EQ(layer.table.size(), 512u);
  // Channel 0: (x - 3) / 2 * 2 + 1 = x - 2; channel 1: (x - 2) * -4.
  EXPECT_EQ(Table(layer, 30, 0), 18);
  EXPECT_EQ(Table(layer, 1, 0), -10);
  EXPECT_EQ(Table(layer, -3, 1), 10);
  EXPECT_EQ(Table(layer, -128, 1), 127);
}

TEST(OnnxOperatorsTest, FunctionsOfOneValueAreTables) {
  Start b;
  OnnxBuilder::Attribute(b.Node("LeakyRelu", {"xd"}, "l"), "alpha", 0.25f);
  b.Requantize("l", "y", 0.5f, int8_t{1});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(Table(model.layers[0], 7), 15);
  EXPECT_EQ(Table(model.layers[0], -6), -2);  // -1.5 / 0.5 + 1
  EXPECT_EQ(Table(model.layers[0], -7), -3);  // -1.75 / 0.5 = -3.5, to the even -4
}

TEST(OnnxOperatorsTest, HardSwishMayBeWrittenAsAProduct) {
  std::vector<int8_t> tables[2];
  for (int form = 0; form < 2; ++form) {
    Start b;
    if (form == 0) {
      b.Node("HardSwish", {"xd"}, "h");
    } else {
      NodeProto& node = b.Node("HardSigmoid", {"xd"}, "s");
      OnnxBuilder::Attribute(node, "alpha", 1.0f / 6.0f);
      b.Node("Mul", {"xd", "s"}, "h");
    }
    b.Requantize("h", "y", 0.25f, int8_t{0});
    b.Output("y");
    tables[form] = Import(b).layers.at(0).table;
    ASSERT_EQ(tables[form].size(), 256u);
  }
  EXPECT_EQ(tables[0], tables[1]);
  EXPECT_EQ(tables[0][128 + 5], 20);
  EXPECT_EQ(tables[0][128 - 2], -1);  // -2 * 1/6 / 0.25 = -1.33
  EXPECT_EQ(tables[0][128 - 5], 0);
}

TEST(OnnxOperatorsTest, SigmoidAndTanhAreNearTheirFunctions) {
  EXPECT_EQ(OrtSigmoid(0), 0.5f);
  EXPECT_EQ(OrtTanh(0), 0.0f);
  for (float x = -20; x < 20; x += 0.01f) {
    EXPECT_NEAR(OrtSigmoid(x), 1 / (1 + std::exp(-double{x})), 4e-7) << x;
    EXPECT_NEAR(OrtTanh(x), std::tanh(double{x}), 4e-7) << x;
  }
}

TEST(OnnxOperatorsTest, APaddingGoesIntoTheConvolutionBehindIt) {
  for (const bool larger : {false, true}) {  // than the kernel: no convolution may pad so
    Start b;
    const int64_t width = larger ? 3 : 1;
    b.Init<int64_t>("p", {8}, {0, 0, width, 0, 0, 0, 0, 2});
    b.Node("Pad", {"xd", "p"}, "padded");
    b.Requantize("padded", "pd", 1.0f, int8_t{0});
    b.Convolve("pd", "c", 3);
    b.Requantize("c", "y", 1.0f, int8_t{0});
    b.Output("y");
    const Model model = Import(b);
    ASSERT_EQ(model.layers.size(), larger ? 2u : 1u);
    EXPECT_EQ(model.layers[0].kind, larger ? LayerKind::kPad : LayerKind::kConv);
    EXPECT_EQ(model.layers[0].pad.top, width);
    EXPECT_EQ(model.layers[0].pad.right, 2);
    EXPECT_EQ(model.tensors.back().h, width + 2);
    EXPECT_EQ(model.tensors.back().w, 4);
  }
}

TEST(OnnxOperatorsTest, APaddingBeforeAnotherOperatorIsALayer) {
  Start b;
  b.Init<int64_t>("p", {8}, {0, 0, 1, 1, 0, 0, 1, 1});
  b.Node("Pad", {"xd", "p"}, "padded");
  OnnxBuilder::Attribute(b.Node("MaxPool", {"padded"}, "m"), "kernel_shape", Dims{2, 2});
  b.Requantize("m", "y", 1.0f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(model.layers[0].kind, LayerKind::kPad);
  EXPECT_EQ(RunReference(model, std::vector<int8_t>(32, -5).data())[1][0], 0);
}

TEST(OnnxOperatorsTest, CeilModePadsTheLastWindow) {
  Start b;
  NodeProto& pool = b.Node("MaxPool", {"xd"}, "p");
  OnnxBuilder::Attribute(pool, "kernel_shape", Dims{3, 2});
  OnnxBuilder::Attribute(pool, "strides", Dims{2, 2});
  OnnxBuilder::Attribute(pool, "ceil_mode", int64_t{1});
  b.Requantize("p", "y", 1.0f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  EXPECT_EQ(model.tensors[1].h, 2);  // (4 - 3) / 2 up, + 1
  EXPECT_EQ(model.layers[0].pad.bottom, 1);
  EXPECT_EQ(model.tensors[1].w, 2);
  EXPECT_EQ(model.layers[0].pad.right, 0);
}

TEST(OnnxOperatorsTest, SeveralOutputsMayBeReadFurther) {
  Start b;
  b.Convolve("xd", "c", 1);
  b.Quantize("c", "first", 2.0f, int8_t{0});
  b.Dequantize("first", "cd", 2.0f, int8_t{0});
  b.Node("Relu", {"cd"}, "r");
  b.Requantize("r", "second", 2.0f, int8_t{0});
  b.Output("second");
  b.Output("first");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 2u);  // the clamp is not in the convolution, whose output is seen
  EXPECT_EQ(model.layers[0].clamp_lo, -128);
  EXPECT_EQ(model.layers[1].clamp_lo, 0);
  EXPECT_EQ(Outputs(model), (std::vector<int>{2, 1}));
  EXPECT_EQ(model.tensors[1].name, "first");
  EXPECT_EQ(model.tensors[2].name, "second");
}

TEST(OnnxOperatorsTest, MeansAndSoftmaxEndANetwork) {
  Start b;
  NodeProto& mean = b.Node("ReduceMean", {"xd"}, "m");
  OnnxBuilder::Attribute(mean, "axes", Dims{-1, 2});
  OnnxBuilder::Attribute(mean, "keepdims", int64_t{0});
  b.Requantize("m", "md", 0.5f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("Softmax", {"md"}, "s"), "axis", int64_t{-1});
  b.Requantize("s", "y", 1.0f / 256, int8_t{-128});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(model.layers[0].kind, LayerKind::kAveragePool);
  EXPECT_EQ(model.layers[0].kernel_h, 4);
  EXPECT_EQ(model.tensors[1].Elements(), 2);
  EXPECT_EQ(model.layers[1].kind, LayerKind::kSoftmax);
}

TEST(OnnxOperatorsTest, AnAverageOfOneElementIsNothing) {
  Start b;
  b.Convolve("xd", "c", 1);
  b.Requantize("c", "cd", 2.0f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("AveragePool", {"cd"}, "a"), "kernel_shape", Dims{1, 1});
  b.Requantize("a", "y", 2.0f, int8_t{0});
  b.Output("y");
  EXPECT_EQ(Import(b).layers.size(), 1u);
}

TEST(OnnxOperatorsTest, AJoinBringsItsPartsToOneScale) {
  Start b;
  b.Convolve("xd", "c", 1);
  b.Requantize("c", "cd", 2.0f, int8_t{1});
  b.Node("Concat", {"xd", "cd"}, "j");
  OnnxBuilder::Attribute(*b.graph().mutable_node(b.graph().node_size() - 1), "axis", int64_t{1});
  b.Requantize("j", "y", 2.0f, int8_t{1});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 3u);
  EXPECT_EQ(model.layers[1].kind, LayerKind::kTable);
  EXPECT_EQ(Table(model.layers[1], 5), 3);  // 2.5, to the even 2
  EXPECT_EQ(model.layers[2].kind, LayerKind::kConcat);
  EXPECT_EQ(model.layers[2].inputs, (std::vector<int>{2, 1}));
}

TEST(OnnxOperatorsTest, TransposeToChannelsLastReordersTheMatrixBehindIt) {
  Start b;
  OnnxBuilder::Attribute(b.Node("Transpose", {"xd"}, "t"), "perm", Dims{0, 2, 3, 1});
  b.Node("Flatten", {"t"}, "f");
  std::vector<int8_t> weights(32);
  for (int k = 0; k < 32; ++k) weights[k] = static_cast<int8_t>(k);  // pixel k / 2, channel k % 2
  b.Weights<int8_t>("w", {32, 1}, weights, {1.0f}, {0});
  b.Node("MatMul", {"f", "w"}, "m");
  b.Requantize("m", "y", 1.0f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 1u);
  for (int c = 0; c < 2; ++c) {
    for (int pixel = 0; pixel < 16; ++pixel)
      EXPECT_EQ(model.layers[0].weights[c * 16 + pixel], 2 * pixel + c);
  }
}

TEST(OnnxOperatorsTest, AnInputOfChannelsLastIsReadSo) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 4, 5, 3});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("Transpose", {"xd"}, "t"), "perm", Dims{0, 3, 1, 2});
  OnnxBuilder::Attribute(b.Node("MaxPool", {"t"}, "p"), "kernel_shape", Dims{2, 1});
  b.Requantize("p", "pd", 1.0f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("Transpose", {"pd"}, "y"), "perm", Dims{0, 2, 3, 1});
  b.Output("y");
  const Model model = Import(b);
  EXPECT_TRUE(model.channels_last);
  const Tensor &in = model.tensors[0], &out = model.tensors[1];
  EXPECT_EQ((std::vector<int>{in.c, in.h, in.w}), (std::vector<int>{3, 4, 5}));
  EXPECT_EQ((std::vector<int>{out.c, out.h, out.w}), (std::vector<int>{3, 3, 5}));
}

TEST(OnnxOperatorsTest, AnAverageOfOneElementInStridesTakesElements) {
  Start b;
  NodeProto& pool = b.Node("AveragePool", {"xd"}, "a");
  OnnxBuilder::Attribute(pool, "kernel_shape", Dims{1, 1});
  OnnxBuilder::Attribute(pool, "strides", Dims{2, 3});
  b.Requantize("a", "y", 1.0f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.layers[0].kind, LayerKind::kMaxPool);
  EXPECT_EQ(model.tensors[1].h, 2);
  EXPECT_EQ(model.tensors[1].w, 2);
}

TEST(OnnxOperatorsTest, AClipBelowTheGridGivesItsBound) {
  Start b;
  b.Init<float>("lo", {}, {-300.0f});
  b.Init<float>("hi", {}, {-200.0f});  // the grid ends at -128
  b.Node("Clip", {"xd", "lo", "hi"}, "k");
  b.Requantize("k", "y", 4.0f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  EXPECT_EQ(Table(model.layers.at(0), 100), -50);
}

}  // namespace
}  // namespace systole
