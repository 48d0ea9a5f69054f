// Concatenation of channels. A layer of kConcat copies, so its inputs have its own scale and zero
// point: one that has others is brought to them by a kTable before it.
#include <fmt/format.h>

#include <algorithm>

#include "sw/model/check.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

std::vector<OnnxImporter::Value> OnnxImporter::Operands(const NodeProto& node, int first,
                                                        int step) {
  std::vector<Value> parts;
  for (int i = first; i < node.input_size(); i += step) {
    const auto found = values_.find(node.input(i));
    if (found == values_.end()) {
      graph_.Refuse(node, fmt::format("joins a constant (input {}); not supported", i));
    }
    parts.push_back(found->second);
  }
  cur_ = parts.front();
  for (const Value& part : parts) {
    const Tensor &a = model_.tensors[part.tensor], &b = back();
    if (part.flat != cur_.flat || part.last != cur_.last || a.h != b.h || a.w != b.w) {
      graph_.Refuse(node, fmt::format("joins {} x {} x {} and {} x {} x {}: only channels can be "
                                      "joined, of tensors equally high and wide",
                                      b.c, b.h, b.w, a.c, a.h, a.w));
    }
  }
  const int64_t axis = graph_.Int(node, "axis", 1);
  const int64_t channels = cur_.last && !cur_.flat ? 3 : 1;
  if (cur_.flat && cur_.last && back().h * back().w > 1)
    graph_.Refuse(node, "joins flattened N x H x W x C; join the channels before");
  if (axis != channels && axis != channels - (cur_.flat ? 2 : 4)) {
    graph_.Refuse(
        node, fmt::format("joins along axis {}; only the channels (axis {}) can be joined", axis,
                          channels));
  }
  return parts;
}

void OnnxImporter::JoinChannels(const NodeProto& node, const std::vector<Value>& parts) {
  Layer layer;
  layer.kind = LayerKind::kConcat;
  std::vector<int> inputs;
  int64_t channels = 0;
  for (const Value& part : parts) {
    inputs.push_back(part.tensor);
    channels += model_.tensors[part.tensor].c;
  }
  cur_ = parts.front();
  const Tensor in = back();
  Append(node, std::move(layer), std::move(inputs), channels, in.h, in.w);
}

void OnnxImporter::Match(const NodeProto& node, int k, const ActivationParams& params,
                         Value& part) {
  cur_ = part;
  const size_t layers = model_.layers.size();
  cur_.state = State::kGrid;
  QuantizeGrid(node, params);
  cur_.state = part.state;
  if (model_.layers.size() > layers) {
    Maker().name += fmt::format("/input{}", k);
    back().name += fmt::format("/input{}", k);
  }
  part = cur_;
}

ActivationParams OnnxImporter::FollowingParams(const NodeProto& node) const {
  const std::vector<const NodeProto*> readers = graph_.Consumers(OnlyOutput(node));
  if (readers.size() != 1 || readers[0]->op_type() != "QuantizeLinear") {
    graph_.Refuse(node,
                  "joins tensors of different scales or zero points; QuantizeLinear must follow");
  }
  RequireInputs(*readers[0], 2, 3);
  return ReadActivationParams(graph_, *readers[0], readers[0]->input(1), InputName(*readers[0], 2));
}

void OnnxImporter::Concat(const NodeProto& node) {
  graph_.RequireAttributes(node, {"axis"});
  std::vector<Value> parts = Operands(node, 0, 1);
  const Value first = parts.front();
  const Tensor& tensor = model_.tensors[first.tensor];
  bool same = true;
  for (const Value& part : parts) {
    cur_ = part;
    if (part.state != first.state || part.state == State::kOpen ||
        part.state == State::kRealInput) {
      graph_.Refuse(node, "its inputs must all be quantized, or all be dequantized");
    }
    same = same && part.type == first.type && part.curve == nullptr &&
           SameGrid(back(), {tensor.scale, tensor.zero_point, first.type});
  }
  if (!same) {
    if (first.state == State::kQuantized) {
      graph_.Refuse(node, "joins integers of different types, scales or zero points");
    }
    const ActivationParams params = FollowingParams(node);
    for (size_t k = 0; k < parts.size(); ++k) Match(node, static_cast<int>(k), params, parts[k]);
  }
  JoinChannels(node, parts);
}

void OnnxImporter::QLinearConcat(const NodeProto& node) {
  if (node.input_size() < 5 || node.input_size() % 3 != 2) {
    graph_.Refuse(node, fmt::format("has {} inputs; a scale, a zero point, and three for each "
                                    "tensor are needed",
                                    node.input_size()));
  }
  graph_.RequireAttributes(node, {"axis"});
  const ActivationParams out = ReadActivationParams(graph_, node, node.input(0), node.input(1));
  std::vector<Value> parts = Operands(node, 2, 3);
  for (size_t k = 0; k < parts.size(); ++k) {
    const int at = 2 + 3 * static_cast<int>(k);
    cur_ = parts[k];
    Meet(node, ReadActivationParams(graph_, node, node.input(at + 1), node.input(at + 2)));
    Match(node, static_cast<int>(k), out, parts[k]);
  }
  JoinChannels(node, parts);
  SetParams(back(), out);
  cur_.type = out.type;
}

}  // namespace systole
