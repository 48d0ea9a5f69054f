#include "tests/golden/random_model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "sw/arith/multiplier.h"
#include "sw/arith/requantize.h"
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
      if (options_.branches && Chance(25)) {
        current_ = Between(0, static_cast<int>(model_.tensors.size()) - 1);
      }
      if (options_.joins && Chance(40)) AddJoin();
      if (options_.adds && Chance(35)) AddAddition();
      if (options_.pads && Chance(15)) AddPad();
      if (options_.tables && Chance(20)) AddTable();
      if (options_.means && Chance(8)) AddGlobalAverage();
      const int kind = Between(0, 9);
      if (kind < 5) AddConv();
      if (kind == 5) AddFullyConnected();
      if (kind == 6 || kind == 7) AddPool(LayerKind::kMaxPool);
      if (kind >= 8 && options_.average_pools) AddPool(LayerKind::kAveragePool);
    }
    if (options_.softmax && Chance(40)) AddSoftmax();
    NameOutputs();
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
    const Tensor in = In();
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
    const Tensor in = In();
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
    const Tensor in = In();
    Layer layer = NewLayer(LayerKind::kFullyConnected);
    Filters(layer, RandomTensor(Between(1, 2 * options_.max_channels), 1, 1),
            static_cast<int>(in.Elements()));
  }

  // Weights, bias and scales; the output scale is the typical size of a sum over a third of the
  // range.
  void Filters(Layer& layer, Tensor out, int k) {
    const Tensor in = In();
    layer.weights.resize(static_cast<size_t>(out.c) * k);
    for (int8_t& w : layer.weights) w = static_cast<int8_t>(random_());
    if (options_.asymmetric_weights && Chance(40)) layer.weight_zero_point = Between(-128, 127);
    layer.weight_scales.resize(Chance(50) ? 1 : out.c);
    for (float& scale : layer.weight_scales) scale = Scale(0.01f);
    layer.bias.resize(out.c);
    for (int32_t& bias : layer.bias) bias = Between(-20000, 20000);
    out.scale = in.scale * Scale(0.01f) * 8000 * std::sqrt(static_cast<float>(k)) / 40;
    Add(layer, {current_}, out);
  }

  void AddPool(LayerKind kind) {
    const Tensor in = In();
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
    Add(layer, {current_}, out);
  }

  // Branches from the last tensor, of its height, width, scale and zero point, and their
  // concatenation.
  void AddJoin() {
    const int source = current_;
    const Tensor in = In();
    std::vector<int> parts;
    if (Chance(60)) {
      Layer conv = NewLayer(LayerKind::kConv);
      Filters(conv, RandomTensor(Between(1, 6), in.h, in.w), in.c);
      model_.tensors.back().scale = in.scale;
      model_.tensors.back().zero_point = in.zero_point;
      parts.push_back(current_);
    }
    for (int branch = Between(1, 2); branch > 0; --branch) {
      const Layer layer = NewLayer(LayerKind::kMaxPool);
      parts.push_back(Add(layer, {source}, Like(in, in.c)));
    }
    if (Chance(50)) parts.push_back(source);
    int channels = 0;
    for (int part : parts) channels += model_.tensors[part].c;
    const Layer layer = NewLayer(LayerKind::kConcat);
    Add(layer, parts, Like(in, channels));
  }

  // The last tensor and one of its shape: itself, another, or what a 1x1 convolution makes of one
  // of its height and width.
  void AddAddition() {
    const int first = current_;
    const Tensor in = In();
    std::vector<int> alike, as_wide;
    for (size_t t = 0; t < model_.tensors.size(); ++t) {
      const Tensor& other = model_.tensors[t];
      if (other.h != in.h || other.w != in.w) continue;
      as_wide.push_back(static_cast<int>(t));
      if (other.c == in.c) alike.push_back(static_cast<int>(t));
    }
    int second = alike[Between(0, static_cast<int>(alike.size()) - 1)];
    if (second == first && Chance(90)) {
      current_ = as_wide[Between(0, static_cast<int>(as_wide.size()) - 1)];
      Layer conv = NewLayer(LayerKind::kConv);
      Filters(conv, RandomTensor(in.c, in.h, in.w), In().c);
      second = current_;
    }
    Tensor out = RandomTensor(in.c, in.h, in.w);
    out.scale = std::max(in.scale, model_.tensors[second].scale) * Scale(1.2f);
    const std::vector<int> inputs =
        Chance(50) ? std::vector<int>{first, second} : std::vector<int>{second, first};
    Add(NewLayer(LayerKind::kAdd), inputs, out);
  }

  void AddPad() {
    const Tensor in = In();
    Layer layer = NewLayer(LayerKind::kPad);
    layer.pad = {Between(0, 2), Between(0, 2), Between(0, 2), Between(0, 2)};
    Tensor out = Like(in, in.c);
    out.h += layer.pad.top + layer.pad.bottom;
    out.w += layer.pad.left + layer.pad.right;
    Add(layer, {current_}, out);
  }

  // Another scale in the two forms of the frameworks, a bent line, or any function, for all
  // channels or for each.
  void AddTable() {
    const Tensor in = In();
    Layer layer = NewLayer(LayerKind::kTable);
    Tensor out = RandomTensor(in.c, in.h, in.w);
    out.scale = in.scale * Scale(1.0f);
    const int tables = Chance(30) ? in.c : 1;
    for (int t = 0; t < tables; ++t) {
      const int form = Between(0, 3);
      const float slope = Scale(1.0f), bend = Between(0, 1) != 0 ? 0.1f : -0.3f;
      const Multiplier m =
          QuantizeMultiplier(double{in.scale} / out.scale * slope, options_.rounding);
      for (int x = -128; x < 128; ++x) {
        const int from = x - in.zero_point;
        const float real = in.scale * static_cast<float>(from) * slope;
        const float bent = form == 2 && real < 0 ? real * bend : real;
        int y = out.zero_point + static_cast<int>(std::nearbyint(bent / out.scale));
        if (form == 1) y = Requantize(from, m.m, m.s, Rounding::kTflite, out.zero_point, -128, 127);
        if (form == 3) y = static_cast<int8_t>(random_());
        layer.table.push_back(static_cast<int8_t>(std::clamp(y, -128, 127)));
      }
    }
    Add(layer, {current_}, out);
  }

  void AddGlobalAverage() {
    const Tensor in = In();
    if (in.Elements() == in.c) return;
    Layer layer = NewLayer(LayerKind::kAveragePool);
    layer.kernel_h = in.h;
    layer.kernel_w = in.w;
    layer.average = Chance(70) ? AverageMode::kTfliteMean : AverageMode::kInteger;
    Tensor out = RandomTensor(in.c, 1, 1);
    out.scale = in.scale * Scale(0.7f);
    Add(layer, {current_}, out);
  }

  void AddSoftmax() {
    if (In().Elements() != In().c) AddFullyConnected();
    const Tensor in = In();
    if (in.c < 4) return;  // in float32 few channels leave single precision
    Layer layer = NewLayer(LayerKind::kSoftmax);
    layer.clamp_lo = -128;
    layer.clamp_hi = 127;
    Tensor out = RandomTensor(in.c, 1, 1);
    out.scale = 1.0f / 256;
    out.zero_point = -128;
    if (Chance(30)) out.scale *= Scale(1.0f);
    Add(layer, {current_}, out);
  }

  // What nobody reads is an output, in any order.
  void NameOutputs() {
    const std::vector<std::vector<int>> consumers = Consumers(model_);
    std::vector<int> unread;
    for (size_t t = 1; t < consumers.size(); ++t) {
      if (consumers[t].empty()) unread.push_back(static_cast<int>(t));
    }
    if (unread.size() == 1) return;
    std::shuffle(unread.begin(), unread.end(), random_);
    model_.outputs = unread;
  }

  // The tensor that the next layer reads.
  const Tensor& In() const { return model_.tensors[current_]; }

  int Add(Layer layer, std::vector<int> inputs, Tensor out) {
    return current_ = Append(model_, std::move(layer), std::move(inputs), std::move(out));
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
  int current_ = 0;
};

}  // namespace

Model RandomModel(uint64_t seed, const RandomModelOptions& options) {
  return Generator(seed, options).Generate();
}

RandomModelOptions RandomGraphOptions(Rounding rounding) {
  RandomModelOptions options;
  options.rounding = rounding;
  options.max_layers = 9;
  options.joins = options.adds = options.pads = options.tables = options.means = true;
  options.softmax = options.branches = true;
  return options;
}

std::vector<int8_t> RandomImage(const Model& model, std::mt19937_64& random) {
  std::vector<int8_t> image(model.tensors[0].Elements());
  for (int8_t& x : image) x = static_cast<int8_t>(random());
  return image;
}

}  // namespace systole
