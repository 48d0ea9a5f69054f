#include "sw/model/check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <ostream>
#include <string>

#include "sw/base/error.h"
#include "sw/model/graph.h"

namespace systole {
namespace {

Tensor MakeTensor(int c, int h, int w) {
  Tensor tensor;
  tensor.c = c;
  tensor.h = h;
  tensor.w = w;
  return tensor;
}

// Convolution 2 -> 4 in two groups, max pool, fully connected 16 -> 3.
Model Good() {
  Model model;
  model.name = "m";
  model.tensors = {MakeTensor(2, 4, 4), MakeTensor(4, 4, 4), MakeTensor(4, 2, 2),
                   MakeTensor(3, 1, 1)};
  Layer conv;
  conv.name = "conv";
  conv.groups = 2;
  conv.kernel_h = conv.kernel_w = 3;
  conv.pad = {1, 1, 1, 1};
  conv.weights.resize(4 * 1 * 9);
  conv.bias.resize(4);
  conv.weight_scales = {1, 1, 1, 1};
  Layer pool;
  pool.name = "pool";
  pool.kind = LayerKind::kMaxPool;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
  Layer fc;
  fc.name = "fc";
  fc.kind = LayerKind::kFullyConnected;
  fc.weights.resize(3 * 16);
  fc.bias.resize(3);
  fc.weight_scales = {1};
  model.layers = {conv, pool, fc};
  ConnectAsChain(model);
  return model;
}

struct Case {
  const char* name;
  std::function<void(Model&)> change;
  const char* says;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const Case kCases[] = {
    {"NoLayer", [](Model& m) { m.layers.clear(); }, "m: it has no layer"},
    {"TensorCount", [](Model& m) { m.tensors.pop_back(); }, "3 layers need 4 tensors, not 3"},
    {"Image", [](Model& m) { m.image.scale = NAN; }, "image encoding"},
    {"NoInput", [](Model& m) { m.layers[1].inputs.clear(); }, "'pool': it reads 0 tensors"},
    {"TwoInputs",
     [](Model& m) {
       m.layers[1].inputs = {0, 1};
     },
     "'pool': it reads 2 tensors"},
    {"ReadsALaterTensor", [](Model& m) { m.layers[1].inputs = {2}; }, "reads tensor 2; only 0..1"},
    {"ReadsNoTensor", [](Model& m) { m.layers[1].inputs = {-1}; }, "reads tensor -1"},
    {"ReadByNoLayer",
     [](Model& m) {
       m.layers[2].inputs = {1};
       m.layers[2].weights.resize(3 * 64);
     },
     "no layer reads tensor 2"},
    {"SameName", [](Model& m) { m.tensors[0].name = m.tensors[2].name = "t"; }, "called 't'"},
    {"ConcatChannels",
     [](Model& m) {
       m.layers[1].kind = LayerKind::kConcat;
       m.tensors[2] = m.tensors[1];
       m.tensors[2].c = 5;
     },
     "'pool': its inputs have 4 channels, its output 5"},
    {"ConcatSides", [](Model& m) { m.layers[1].kind = LayerKind::kConcat; },
     "its input 0 is 4 x 4 high and wide, its output 2 x 2"},
    {"ConcatScale",
     [](Model& m) {
       m.layers[1].kind = LayerKind::kConcat;
       m.tensors[2] = m.tensors[1];
       m.tensors[2].scale = 2;
     },
     "'pool': it must keep scale and zero point"},
    {"Operator", [](Model& m) { m.layers[0].op = "Conv", m.layers[0].groups = 3; },
     "m: layer 'conv' (Conv): 3 groups"},
    {"ZeroSide", [](Model& m) { m.tensors[0].h = 0; }, "a tensor's height is 0"},
    {"NegativeChannels", [](Model& m) { m.tensors[0].c = -2; }, "channel count is -2"},
    {"HugeTensor", [](Model& m) { m.tensors[0].h = m.tensors[0].w = 65536; }, "element count"},
    {"Scale", [](Model& m) { m.tensors[1].scale = 0; }, "layer 'conv': a tensor's scale is 0"},
    {"ScaleNan", [](Model& m) { m.tensors[1].scale = NAN; }, "a tensor's scale is nan"},
    {"ZeroPoint", [](Model& m) { m.tensors[1].zero_point = 128; }, "zero point (as int8) is 128"},
    {"Clamps", [](Model& m) { m.layers[0].clamp_lo = 5, m.layers[0].clamp_hi = 4; },
     "clamp 5 is above the upper clamp 4"},
    {"ClampRange", [](Model& m) { m.layers[0].clamp_hi = 128; }, "upper clamp is 128"},
    {"Kernel", [](Model& m) { m.layers[0].kernel_h = 0; }, "kernel height is 0"},
    {"Stride", [](Model& m) { m.layers[0].stride_w = 0; }, "horizontal stride is 0"},
    {"Dilation", [](Model& m) { m.layers[0].dilation_w = -1; }, "horizontal dilation is -1"},
    {"Padding", [](Model& m) { m.layers[0].pad.left = -1; }, "a padding is -1"},
    {"Window", [](Model& m) { m.layers[0].dilation_h = 3; },
     "window of 7 does not fit the padded height of 6"},
    {"OutputSize", [](Model& m) { m.layers[0].pad.top = 2; },
     "output height is 4, but follows as 5"},
    {"Groups", [](Model& m) { m.layers[0].groups = 3; },
     "3 groups do not divide 2 input and 4 output channels"},
    {"Weights", [](Model& m) { m.layers[0].weights.pop_back(); }, "has 35 weights, needs 36"},
    {"Bias", [](Model& m) { m.layers[0].bias.pop_back(); }, "has 3 biases, needs 4"},
    {"WeightScales", [](Model& m) { m.layers[0].weight_scales.pop_back(); },
     "3 weight scales, needs 1 or 4"},
    {"WeightScale", [](Model& m) { m.layers[0].weight_scales[2] = -1; }, "a weight scale is -1"},
    {"WeightZeroPoint", [](Model& m) { m.layers[0].weight_zero_point = -129; },
     "weight zero point (as int8) is -129"},
    {"PoolChannels", [](Model& m) { m.tensors[2].c = 5; }, "pooling turns 4 channels into 5"},
    {"PoolScale", [](Model& m) { m.tensors[2].scale = 2; },
     "layer 'pool': it must keep scale and zero point"},
    {"PoolZeroPoint", [](Model& m) { m.tensors[2].zero_point = 2; },
     "it must keep scale and zero point"},
    {"PoolGroups", [](Model& m) { m.layers[1].groups = 2; }, "pooling has no groups"},
    {"PoolPadding",
     [](Model& m) {
       m.layers[1].pad.top = 2;
       m.tensors[2].h = 3;
     },
     "lies in the padding alone (rows, output 0)"},
    {"PoolHoles",
     [](Model& m) {  // taps at -1 and 4 of a width of 4
       m.layers[1].pad = {0, 1, 0, 1};
       m.layers[1].dilation_w = 5;
       m.tensors[2].w = 1;
     },
     "lies in the padding alone (columns, output 0)"},
    {"TfliteAverage",
     [](Model& m) {
       m.layers[1].kind = LayerKind::kAveragePool;
       m.layers[1].average = AverageMode::kTflite;
       m.layers[1].count_include_pad = true;
     },
     "the tflite average counts no padding"},
    {"FullyConnectedShape", [](Model& m) { m.tensors[3].w = 2; },
     "its output is 3 x 1 x 2, not N x 1 x 1"},
    {"FullyConnectedWeights", [](Model& m) { m.layers[2].weights.pop_back(); },
     "layer 'fc': it has 47 weights, needs 48"},
    {"FullyConnectedGroups", [](Model& m) { m.layers[2].groups = 2; }, "has no groups"},
};

class CheckModelTest : public testing::TestWithParam<Case> {};

TEST_P(CheckModelTest, NamesWhatIsWrong) {
  Model model = Good();
  ASSERT_NO_THROW(CheckModel(model));
  GetParam().change(model);
  try {
    CheckModel(model);
    FAIL() << "accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().says), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, CheckModelTest, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace systole
