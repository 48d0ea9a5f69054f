// Convolutions and fully connected layers. The file keeps filters with their input channels last;
// fully connected ones follow the H-W-C order of their input.
#include <fmt/format.h>

#include <functional>
#include <numeric>

#include "sw/model/check.h"
#include "sw/model/tflite_importer.h"
#include "sw/model/tflite_names.h"

namespace systole {
namespace {

constexpr int kConv2dOptions = 1, kDepthwiseOptions = 2, kFullyConnectedOptions = 8;

}  // namespace

void TfliteImporter::ReadFilters(const Operator& op, size_t axis, int64_t channels,
                                 Layer& layer) const {
  const TfliteTensor& filters = file_.tensors()[op.inputs[1]];
  layer.weights = file_.Bytes(op, op.inputs[1], "its weights");
  const DType input = QuantizationOf(op, op.inputs[0]).type;
  const bool is_uint8 = filters.type == kTfliteUint8;
  if (is_uint8 != (input == DType::kUint8)) {
    file_.Refuse(
        op, fmt::format("its weights are {}, but its input is not", TfliteTypeName(filters.type)));
  }
  layer.weight_scales = filters.scales;
  const auto count = static_cast<int64_t>(filters.scales.size());
  if (count != 1 && count != channels) {
    file_.Refuse(op,
                 fmt::format("its weights have {} scales; 1 or {} are needed", count, channels));
  }
  if (count > 1 && filters.axis != static_cast<int>(axis)) {
    file_.Refuse(
        op, fmt::format("its weights' scales are along dimension {}, not {}", filters.axis, axis));
  }
  if (!filters.zero_points.empty()) {
    const int64_t zero = filters.zero_points[0];
    for (int64_t other : filters.zero_points) {
      if (other != zero) file_.Refuse(op, "its weights have several zero points; one is supported");
    }
    const int64_t least = is_uint8 ? 0 : -128;
    if (zero < least || zero > least + 255) {
      file_.Refuse(op, fmt::format("its weights have the zero point {}, which is no {}", zero,
                                   TfliteTypeName(filters.type)));
    }
    layer.weight_zero_point = static_cast<int>(zero - least) - 128;
  } else if (is_uint8) {
    layer.weight_zero_point = -128;
  }
  layer.bias.assign(channels, 0);
  if (op.inputs.size() < 3 || op.inputs[2] < 0) return;
  const TfliteTensor& bias = file_.tensors()[op.inputs[2]];
  if (bias.type != kTfliteInt32) {
    file_.Refuse(op, fmt::format("its bias is {}; INT32 is supported", TfliteTypeName(bias.type)));
  }
  const std::vector<int64_t> values = file_.Integers(op, op.inputs[2], "its bias values");
  if (static_cast<int64_t>(values.size()) != channels) {
    file_.Refuse(op, fmt::format("has {} bias values, needs {}", values.size(), channels));
  }
  layer.bias.assign(values.begin(), values.end());
}

namespace {

// [n][y][x][c] of the file to [n][c][y][x].
std::vector<int8_t> ChannelsFirst(const std::vector<int8_t>& from, int64_t n, int64_t taps,
                                  int64_t c) {
  std::vector<int8_t> to(from.size());
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t k = 0; k < c; ++k) to[(i * c + k) * taps + t] = from[(i * taps + t) * c + k];
    }
  }
  return to;
}

}  // namespace

void TfliteImporter::Conv2d(const Operator& op) {
  const Value value = Read(op, 0);
  const Shape in = Image(op, value);
  const auto* o = file_.Options<tflite::Conv2DOptions>(op, kConv2dOptions);
  if (o == nullptr) file_.Refuse(op, "has no options");
  if (op.inputs[1] < 0) file_.Refuse(op, "its weights are left out");
  const Dims& dims = file_.tensors()[op.inputs[1]].dims;
  if (dims.size() != 4 || dims[3] < 1 || in.c % dims[3] != 0) {
    file_.Refuse(op, fmt::format("its weights are {}, not N x KH x KW x {} or a part of it",
                                 ListText(dims, "x"), in.c));
  }
  Layer layer;
  layer.kernel_h = Number(op, dims[1], kMaxSide, "kernel height");
  layer.kernel_w = Number(op, dims[2], kMaxSide, "kernel width");
  layer.groups = static_cast<int>(in.c / dims[3]);
  layer.stride_h = Number(op, o->stride_h(), kMaxSide, "vertical stride");
  layer.stride_w = Number(op, o->stride_w(), kMaxSide, "horizontal stride");
  layer.dilation_h = Number(op, o->dilation_h_factor(), kMaxSide, "vertical dilation");
  layer.dilation_w = Number(op, o->dilation_w_factor(), kMaxSide, "horizontal dilation");
  ReadFilters(op, 0, dims[0], layer);
  layer.weights = ChannelsFirst(layer.weights, dims[0], dims[1] * dims[2], dims[3]);
  layer.product_is_single = file_.tensors()[op.inputs[0]].type == kTfliteUint8;
  Activate(op, o->fused_activation_function(), layer);
  Shape out = Window(op, o->padding(), in, layer);
  out.c = dims[0];
  Append(op, std::move(layer), {value.tensor}, out, {1, out.h, out.w, out.c});
}

void TfliteImporter::DepthwiseConv2d(const Operator& op) {
  const Value value = Read(op, 0);
  const Shape in = Image(op, value);
  const auto* o = file_.Options<tflite::DepthwiseConv2DOptions>(op, kDepthwiseOptions);
  if (o == nullptr) file_.Refuse(op, "has no options");
  if (op.inputs[1] < 0) file_.Refuse(op, "its weights are left out");
  const Dims& dims = file_.tensors()[op.inputs[1]].dims;
  if (dims.size() != 4 || dims[0] != 1 || dims[3] < 1 || dims[3] % in.c != 0) {
    file_.Refuse(op, fmt::format("its weights are {}, not 1 x KH x KW x a multiple of {}",
                                 ListText(dims, "x"), in.c));
  }
  Layer layer;
  layer.kernel_h = Number(op, dims[1], kMaxSide, "kernel height");
  layer.kernel_w = Number(op, dims[2], kMaxSide, "kernel width");
  layer.groups = static_cast<int>(in.c);
  layer.stride_h = Number(op, o->stride_h(), kMaxSide, "vertical stride");
  layer.stride_w = Number(op, o->stride_w(), kMaxSide, "horizontal stride");
  layer.dilation_h = Number(op, o->dilation_h_factor(), kMaxSide, "vertical dilation");
  layer.dilation_w = Number(op, o->dilation_w_factor(), kMaxSide, "horizontal dilation");
  ReadFilters(op, 3, dims[3], layer);
  // One filter over all output channels, each of its own.
  layer.weights = ChannelsFirst(layer.weights, 1, dims[1] * dims[2], dims[3]);
  layer.product_is_single = file_.tensors()[op.inputs[0]].type == kTfliteUint8;
  Activate(op, o->fused_activation_function(), layer);
  Shape out = Window(op, o->padding(), in, layer);
  out.c = dims[3];
  Append(op, std::move(layer), {value.tensor}, out, {1, out.h, out.w, out.c});
}

void TfliteImporter::FullyConnected(const Operator& op) {
  const Value value = Read(op, 0);
  if (value.tensor == 0) is_read_ = true;
  const auto* o = file_.Options<tflite::FullyConnectedOptions>(op, kFullyConnectedOptions);
  if (o == nullptr) file_.Refuse(op, "has no options");
  if (o->weights_format() != 0) file_.Refuse(op, "its weights are shuffled, which is not read");
  if (op.inputs[1] < 0) file_.Refuse(op, "its weights are left out");
  const Dims& dims = file_.tensors()[op.inputs[1]].dims;
  const Tensor in = model_.tensors[value.tensor];
  if (dims.size() != 2 || dims[0] < 1 || dims[1] < 1 || in.Elements() % dims[1] != 0) {
    file_.Refuse(op, fmt::format("its weights are {}, not N x {} or a part of it",
                                 ListText(dims, "x"), in.Elements()));
  }
  const int64_t n = dims[0], k = dims[1];
  Layer layer;
  ReadFilters(op, 0, n, layer);
  layer.product_is_single = layer.weight_scales.size() == 1;
  Activate(op, o->fused_activation_function(), layer);
  Dims out = {1, n};
  if (o->keep_num_dims() && !value.dims.empty()) {
    out = value.dims;
    out.back() = n;
  }
  if (in.Elements() == k) {
    layer.kind = LayerKind::kFullyConnected;
    if (!value.is_planar) {
      layer.weights = ChannelsFirst(layer.weights, n, int64_t{in.h} * in.w, in.c);
    }
    Append(op, std::move(layer), {value.tensor}, {n, 1, 1}, std::move(out));
    return;
  }
  // Position by position.
  const Shape shape = Image(op, value);
  if (shape.c != k) {
    file_.Refuse(
        op, fmt::format("multiplies {} elements at a time of {}", k, ListText(value.dims, "x")));
  }
  if (!o->keep_num_dims()) out = {shape.h * shape.w, n};
  Append(op, std::move(layer), {value.tensor}, {n, shape.h, shape.w}, std::move(out));
}

}  // namespace systole
