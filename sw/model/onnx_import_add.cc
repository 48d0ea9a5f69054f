// Sums of two tensors, and softmax.
#include <fmt/format.h>

#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

void OnnxImporter::Add(const NodeProto& node) {
  RequireInputs(node, 2, 2);
  graph_.RequireAttributes(node, {});
  const auto a = values_.find(node.input(0)), b = values_.find(node.input(1));
  if (a == values_.end() || b == values_.end()) {
    return cur_.state == State::kGrid ? ConstantOperand(node) : AddBias(node);
  }
  for (const auto& operand : {a->second, b->second}) {
    cur_ = operand;
    RequireGrid(node);
  }
  AppendAdd(node, a->second, b->second);
  Open(node);
}

void OnnxImporter::QLinearAdd(const NodeProto& node) {
  RequireInputs(node, 7, 8);
  graph_.RequireAttributes(node, {});
  Value operands[2];
  for (int k = 0; k < 2; ++k) {
    const auto found = values_.find(node.input(3 * k));
    if (found == values_.end()) {
      graph_.Refuse(node, fmt::format("adds a constant (input {}); only two tensors of the graph "
                                      "can be added",
                                      3 * k));
    }
    cur_ = found->second;
    Meet(node, ReadActivationParams(graph_, node, node.input(3 * k + 1), node.input(3 * k + 2)));
    operands[k] = cur_;
  }
  const ActivationParams out =
      ReadActivationParams(graph_, node, node.input(6), InputName(node, 7));
  AppendAdd(node, operands[0], operands[1]);
  SetParams(back(), out);
  cur_.type = out.type;
}

void OnnxImporter::AppendAdd(const NodeProto& node, const Value& a, const Value& b) {
  const Tensor &left = model_.tensors[a.tensor], &right = model_.tensors[b.tensor];
  if (a.flat != b.flat || a.last != b.last || left.c != right.c || left.h != right.h ||
      left.w != right.w) {
    graph_.Refuse(node,
                  fmt::format("adds {} x {} x {} and {} x {} x {}; both must have one shape; cut "
                              "the model before it",
                              left.c, left.h, left.w, right.c, right.h, right.w));
  }
  for (const Value& operand : {a, b}) {  // its arithmetic sees the file's zero points
    if (operand.type != model_.tensors[operand.tensor].boundary)
      graph_.Refuse(node, "adds a tensor that was requantized between int8 and uint8");
  }
  Layer layer;
  layer.kind = LayerKind::kAdd;
  cur_ = a;
  const Tensor in = back();
  Append(node, std::move(layer), {a.tensor, b.tensor}, in.c, in.h, in.w);
}

void OnnxImporter::AppendSoftmax(const NodeProto& node, int64_t axis) {
  const Tensor in = back();
  const int64_t rank = cur_.flat ? 2 : 4;
  if (axis < 0) axis += rank;
  if (axis != 1 || in.h != 1 || in.w != 1) {
    graph_.Refuse(node, fmt::format("its input is {} x {} x {} and its axis {}: only over the "
                                    "channels of a tensor K x 1 x 1; cut the model before it",
                                    in.c, in.h, in.w, axis));
  }
  Layer layer;
  layer.kind = LayerKind::kSoftmax;
  Append(node, std::move(layer), in.c, 1, 1);
}

void OnnxImporter::Softmax(const NodeProto& node) {
  RequireInputs(node, 1, 1);
  graph_.RequireAttributes(node, {"axis"});
  RequireGrid(node);
  AppendSoftmax(node, graph_.Int(node, "axis", cur_.flat || graph_.Opset() < 13 ? 1 : -1));
  Open(node);
}

void OnnxImporter::QLinearSoftmax(const NodeProto& node) {
  RequireInputs(node, 4, 5);
  graph_.RequireAttributes(node, {"axis", "opset"});
  Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
  const ActivationParams out =
      ReadActivationParams(graph_, node, node.input(3), InputName(node, 4));
  AppendSoftmax(node, graph_.Int(node, "axis", -1));
  SetParams(back(), out);
  cur_.type = out.type;
}

}  // namespace systole
