// Windows: their padding, pooling, means, and padding as an operator.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/check.h"
#include "sw/model/tflite_importer.h"

namespace systole {
namespace {

constexpr int kPool2dOptions = 5, kReducerOptions = 27;
constexpr int kSame = 0, kValid = 1;

}  // namespace

int TfliteImporter::Number(const Operator& op, int64_t value, int64_t most,
                           const char* what) const {
  if (value < 1 || value > most) {
    file_.Refuse(op, fmt::format("its {} is {}; 1..{} is supported", what, value, most));
  }
  return static_cast<int>(value);
}

int64_t TfliteImporter::Side(const Operator& op, int padding, int64_t in, int64_t kernel,
                             int64_t stride, int64_t dilation, int& before, int& after) const {
  const int64_t span = dilation * (kernel - 1) + 1;  // below 2^33
  if (padding == kSame) {
    const int64_t out = (in + stride - 1) / stride;
    const int64_t total = std::max<int64_t>((out - 1) * stride + span - in, 0);
    before += Number(op, total / 2 + 1, kMaxSide, "padding") - 1;
    after += Number(op, total - total / 2 + 1, kMaxSide, "padding") - 1;
    return out;
  }
  if (padding != kValid) file_.Refuse(op, fmt::format("its padding {} is unknown", padding));
  if (span > in) {
    file_.Refuse(op, fmt::format("its window of {} does not fit an input of {}", span, in));
  }
  return (in - span) / stride + 1;
}

TfliteImporter::Shape TfliteImporter::Window(const Operator& op, int padding, const Shape& in,
                                             Layer& layer) const {
  Padding pad;
  const int fold = padded_by_[op.inputs[0]];
  if (fold >= 0) pad = folded_[fold];
  Shape out;
  out.h = Side(op, padding, in.h + pad.top + pad.bottom, layer.kernel_h, layer.stride_h,
               layer.dilation_h, pad.top, pad.bottom);
  out.w = Side(op, padding, in.w + pad.left + pad.right, layer.kernel_w, layer.stride_w,
               layer.dilation_w, pad.left, pad.right);
  layer.pad = pad;
  return out;
}

void TfliteImporter::Pool(const Operator& op) {
  const Value value = Read(op, 0);
  const Shape in = Image(op, value);
  const auto* o = file_.Options<tflite::Pool2DOptions>(op, kPool2dOptions);
  if (o == nullptr) file_.Refuse(op, "has no options");
  Layer layer;
  const bool average = op.code == static_cast<int>(TfliteOperator::kAveragePool2d);
  layer.kind = average ? LayerKind::kAveragePool : LayerKind::kMaxPool;
  if (average) {
    layer.average = file_.tensors()[op.inputs[0]].type == kTfliteUint8 ? AverageMode::kTfliteUint8
                                                                       : AverageMode::kTflite;
  }
  layer.kernel_h = Number(op, o->filter_height(), kMaxSide, "window height");
  layer.kernel_w = Number(op, o->filter_width(), kMaxSide, "window width");
  layer.stride_h = Number(op, o->stride_h(), kMaxSide, "vertical stride");
  layer.stride_w = Number(op, o->stride_w(), kMaxSide, "horizontal stride");
  RequireKept(op, op.inputs[0]);
  Activate(op, o->fused_activation_function(), layer);
  Shape out = Window(op, o->padding(), in, layer);
  out.c = in.c;
  Append(op, std::move(layer), {value.tensor}, out, {1, out.h, out.w, out.c});
}

// Over height, width or both: an average over a window of the whole sides.
void TfliteImporter::Mean(const Operator& op) {
  const Value value = Read(op, 0);
  const Shape in = Image(op, value);
  const auto* o = file_.Options<tflite::ReducerOptions>(op, kReducerOptions);
  const bool keeps = o != nullptr && o->keep_dims();
  const auto rank = static_cast<int64_t>(value.dims.size());
  std::vector<bool> reduced(value.dims.size());
  for (int64_t axis : file_.Integers(op, op.inputs[1], "its axes")) {
    if (axis < -rank || axis >= rank) file_.Refuse(op, fmt::format("has no axis {}", axis));
    reduced[axis < 0 ? axis + rank : axis] = true;
  }
  if (rank < 3 || reduced[0] || reduced[rank - 1]) {
    file_.Refuse(op, "averages over other dimensions than height and width, which are supported");
  }
  Layer layer;
  layer.kind = LayerKind::kAveragePool;
  layer.average = AverageMode::kTfliteMean;
  Shape out = in;
  Dims dims;
  for (int64_t i = 0; i < rank; ++i) {
    if (!reduced[i]) {
      dims.push_back(value.dims[i]);
      continue;
    }
    if (keeps) dims.push_back(1);
    (i == rank - 2 ? out.w : out.h) = 1;
  }
  layer.kernel_h = static_cast<int>(in.h / out.h);
  layer.kernel_w = static_cast<int>(in.w / out.w);
  Append(op, std::move(layer), {value.tensor}, out, std::move(dims));
}

void TfliteImporter::Pad(const Operator& op) {
  const Value value = Read(op, 0);
  const Shape in = Image(op, value);
  const std::vector<int64_t> pads = file_.Integers(op, op.inputs[1], "its paddings");
  if (pads.size() != 2 * value.dims.size()) {
    file_.Refuse(op,
                 fmt::format("has {} paddings for {} dimensions", pads.size(), value.dims.size()));
  }
  Dims dims = value.dims;
  Padding pad;
  for (size_t i = 0; i < dims.size(); ++i) {
    for (int64_t side : {pads[2 * i], pads[2 * i + 1]}) {
      if (side < 0 || side > kMaxSide) {
        file_.Refuse(op, fmt::format("has the padding {}; 0..{} is supported", side, kMaxSide));
      }
      const bool inside = i > 0 && i + 1 < dims.size();
      if (side != 0 && !inside) file_.Refuse(op, "pads more than height and width");
    }
    dims[i] += pads[2 * i] + pads[2 * i + 1];
    const int before = static_cast<int>(pads[2 * i]), after = static_cast<int>(pads[2 * i + 1]);
    if (i + 2 == dims.size()) pad.left = before, pad.right = after;
    if (dims.size() == 4 && i == 1) pad.top = before, pad.bottom = after;
  }
  RequireKept(op, op.inputs[0]);
  if (IsFolded(op)) {
    padded_by_[op.outputs[0]] = static_cast<int>(folded_.size());
    folded_.push_back(pad);
    Alias(op, value, value.dims);
    return;
  }
  Layer layer;
  layer.kind = LayerKind::kPad;
  layer.pad = pad;
  const Shape out = {in.c, in.h + pad.top + pad.bottom, in.w + pad.left + pad.right};
  Append(op, std::move(layer), {value.tensor}, out, std::move(dims));
}

// A convolution alone reads what it makes, and pads with the same value.
bool TfliteImporter::IsFolded(const Operator& op) const {
  if (Readers(op.outputs[0]) != 1) return false;
  for (const Operator& reader : file_.operators()) {
    const bool conv = reader.code == static_cast<int>(TfliteOperator::kConv2d) ||
                      reader.code == static_cast<int>(TfliteOperator::kDepthwiseConv2d);
    if (needed_[reader.index] && conv && !reader.inputs.empty() &&
        reader.inputs[0] == op.outputs[0]) {
      return true;
    }
  }
  return false;
}

}  // namespace systole
