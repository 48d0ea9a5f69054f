#include "sw/check/net_builder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {

NetBuilder::NetBuilder(std::string name, uint64_t seed, int c, int h, int w, int zero_point)
    : seed_(seed), random_(seed) {
  model_.name = std::move(name);
  model_.tensors.push_back({"input", c, h, w, 0.0173f, zero_point, DType::kInt8});
}

Layer& NetBuilder::Append(const char* op, LayerKind kind, int c, int h, int w) {
  Layer layer;
  layer.name = op + std::to_string(model_.layers.size());
  layer.kind = kind;
  Tensor out = model_.tensors.back();
  out.name = layer.name + "_out";
  out.c = c;
  out.h = h;
  out.w = w;
  const int last = static_cast<int>(model_.tensors.size()) - 1;
  systole::Append(model_, std::move(layer), {last}, std::move(out));
  return model_.layers.back();
}

void NetBuilder::FillWeights(Layer& layer, size_t count, int cout, int k, int weight_zero_point,
                             bool per_channel, bool extreme) {
  const Tensor& in = model_.tensors[model_.tensors.size() - 2];
  Tensor& out = model_.tensors.back();
  for (size_t i = 0; i < count; ++i) {
    layer.weights.push_back(
        static_cast<int8_t>(extreme ? (Uniform(0, 1) ? 127 : -128) : Uniform(-128, 127)));
  }
  layer.weight_zero_point = weight_zero_point;
  for (int n = 0; n < (per_channel ? cout : 1); ++n) {
    layer.weight_scales.push_back(0.002f *
                                  std::exp(std::uniform_real_distribution<float>(-1, 1)(random_)));
  }
  for (int n = 0; n < cout; ++n) layer.bias.push_back(Uniform(-4000, 4000));
  // About four standard deviations of a random sum fit the output.
  out.scale = in.scale * 0.002f * 74 * 74 * std::sqrt(static_cast<float>(k)) / 32;
  out.zero_point = Uniform(-40, 40);
}

NetBuilder& NetBuilder::Conv(const ConvSpec& s) {
  const Tensor in = model_.tensors.back();
  const int h = OutputSize(in.h, s.pad.top + s.pad.bottom, s.kernel_h, s.stride_h, s.dilation_h);
  const int w = OutputSize(in.w, s.pad.left + s.pad.right, s.kernel_w, s.stride_w, s.dilation_w);
  Layer& layer = Append("conv", LayerKind::kConv, s.cout, h, w);
  layer.kernel_h = s.kernel_h;
  layer.kernel_w = s.kernel_w;
  layer.stride_h = s.stride_h;
  layer.stride_w = s.stride_w;
  layer.dilation_h = s.dilation_h;
  layer.dilation_w = s.dilation_w;
  layer.groups = s.groups;
  layer.pad = s.pad;
  const int k = in.c / s.groups * s.kernel_h * s.kernel_w;
  FillWeights(layer, static_cast<size_t>(s.cout) * k, s.cout, k, s.weight_zero_point, s.per_channel,
              s.extreme);
  if (s.relu) layer.clamp_lo = model_.tensors.back().zero_point;
  return *this;
}

NetBuilder& NetBuilder::FullyConnected(int cout, int weight_zero_point, bool relu) {
  const int k = static_cast<int>(model_.tensors.back().Elements());
  Layer& layer = Append("fc", LayerKind::kFullyConnected, cout, 1, 1);
  FillWeights(layer, static_cast<size_t>(cout) * k, cout, k, weight_zero_point, Uniform(0, 1),
              false);
  if (relu) layer.clamp_lo = model_.tensors.back().zero_point;
  return *this;
}

NetBuilder& NetBuilder::Pool(const PoolSpec& s) {
  const Tensor in = model_.tensors.back();
  const int h = OutputSize(in.h, s.pad.top + s.pad.bottom, s.kernel_h, s.stride_h, 1);
  const int w = OutputSize(in.w, s.pad.left + s.pad.right, s.kernel_w, s.stride_w, 1);
  Layer& layer = Append(s.average ? "avgpool" : "maxpool",
                        s.average ? LayerKind::kAveragePool : LayerKind::kMaxPool, in.c, h, w);
  layer.kernel_h = s.kernel_h;
  layer.kernel_w = s.kernel_w;
  layer.stride_h = s.stride_h;
  layer.stride_w = s.stride_w;
  layer.pad = s.pad;
  if (s.average) {
    layer.average = s.mode;
    layer.count_include_pad = s.count_include_pad;
    if (s.mode == AverageMode::kInteger) {
      model_.tensors.back().scale = in.scale * 0.7f;
      model_.tensors.back().zero_point = Uniform(-30, 30);
    }
  }
  return *this;
}

NetBuilder& NetBuilder::Sum(int tensor) {
  const Tensor in = model_.tensors.back();
  Layer& layer = Append("add", LayerKind::kAdd, in.c, in.h, in.w);
  layer.inputs.push_back(tensor);
  Tensor& out = model_.tensors.back();
  out.scale = std::max(in.scale, model_.tensors[static_cast<size_t>(tensor)].scale) * 1.3f;
  out.zero_point = Uniform(-30, 30);
  return *this;
}

NetBuilder& NetBuilder::Clamp(int lo, int hi) {
  const Tensor in = model_.tensors.back();
  Layer& layer = Append("clip", LayerKind::kMaxPool, in.c, in.h, in.w);
  layer.clamp_lo = lo;
  layer.clamp_hi = hi;
  return *this;
}

Model NetBuilder::Build(Rounding mode) const {
  Model model = model_;
  ChooseMultipliers(model, mode);
  return model;
}

std::vector<int8_t> NetBuilder::Images(int count) const {
  std::mt19937_64 random(seed_ ^ 0x1A6E5);
  std::vector<int8_t> images(static_cast<size_t>(count) * model_.tensors[0].Elements());
  for (int8_t& value : images)
    value = static_cast<int8_t>(std::uniform_int_distribution<int>(-128, 127)(random));
  return images;
}

NetBuilder RandomNetwork(uint64_t seed) {
  std::mt19937_64 random(seed * 7919 + 17);
  auto pick = [&](int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(random); };
  const int c = pick(0, 3) ? pick(1, 8) : pick(9, 40);
  const int side = c > 8 ? 8 : 14;
  NetBuilder net("random" + std::to_string(seed), seed, c, pick(1, side), pick(1, side),
                 pick(-128, 127));
  const int layers = pick(1, 4);
  for (int i = 0; i < layers; ++i) {
    const Tensor in = net.Output();
    const int kind = pick(0, 9);
    if (kind < 6) {
      ConvSpec s;
      s.cout = pick(0, 3) ? pick(1, 12) : pick(13, 40);
      s.pad = {pick(0, 2), pick(0, 2), pick(0, 2), pick(0, 2)};
      s.kernel_h = pick(1, std::min(5, in.h + s.pad.top + s.pad.bottom));
      s.kernel_w = pick(1, std::min(5, in.w + s.pad.left + s.pad.right));
      s.stride_h = pick(1, 3);
      s.stride_w = pick(1, 3);
      if (pick(0, 7) == 0 && 2 * (s.kernel_h - 1) < in.h && 2 * (s.kernel_w - 1) < in.w) {
        s.dilation_h = pick(1, 2);
        s.dilation_w = pick(1, 2);
      }
      if (pick(0, 5) == 0) {
        s.groups = in.c;
        s.cout = in.c * pick(1, 2);
      } else if (in.c % 2 == 0 && pick(0, 5) == 0) {
        s.groups = 2;
        s.cout = 2 * pick(1, 9);
      }
      s.weight_zero_point = pick(0, 2) ? 0 : pick(-128, 127);
      s.per_channel = pick(0, 1);
      s.relu = pick(0, 1);
      net.Conv(s);
    } else if (kind < 8) {
      PoolSpec s;
      s.average = pick(0, 2) == 0;
      s.kernel_h = pick(1, std::min(3, in.h));
      s.kernel_w = pick(1, std::min(3, in.w));
      s.stride_h = pick(1, 3);
      s.stride_w = pick(1, 3);
      if (pick(0, 3) == 0) {
        s.pad = {pick(0, s.kernel_h - 1), pick(0, s.kernel_w - 1), pick(0, s.kernel_h - 1),
                 pick(0, s.kernel_w - 1)};
      }
      s.count_include_pad = pick(0, 1);
      s.mode = pick(0, 1) ? AverageMode::kInteger : AverageMode::kTflite;
      net.Pool(s);
    } else if (kind == 8) {
      const int lo = pick(-128, 100);
      net.Clamp(lo, pick(lo, 127));
    } else {
      net.FullyConnected(pick(1, 40), pick(0, 2) ? 0 : pick(-128, 127), pick(0, 1));
    }
  }
  return net;
}

}  // namespace systole
