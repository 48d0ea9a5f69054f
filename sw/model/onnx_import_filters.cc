// Convolutions and matrix products: their weights, biases and shapes.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/check.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

namespace {

// N rows of K weights in the order H-W-C to C-H-W.
void PermuteInputs(const Tensor& in, std::vector<int8_t>& weights) {
  const int64_t plane = int64_t{in.h} * in.w, size = in.Elements();
  const std::vector<int8_t> from = weights;
  for (size_t i = 0; i < weights.size(); ++i) {
    const int64_t row = static_cast<int64_t>(i) / size, k = static_cast<int64_t>(i) % size;
    weights[i] = from[row * size + k % plane * in.c + k / plane];
  }
}

}  // namespace

Layer& OnnxImporter::AppendConv(const NodeProto& node, Filters filters) {
  RequireImage(node);
  if (filters.dims.size() != 4)
    graph_.Refuse(node, "only 2-D convolutions are supported (weights of 4 dimensions)");
  if (filters.values.empty()) graph_.Refuse(node, "has no weights");
  if (filters.axis > 0)
    graph_.Refuse(node, "per-channel scales must lie on the output channels (axis 0)");
  Layer layer;
  layer.kind = LayerKind::kConv;
  layer.kernel_h = Side(node, filters.dims[2], 1, "the kernel height");
  layer.kernel_w = Side(node, filters.dims[3], 1, "the kernel width");
  const std::vector<int64_t> shape =
      graph_.Ints(node, "kernel_shape", {filters.dims[2], filters.dims[3]});
  if (shape != std::vector<int64_t>{filters.dims[2], filters.dims[3]}) {
    graph_.Refuse(node, "attribute 'kernel_shape' does not match the weights");
  }
  if (cur_.pad_node != nullptr && graph_.String(node, "auto_pad", "NOTSET") != "NOTSET") PlacePad();
  ReadWindow(node, layer);
  TakePad(layer);
  const int64_t groups = graph_.Int(node, "group", 1);
  if (groups < 1 || groups > kMaxChannels || back().c != groups * filters.dims[1] ||
      filters.dims[0] % groups != 0) {
    graph_.Refuse(
        node,
        fmt::format("weights for {} x {} channels in {} groups do not fit an input of {} channels",
                    filters.dims[0], filters.dims[1], groups, back().c));
  }
  layer.groups = static_cast<int>(groups);
  SetFilters(std::move(filters), layer);
  return AppendWindow(node, std::move(layer), filters.dims[0]);
}

void OnnxImporter::SetFilters(Filters&& filters, Layer& layer) {
  layer.weights = std::move(filters.values);
  layer.weight_zero_point = filters.zero_point;
  layer.weight_scales = std::move(filters.scales);
}

Layer& OnnxImporter::AppendFullyConnected(const NodeProto& node, Filters filters, bool is_n_by_k) {
  if (!cur_.flat) graph_.Refuse(node, "its input has four dimensions; Flatten must come before");
  if (filters.dims.size() != 2) graph_.Refuse(node, "its weights must be a matrix");
  if (filters.values.empty()) graph_.Refuse(node, "has no weights");
  const int64_t n = filters.dims[is_n_by_k ? 0 : 1], k = filters.dims[is_n_by_k ? 1 : 0];
  if (k != back().Elements()) {
    graph_.Refuse(node,
                  fmt::format("its weights take {} inputs, but {} come in", k, back().Elements()));
  }
  if (filters.axis >= 0 && filters.axis != (is_n_by_k ? 0 : 1)) {
    graph_.Refuse(node, "per-channel scales must lie on the outputs");
  }
  if (!is_n_by_k) {
    std::vector<int8_t> values(filters.values.size());
    for (int64_t i = 0; i < k; ++i) {
      for (int64_t j = 0; j < n; ++j) values[j * k + i] = filters.values[i * n + j];
    }
    filters.values = std::move(values);
  }
  if (cur_.last) PermuteInputs(back(), filters.values);
  cur_.last = false;
  Layer layer;
  layer.kind = LayerKind::kFullyConnected;
  SetFilters(std::move(filters), layer);
  return Append(node, std::move(layer), n, 1, 1);
}

void OnnxImporter::SetQdqBias(const NodeProto& node, const std::string& value) {
  Layer& layer = Maker();
  layer.bias.assign(back().c, 0);
  if (value.empty()) return;
  const float sx = model_.tensors[layer.inputs[0]].scale;
  layer.bias = ReadQdqBias(graph_, node, value, back().c, sx, layer.weight_scales);
}

void OnnxImporter::Conv(const NodeProto& node) {
  RequireInputs(node, 2, 3);
  graph_.RequireAttributes(node,
                           {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
  RequireGrid(node);
  AppendConv(node, ReadQdqFilters(graph_, node, node.input(1)));
  SetQdqBias(node, InputName(node, 2));
  cur_.bias_may_follow = InputName(node, 2).empty();
  Open(node);
}

bool OnnxImporter::CheckGemm(const NodeProto& node) const {
  graph_.RequireAttributes(node, {"alpha", "beta", "transA", "transB"});
  if (graph_.Float(node, "alpha", 1) != 1 || graph_.Float(node, "beta", 1) != 1) {
    graph_.Refuse(node, "alpha and beta must be 1");
  }
  if (graph_.Int(node, "transA", 0) != 0) graph_.Refuse(node, "transA is not supported");
  return graph_.Int(node, "transB", 0) != 0;
}

void OnnxImporter::Gemm(const NodeProto& node) {
  RequireInputs(node, 2, 3);
  const bool transposed = CheckGemm(node);
  RequireGrid(node);
  AppendFullyConnected(node, ReadQdqFilters(graph_, node, node.input(1)), transposed);
  SetQdqBias(node, InputName(node, 2));
  cur_.bias_may_follow = InputName(node, 2).empty();
  Open(node);
}

void OnnxImporter::MatMul(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  graph_.RequireAttributes(node, {});
  RequireGrid(node);
  AppendFullyConnected(node, ReadQdqFilters(graph_, node, node.input(1)), false);
  SetQdqBias(node, "");
  cur_.bias_may_follow = true;
  Open(node);
}

void OnnxImporter::AddBias(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  graph_.RequireAttributes(node, {});
  const bool after_filters = cur_.state == State::kOpen &&
                             cur_.open == std::vector<int>{cur_.tensor} && cur_.clamps.empty();
  if (!after_filters || !cur_.bias_may_follow) {
    graph_.Refuse(
        node, "only a bias that directly follows MatMul, Gemm or Conv without one can be added");
  }
  const std::string& bias = node.input(values_.count(node.input(0)) != 0 ? 1 : 0);
  SetQdqBias(node, bias);
  RequireBiasShape(node, bias);
  cur_.bias_may_follow = false;
}

void OnnxImporter::RequireBiasShape(const NodeProto& node, const std::string& bias) const {
  const NodeProto* source = graph_.Producer(bias);
  const bool dequantized = source != nullptr && source->op_type() == "DequantizeLinear";
  const std::vector<int64_t> dims =
      graph_.GetConstant(dequantized ? source->input(0) : bias, node).dims;
  const bool scalar = std::all_of(dims.begin(), dims.end(), [](int64_t dim) { return dim == 1; });
  if (!scalar && !AlongChannels(dims))
    graph_.Refuse(node, "its constant does not lie along the output channels");
}

void OnnxImporter::QLinearConv(const NodeProto& node) {
  RequireInputs(node, 8, 9);
  graph_.RequireAttributes(node,
                           {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
  Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
  const ActivationParams out = ReadActivationParams(graph_, node, node.input(6), node.input(7));
  AppendConv(node,
             ReadQLinearFilters(graph_, node, node.input(3), node.input(4), node.input(5), 0));
  SetQLinearBias(node, InputName(node, 8));
  SetParams(back(), out);
  cur_.type = out.type;
}

void OnnxImporter::QLinearMatMul(const NodeProto& node) {
  RequireInputs(node, 8, 8);
  graph_.RequireAttributes(node, {});
  Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
  const ActivationParams out = ReadActivationParams(graph_, node, node.input(6), node.input(7));
  AppendFullyConnected(
      node, ReadQLinearFilters(graph_, node, node.input(3), node.input(4), node.input(5), 1),
      false);
  SetQLinearBias(node, "");
  SetParams(back(), out);
  cur_.type = out.type;
}

void OnnxImporter::QGemm(const NodeProto& node) {
  RequireInputs(node, 8, 9);
  graph_.RequireAttributes(node, {"alpha", "transA", "transB"});
  const bool transposed = CheckGemm(node);
  if (node.input(7).empty()) graph_.Refuse(node, "its output is not quantized (no y_scale)");
  Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
  const ActivationParams out =
      ReadActivationParams(graph_, node, node.input(7), InputName(node, 8));
  AppendFullyConnected(node,
                       ReadQLinearFilters(graph_, node, node.input(3), node.input(4), node.input(5),
                                          transposed ? 0 : 1),
                       transposed);
  SetQLinearBias(node, node.input(6));
  SetParams(back(), out);
  cur_.type = out.type;
}

void OnnxImporter::SetQLinearBias(const NodeProto& node, const std::string& value) {
  Maker().bias = value.empty() ? std::vector<int32_t>(back().c, 0)
                               : ReadQLinearBias(graph_, node, value, back().c);
}

}  // namespace systole
