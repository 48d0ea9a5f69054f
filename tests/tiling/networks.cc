#include "tests/tiling/networks.h"

#include <algorithm>
#include <random>

#include "sw/base/error.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {
namespace {

class Builder {
 public:
  Builder(const std::string& name, bool sums, int c, int h, int w) : sums_(sums) {
    model_.name = name;
    model_.tensors.push_back(NewTensor(c, h, w));
  }

  int Conv(int in, int cout, int kernel, int stride, int groups = 1, bool relu = true) {
    const Tensor& x = model_.tensors[in];
    Layer l;
    l.kind = LayerKind::kConv;
    l.kernel_h = l.kernel_w = kernel;
    l.stride_h = l.stride_w = stride;
    l.groups = groups;
    const int pad = kernel / 2;
    l.pad = {pad, pad, pad, pad};
    Weights(&l, cout, x.c / groups * kernel * kernel);
    if (relu) l.clamp_lo = 0;
    return Add(l, {in}, cout, OutputSize(x.h, 2 * pad, kernel, stride, 1),
               OutputSize(x.w, 2 * pad, kernel, stride, 1));
  }
  // As TensorFlow pads ("SAME").
  int SameConv(int in, int cout, int kernel_h, int kernel_w, int stride, int groups = 1) {
    const Tensor& x = model_.tensors[in];
    const int h = (x.h + stride - 1) / stride, w = (x.w + stride - 1) / stride;
    Layer l;
    l.kind = LayerKind::kConv;
    l.kernel_h = kernel_h;
    l.kernel_w = kernel_w;
    l.stride_h = l.stride_w = stride;
    l.groups = groups;
    const int y = std::max(0, (h - 1) * stride + kernel_h - x.h),
              z = std::max(0, (w - 1) * stride + kernel_w - x.w);
    l.pad = {y / 2, z / 2, y - y / 2, z - z / 2};
    Weights(&l, cout, x.c / groups * kernel_h * kernel_w);
    l.clamp_lo = 0;
    return Add(l, {in}, cout, h, w);
  }
  int MaxPool(int in, int kernel, int stride, int pad) {
    const Tensor& x = model_.tensors[in];
    Layer l;
    l.kind = LayerKind::kMaxPool;
    l.kernel_h = l.kernel_w = kernel;
    l.stride_h = l.stride_w = stride;
    l.pad = {pad, pad, pad, pad};
    return Add(l, {in}, x.c, OutputSize(x.h, 2 * pad, kernel, stride, 1),
               OutputSize(x.w, 2 * pad, kernel, stride, 1));
  }
  int GlobalAverage(int in) {
    const Tensor& x = model_.tensors[in];
    Layer l;
    l.kind = LayerKind::kAveragePool;
    l.kernel_h = x.h;
    l.kernel_w = x.w;
    return Add(l, {in}, x.c, 1, 1);
  }
  int FullyConnected(int in, int cout) {
    Layer l;
    l.kind = LayerKind::kFullyConnected;
    Weights(&l, cout, static_cast<int>(model_.tensors[in].Elements()));
    return Add(l, {in}, cout, 1, 1);
  }
  int Sum(int a, int b) {
    if (!sums_) {
      if (Consumers(model_)[b].empty()) extra_.push_back(b);
      return a;
    }
    Layer l;
    l.kind = LayerKind::kAdd;
    const Tensor x = model_.tensors[a];
    return Add(l, {a, b}, x.c, x.h, x.w);
  }
  int channels(int tensor) const { return model_.tensors[tensor].c; }
  Model Done() {
    if (!extra_.empty()) {
      model_.outputs = extra_;
      model_.outputs.push_back(static_cast<int>(model_.tensors.size()) - 1);
    }
    ChooseMultipliers(model_, Rounding::kTflite);
    CheckModel(model_);
    return model_;
  }

 private:
  static Tensor NewTensor(int c, int h, int w) {
    Tensor t;
    t.c = c;
    t.h = h;
    t.w = w;
    t.scale = 0.05f;
    return t;
  }
  void Weights(Layer* l, int n, int k) {
    l->weights.resize(static_cast<size_t>(n) * k);
    for (int8_t& w : l->weights) w = static_cast<int8_t>(static_cast<int>(random_() % 255) - 127);
    l->weight_scales = {0.01f / static_cast<float>(k)};
    l->bias.assign(static_cast<size_t>(n), 0);
  }
  int Add(Layer l, std::vector<int> inputs, int c, int h, int w) {
    l.name = "layer" + std::to_string(model_.layers.size());
    return Append(model_, std::move(l), std::move(inputs), NewTensor(c, h, w));
  }
  Model model_;
  bool sums_;
  std::vector<int> extra_;  // shortcuts that nobody adds
  std::mt19937 random_{1};
};

Model ResNet50(bool sums) {
  Builder b("resnet50", sums, 3, 224, 224);
  int x = b.MaxPool(b.Conv(0, 64, 7, 2), 3, 2, 1);
  const int blocks[] = {3, 4, 6, 3};
  for (int s = 0; s < 4; ++s) {
    const int width = 64 << s;
    for (int i = 0; i < blocks[s]; ++i) {
      const int stride = s > 0 && i == 0 ? 2 : 1;
      int y = b.Conv(x, width, 1, stride);
      y = b.Conv(y, width, 3, 1);
      y = b.Conv(y, 4 * width, 1, 1, 1, false);
      x = b.Sum(y, i == 0 ? b.Conv(x, 4 * width, 1, stride, 1, false) : x);
    }
  }
  b.FullyConnected(b.GlobalAverage(x), 1000);
  return b.Done();
}

Model ResNet18(bool sums) {
  Builder b("resnet18", sums, 3, 224, 224);
  int x = b.MaxPool(b.Conv(0, 64, 7, 2), 3, 2, 1);
  for (int s = 0; s < 4; ++s) {
    for (int i = 0; i < 2; ++i) {
      const int stride = s > 0 && i == 0 ? 2 : 1, width = 64 << s;
      const int y = b.Conv(b.Conv(x, width, 3, stride), width, 3, 1, 1, false);
      x = b.Sum(y, stride == 2 ? b.Conv(x, width, 1, stride, 1, false) : x);
    }
  }
  b.FullyConnected(b.GlobalAverage(x), 1000);
  return b.Done();
}

Model MobileNetV1(bool sums) {
  Builder b("mobilenet_v1", sums, 3, 224, 224);
  int x = b.Conv(0, 32, 3, 2);
  const int layers[][2] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                           {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  for (const auto& l : layers) {
    x = b.Conv(x, b.channels(x), 3, l[1], b.channels(x));
    x = b.Conv(x, l[0], 1, 1);
  }
  b.FullyConnected(b.GlobalAverage(x), 1000);
  return b.Done();
}

// MLPerf Tiny's visual wake words: MobileNetV1 of a quarter of the width on 96x96 pixels.
Model VisualWakeWords(bool sums) {
  Builder b("vww", sums, 3, 96, 96);
  int x = b.SameConv(0, 8, 3, 3, 2);
  const int layers[][2] = {{16, 1},  {32, 2},  {32, 1},  {64, 2},  {64, 1},  {128, 2}, {128, 1},
                           {128, 1}, {128, 1}, {128, 1}, {128, 1}, {256, 2}, {256, 1}};
  for (const auto& l : layers) {
    x = b.SameConv(x, b.channels(x), 3, 3, l[1], b.channels(x));
    x = b.SameConv(x, l[0], 1, 1, 1);
  }
  b.FullyConnected(b.GlobalAverage(x), 2);
  return b.Done();
}

// MLPerf Tiny's image classification: ResNet-8 on 32x32 pixels.
Model ResNet8(bool sums) {
  Builder b("resnet8", sums, 3, 32, 32);
  int x = b.SameConv(0, 16, 3, 3, 1);
  for (int s = 0; s < 3; ++s) {
    const int stride = s > 0 ? 2 : 1, width = 16 << s;
    const int y = b.SameConv(b.SameConv(x, width, 3, 3, stride), width, 3, 3, 1);
    x = b.Sum(y, stride == 2 ? b.SameConv(x, width, 1, 1, 2) : x);
  }
  b.FullyConnected(b.GlobalAverage(x), 10);
  return b.Done();
}

// MLPerf Tiny's keyword spotting: DS-CNN.
Model KeywordSpotting(bool sums) {
  Builder b("kws", sums, 1, 49, 10);
  int x = b.SameConv(0, 64, 10, 4, 2);
  for (int i = 0; i < 4; ++i) x = b.SameConv(b.SameConv(x, 64, 3, 3, 1, 64), 64, 1, 1, 1);
  b.FullyConnected(b.GlobalAverage(x), 12);
  return b.Done();
}

Model MobileNetV2(bool sums) {
  Builder b("mobilenet_v2", sums, 3, 224, 224);
  int x = b.Conv(0, 32, 3, 2);
  const int groups[][4] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                           {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  for (const auto& g : groups) {
    for (int i = 0; i < g[2]; ++i) {
      const int stride = i == 0 ? g[3] : 1, wide = b.channels(x) * g[0];
      int y = g[0] == 1 ? x : b.Conv(x, wide, 1, 1);
      y = b.Conv(y, wide, 3, stride, wide);
      y = b.Conv(y, g[1], 1, 1, 1, false);
      x = i > 0 ? b.Sum(y, x) : y;
    }
  }
  b.FullyConnected(b.GlobalAverage(b.Conv(x, 1280, 1, 1)), 1000);
  return b.Done();
}

Model Vgg16(bool sums) {
  Builder b("vgg16", sums, 3, 224, 224);
  const int stages[][2] = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
  int x = 0;
  for (const auto& s : stages) {
    for (int i = 0; i < s[1]; ++i) x = b.Conv(x, s[0], 3, 1);
    x = b.MaxPool(x, 2, 2, 0);
  }
  b.FullyConnected(b.FullyConnected(b.FullyConnected(x, 4096), 4096), 1000);
  return b.Done();
}

// MLPerf Tiny's anomaly detection: fully connected layers alone.
Model AnomalyDetection(bool sums) {
  Builder b("anomaly", sums, 640, 1, 1);
  int x = 0;
  for (const int n : {128, 128, 128, 128, 8, 128, 128, 128, 128, 640}) x = b.FullyConnected(x, n);
  return b.Done();
}

}  // namespace

Model Network(const std::string& name, bool sums) {
  if (name == "resnet50") return ResNet50(sums);
  if (name == "resnet18") return ResNet18(sums);
  if (name == "mobilenet_v1") return MobileNetV1(sums);
  if (name == "mobilenet_v2") return MobileNetV2(sums);
  if (name == "vww") return VisualWakeWords(sums);
  if (name == "resnet8") return ResNet8(sums);
  if (name == "kws") return KeywordSpotting(sums);
  if (name == "vgg16") return Vgg16(sums);
  if (name == "anomaly") return AnomalyDetection(sums);
  throw InputError("no network '" + name + "'");
}

}  // namespace systole
