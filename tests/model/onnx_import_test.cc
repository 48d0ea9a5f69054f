#include "sw/model/onnx_import.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sw/golden/golden.h"
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

TEST(OnnxImportTest, ReadsAQdqConvolution) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 1, 3, 4});
  b.Requantize("x", "xd", 0.5f, uint8_t{100});
  b.Weights<int8_t>("w", {2, 1, 1, 2}, {1, -2, 3, -4}, {0.25f, 0.125f}, {0, 0});
  b.Weights<int32_t>("bias", {2}, {7, -9}, {0.125f, 0.0625f}, {0, 0});
  NodeProto& conv = b.Node("Conv", {"xd", "w", "bias"}, "c");
  OnnxBuilder::Attribute(conv, "strides", Dims{2, 1});
  OnnxBuilder::Attribute(conv, "pads", Dims{1, 2, 3, 4});
  b.Node("Relu", {"c"}, "r");
  b.Requantize("r", "y", 2.0f, uint8_t{10});
  const Model model = Import(b.Output("y"));

  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.name, "m.onnx");
  EXPECT_TRUE(model.quantizes_images);
  const Tensor& in = model.tensors[0];
  EXPECT_EQ(in.name, "x");
  EXPECT_EQ((std::vector<int>{in.c, in.h, in.w}), (std::vector<int>{1, 3, 4}));
  EXPECT_EQ(in.scale, 0.5f);
  EXPECT_EQ(in.zero_point, -28);
  EXPECT_EQ(in.boundary, DType::kUint8);
  const Tensor& out = model.tensors[1];
  EXPECT_EQ((std::vector<int>{out.c, out.h, out.w}),
            (std::vector<int>{2, 4, 9}));  // (3+1+3-1)/2+1, 4+2+4-2+1
  EXPECT_EQ(out.scale, 2.0f);
  EXPECT_EQ(out.zero_point, -118);
  const Layer& layer = model.layers[0];
  EXPECT_EQ(layer.name, "Conv_c");
  EXPECT_EQ(layer.kind, LayerKind::kConv);
  EXPECT_EQ(layer.kernel_h, 1);
  EXPECT_EQ(layer.kernel_w, 2);
  EXPECT_EQ(layer.stride_h, 2);
  EXPECT_EQ(layer.stride_w, 1);
  EXPECT_EQ(layer.pad.top, 1);
  EXPECT_EQ(layer.pad.left, 2);
  EXPECT_EQ(layer.pad.bottom, 3);
  EXPECT_EQ(layer.pad.right, 4);
  EXPECT_EQ(layer.weights, (std::vector<int8_t>{1, -2, 3, -4}));
  EXPECT_EQ(layer.weight_scales, (std::vector<float>{0.25f, 0.125f}));
  EXPECT_EQ(layer.weight_zero_point, 0);
  EXPECT_EQ(layer.bias, (std::vector<int32_t>{7, -9}));
  EXPECT_EQ(layer.clamp_lo, -118);  // ReLU: the zero point
  EXPECT_EQ(layer.clamp_hi, 127);
}

// A convolution, a ReLU, a max pool and a matrix product in both forms; `Z` is the activations'
// type.
template <typename Z>
OnnxBuilder QdqNetwork(Z zx, Z z1, Z z2) {
  OnnxBuilder b(TensorProto::FLOAT, {1, 2, 4, 4});
  b.Requantize("x", "xd", 0.5f, zx);
  b.Weights<int8_t>("w1", {2, 2, 1, 1}, {10, -20, 30, -40}, {0.25f}, {3});
  b.Weights<int32_t>("b1", {2}, {5, 6}, {0.125f}, {0});
  b.Node("Conv", {"xd", "w1", "b1"}, "c");
  b.Node("Relu", {"c"}, "r");
  b.Requantize("r", "rd", 0.75f, z1);
  NodeProto& pool = b.Node("MaxPool", {"rd"}, "p");
  OnnxBuilder::Attribute(pool, "kernel_shape", Dims{2, 2});
  OnnxBuilder::Attribute(pool, "strides", Dims{2, 2});
  b.Requantize("p", "pd", 0.75f, z1);
  b.Node("Flatten", {"pd"}, "f");
  b.Weights<int8_t>("w2", {8, 1}, {1, 2, 3, 4, 5, 6, 7, 8}, {0.5f}, {0});
  b.Node("MatMul", {"f", "w2"}, "g");
  b.Requantize("g", "y", 4.0f, z2);
  b.Output("y");
  return b;
}

template <typename Z>
OnnxBuilder QLinearNetwork(Z zx, Z z1, Z z2) {
  OnnxBuilder b(TensorProto::FLOAT, {1, 2, 4, 4});
  const auto params = [&](const std::string& name, float scale, auto zero) {
    b.Init(name + "_s", {}, std::vector<float>{scale});
    b.Init(name + "_z", {}, std::vector<decltype(zero)>{zero});
  };
  b.Quantize("x", "xq", 0.5f, zx);
  params("w1", 0.25f, int8_t{3});
  params("c", 0.75f, z1);
  b.Init<int8_t>("w1", {2, 2, 1, 1}, {10, -20, 30, -40});
  b.Init<int32_t>("b1", {2}, {5, 6});
  b.Node("QLinearConv", {"xq", "xq_scale", "xq_zero", "w1", "w1_s", "w1_z", "c_s", "c_z", "b1"},
         "c");
  // The same ReLU on integers: max(q, z1).
  b.Init<Z>("lo", {}, {z1});
  b.Node("Clip", {"c", "lo"}, "r");
  NodeProto& pool = b.Node("MaxPool", {"r"}, "p");
  OnnxBuilder::Attribute(pool, "kernel_shape", Dims{2, 2});
  OnnxBuilder::Attribute(pool, "strides", Dims{2, 2});
  b.Init<int64_t>("shape", {2}, {-1, 8});
  b.Node("Reshape", {"p", "shape"}, "f");
  params("w2", 0.5f, int8_t{0});
  params("g", 4.0f, z2);
  b.Init<int8_t>("w2", {8, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
  b.Node("QLinearMatMul", {"f", "c_s", "c_z", "w2", "w2_s", "w2_z", "g_s", "g_z"}, "g");
  b.Dequantize("g", "y", 4.0f, z2);
  b.Output("y");
  return b;
}

void ExpectSame(const Model& a, const Model& b) {
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].c, b.tensors[i].c) << i;
    EXPECT_EQ(a.tensors[i].h, b.tensors[i].h) << i;
    EXPECT_EQ(a.tensors[i].w, b.tensors[i].w) << i;
    EXPECT_EQ(a.tensors[i].scale, b.tensors[i].scale) << i;
    EXPECT_EQ(a.tensors[i].zero_point, b.tensors[i].zero_point) << i;
  }
  for (size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].kind, b.layers[i].kind) << i;
    EXPECT_EQ(a.layers[i].kernel_h, b.layers[i].kernel_h) << i;
    EXPECT_EQ(a.layers[i].stride_h, b.layers[i].stride_h) << i;
    EXPECT_EQ(a.layers[i].weights, b.layers[i].weights) << i;
    EXPECT_EQ(a.layers[i].weight_scales, b.layers[i].weight_scales) << i;
    EXPECT_EQ(a.layers[i].weight_zero_point, b.layers[i].weight_zero_point) << i;
    EXPECT_EQ(a.layers[i].bias, b.layers[i].bias) << i;
    EXPECT_EQ(a.layers[i].clamp_lo, b.layers[i].clamp_lo) << i;
    EXPECT_EQ(a.layers[i].clamp_hi, b.layers[i].clamp_hi) << i;
  }
}

TEST(OnnxImportTest, ReadsQdqAndQLinearFormsAlike) {
  const Model qdq = Import(QdqNetwork<int8_t>(-5, -100, 20));
  ASSERT_EQ(qdq.layers.size(), 3u);
  EXPECT_EQ(qdq.layers[0].kind, LayerKind::kConv);
  EXPECT_EQ(qdq.layers[0].clamp_lo, -100);
  EXPECT_EQ(qdq.layers[1].kind, LayerKind::kMaxPool);
  EXPECT_EQ(qdq.layers[2].kind, LayerKind::kFullyConnected);
  EXPECT_EQ(qdq.layers[2].weights, (std::vector<int8_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(qdq.tensors.back().boundary, DType::kInt8);
  ExpectSame(qdq, Import(QLinearNetwork<int8_t>(-5, -100, 20)));
}

TEST(OnnxImportTest, MovesUint8ByMinus128) {
  const Model moved = Import(QdqNetwork<uint8_t>(123, 28, 148));
  EXPECT_EQ(moved.tensors.back().boundary, DType::kUint8);
  ExpectSame(moved, Import(QdqNetwork<int8_t>(-5, -100, 20)));
  ExpectSame(Import(QLinearNetwork<uint8_t>(123, 28, 148)), moved);
}

TEST(OnnxImportTest, MovesUint8Weights) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 3});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Weights<uint8_t>("w", {3, 1}, {0, 128, 255}, {1.0f}, {130});
  b.Node("MatMul", {"xd", "w"}, "m");
  b.Requantize("m", "y", 1.0f, int8_t{0});
  const Model model = Import(b.Output("y"));
  EXPECT_EQ(model.layers[0].weights, (std::vector<int8_t>{-128, 0, 127}));
  EXPECT_EQ(model.layers[0].weight_zero_point, 2);
}

// What the nodes compute, in real arithmetic: with scales that are powers of two every real is
// exact, so golden in half_even must give just what QuantizeLinear of the real result gives.
TEST(OnnxImportTest, MeansWhatTheNodesCompute) {
  std::mt19937 random(11);
  for (int trial = 0; trial < 50; ++trial) {
    const auto draw = [&] { return static_cast<int8_t>(random()); };
    const float sx = 0.5f, sw = 0.25f, sy = 64.0f;
    const int8_t zx = draw(), zw = draw(), zy = draw();
    std::vector<int8_t> w(2 * 3 * 2 * 2), x(3 * 3 * 3);
    for (int8_t& value : w) value = draw();
    for (int8_t& value : x) value = draw();
    std::vector<float> bias = {static_cast<float>(draw()), static_cast<float>(draw())};
    OnnxBuilder b(TensorProto::FLOAT, {-1, 3, 3, 3});
    b.Requantize("x", "xd", sx, zx);
    b.Weights<int8_t>("w", {2, 3, 2, 2}, w, {sw}, {zw});
    b.Init<float>("bias", {2}, bias);
    NodeProto& conv = b.Node("Conv", {"xd", "w", "bias"}, "c");
    OnnxBuilder::Attribute(conv, "pads", Dims{1, 0, 0, 1});
    b.Init<float>("lo", {}, {-1000.0f});
    b.Init<float>("hi", {}, {3000.0f});
    b.Node("Clip", {"c", "lo", "hi"}, "k");
    NodeProto& pool = b.Node("MaxPool", {"k"}, "p");
    OnnxBuilder::Attribute(pool, "kernel_shape", Dims{1, 2});
    b.Requantize("p", "y", sy, zy);
    Model model = Import(b.Output("y"));
    ASSERT_EQ(model.layers.size(), 2u);
    ChooseMultipliers(model, Rounding::kHalfEven);
    const std::vector<int8_t> got = RunReference(model, x.data()).back();

    std::vector<int8_t> want;
    for (int n = 0; n < 2; ++n) {
      double real[3][3];
      for (int oy = 0; oy < 3; ++oy) {
        for (int ox = 0; ox < 3; ++ox) {
          double sum = bias[n];
          for (int c = 0; c < 3; ++c) {
            for (int ky = 0; ky < 2; ++ky) {
              for (int kx = 0; kx < 2; ++kx) {
                const int iy = oy + ky - 1, ix = ox + kx;
                if (iy < 0 || ix > 2) continue;
                sum += double{sx} * (x[(c * 3 + iy) * 3 + ix] - zx) * double{sw} *
                       (w[((n * 3 + c) * 2 + ky) * 2 + kx] - zw);
              }
            }
          }
          real[oy][ox] = std::min(std::max(sum, -1000.0), 3000.0);
        }
      }
      for (int oy = 0; oy < 3; ++oy) {
        for (int ox = 0; ox < 2; ++ox) {
          const double q = std::nearbyint(std::max(real[oy][ox], real[oy][ox + 1]) / sy) + zy;
          want.push_back(static_cast<int8_t>(std::min(127.0, std::max(-128.0, q))));
        }
      }
    }
    ASSERT_EQ(got, want) << "trial " << trial;
  }
}

TEST(OnnxImportTest, QuantizesWeightsThatAreKeptInFloat) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 4});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Init<float>("wf", {4, 1},
                {0.5f, 1.5f, -100.0f, 3.0f});  // 0.5 and 1.5: ties to even; -100 saturates
  b.Quantize("wf", "wq", 1.0f, int8_t{10});
  b.Dequantize("wq", "w", 1.0f, int8_t{10});
  b.Node("MatMul", {"xd", "w"}, "m");
  b.Requantize("m", "y", 1.0f, int8_t{0});
  const Model model = Import(b.Output("y"));
  EXPECT_EQ(model.layers[0].weights, (std::vector<int8_t>{10, 12, -90, 13}));
  EXPECT_EQ(model.layers[0].weight_zero_point, 10);
}

TEST(OnnxImportTest, ReadsGemmMatMulAddAndTransposedWeightsAlike) {
  const std::vector<int8_t> n_by_k = {1, 2, 3, 4, 5, 6}, k_by_n = {1, 4, 2, 5, 3, 6};
  const std::vector<float> scales = {0.5f, 0.25f};
  for (int form = 0; form < 4; ++form) {
    OnnxBuilder b(TensorProto::FLOAT, {-1, 3});
    b.Requantize("x", "xd", 1.0f, int8_t{0});
    b.Init<float>("bias", {2}, {2.0f, -1.0f});
    if (form == 0) {  // Gemm, transB
      b.Weights<int8_t>("w", {2, 3}, n_by_k, scales, {0, 0}, 0);
      OnnxBuilder::Attribute(b.Node("Gemm", {"xd", "w", "bias"}, "g"), "transB", int64_t{1});
    } else if (form == 1) {
      b.Weights<int8_t>("w", {3, 2}, k_by_n, scales, {0, 0}, 1);
      b.Node("Gemm", {"xd", "w", "bias"}, "g");
    } else if (form == 2) {
      b.Weights<int8_t>("w", {3, 2}, k_by_n, scales, {0, 0}, -1);
      b.Node("MatMul", {"xd", "w"}, "m");
      b.Node("Add", {"bias", "m"}, "g");
    } else {
      b.Weights<int8_t>("w", {2, 3}, n_by_k, scales, {0, 0}, 0);
      b.Node("Transpose", {"w"}, "wt");
      b.Node("MatMul", {"xd", "wt"}, "m");
      b.Node("Add", {"m", "bias"}, "g");
    }
    b.Requantize("g", "y", 1.0f, int8_t{0});
    const Model model = Import(b.Output("y"));
    ASSERT_EQ(model.layers.size(), 1u) << form;
    EXPECT_EQ(model.layers[0].weights, n_by_k) << form;
    EXPECT_EQ(model.layers[0].weight_scales, scales) << form;
    EXPECT_EQ(model.layers[0].bias, (std::vector<int32_t>{4, -4})) << form;  // 2 / 0.5, -1 / 0.25
  }
}

TEST(OnnxImportTest, ReadsQGemm) {
  OnnxBuilder b(TensorProto::UINT8, {-1, 3});
  b.Init<float>("xs", {}, {0.5f});
  b.Init<uint8_t>("xz", {}, {3});
  b.Init<int8_t>("w", {2, 3}, {1, 2, 3, 4, 5, 6});
  b.Init<float>("ws", {2}, {0.5f, 0.25f});
  b.Init<int8_t>("wz", {2}, {0, 0});
  b.Init<int32_t>("c", {2}, {70, 80});
  b.Init<float>("ys", {}, {2.0f});
  b.Init<uint8_t>("yz", {}, {9});
  NodeProto& node = b.Node("QGemm", {"x", "xs", "xz", "w", "ws", "wz", "c", "ys", "yz"}, "y");
  node.set_domain("com.microsoft");
  OnnxBuilder::Attribute(node, "transB", int64_t{1});
  const Model model = Import(b.Output("y"));
  EXPECT_FALSE(model.quantizes_images);
  EXPECT_EQ(model.tensors[0].boundary, DType::kUint8);
  EXPECT_EQ(model.tensors[0].zero_point, -125);
  EXPECT_EQ(model.tensors[1].zero_point, -119);
  EXPECT_EQ(model.layers[0].weights, (std::vector<int8_t>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(model.layers[0].bias, (std::vector<int32_t>{70, 80}));
}

// Padding of a convolution 1 x kernel x 1 on width `in`.
Padding AutoPadding(const std::string& mode, int in, int kernel, int stride, int dilation,
                    int* out) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 1, 1, in});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Weights<int8_t>("w", {1, 1, 1, kernel}, std::vector<int8_t>(kernel, 1), {1.0f}, {0});
  NodeProto& conv = b.Node("Conv", {"xd", "w"}, "c");
  OnnxBuilder::Attribute(conv, "auto_pad", mode);
  OnnxBuilder::Attribute(conv, "strides", Dims{1, stride});
  OnnxBuilder::Attribute(conv, "dilations", Dims{1, dilation});
  b.Requantize("c", "y", 1.0f, int8_t{0});
  const Model model = Import(b.Output("y"));
  *out = model.tensors[1].w;
  EXPECT_EQ(model.layers[0].pad.top + model.layers[0].pad.bottom, 0);
  return model.layers[0].pad;
}

TEST(OnnxImportTest, WorksOutAutomaticPadding) {
  int out = 0;
  Padding pad = AutoPadding("SAME_UPPER", 10, 4, 1, 1, &out);  // 3 in all
  EXPECT_EQ((std::vector<int>{pad.left, pad.right, out}), (std::vector<int>{1, 2, 10}));
  pad = AutoPadding("SAME_LOWER", 10, 4, 1, 1, &out);
  EXPECT_EQ((std::vector<int>{pad.left, pad.right, out}), (std::vector<int>{2, 1, 10}));
  pad = AutoPadding("SAME_UPPER", 10, 3, 3, 1, &out);  // ceil(10/3) = 4; 3*3 + 3 - 10 = 2
  EXPECT_EQ((std::vector<int>{pad.left, pad.right, out}), (std::vector<int>{1, 1, 4}));
  pad = AutoPadding("SAME_UPPER", 10, 3, 1, 2, &out);  // a span of 5
  EXPECT_EQ((std::vector<int>{pad.left, pad.right, out}), (std::vector<int>{2, 2, 10}));
  pad = AutoPadding("SAME_UPPER", 9, 1, 4, 1, &out);  // never negative
  EXPECT_EQ((std::vector<int>{pad.left, pad.right, out}), (std::vector<int>{0, 0, 3}));
  pad = AutoPadding("VALID", 10, 4, 3, 1, &out);
  EXPECT_EQ((std::vector<int>{pad.left, pad.right, out}), (std::vector<int>{0, 0, 3}));
}

TEST(OnnxImportTest, FoldsAStandAloneClampIntoTheLayerBefore) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Weights<int8_t>("w", {2, 1}, {1, 1}, {1.0f}, {0});
  b.Node("MatMul", {"xd", "w"}, "m");
  b.Requantize("m", "md", 0.5f, int8_t{-20});
  b.Init<float>("lo", {}, {0.0f});
  b.Init<float>("hi", {}, {6.0f});
  b.Node("Clip", {"md", "lo", "hi"}, "r");
  b.Requantize("r", "y", 0.5f, int8_t{-20});
  const Model model = Import(b.Output("y"));
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.layers[0].clamp_lo, -20);
  EXPECT_EQ(model.layers[0].clamp_hi, -8);  // 6 / 0.5 - 20
}

TEST(OnnxImportTest, ComposesClampsInOrder) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  b.Weights<int8_t>("w", {2, 1}, {1, 1}, {1.0f}, {0});
  b.Node("MatMul", {"xd", "w"}, "m");
  b.Init<float>("a", {}, {-50.0f});
  b.Init<float>("c", {}, {10.0f});
  b.Init<float>("d", {}, {20.0f});
  b.Init<float>("e", {}, {30.0f});
  b.Node("Clip", {"m", "a", "c"}, "first");       // -50..10
  b.Node("Clip", {"first", "d", "e"}, "second");  // then 20..30: always 20
  b.Requantize("second", "y", 1.0f, int8_t{0});
  const Model model = Import(b.Output("y"));
  EXPECT_EQ(model.layers[0].clamp_lo, 20);
  EXPECT_EQ(model.layers[0].clamp_hi, 20);
}

TEST(OnnxImportTest, ReluAtTheInputBecomesAnIdentityWithAClamp) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2, 3, 3});
  b.Requantize("x", "xd", 1.0f, int8_t{5});
  b.Node("Relu", {"xd"}, "r");
  b.Requantize("r", "y", 1.0f, int8_t{5});
  const Model model = Import(b.Output("y"));
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.layers[0].kind, LayerKind::kMaxPool);
  EXPECT_EQ(model.layers[0].kernel_h * model.layers[0].kernel_w, 1);
  EXPECT_EQ(model.layers[0].clamp_lo, 5);
  EXPECT_EQ(model.tensors[1].Elements(), 18);
}

TEST(OnnxImportTest, RescalingBecomesATable) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2, 3, 3});
  b.Requantize("x", "xd", 1.0f, int8_t{5});
  b.Requantize("xd", "same", 1.0f, int8_t{5});
  b.Requantize("same", "y", 2.0f, int8_t{-7});
  const Model model = Import(b.Output("y"));
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.layers[0].kind, LayerKind::kTable);
  std::vector<int8_t> x(18, 11);
  EXPECT_EQ(RunReference(model, x.data())[0], std::vector<int8_t>(18, -4));  // 6 / 2 - 7
}

TEST(OnnxImportTest, MaxPoolOnAByteInputLearnsItsScaleLater) {
  OnnxBuilder b(TensorProto::UINT8, {-1, 1, 2, 2});
  OnnxBuilder::Attribute(b.Node("MaxPool", {"x"}, "p"), "kernel_shape", Dims{2, 2});
  b.Dequantize("p", "pd", 0.25f, uint8_t{100});
  b.Node("Flatten", {"pd"}, "f");
  b.Weights<int8_t>("w", {1, 1}, {1}, {1.0f}, {0});
  b.Node("Gemm", {"f", "w"}, "g");
  b.Requantize("g", "y", 1.0f, int8_t{0});
  const Model model = Import(b.Output("y"));
  ASSERT_EQ(model.layers.size(), 2u);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(model.tensors[i].scale, 0.25f);
    EXPECT_EQ(model.tensors[i].zero_point, -28);
  }
  EXPECT_FALSE(model.quantizes_images);
}

TEST(OnnxImportTest, ReadsAveragePoolsInEveryForm) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 2, 6, 6});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  NodeProto& pool = b.Node("AveragePool", {"xd"}, "p");
  OnnxBuilder::Attribute(pool, "kernel_shape", Dims{3, 2});
  OnnxBuilder::Attribute(pool, "pads", Dims{1, 0, 1, 0});
  OnnxBuilder::Attribute(pool, "count_include_pad", int64_t{1});
  b.Quantize("p", "pq", 0.5f, int8_t{1});  // 2 x 6 x 5
  b.Init<float>("s", {}, {2.0f});
  b.Init<int8_t>("z", {}, {3});
  NodeProto& qpool = b.Node("QLinearAveragePool", {"pq", "pq_scale", "pq_zero", "s", "z"}, "q");
  qpool.set_domain("com.microsoft");
  OnnxBuilder::Attribute(qpool, "kernel_shape", Dims{2, 2});
  OnnxBuilder::Attribute(qpool, "strides", Dims{2, 2});  // 2 x 3 x 2
  NodeProto& global = b.Node("QLinearGlobalAveragePool", {"q", "s", "z", "s", "z"}, "y");
  global.set_domain("com.microsoft");
  const Model model = Import(b.Output("y"));
  ASSERT_EQ(model.layers.size(), 3u);
  EXPECT_TRUE(model.layers[0].count_include_pad);
  EXPECT_EQ(model.layers[0].kernel_h, 3);
  EXPECT_EQ(model.tensors[1].scale, 0.5f);
  EXPECT_EQ((std::vector<int>{model.tensors[1].h, model.tensors[1].w}), (std::vector<int>{6, 5}));
  EXPECT_EQ((std::vector<int>{model.tensors[2].h, model.tensors[2].w}), (std::vector<int>{3, 2}));
  EXPECT_FALSE(model.layers[1].count_include_pad);
  EXPECT_EQ((std::vector<int>{model.layers[2].kernel_h, model.layers[2].kernel_w}),
            (std::vector<int>{3, 2}));
  for (const Layer& layer : model.layers) EXPECT_EQ(layer.kind, LayerKind::kAveragePool);
}

TEST(OnnxImportTest, ReadsMetadata) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 1, 2, 2});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("AveragePool", {"xd"}, "p"), "kernel_shape", Dims{2, 2});
  b.Requantize("p", "y", 1.0f, int8_t{0});
  b.Metadata("systole.input_scale", "0.125");
  b.Metadata("systole.input_mean", "1.5");
  b.Metadata("systole.average", "tflite");
  b.Metadata("author", "someone");
  const Model model = Import(b.Output("y"));
  EXPECT_EQ(model.image.scale, 0.125);
  EXPECT_EQ(model.image.mean, 1.5);
  EXPECT_EQ(model.layers[0].average, AverageMode::kTflite);
}

TEST(OnnxImportTest, ReadsGroupsConstantsIdentitiesAndSqueezes) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 4, 1, 1});
  b.Requantize("x", "xd", 1.0f, int8_t{0});
  NodeProto& constant = b.Node("Constant", {}, "w_int");
  onnx::AttributeProto* value = constant.add_attribute();
  value->set_name("value");
  value->set_type(onnx::AttributeProto::TENSOR);
  value->mutable_t()->set_data_type(TensorProto::INT8);
  for (int64_t dim : {4, 1, 1, 1}) value->mutable_t()->add_dims(dim);
  value->mutable_t()->set_raw_data(std::string("\1\2\3\4", 4));
  b.Node("Identity", {"w_int"}, "w_same");
  b.Dequantize("w_same", "w", 1.0f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("Conv", {"xd", "w"}, "c"), "group", int64_t{4});
  b.Requantize("c", "cd", 1.0f, int8_t{0});
  b.Node("Identity", {"cd"}, "same");
  OnnxBuilder::Attribute(b.Node("Squeeze", {"same"}, "flat"), "axes", Dims{2, 3});
  b.Node("Dropout", {"flat"}, "y");
  const Model model = Import(b.Output("y"));
  ASSERT_EQ(model.layers.size(), 1u);
  EXPECT_EQ(model.layers[0].groups, 4);
  EXPECT_EQ(model.layers[0].weights, (std::vector<int8_t>{1, 2, 3, 4}));
}

TEST(OnnxImportTest, ReshapesAFlatInputToAnImage) {
  OnnxBuilder b(TensorProto::FLOAT, {-1, 18});
  b.Init<int64_t>("shape", {4}, {-1, 2, 3, 3});
  b.Node("Reshape", {"x", "shape"}, "image");
  b.Requantize("image", "xd", 1.0f, int8_t{0});
  OnnxBuilder::Attribute(b.Node("MaxPool", {"xd"}, "p"), "kernel_shape", Dims{3, 3});
  b.Requantize("p", "y", 1.0f, int8_t{0});
  const Model model = Import(b.Output("y"));
  EXPECT_EQ((std::vector<int>{model.tensors[0].c, model.tensors[0].h, model.tensors[0].w}),
            (std::vector<int>{2, 3, 3}));
  EXPECT_EQ(model.file_input, (std::vector<int>{18, 1, 1}));
}

}  // namespace
}  // namespace systole
