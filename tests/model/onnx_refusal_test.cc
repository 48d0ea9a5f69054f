// Everything that the reader does not accept: one clear line that names the place.
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <ostream>
#include <stdexcept>

#include "sw/base/error.h"
#include "sw/model/onnx_import.h"
#include "tests/model/onnx_builder.h"

namespace systole {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

std::string Refusal(const std::string& bytes) {
  try {
    ImportOnnx(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), "m.onnx");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

// A good network: x -> Conv (2 x 1 x 3 x 3) -> Relu -> Flatten -> Gemm -> y, with names that the
// cases change.
struct Network {
  OnnxBuilder b{TensorProto::FLOAT, {-1, 1, 5, 5}};
  Network() {
    b.Requantize("x", "xd", 0.5f, int8_t{0});
    b.Weights<int8_t>("w", {2, 1, 3, 3}, std::vector<int8_t>(18, 1), {0.25f, 0.5f}, {0, 0});
    b.Weights<int32_t>("b", {2}, {1, 2}, {0.125f, 0.25f}, {0, 0});
    b.Node("Conv", {"xd", "w", "b"}, "c");
    b.Node("Relu", {"c"}, "r");
    b.Requantize("r", "rd", 1.0f, int8_t{0});
    b.Node("Flatten", {"rd"}, "f");
    b.Weights<int8_t>("w2", {18, 2}, std::vector<int8_t>(36, 1), {0.25f}, {0});
    b.Node("Gemm", {"f", "w2"}, "g");
    b.Requantize("g", "y", 1.0f, int8_t{0});
    b.Output("y");
  }
  NodeProto& Node(const std::string& output) {
    for (NodeProto& node : *b.graph().mutable_node()) {
      if (node.output(0) == output) return node;
    }
    throw std::out_of_range(output);
  }
  TensorProto& Init(const std::string& name) {
    for (TensorProto& tensor : *b.graph().mutable_initializer()) {
      if (tensor.name() == name) return tensor;
    }
    throw std::out_of_range(name);
  }
  void Remove(const std::string& name) {
    auto* tensors = b.graph().mutable_initializer();
    for (int i = 0; i < tensors->size(); ++i) {
      if (tensors->Get(i).name() == name) {
        tensors->DeleteSubrange(i, 1);
        return;
      }
    }
  }
  void SetScale(const std::string& name, float scale) { Init(name).set_float_data(0, scale); }
};

struct Case {
  const char* name;
  std::function<void(Network&)> change;
  std::vector<const char*> says;  // all of them
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

void AddInput(Network& n) {
  auto* input = n.b.graph().add_input();
  *input = n.b.graph().input(0);
  input->set_name("x2");
}

const Case kCases[] = {
    // The graph.
    {"TwoInputs", AddInput, {"several inputs ('x', 'x2')"}},
    {"NoInput", [](Network& n) { n.b.graph().clear_input(); }, {"has no input"}},
    {"OutputTwice", [](Network& n) { n.b.Output("y"); }, {"names the output 'y' twice"}},
    {"OutputInFrontOfQuantizeLinear",
     [](Network& n) { n.b.Output("c"); },
     {"node 'Conv_c' (Conv)", "its output is not quantized"}},
    {"NoOutput", [](Network& n) { n.b.graph().clear_output(); }, {"has no output"}},
    {"UnknownOutput",
     [](Network& n) { n.b.graph().mutable_output(0)->set_name("z"); },
     {"output 'z' is made by no node"}},
    {"OutputIsNotLast",
     [](Network& n) { n.b.graph().mutable_output(0)->set_name("rd"); },
     {"value 'y' leads nowhere"}},
    {"Branch",
     [](Network& n) { n.b.Node("Relu", {"rd"}, "side"); },
     {"value 'side' leads nowhere"}},
    {"SelfBranch",
     [](Network& n) {
       n.Node("r").set_op_type("Gemm");
       n.Node("r").add_input("c");
     },
     {"node 'Relu_r' (Gemm)", "reads two values of the graph ('c', 'c')", "cut the model"}},
    {"AddBeforeQuantizeLinear",
     [](Network& n) {
       n.Node("r").set_op_type("Add");
       n.Node("r").add_input("c");
     },
     {"node 'Relu_r' (Add)", "its input is not quantized"}},
    {"AddOfShapes",
     [](Network& n) {
       n.b.Node("Add", {"rd", "xd"}, "side");
     },
     {"node 'Add_side' (Add)", "adds 2 x 3 x 3 and 1 x 5 x 5", "cut the model"}},
    {"ProductOfTensors",
     [](Network& n) {
       n.b.Node("Mul", {"rd", "xd"}, "side");
     },
     {"node 'Mul_side' (Mul)", "multiplies two tensors ('rd', 'xd')", "cut the model"}},
    {"QuotientOfTensors",
     [](Network& n) {
       n.b.Node("Div", {"rd", "rd"}, "side");
     },
     {"node 'Div_side' (Div)", "reads two values of the graph"}},
    {"QuantizedFactor",
     [](Network& n) {
       n.b.Node("Mul", {"rd", "w"}, "side");
     },
     {"node 'Mul_side' (Mul)", "its second operand is quantized"}},
    {"FactorAlongRows",
     [](Network& n) {
       n.b.Init<float>("k", {3, 1}, {1, 2, 3});
       n.b.Node("Mul", {"rd", "k"}, "side");
     },
     {"node 'Mul_side' (Mul)", "does not lie along the channels"}},
    {"CurveBeforeALayer",
     [](Network& n) { n.Node("f").set_op_type("Sigmoid"); },
     {"node 'Flatten_f' (Sigmoid)", "between the quantized values", "QuantizeLinear must follow"}},
    {"BatchNormalizationBehindAConvolution",
     [](Network& n) {
       n.Node("r").set_op_type("BatchNormalization");
       for (const char* name : {"bn1", "bn2", "bn3", "bn4"})
         n.Node("r").add_input(n.b.Init<float>(name, {2}, {1, 1}));
     },
     {"node 'Relu_r' (BatchNormalization)", "fold it into the convolution"}},
    {"BatchNormalizationOfOtherChannels",
     [](Network& n) {
       n.Node("f").set_op_type("BatchNormalization");
       for (const char* name : {"bn1", "bn2", "bn3", "bn4"})
         n.Node("f").add_input(n.b.Init<float>(name, {3}, {1, 1, 1}));
     },
     {"node 'Flatten_f' (BatchNormalization)", "its input 1 must hold 2 reals"}},
    {"NotANumber",
     [](Network& n) {
       n.b.Init<float>("k", {}, {0});
       n.b.Node("Div", {"rd", "k"}, "side");
       n.b.Quantize("side", "sq", 1.0f, int8_t{0});
     },
     {"node 'QuantizeLinear_sq'", "quantizes values that are not numbers"}},
    {"PadOfOtherValues",
     [](Network& n) {
       n.Node("f").set_op_type("Pad");
       n.Node("f").add_input(n.b.Init<int64_t>("p", {8}, {0, 0, 1, 1, 0, 0, 1, 1}));
       n.Node("f").add_input(n.b.Init<float>("k", {}, {1}));
     },
     {"node 'Flatten_f' (Pad)", "pads with another value than zero"}},
    {"PadOfChannels",
     [](Network& n) {
       n.Node("f").set_op_type("Pad");
       n.Node("f").add_input(n.b.Init<int64_t>("p", {8}, {0, 1, 0, 0, 0, 0, 0, 0}));
     },
     {"node 'Flatten_f' (Pad)", "only rows and columns"}},
    {"PadByReflection",
     [](Network& n) {
       n.Node("f").set_op_type("Pad");
       OnnxBuilder::Attribute(n.Node("f"), "mode", std::string("reflect"));
     },
     {"node 'Flatten_f' (Pad)", "mode 'reflect'"}},
    {"TransposeOfRowsAndColumns",
     [](Network& n) {
       n.b.Node("Transpose", {"rd"}, "side");
       OnnxBuilder::Attribute(n.Node("side"), "perm", Dims{0, 1, 3, 2});
     },
     {"node 'Transpose_side' (Transpose)", "only between N x C x H x W and N x H x W x C"}},
    {"PoolOfChannelsLast",
     [](Network& n) {
       n.b.Node("Transpose", {"rd"}, "t");
       OnnxBuilder::Attribute(n.Node("t"), "perm", Dims{0, 2, 3, 1});
       n.b.Node("GlobalMaxPool", {"t"}, "side");
     },
     {"node 'GlobalMaxPool_side' (GlobalMaxPool)", "Transpose to N x C x H x W must come before"}},
    {"OutputOfAnotherLayout",
     [](Network& n) {
       n.b.Node("Transpose", {"rd"}, "side");
       OnnxBuilder::Attribute(n.Node("side"), "perm", Dims{0, 2, 3, 1});
       n.b.Output("side");
     },
     {"output 'side' and the input differ in layout"}},
    {"MeanOfChannels",
     [](Network& n) {
       n.b.Node("ReduceMean", {"rd"}, "side");
       OnnxBuilder::Attribute(n.Node("side"), "axes", Dims{1});
     },
     {"node 'ReduceMean_side' (ReduceMean)", "axes 2 and 3"}},
    {"SoftmaxOfAnImage",
     [](Network& n) { n.b.Node("Softmax", {"rd"}, "side"); },
     {"node 'Softmax_side' (Softmax)", "2 x 3 x 3", "cut the model"}},
    {"BranchBeforeQuantizeLinear",
     [](Network& n) { n.b.Node("Relu", {"c"}, "side"); },
     {"node 'Relu_side' (Relu)", "branches off a value that is not quantized yet", "'Relu_r'"}},
    {"InputQuantizedInTwoWays",
     [](Network& n) { n.b.Quantize("x", "side", 0.25f, int8_t{0}); },
     {"node 'QuantizeLinear_side' (QuantizeLinear)", "a second time"}},
    {"ConcatOfRows",
     [](Network& n) {
       n.b.Node("Concat", {"rd", "xd"}, "side");
     },
     {"node 'Concat_side' (Concat)", "joins 2 x 3 x 3 and 1 x 5 x 5"}},
    {"ConcatOfAConstant",
     [](Network& n) {
       n.b.Node("Concat", {"rd", "w"}, "side");
     },
     {"node 'Concat_side' (Concat)", "joins a constant (input 1)"}},
    {"ConcatOfScalesWithoutQuantizeLinear",
     [](Network& n) {
       n.b.Node("MaxPool", {"xd"}, "p");
       OnnxBuilder::Attribute(n.Node("p"), "kernel_shape", Dims{3, 3});
       n.b.Node("Concat", {"rd", "p"}, "side");
     },
     {"node 'Concat_side' (Concat)", "different scales", "QuantizeLinear must follow"}},
    {"ConcatAlongRows",
     [](Network& n) {
       n.b.Node("Concat", {"rd", "rd"}, "side");
       OnnxBuilder::Attribute(n.Node("side"), "axis", int64_t{2});
     },
     {"node 'Concat_side' (Concat)", "joins along axis 2"}},
    {"Cycle", [](Network& n) { n.Node("c").set_input(0, "rd"); }, {"is part of a cycle"}},
    {"IslandCycle",
     [](Network& n) {
       n.b.Node("Relu", {"i2"}, "i1");
       n.b.Node("Relu", {"i1"}, "i2");
     },
     {"node 'Relu_i1' (Relu)", "is part of a cycle"}},
    {"SelfCycle", [](Network& n) { n.b.Node("Relu", {"i1"}, "i1"); }, {"is part of a cycle"}},
    {"DeadEnd", [](Network& n) { n.Node("r").set_input(0, "w"); }, {"value 'c' leads nowhere"}},
    {"MissingInitializer",
     [](Network& n) { n.Remove("w_int"); },
     {"node 'DequantizeLinear_w'", "its input 'w_int' is missing"}},
    {"ValueMadeTwice",
     [](Network& n) { n.Node("r").set_output(0, "c"); },
     {"defines the value 'c' a second time"}},
    {"InitializerTwice",
     [](Network& n) { n.b.Init<float>("w_scale", {}, {1.0f}); },
     {"'w_scale' is defined twice"}},
    {"OldOpset",
     [](Network& n) { n.b.proto().mutable_opset_import(0)->set_version(9); },
     {"opset 9"}},
    {"LocalFunction",
     [](Network& n) { n.b.proto().add_functions()->set_name("f"); },
     {"local functions"}},
    {"UnnamedNode",
     [](Network& n) {
       n.Node("r").set_op_type("LSTM");
       n.Node("r").clear_name();
     },
     {"node 'LSTM_", "(LSTM): this operator is not supported; supported are QuantizeLinear"}},
    {"UnknownDomain",
     [](Network& n) { n.Node("r").set_domain("org.example"); },
     {"node 'Relu_r'", "not supported"}},
    {"ControlCharacters",
     [](Network& n) {
       n.Node("r").set_op_type("So\nft");
       n.Node("r").set_name("a\nb");
     },
     {"node 'a?b' (So?ft)"}},
    {"NoNodes", [](Network& n) { n.b.graph().clear_node(); }, {"holds no graph"}},
    {"NodeWithoutOutput", [](Network& n) { n.Node("y").clear_output(); }, {"made by no node"}},
    // The input.
    {"RankThree",
     [](Network& n) {
       n.b.graph()
           .mutable_input(0)
           ->mutable_type()
           ->mutable_tensor_type()
           ->mutable_shape()
           ->mutable_dim()
           ->RemoveLast();
     },
     {"3 dimensions"}},
    {"NoShape",
     [](Network& n) {
       n.b.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
     },
     {"no shape"}},
    {"SymbolicSide",
     [](Network& n) {
       n.b.graph()
           .mutable_input(0)
           ->mutable_type()
           ->mutable_tensor_type()
           ->mutable_shape()
           ->mutable_dim(2)
           ->set_dim_param("H");
     },
     {"dimension 2 of its input has no fixed size"}},
    {"NegativeSide",
     [](Network& n) {
       n.b.graph()
           .mutable_input(0)
           ->mutable_type()
           ->mutable_tensor_type()
           ->mutable_shape()
           ->mutable_dim(3)
           ->set_dim_value(-5);
     },
     {"the dimension -5"}},
    {"HugeSide",
     [](Network& n) {
       n.b.graph()
           .mutable_input(0)
           ->mutable_type()
           ->mutable_tensor_type()
           ->mutable_shape()
           ->mutable_dim(3)
           ->set_dim_value(int64_t{1} << 40);
     },
     {"1099511627776"}},
    {"HugeTensor",
     [](Network& n) {
       auto* shape =
           n.b.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
       shape->mutable_dim(2)->set_dim_value(65535);
       shape->mutable_dim(3)->set_dim_value(65535);
     },
     {"its input has 4294836225 elements"}},
    {"ZeroBatch",
     [](Network& n) {
       n.b.graph()
           .mutable_input(0)
           ->mutable_type()
           ->mutable_tensor_type()
           ->mutable_shape()
           ->mutable_dim(0)
           ->set_dim_value(0);
     },
     {"batch size 0"}},
    {"DoubleInput",
     [](Network& n) {
       n.b.graph().mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
           TensorProto::DOUBLE);
     },
     {"its input is DOUBLE; float, uint8 and int8 are supported"}},
    // Quantization.
    {"ScaleZero",
     [](Network& n) { n.SetScale("xd_q_scale", 0); },
     {"QuantizeLinear_xd_q", "has the scale 0"}},
    {"ScaleNegative", [](Network& n) { n.SetScale("xd_q_scale", -1); }, {"has the scale -1"}},
    {"ScaleNan", [](Network& n) { n.SetScale("xd_q_scale", kNan); }, {"has the scale nan"}},
    {"ScaleInfinite",
     [](Network& n) { n.SetScale("w_scale", kInfinity); },
     {"DequantizeLinear_w", "has the scale inf"}},
    {"ScaleIsVector",
     [](Network& n) {
       n.Init("xd_q_scale").add_dims(2);
       n.Init("xd_q_scale").add_float_data(1);
     },
     {"per tensor, with one scale"}},
    {"ScaleOfOtherType",
     [](Network& n) { n.Node("xd_q").set_input(1, "w_int"); },
     {"its scale must be float"}},
    {"Int16",
     [](Network& n) {
       for (const char* name : {"xd_q_zero", "xd_zero"}) {
         n.Init(name).set_data_type(TensorProto::INT16), n.Init(name).set_raw_data("ab");
       }
     },
     {"node 'QuantizeLinear_xd_q' (QuantizeLinear)", "is INT16; float, int8, uint8"}},
    {"FourBits",
     [](Network& n) { n.Init("w_int").set_data_type(21); },
     {"node 'DequantizeLinear_w' (DequantizeLinear)", "'w_int' is UINT4; float, int8"}},
    {"UnknownElementType",
     [](Network& n) { n.Init("w_int").set_data_type(99); },
     {"'w_int' is element type 99; float"}},
    {"ZeroPointOfOtherType",
     [](Network& n) { n.Node("xd_q").set_input(2, "b_int"); },
     {"must be int8 or uint8"}},
    {"DequantizeDiffers",
     [](Network& n) { n.SetScale("xd_scale", 0.25f); },
     {"DequantizeLinear_xd", "reads scale 0.25", "written with 0.5"}},
    {"QuantizedTwice",
     [](Network& n) { n.Node("xd").set_op_type("QuantizeLinear"); },
     {"quantized already"}},
    {"InputNotQuantized",
     [](Network& n) {
       n.Node("xd_q").set_op_type("Identity");
       n.Node("xd_q").mutable_input()->DeleteSubrange(1, 2);
       n.Node("xd").set_op_type("Identity");
       n.Node("xd").mutable_input()->DeleteSubrange(1, 2);
     },
     {"node 'Conv_c' (Conv)", "its input is not quantized"}},
    {"OutputNotQuantized",
     [](Network& n) {
       n.b.graph().mutable_output(0)->set_name("g");
       n.b.graph().mutable_node()->DeleteSubrange(n.b.graph().node_size() - 2, 2);
     },
     {"node 'Gemm_g' (Gemm)", "its output is not quantized"}},
    {"BlockQuantization",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("xd_q"), "block_size", int64_t{16}); },
     {"block quantization"}},
    {"AveragePoolWithoutQuantizeBefore",
     [](Network& n) { n.Node("r").set_op_type("GlobalAveragePool"); },
     {"(GlobalAveragePool)", "its input is not quantized"}},
    {"ConstantIsComputed",
     [](Network& n) { n.Node("xd_q").set_input(1, "w"); },
     {"must be a constant"}},
    {"ScaleEmpty",
     [](Network& n) {
       n.Init("xd_q_scale").clear_float_data();
       n.Init("xd_q_scale").add_dims(0);
     },
     {"its scale must be float"}},
    // Weights and bias.
    {"FloatWeights",
     [](Network& n) {
       n.b.Init<float>("wf", {2, 1, 3, 3}, std::vector<float>(18, 1));
       n.Node("c").set_input(1, "wf");
     },
     {"Conv_c", "weights are not quantized"}},
    {"NanWeight",
     [](Network& n) {
       std::vector<float> values(18, 1);
       values[7] = kNan;
       n.b.Init<float>("wf", {2, 1, 3, 3}, values);
       n.b.Node("QuantizeLinear", {"wf", "w_scale", "w_zero"}, "wq");
       OnnxBuilder::Attribute(n.Node("wq"), "axis", int64_t{0});
       n.Node("w").set_input(0, "wq");
     },
     {"node 'QuantizeLinear_wq' (QuantizeLinear): weight 7 is nan"}},
    {"WeightsAreActivations",
     [](Network& n) { n.Node("c").set_input(1, "xd"); },
     {"Conv_c", "reads two values of the graph"}},
    {"ChannelScalesOnInputs",
     [](Network& n) { n.Node("w").mutable_attribute(0)->set_i(3); },
     {"2 weight scales, which match no channel axis"}},
    {"AxisOutOfRange",
     [](Network& n) { n.Node("w").mutable_attribute(0)->set_i(9); },
     {"match no channel axis"}},
    {"ZeroPointsDiffer",
     [](Network& n) { n.Init("w_zero").set_raw_data(std::string("\0\1", 2)); },
     {"zero points differ between channels"}},
    {"WrongWeightBytes",
     [](Network& n) { n.Init("w_int").set_raw_data("abc"); },
     {"'w_int'", "does not hold the 18 values"}},
    {"NegativeDimension",
     [](Network& n) { n.Init("w_int").set_dims(0, -2); },
     {"negative dimension -2"}},
    {"HugeDimension",
     [](Network& n) { n.Init("w_int").set_dims(0, int64_t{1} << 50); },
     {"too large"}},
    {"HugeProduct",
     [](Network& n) {
       for (int i = 0; i < 4; ++i) n.Init("w_int").set_dims(i, 1 << 20);
     },
     {"more than 536870912 elements"}},
    {"ExternalData",
     [](Network& n) { n.Init("w_int").set_data_location(TensorProto::EXTERNAL); },
     {"stored outside the file"}},
    {"HalfPrecision",
     [](Network& n) { n.Init("xd_q_scale").set_data_type(TensorProto::FLOAT16); },
     {"is FLOAT16; float, int8"}},
    {"OneDimensionalConvolution",
     [](Network& n) {
       n.Init("w_int").mutable_dims()->RemoveLast(), n.Init("w_int").set_raw_data("abcdef");
     },
     {"only 2-D convolutions"}},
    {"NoFilters",
     [](Network& n) {
       n.Init("w_int").set_dims(1, 0);
       n.Init("w_int").set_raw_data("");
     },
     {"has no weights"}},
    {"KernelShapeDiffers",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "kernel_shape", Dims{5, 5});
     },
     {"'kernel_shape' does not match"}},
    {"WrongChannels",
     [](Network& n) {
       n.Init("w_int").set_dims(1, 9), n.Init("w_int").set_dims(2, 1),
           n.Init("w_int").set_dims(3, 1);
     },
     {"do not fit an input of 1 channels"}},
    {"WrongGroups",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("c"), "group", int64_t{0}); },
     {"in 0 groups"}},
    {"BiasCount",
     [](Network& n) {
       n.b.Init<float>("bf", {3}, {1, 2, 3});
       n.Node("c").set_input(2, "bf");
     },
     {"has 3 biases, needs 2"}},
    {"BiasScale",
     [](Network& n) { n.Init("b_scale").set_float_data(1, 0.26f); },
     {"DequantizeLinear_b", "bias scale 0.26",
      "of channel 1 is not input scale times weight scale (0.25)"}},
    {"BiasTooLarge",
     [](Network& n) {
       n.b.Init<float>("bf", {2}, {1, 1e12f});
       n.Node("c").set_input(2, "bf");
     },
     {"bias 1 is", "does not fit 32 bits"}},
    {"BiasNan",
     [](Network& n) {
       n.b.Init<float>("bf", {2}, {kNan, 1});
       n.Node("c").set_input(2, "bf");
     },
     {"bias 0 is nan"}},
    {"BiasInt8",
     [](Network& n) { n.Node("b").set_input(0, "w2_int"); },
     {"a quantized bias must be int32"}},
    {"BiasZeroPoint",
     [](Network& n) { n.Init("b_zero").set_int32_data(0, 5); },
     {"zero point of a bias must be 0"}},
    {"MatrixSize",
     [](Network& n) { n.Init("w2_int").set_dims(0, 9), n.Init("w2_int").set_dims(1, 4); },
     {"take 9 inputs, but 18 come in"}},
    {"GemmOnImage",
     [](Network& n) { n.Node("f").set_op_type("Identity"); },
     {"Gemm_g", "Flatten must come before"}},
    {"GemmAlpha",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("g"), "alpha", 0.5f); },
     {"alpha and beta must be 1"}},
    {"GemmTransA",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("g"), "transA", int64_t{1}); },
     {"transA"}},
    {"AddOfActivations",
     [](Network& n) {
       n.Node("r").set_op_type("Add");
       n.b.Init<float>("t", {2, 1, 1}, {1, 2});
       n.Node("r").add_input("t");
     },
     {"node 'Relu_r' (Add)", "only a bias that directly follows"}},
    {"BiasAlongColumns",
     [](Network& n) {
       n.Node("c").mutable_input()->RemoveLast();
       n.Node("r").set_op_type("Add");
       n.b.Init<float>("t", {2}, {1, 2});
       n.Node("r").add_input("t");
     },
     {"does not lie along the output channels"}},
    // Windows.
    {"NegativePads",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "pads", Dims{-1, 0, 0, 0});
     },
     {"a padding is -1"}},
    {"ThreePads",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "pads", Dims{1, 1, 1});
     },
     {"'pads' needs four values"}},
    {"ZeroStride",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "strides", Dims{0, 1});
     },
     {"strides is 0"}},
    {"HugeDilation",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "dilations", Dims{int64_t{1} << 62, 1});
     },
     {"dilations is 4611686018427387904"}},
    {"WindowTooLarge",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "dilations", Dims{3, 1});
     },
     {"does not fit the padded input of 5"}},
    {"UnknownAutoPad",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("c"), "auto_pad", std::string("SAME")); },
     {"auto_pad 'SAME' is unknown"}},
    {"AutoPadAndPads",
     [](Network& n) {
       OnnxBuilder::Attribute(n.Node("c"), "auto_pad", std::string("SAME_UPPER"));
       OnnxBuilder::Attribute(n.Node("c"), "pads", Dims{1, 1, 1, 1});
     },
     {"both pads and auto_pad"}},
    {"UnknownAttribute",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("c"), "activation", std::string("Relu")); },
     {"attribute 'activation' is not supported"}},
    {"AttributeType",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("c"), "strides", int64_t{2}); },
     {"'strides' has an unexpected type"}},
    {"PoolWithoutKernel",
     [](Network& n) { n.Node("r").set_op_type("MaxPool"); },
     {"(MaxPool)", "'kernel_shape' is missing"}},
    {"PoolInPadding",
     [](Network& n) {
       n.Node("r").set_op_type("MaxPool");
       OnnxBuilder::Attribute(n.Node("r"), "kernel_shape", Dims{1, 1});
       OnnxBuilder::Attribute(n.Node("r"), "pads", Dims{1, 0, 0, 0});  // 2 x 4 x 3
       n.Init("w2_int").set_dims(0, 24);
       n.Init("w2_int").set_raw_data(std::string(48, 1));
     },
     {"layer 'Relu_r'", "lies in the padding alone"}},
    {"CeilModeThatCountsPadding",
     [](Network& n) {
       n.b.Node("AveragePool", {"rd"}, "side");
       OnnxBuilder::Attribute(n.Node("side"), "kernel_shape", Dims{2, 2});
       OnnxBuilder::Attribute(n.Node("side"), "strides", Dims{2, 2});
       OnnxBuilder::Attribute(n.Node("side"), "ceil_mode", int64_t{1});
       OnnxBuilder::Attribute(n.Node("side"), "count_include_pad", int64_t{1});
     },
     {"ceil_mode adds a partial window"}},
    {"PoolOnFlat",
     [](Network& n) {
       n.Node("g").set_op_type("GlobalMaxPool");
       n.Node("g").mutable_input()->RemoveLast();
     },
     {"its input is flattened"}},
    {"MaxPoolIndices",
     [](Network& n) {
       n.Node("r").set_op_type("GlobalMaxPool");
       n.Node("r").add_output("indices");
       n.b.Node("Identity", {"indices"}, "used");
     },
     {"a second output of it is used"}},
    // Shapes and clips.
    {"FlattenAxis",
     [](Network& n) { OnnxBuilder::Attribute(n.Node("f"), "axis", int64_t{2}); },
     {"only axis 1"}},
    {"ReshapeElements",
     [](Network& n) {
       n.b.Init<int64_t>("shape", {2}, {-1, 17});
       n.Node("f").set_op_type("Reshape");
       n.Node("f").add_input("shape");
     },
     {"turns 18 elements into 17"}},
    {"ReshapeMovesBatch",
     [](Network& n) {
       n.b.Init<int64_t>("shape", {2}, {18, -1});
       n.Node("f").set_op_type("Reshape");
       n.Node("f").add_input("shape");
     },
     {"changes the batch dimension"}},
    {"ReshapeOtherImage",
     [](Network& n) {
       n.b.Init<int64_t>("shape", {4}, {-1, 3, 3, 2});
       n.Node("f").set_op_type("Reshape");
       n.Node("f").add_input("shape");
     },
     {"this change of shape is not supported"}},
    {"ReshapeHuge",
     [](Network& n) {
       n.b.Init<int64_t>("shape", {4}, {0, int64_t{1} << 31, int64_t{1} << 31, 4});
       n.Node("f").set_op_type("Reshape");
       n.Node("f").add_input("shape");
     },
     {"does not hold the 4 values"}},
    {"ClipNan",
     [](Network& n) {
       n.b.Init<float>("lo", {}, {kNan});
       n.Node("r").set_op_type("Clip");
       n.Node("r").add_input("lo");
     },
     {"a bound is not a number"}},
    {"ClipBetweenGridValues",
     [](Network& n) {
       n.b.Init<float>("lo", {}, {0.3f});
       n.Node("f").set_op_type("Clip");  // between DequantizeLinear and Gemm
       n.Node("f").add_input("lo");
     },
     {"node 'Flatten_f' (Clip): makes reals between the quantized values"}},
    // Metadata.
    {"MetadataNotANumber",
     [](Network& n) { n.b.Metadata("systole.input_scale", "1/255"); },
     {"systole.input_scale is not a finite number"}},
    {"MetadataInfinite",
     [](Network& n) { n.b.Metadata("systole.input_mean", "inf"); },
     {"systole.input_mean"}},
    {"MetadataAverage",
     [](Network& n) { n.b.Metadata("systole.average", "mean"); },
     {"must be integer or tflite"}},
    {"MetadataUnknown",
     [](Network& n) { n.b.Metadata("systole.input_std", "1"); },
     {"unknown metadata"}},
};

class OnnxRefusalTest : public testing::TestWithParam<Case> {};

TEST_P(OnnxRefusalTest, NamesThePlace) {
  Network network;
  ASSERT_EQ(Refusal(network.b.Bytes()), "");  // good before the change
  GetParam().change(network);
  const std::string refusal = Refusal(network.b.Bytes());
  EXPECT_EQ(refusal.rfind("m.onnx: ", 0), 0u) << refusal;
  EXPECT_EQ(refusal.find('\n'), std::string::npos) << refusal;
  for (const char* part : GetParam().says)
    EXPECT_NE(refusal.find(part), std::string::npos) << refusal;
}

INSTANTIATE_TEST_SUITE_P(Cases, OnnxRefusalTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST(OnnxRefusalTest, ClipBetweenGridValuesBeforeALayer) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Init<float>("lo", {}, {0.3f});
  b.Node("Clip", {"xd", "lo"}, "k");
  b.Weights<int8_t>("w", {2, 1}, {1, 1}, {1.0f}, {0});
  b.Node("MatMul", {"k", "w"}, "m");
  b.Requantize("m", "y", 1.0f, int8_t{0});
  b.Output("y");
  const std::string refusal = Refusal(b.Bytes());
  EXPECT_NE(refusal.find("node 'Clip_k' (Clip): makes reals between the quantized values"),
            std::string::npos)
      << refusal;
}

TEST(OnnxRefusalTest, OpenEnd) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Weights<int8_t>("w", {2, 1}, {1, 1}, {1.0f}, {0});
  b.Node("MatMul", {"xd", "w"}, "y");
  b.Output("y");
  const std::string refusal = Refusal(b.Bytes());
  EXPECT_NE(refusal.find("node 'MatMul_y' (MatMul): its output is not quantized"),
            std::string::npos)
      << refusal;
}

TEST(OnnxRefusalTest, NothingButQuantization) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2});
  b.Requantize("x", "y", 1.0f, int8_t{0});
  b.Output("y");
  EXPECT_NE(Refusal(b.Bytes()).find("has no layer"), std::string::npos) << Refusal(b.Bytes());
}

TEST(OnnxRefusalTest, FilesThatAreNotOnnx) {
  EXPECT_NE(Refusal("").find("holds no graph"), std::string::npos);
  EXPECT_NE(Refusal("hello, world").find("is not an ONNX file"), std::string::npos);
}

// Every truncation of a good file is refused: none crashes, none is taken for a smaller network.
TEST(OnnxRefusalTest, EveryTruncation) {
  const std::string bytes = Network().b.Bytes();
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_NE(Refusal(bytes.substr(0, size)), "") << size << " of " << bytes.size();
  }
}

}  // namespace
}  // namespace systole
