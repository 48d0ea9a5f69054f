#include "sw/compiler/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/misfit.h"
#include "sw/model/graph.h"
#include "sw/quant/folded_bias.h"

namespace systole {
namespace {

void SetConvOutput(Stage& stage, const Tensor& out) {
  stage.cout = out.c;
  stage.conv_h = stage.out_h = out.h;
  stage.conv_w = stage.out_w = out.w;
}

// Convolution and fully connected layers. A flattened C-H-W filter row is a C x H x W kernel over
// the whole input.
void LowerConv(const Layer& layer, const Tensor& in, const Tensor& out, Stage& stage) {
  const bool full = layer.kind == LayerKind::kFullyConnected;
  stage.groups = full ? 1 : layer.groups;
  stage.kernel_h = full ? in.h : layer.kernel_h;
  stage.kernel_w = full ? in.w : layer.kernel_w;
  if (!full) {
    stage.stride_h = layer.stride_h;
    stage.stride_w = layer.stride_w;
    stage.dilation_h = layer.dilation_h;
    stage.dilation_w = layer.dilation_w;
    stage.pad = layer.pad;
  }
  SetConvOutput(stage, out);
  stage.weights = layer.weights;
  stage.zw = layer.weight_zero_point;
  stage.bias = FoldedBias(layer, in.zero_point);
  stage.m = layer.m;
  stage.s = layer.s;
  stage.rounding = layer.rounding;
  stage.zy = out.zero_point;
  stage.macs =
      static_cast<uint64_t>(out.Elements()) * stage.InGroup() * stage.kernel_h * stage.kernel_w;
}

// Unit weights, one input channel per output channel.
void LowerIdentity(const Tensor& in, int kernel_h, int kernel_w, Stage& stage) {
  stage.groups = in.c;
  stage.kernel_h = kernel_h;
  stage.kernel_w = kernel_w;
  stage.weights = std::vector<int8_t>(static_cast<size_t>(in.c) * kernel_h * kernel_w, 1);
  stage.bias.assign(in.c, 0);
}

// sum (x - Zx) over the window; the padding reads Zx, so it adds nothing. Zx is AverageZero's.
void LowerAverage(const Layer& layer, const Tensor& in, const Tensor& out, Stage& stage) {
  LowerIdentity(in, layer.kernel_h, layer.kernel_w, stage);
  stage.stride_h = layer.stride_h;
  stage.stride_w = layer.stride_w;
  stage.dilation_h = layer.dilation_h;
  stage.dilation_w = layer.dilation_w;
  stage.pad = layer.pad;
  SetConvOutput(stage, out);
  const int zero = AverageZero(layer, in), taps = layer.kernel_h * layer.kernel_w;
  stage.pad_value = zero;
  std::fill(stage.bias.begin(), stage.bias.end(), -taps * zero);
  stage.m = layer.m;
  stage.s = layer.s;
  stage.by_count = true;
  stage.count_all = layer.count_include_pad;
  stage.rounding = layer.rounding;
  stage.zy = AverageZero(layer, out);
}

void SetPool(const Layer& layer, const Tensor& out, Stage& stage) {
  stage.pool_h = layer.kernel_h;
  stage.pool_w = layer.kernel_w;
  stage.pool_stride_h = layer.stride_h;
  stage.pool_stride_w = layer.stride_w;
  stage.pool_dilation_h = layer.dilation_h;
  stage.pool_dilation_w = layer.dilation_w;
  stage.pool_pad = layer.pad;
  stage.out_h = out.h;
  stage.out_w = out.w;
}

// y = x exactly: m 2^-s = 1 is m = 2^30, s = 30 in every mode (tflite: acc << 1, times 2^30,
// >> 31), so any elaborated mode will do.
void SetIdentityMultipliers(int channels, Rounding rounding, Stage& stage) {
  stage.m.assign(channels, uint32_t{1} << 30);
  stage.s.assign(channels, 30);
  stage.rounding = rounding;
}

// A max pooling layer on its own: an identity 1x1 convolution with the pooling behind it.
void LowerMaxPool(const Layer& layer, const Tensor& in, const Tensor& out, Rounding rounding,
                  Stage& stage) {
  LowerIdentity(in, 1, 1, stage);
  stage.cout = in.c;
  stage.conv_h = in.h;
  stage.conv_w = in.w;
  SetIdentityMultipliers(in.c, rounding, stage);
  SetPool(layer, out, stage);
}

// What every kind of layer has: its names, its input, its clamp.
Stage StageOf(const Layer& layer, const Tensor& in, size_t i) {
  Stage stage;
  stage.name = layer.name;
  stage.op = layer.op;
  stage.first_layer = stage.last_layer = static_cast<int>(i);
  stage.cin = in.c;
  stage.h = in.h;
  stage.w = in.w;
  stage.pad_value = in.zero_point;
  stage.lo = layer.clamp_lo;
  stage.hi = layer.clamp_hi;
  return stage;
}

}  // namespace

std::string Label(const Stage& stage) {
  return stage.op.empty() ? fmt::format("layer '{}'", stage.name)
                          : fmt::format("layer '{}' ({})", stage.name, stage.op);
}

std::string WhyNotCompiled(const Model& model, size_t i) {
  const Layer& layer = model.layers[i];
  switch (layer.kind) {
    case LayerKind::kConcat:
    case LayerKind::kAdd:
    case LayerKind::kPad:
    case LayerKind::kTable:
    case LayerKind::kSoftmax:
      return fmt::format("{} is no part of a chain on chip; cut the model there",
                         KindName(layer.kind));
    default:
      break;
  }
  if (layer.inputs == std::vector<int>{static_cast<int>(i)}) return "";
  return fmt::format(
      "reads tensor '{}', which the layer before it does not make; only chains of layers run on "
      "chip: cut the model where it branches",
      model.Input(i).name);
}

void RequireChain(const Model& model) {
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const std::string why = WhyNotCompiled(model, i);
    if (why.empty()) continue;
    throw MisfitError(Misfit::kUnsupported,
                      fmt::format("{}: {}: {}", model.name, Label(model.layers[i]), why));
  }
}

Stage LowerLayer(const Model& model, size_t i) {
  const Layer& layer = model.layers[i];
  const Tensor &in = model.Input(i), &out = model.Output(i);
  Stage stage = StageOf(layer, in, i);
  if (layer.kind == LayerKind::kMaxPool) {
    LowerMaxPool(layer, in, out, layer.rounding, stage);
  } else if (layer.kind == LayerKind::kAveragePool) {
    LowerAverage(layer, in, out, stage);
  } else {
    LowerConv(layer, in, out, stage);
  }
  return stage;
}

Stage CopyStage(const Layer& layer, const Tensor& in, const Tensor& out, size_t i) {
  Stage stage = StageOf(layer, in, i);
  if (layer.kind == LayerKind::kPad) stage.pad = layer.pad;
  LowerIdentity(in, 1, 1, stage);
  stage.cout = in.c;
  stage.conv_h = stage.out_h = out.h;
  stage.conv_w = stage.out_w = out.w;
  SetIdentityMultipliers(in.c, layer.rounding, stage);
  return stage;
}

void FusePool(const Layer& layer, const Tensor& out, size_t i, Stage* stage) {
  // Both clamps and the maximum are monotone: clamp2(max(clamp1(x))) = max(clamp12(x)).
  stage->lo = std::clamp(stage->lo, layer.clamp_lo, layer.clamp_hi);
  stage->hi = std::clamp(stage->hi, layer.clamp_lo, layer.clamp_hi);
  stage->name += "+" + layer.name;
  stage->last_layer = static_cast<int>(i);
  SetPool(layer, out, *stage);
}

std::vector<Stage> LowerToStages(const Model& model, bool fuse_pool) {
  RequireChain(model);
  std::vector<Stage> stages;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const int previous = stages.empty() ? -1 : stages.back().last_layer;
    if (layer.kind == LayerKind::kMaxPool && fuse_pool && previous >= 0 &&
        model.layers[previous].kind != LayerKind::kMaxPool && !stages.back().by_count) {
      FusePool(layer, model.Output(i), i, &stages.back());
      continue;
    }
    stages.push_back(LowerLayer(model, i));
  }
  return stages;
}

}  // namespace systole
