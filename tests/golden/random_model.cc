#include "tests/golden/random_model.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

class Generator {
 public:
  Generator(uint64_t seed, const RandomModelOptions& options) : random_(seed), options_(options) {
    model_.name = "random " + std::to_string(seed);
  }

  Model Generate() {
    Tensor input = RandomTensor(Between(1, std::min(6, options_.max_channels)),
                                Between(1, options_.max_side), Between(1, options_.max_side));
    model_.tensors.push_back(input);
    const int layers = Between(1, options_.max_layers);
    while (static_cast<int>(model_.layers.size()) < layers) {
      if (options_.joins && Chance(40)) AddJoin();
      const int kind = Between(0, 9);
      if (kind < 5) AddConv();
      if (kind == 5) AddFullyConnected();
      if (kind == 6 || kind == 7) AddPool(LayerKind::kMaxPool);
      if (kind >= 8 && options_.average_pools) AddPool(LayerKind::kAveragePool);
    }
    ChooseMultipliers(model_, options_.rounding);
    CheckModel(model_);
    ProveRanges(model_);
    return model_;
  }

 private:
  int Between(int lo, int hi) {
    return lo + static_cast<int>(random_() % static_cast<uint64_t>(hi - lo + 1));
  }
  bool Chance(int percent) { return Between(1, 100) <= percent; }
  float Scale(float center) {
    return center * std::exp2(static_cast<float>(Between(-100, 100)) / 100);
  }

  Tensor RandomTensor(int c, int h, int w) {
    Tensor tensor;
    tensor.name = "t" + std::to_string(model_.tensors.size());
    tensor.c = c;
    tensor.h = h;
    tensor.w = w;
    tensor.scale = Scale(0.05f);
    const int choice = Between(0, 3);
    tensor.zero_point = choice == 0 ? 0 : choice == 1 ? -128 : Between(-128, 127);
    tensor.boundary = Chance(50) ? DType::kInt8 : DType::kUint8;
    return tensor;
  }

  Layer NewLayer(LayerKind kind) {
    Layer layer;
    layer.name = "layer" + std::to_string(model_.layers.size());
    layer.kind = kind;
    if (Chance(20)) {
      layer.clamp_lo = Between(-128, 20);
      layer.clamp_hi = Between(layer.clamp_lo, 127);
    }
    return layer;
  }

  // Kernel, stride, dilation and padding along one axis of `size`.
  void Axis(int size, bool pool, int& kernel, int& stride, int& dilation, int& before, int& after) {
    kernel = Between(1, 5);
    stride = Between(1, 3);
    dilation = options_.dilated && Chance(20) ? 2 : 1;
    const int most = pool ? (kernel - 1) / 2 : 2;
    before = Between(0, most);
    after = Between(0, most);
    if (dilation * (kernel - 1) + 1 > size + before + after ||
        (pool && dilation > 1 && size < kernel)) {
      kernel = std::min(kernel, size);
      dilation = 1;
      if (pool) before = after = 0;
    }
  }

  void Window(Layer& layer, Tensor& out) {
    const Tensor& in = model_.tensors.back();
    const bool pool = layer.kind != LayerKind::kConv;
    Axis(in.h, pool, layer.kernel_h, layer.stride_h, layer.dilation_h, layer.pad.top,
         layer.pad.bottom);
    Axis(in.w, pool, layer.kernel_w, layer.stride_w, layer.dilation_w, layer.pad.left,
         layer.pad.right);
    out.h = OutputSize(in.h, layer.pad.top + layer.pad.bottom, layer.kernel_h, layer.stride_h,
                       layer.dilation_h);
    out.w = OutputSize(in.w, layer.pad.left + layer.pad.right, layer.kernel_w, layer.stride_w,
                       layer.dilation_w);
  }

  void AddConv() {
    const Tensor& in = model_.tensors.back();
    Layer layer = NewLayer(LayerKind::kConv);
    if (options_.grouped && Chance(30)) {
      layer.groups = in.c;  // depthwise, or
      if (Chance(50)) {
        for (int groups = 2; groups <= in.c; ++groups) {
          if (in.c % groups == 0) layer.groups = groups;
          if (layer.groups == groups) break;
        }
      }
    }
    const int per_group = std::max(1, options_.max_channels / layer.groups);
    Tensor out = RandomTensor(layer.groups * Between(1, per_group), 1, 1);
    Window(layer, out);
    Filters(layer, out, in.c / layer.groups * layer.kernel_h * layer.kernel_w);
  }

  void AddFullyConnected() {
    const Tensor& in = model_.tensors.back();
    Layer layer = NewLayer(LayerKind::kFullyConnected);
    Filters(layer, RandomTensor(Between(1, 2 * options_.max_channels), 1, 1),
            static_cast<int>(in.Elements()));
  }

  // Weights, bias and scales; the output scale is the typical size of a sum over a third of the
  // range.
  void Filters(Layer& layer, Tensor out, int k) {
    const Tensor& in = model_.tensors.back();
    layer.weights.resize(static_cast<size_t>(out.c) * k);
    for (int8_t& w : layer.weights) w = static_cast<int8_t>(random_());
    if (options_.asymmetric_weights && Chance(40)) layer.weight_zero_point = Between(-128, 127);
    layer.weight_scales.resize(Chance(50) ? 1 : out.c);
    for (float& scale : layer.weight_scales) scale = Scale(0.01f);
    layer.bias.resize(out.c);
    for (int32_t& bias : layer.bias) bias = Between(-20000, 20000);
    out.scale = in.scale * Scale(0.01f) * 8000 * std::sqrt(static_cast<float>(k)) / 40;
    Append(model_, layer, {static_cast<int>(model_.tensors.size()) - 1}, out);
  }

  void AddPool(LayerKind kind) {
    const Tensor& in = model_.tensors.back();
    Layer layer = NewLayer(kind);
    Tensor out = RandomTensor(in.c, 1, 1);
    if (kind == LayerKind::kAveragePool) {
      layer.average = Chance(50) ? AverageMode::kTflite : AverageMode::kInteger;
      layer.count_include_pad = layer.average == AverageMode::kInteger && Chance(50);
      out.scale = in.scale * (Chance(50) ? 1.0f : Scale(1.0f));
    }
    if (kind == LayerKind::kMaxPool || layer.average == AverageMode::kTflite) {
      out.scale = in.scale;
      out.zero_point = in.zero_point;
    }
    Window(layer, out);
    Append(model_, layer, {static_cast<int>(model_.tensors.size()) - 1}, out);
  }

  // Branches from the last tensor, of its height, width, scale and zero point, and their
  // concatenation.
  void AddJoin() {
    const int source = static_cast<int>(model_.tensors.size()) - 1;
    const Tensor in = model_.tensors[source];
    std::vector<int> parts;
    if (Chance(60)) {
      Layer conv = NewLayer(LayerKind::kConv);
      Filters(conv, RandomTensor(Between(1, 6), in.h, in.w), in.c);
      model_.tensors.back().scale = in.scale;
      model_.tensors.back().zero_point = in.zero_point;
      parts.push_back(static_cast<int>(model_.tensors.size()) - 1);
    }
    for (int branch = Between(1, 2); branch > 0; --branch) {
      const Layer layer = NewLayer(LayerKind::kMaxPool);
      parts.push_back(Append(model_, layer, {source}, Like(in, in.c)));
    }
    if (Chance(50)) parts.push_back(source);
    int channels = 0;
    for (int part : parts) channels += model_.tensors[part].c;
    const Layer layer = NewLayer(LayerKind::kConcat);
    Append(model_, layer, parts, Like(in, channels));
  }

  // Of `in`, but for its name and channels.
  Tensor Like(const Tensor& in, int channels) const {
    Tensor tensor = in;
    tensor.name = "t" + std::to_string(model_.tensors.size());
    tensor.c = channels;
    return tensor;
  }

  std::mt19937_64 random_;
  RandomModelOptions options_;
  Model model_;
};

}  // namespace

Model RandomModel(uint64_t seed, const RandomModelOptions& options) {
  return Generator(seed, options).Generate();
}

std::vector<int8_t> RandomImage(const Model& model, std::mt19937_64& random) {
  std::vector<int8_t> image(model.tensors[0].Elements());
  for (int8_t& x : image) x = static_cast<int8_t>(random());
  return image;
}

}  // namespace systole
