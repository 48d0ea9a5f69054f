#include "sw/model/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sw/base/error.h"
#include "sw/model/graph.h"

namespace systole {
namespace {

class Checker {
 public:
  explicit Checker(const Model& model) : model_(model) {}

  void Check() {
    if (model_.layers.empty()) Refuse("it has no layer");
    if (model_.tensors.size() != model_.layers.size() + 1) {
      Refuse(fmt::format("{} layers need {} tensors, not {}", model_.layers.size(),
                         model_.layers.size() + 1, model_.tensors.size()));
    }
    if (!std::isfinite(model_.image.scale) || !std::isfinite(model_.image.mean) ||
        model_.image.scale == 0) {
      Refuse(
          fmt::format("the image encoding (scale {}, mean {}) must be finite, the scale not zero",
                      model_.image.scale, model_.image.mean));
    }
    CheckTensor(model_.tensors[0]);
    for (size_t i = 0; i < model_.layers.size(); ++i) {
      place_ = ": " + Label(model_.layers[i]);
      CheckInputs(i);
      CheckTensor(model_.Output(i));
      CheckLayer(i);
    }
    place_.clear();
    CheckOutputs();
    CheckReaders();
    CheckNames();
  }

 private:
  [[noreturn]] void Refuse(const std::string& what) const {
    throw InputError(fmt::format("{}{}: {}", model_.name, place_, what));
  }

  void RequireBetween(int64_t value, int64_t lo, int64_t hi, const char* name) const {
    if (value < lo || value > hi)
      Refuse(fmt::format("{} is {}; it must lie in {}..{}", name, value, lo, hi));
  }

  void RequireScale(float scale, const char* name) const {
    if (!(std::isfinite(scale) && scale > 0)) {
      Refuse(fmt::format("{} is {}; a scale must be finite and positive", name, scale));
    }
  }

  void CheckTensor(const Tensor& tensor) const {
    RequireBetween(tensor.c, 1, kMaxChannels, "a tensor's channel count");
    RequireBetween(tensor.h, 1, kMaxSide, "a tensor's height");
    RequireBetween(tensor.w, 1, kMaxSide, "a tensor's width");
    // Channels and one side stay below 2^41, so the product of all three cannot overflow.
    RequireBetween(tensor.Elements(), 1, kMaxTensorElements, "a tensor's element count");
    RequireScale(tensor.scale, "a tensor's scale");
    RequireBetween(tensor.zero_point, -128, 127, "a tensor's zero point (as int8)");
  }

  void CheckInputs(size_t i) const {
    const Layer& layer = model_.layers[i];
    const bool concat = layer.kind == LayerKind::kConcat, add = layer.kind == LayerKind::kAdd;
    const size_t least = add ? 2 : 1;
    if (layer.inputs.size() < least || (!concat && layer.inputs.size() > least)) {
      Refuse(fmt::format("it reads {} tensors; {} needs {}", layer.inputs.size(),
                         KindName(layer.kind),
                         add      ? "two"
                         : concat ? "one or more"
                                  : "one"));
    }
    for (int tensor : layer.inputs) {
      if (tensor < 0 || tensor > static_cast<int>(i)) {
        Refuse(fmt::format("it reads tensor {}; only 0..{} are made before it", tensor, i));
      }
    }
  }

  void CheckOutputs() const {
    const std::set<int> distinct(model_.outputs.begin(), model_.outputs.end());
    const int last = static_cast<int>(model_.tensors.size()) - 1;
    if (distinct.size() != model_.outputs.size()) Refuse("an output is named twice");
    for (int tensor : model_.outputs) RequireBetween(tensor, 1, last, "an output's tensor");
  }

  void CheckReaders() const {
    const std::vector<std::vector<int>> consumers = Consumers(model_);
    const std::vector<int> outputs = Outputs(model_);
    for (size_t t = 0; t < consumers.size(); ++t) {
      const bool is_output =
          std::find(outputs.begin(), outputs.end(), static_cast<int>(t)) != outputs.end();
      if (!is_output && consumers[t].empty()) {
        Refuse(fmt::format("no layer reads tensor {} ('{}')", t, model_.tensors[t].name));
      }
    }
  }

  void CheckNames() const {
    std::set<std::string> names;
    for (const Tensor& tensor : model_.tensors) {
      if (!tensor.name.empty() && !names.insert(tensor.name).second) {
        Refuse(fmt::format("two tensors are called '{}'", tensor.name));
      }
    }
  }

  void CheckLayer(size_t i) const {
    const Layer& layer = model_.layers[i];
    const Tensor &in = model_.Input(i), &out = model_.Output(i);
    RequireBetween(layer.clamp_lo, -128, 127, "the lower clamp");
    RequireBetween(layer.clamp_hi, -128, 127, "the upper clamp");
    if (layer.clamp_lo > layer.clamp_hi) {
      Refuse(fmt::format("the lower clamp {} is above the upper clamp {}", layer.clamp_lo,
                         layer.clamp_hi));
    }
    switch (layer.kind) {
      case LayerKind::kConcat:
        return CheckConcat(i);
      case LayerKind::kFullyConnected:
        return CheckFullyConnected(layer, in, out);
      case LayerKind::kConv:
        CheckWindow(layer, in, out);
        return CheckConv(layer, in, out);
      case LayerKind::kMaxPool:
      case LayerKind::kAveragePool:
        CheckWindow(layer, in, out);
        return CheckPool(layer, in, out);
      case LayerKind::kAdd:
        RequireShape(in, out.c, out.h, out.w, "its first input");
        return RequireShape(model_.Input(i, 1), out.c, out.h, out.w, "its second input");
      case LayerKind::kPad:
        return CheckPad(layer, in, out);
      case LayerKind::kTable:
        RequireShape(in, out.c, out.h, out.w, "its input");
        return CheckTable(layer, out);
      case LayerKind::kSoftmax:
        RequireShape(in, out.c, 1, 1, "its input");
        RequireShape(out, in.c, 1, 1, "its output");
        return RequireScale(layer.beta, "beta");
    }
  }

  void RequireShape(const Tensor& tensor, int c, int h, int w, const char* what) const {
    if (tensor.c == c && tensor.h == h && tensor.w == w) return;
    Refuse(fmt::format("{} is {} x {} x {}, not {} x {} x {}", what, tensor.c, tensor.h, tensor.w,
                       c, h, w));
  }

  void CheckPad(const Layer& layer, const Tensor& in, const Tensor& out) const {
    const Padding& pad = layer.pad;
    for (int side : {pad.top, pad.left, pad.bottom, pad.right}) {
      RequireBetween(side, 0, kMaxSide, "a padding");
    }
    RequireShape(out, in.c, in.h + pad.top + pad.bottom, in.w + pad.left + pad.right, "its output");
    CheckKept(in, out);
  }

  void CheckTable(const Layer& layer, const Tensor& out) const {
    const size_t entries = layer.table.size();
    if (entries != 256 && entries != 256 * static_cast<size_t>(out.c)) {
      Refuse(fmt::format("its table has {} entries, needs 256, or 256 for each of {} channels",
                         entries, out.c));
    }
  }

  void CheckWindow(const Layer& layer, const Tensor& in, const Tensor& out) const {
    RequireBetween(layer.kernel_h, 1, kMaxSide, "the kernel height");
    RequireBetween(layer.kernel_w, 1, kMaxSide, "the kernel width");
    RequireBetween(layer.stride_h, 1, kMaxSide, "the vertical stride");
    RequireBetween(layer.stride_w, 1, kMaxSide, "the horizontal stride");
    RequireBetween(layer.dilation_h, 1, kMaxSide, "the vertical dilation");
    RequireBetween(layer.dilation_w, 1, kMaxSide, "the horizontal dilation");
    for (int pad : {layer.pad.top, layer.pad.left, layer.pad.bottom, layer.pad.right}) {
      RequireBetween(pad, 0, kMaxSide, "a padding");
    }
    const Padding& pad = layer.pad;
    CheckAxis(in.h, pad.top, pad.bottom, layer.kernel_h, layer.stride_h, layer.dilation_h, out.h,
              "height");
    CheckAxis(in.w, pad.left, pad.right, layer.kernel_w, layer.stride_w, layer.dilation_w, out.w,
              "width");
  }

  void CheckAxis(int in, int before, int after, int kernel, int stride, int dilation, int out,
                 const char* axis) const {
    const int64_t span = int64_t{dilation} * (kernel - 1) + 1;
    const int64_t padded = int64_t{in} + before + after;
    if (span > padded) {
      Refuse(fmt::format("its window of {} does not fit the padded {} of {}", span, axis, padded));
    }
    const int64_t want = (padded - span) / stride + 1;
    if (out != want) Refuse(fmt::format("its output {} is {}, but follows as {}", axis, out, want));
  }

  void CheckConv(const Layer& layer, const Tensor& in, const Tensor& out) const {
    RequireBetween(layer.groups, 1, kMaxChannels, "the group count");
    if (in.c % layer.groups != 0 || out.c % layer.groups != 0) {
      Refuse(fmt::format("{} groups do not divide {} input and {} output channels", layer.groups,
                         in.c, out.c));
    }
    // Bounded step by step: each factor is at most 2^24, each partial product at most 2^29 when the
    // next is taken.
    int64_t elements = int64_t{out.c};
    for (int factor : {in.c / layer.groups, layer.kernel_h, layer.kernel_w}) {
      elements *= factor;
      RequireBetween(elements, 1, kMaxWeightElements, "the weight count");
    }
    CheckFilters(layer, out.c, elements);
  }

  void CheckFullyConnected(const Layer& layer, const Tensor& in, const Tensor& out) const {
    if (out.h != 1 || out.w != 1)
      Refuse(fmt::format("its output is {} x {} x {}, not N x 1 x 1", out.c, out.h, out.w));
    if (layer.groups != 1) Refuse("a fully connected layer has no groups");
    const int64_t elements = int64_t{out.c} * in.Elements();  // below 2^52
    RequireBetween(elements, 1, kMaxWeightElements, "the weight count");
    CheckFilters(layer, out.c, elements);
  }

  void CheckFilters(const Layer& layer, int n, int64_t elements) const {
    if (static_cast<int64_t>(layer.weights.size()) != elements) {
      Refuse(fmt::format("it has {} weights, needs {}", layer.weights.size(), elements));
    }
    if (static_cast<int64_t>(layer.bias.size()) != n) {
      Refuse(fmt::format("it has {} biases, needs {}", layer.bias.size(), n));
    }
    const auto scales = static_cast<int64_t>(layer.weight_scales.size());
    if (scales != 1 && scales != n)
      Refuse(fmt::format("it has {} weight scales, needs 1 or {}", scales, n));
    for (float scale : layer.weight_scales) RequireScale(scale, "a weight scale");
    RequireBetween(layer.weight_zero_point, -128, 127, "the weight zero point (as int8)");
  }

  void CheckPool(const Layer& layer, const Tensor& in, const Tensor& out) const {
    if (in.c != out.c) Refuse(fmt::format("pooling turns {} channels into {}", in.c, out.c));
    if (layer.groups != 1) Refuse("pooling has no groups");
    RequireBetween(int64_t{layer.kernel_h} * layer.kernel_w, 1, kMaxWindowTaps,
                   "the window's tap count");
    CheckCovered(in.h, layer.pad.top, layer.kernel_h, layer.stride_h, layer.dilation_h, out.h,
                 "rows");
    CheckCovered(in.w, layer.pad.left, layer.kernel_w, layer.stride_w, layer.dilation_w, out.w,
                 "columns");
    const bool keeps = layer.kind == LayerKind::kMaxPool || IsTfliteAverage(layer);
    if (keeps) CheckKept(in, out);
    if (layer.kind == LayerKind::kAveragePool && IsTfliteAverage(layer) &&
        layer.count_include_pad) {
      Refuse("the tflite average counts no padding");
    }
  }

  void CheckKept(const Tensor& in, const Tensor& out) const {
    if (in.scale != out.scale || in.zero_point != out.zero_point) {
      Refuse(fmt::format("it must keep scale and zero point ({}, {}), but its output has ({}, {})",
                         in.scale, in.zero_point, out.scale, out.zero_point));
    }
  }

  void CheckConcat(size_t i) const {
    const Tensor& out = model_.Output(i);
    int64_t channels = 0;
    for (size_t k = 0; k < model_.layers[i].inputs.size(); ++k) {
      const Tensor& in = model_.Input(i, k);
      if (in.h != out.h || in.w != out.w) {
        Refuse(fmt::format("its input {} is {} x {} high and wide, its output {} x {}", k, in.h,
                           in.w, out.h, out.w));
      }
      CheckKept(in, out);
      channels += in.c;
    }
    if (channels != out.c) {
      Refuse(fmt::format("its inputs have {} channels, its output {}", channels, out.c));
    }
  }

  // Every window has a tap on a real element: the first tap at or after 0 lies inside and belongs
  // to the kernel.
  void CheckCovered(int in, int before, int kernel, int stride, int dilation, int out,
                    const char* axis) const {
    for (int64_t o = 0; o < out; ++o) {
      const int64_t start = o * stride - before;
      const int64_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
      if (first >= kernel || start + first * dilation >= in) {
        Refuse(fmt::format("a pooling window lies in the padding alone ({}, output {})", axis, o));
      }
    }
  }

  const Model& model_;
  std::string place_;
};

}  // namespace

void CheckModel(const Model& model) { Checker(model).Check(); }

}  // namespace systole
