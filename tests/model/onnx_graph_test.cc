// ONNX files that branch and join: the graph that the reader makes of them, and its values.
#include <gtest/gtest.h>

#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/model/graph.h"
#include "sw/model/onnx_import.h"
#include "sw/quant/choose_multipliers.h"
#include "tests/model/onnx_builder.h"

namespace systole {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;
using Indices = std::vector<int>;

Model Import(const OnnxBuilder& b) {
  const std::string bytes = b.Bytes();
  return ImportOnnx(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), "m.onnx");
}

NodeProto& MaxPool3(OnnxBuilder& b, const std::string& input, const std::string& output) {
  NodeProto& node = b.Node("MaxPool", {input}, output);
  OnnxBuilder::Attribute(node, "kernel_shape", Dims{1, 3});
  OnnxBuilder::Attribute(node, "pads", Dims{0, 1, 0, 1});
  return node;
}

// Both references on one image; they are equal.
std::vector<std::vector<int8_t>> Outputs(Model model, const std::vector<int8_t>& x) {
  ChooseMultipliers(model, Rounding::kHalfEven);
  const auto y = RunReference(model, x.data());
  EXPECT_EQ(FastGolden(model).Run(x.data()), y);
  return y;
}

TEST(OnnxGraphTest, BranchesAndJoins) {
  OnnxBuilder b(TensorProto::INT8, {-1, 1, 1, 3});
  b.Dequantize("x", "xd", 0.5f, int8_t{1});
  MaxPool3(b, "xd", "p");
  b.Requantize("p", "pd", 0.5f, int8_t{1});
  b.Node("Relu", {"xd"}, "r");
  b.Requantize("r", "rd", 0.5f, int8_t{1});
  b.Node("Concat", {"pd", "xd", "rd"}, "c");
  b.Quantize("c", "y", 0.5f, int8_t{1});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 3u);
  EXPECT_EQ(model.layers[0].inputs, Indices{0});
  EXPECT_EQ(model.layers[1].inputs, Indices{0});
  EXPECT_EQ(model.layers[2].inputs, (Indices{1, 0, 2}));
  EXPECT_EQ(model.layers[2].kind, LayerKind::kConcat);
  EXPECT_EQ(model.layers[2].op, "Concat");
  EXPECT_EQ(Consumers(model)[0], (Indices{0, 1, 2}));
  EXPECT_FALSE(IsChain(model));
  // Pooled; as they are; at least the zero point 1.
  EXPECT_EQ(Outputs(model, {-5, 7, 3}).back(), (std::vector<int8_t>{7, 7, 7, -5, 7, 3, 1, 7, 3}));
}

// Another reader of the layer's output must not see the clamp.
TEST(OnnxGraphTest, AClampOfASharedTensorIsALayerOfItsOwn) {
  OnnxBuilder b(TensorProto::INT8, {-1, 1, 1, 3});
  b.Dequantize("x", "xd", 1.0f, int8_t{0});
  MaxPool3(b, "xd", "p");
  b.Requantize("p", "pd", 1.0f, int8_t{0});
  b.Node("Relu", {"pd"}, "r");
  b.Requantize("r", "rd", 1.0f, int8_t{0});
  b.Node("Concat", {"pd", "rd"}, "c");
  b.Quantize("c", "y", 1.0f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 3u);
  EXPECT_EQ(model.layers[0].clamp_lo, -128);
  EXPECT_EQ(model.layers[1].clamp_lo, 0);
  EXPECT_EQ(Outputs(model, {-9, -7, -8}).back(), (std::vector<int8_t>{-7, -7, -7, 0, 0, 0}));
}

TEST(OnnxGraphTest, ConcatBringsItsInputsToOneScale) {
  OnnxBuilder b(TensorProto::INT8, {-1, 1, 1, 3});
  b.Dequantize("x", "xd", 1.0f, int8_t{0});
  MaxPool3(b, "xd", "p");
  b.Requantize("p", "pd", 2.0f, int8_t{0});
  b.Node("Concat", {"pd", "xd"}, "c");
  b.Requantize("c", "cd", 0.5f, int8_t{-3});
  b.Node("Flatten", {"cd"}, "f");
  b.Quantize("f", "y", 0.5f, int8_t{-3});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 5u);
  EXPECT_EQ(model.layers[1].name, "QuantizeLinear_pd_q");
  EXPECT_EQ(model.layers[2].name, "Concat_c/input0");
  EXPECT_EQ(model.layers[3].name, "Concat_c/input1");
  EXPECT_EQ(model.layers[4].inputs, (Indices{3, 4}));
  // x 1.0 / 0.5 - 3, saturated.
  EXPECT_EQ(Outputs(model, {-9, 20, 100}).back(),
            (std::vector<int8_t>{37, 127, 127, -21, 37, 127}));
}

TEST(OnnxGraphTest, QLinearConcatBringsItsInputsToOneScale) {
  OnnxBuilder b(TensorProto::UINT8, {-1, 2, 1, 1});
  const std::string one = b.Init<float>("one", {}, {1.0f}), two = b.Init<float>("two", {}, {2.0f});
  const std::string zero = b.Init<uint8_t>("zero", {}, {0}), ten = b.Init<uint8_t>("ten", {}, {10});
  b.Node("QLinearConcat", {two, ten, "x", one, zero, "x", one, zero}, "y")
      .set_domain("com.microsoft");
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 3u);
  EXPECT_EQ(model.layers[2].op, "QLinearConcat");
  EXPECT_EQ(model.tensors[3].zero_point, 10 - 128);
  // 9 and 200 as uint8: 9 / 2 = 4.5 to even, 100; both + 10.
  const std::vector<int8_t> want = {14 - 128, 110 - 128};
  EXPECT_EQ(Outputs(model, {9 - 128, 200 - 128}).back(),
            (std::vector<int8_t>{want[0], want[1], want[0], want[1]}));
}

TEST(OnnxGraphTest, LayersFollowTheDependenciesNotTheFile) {
  OnnxBuilder b(TensorProto::INT8, {-1, 1, 1, 3});
  b.Node("MaxPool", {"a"}, "y");
  OnnxBuilder::Attribute(*b.graph().mutable_node(0), "kernel_shape", Dims{1, 3});
  MaxPool3(b, "x", "a");
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 2u);
  EXPECT_EQ(model.layers[0].name, "MaxPool_a");
  EXPECT_TRUE(IsChain(model));
}

// The same real input quantized twice in the same way, as exporters write it.
TEST(OnnxGraphTest, TheInputMayBeQuantizedOncePerReader) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 1, 1, 2});
  b.Requantize("x", "ad", 0.5f, int8_t{0});
  b.Requantize("x", "bd", 0.5f, int8_t{0});
  b.Node("Concat", {"ad", "bd"}, "c");
  b.Quantize("c", "y", 0.5f, int8_t{0});
  b.Output("y");
  const Model model = Import(b);
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.layers[0].inputs, (Indices{0, 0}));
  EXPECT_EQ(Outputs(model, {4, -4}).back(), (std::vector<int8_t>{4, -4, 4, -4}));
}

}  // namespace
}  // namespace systole
