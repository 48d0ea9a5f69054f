// QuantizeLinear and DequantizeLinear: between integers and reals.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sw/model/images.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

namespace {

// table[x + 128] = clamp(x, lo, hi), with lo and hi at its ends.
bool IsClamp(const std::vector<int8_t>& table) {
  if (table.size() != 256 || table.front() > table.back()) return false;
  for (int x = -128; x < 128; ++x) {
    if (table[x + 128] != std::clamp<int>(x, table.front(), table.back())) return false;
  }
  return true;
}

}  // namespace

void OnnxImporter::Meet(const NodeProto& node, const ActivationParams& params) {
  if (cur_.state != State::kQuantized)
    graph_.Refuse(node, "its input is real; QuantizeLinear must come before");
  if (!scale_known_) {
    if (params.type != cur_.type)
      graph_.Refuse(node, "its zero point and its input differ in type");
    for (Tensor& tensor : model_.tensors) SetParams(tensor, params);
    scale_known_ = true;
  }
  if (!SameGrid(back(), params) || params.type != cur_.type) {
    graph_.Refuse(
        node,
        fmt::format("reads scale {} and zero point {}, but its input was written with {} and {}",
                    params.scale, params.zero_point, back().scale, back().zero_point));
  }
}

void OnnxImporter::SetParams(Tensor& tensor, const ActivationParams& params) {
  tensor.scale = params.scale;
  tensor.zero_point = params.zero_point;
  tensor.boundary = params.type;
}

void OnnxImporter::Quantize(const NodeProto& node) {
  RequireInputs(node, 2, 3);
  graph_.RequireAttributes(node, {"axis", "saturate", "output_dtype", "block_size", "precision"});
  const ActivationParams params =
      ReadActivationParams(graph_, node, node.input(1), InputName(node, 2));
  switch (cur_.state) {
    case State::kQuantized:
      graph_.Refuse(node, "its input is quantized already");
    case State::kRealInput:
      if (scale_known_ && (!SameGrid(back(), params) || params.type != back().boundary)) {
        graph_.Refuse(node, "quantizes the graph's input a second time, in another way");
      }
      SetParams(back(), params);
      scale_known_ = true;
      break;
    case State::kGrid:
      QuantizeGrid(node, params);
      break;
    case State::kOpen:
      for (int tensor : cur_.open) SetParams(model_.tensors[tensor], params);
      for (const RealClamp& clamp : cur_.clamps) {
        Clamp(model_.layers[clamp.layer], QuantizeReal(clamp.lo, back()),
              QuantizeReal(clamp.hi, back()));
      }
      cur_.clamps.clear();
      break;
  }
  cur_.type = params.type;
  cur_.state = State::kQuantized;
}

void OnnxImporter::QuantizeGrid(const NodeProto& node, const ActivationParams& params) {
  const bool same = SameGrid(back(), params);
  if (same && cur_.curve == nullptr) return;
  PlacePad();
  Tensor grid;
  grid.scale = params.scale;
  grid.zero_point = params.zero_point;
  std::vector<int8_t> table;
  for (float real : Reals(node)) {
    if (std::isnan(real)) graph_.Refuse(node, "quantizes values that are not numbers");
    table.push_back(QuantizeReal(real, grid));
  }
  if (same && IsClamp(table)) {
    ClampHere(node, table.front(), table.back());
  } else {
    AppendTable(node, std::move(table), params);
  }
  cur_.curve = nullptr;
}

void OnnxImporter::AppendTable(const NodeProto& node, std::vector<int8_t> table,
                               const ActivationParams& params) {
  Layer layer;
  layer.kind = LayerKind::kTable;
  layer.table = std::move(table);
  const Tensor in = back();
  const NodeProto* const function = cur_.curve == nullptr ? nullptr : cur_.last_real;
  Append(node, std::move(layer), in.c, in.h, in.w);
  if (function != nullptr) {  // a layer is called by what it computes
    Maker().name = graph_.Name(*function);
    Maker().op = graph_.Operator(*function);
  }
  SetParams(back(), params);
}

void OnnxImporter::Dequantize(const NodeProto& node) {
  RequireInputs(node, 2, 3);
  graph_.RequireAttributes(node, {"axis", "block_size"});
  ActivationParams params = ReadActivationParams(graph_, node, node.input(1), InputName(node, 2));
  if (InputName(node, 2).empty() && cur_.type == DType::kInt8) {
    params.type = DType::kInt8;  // without a zero point the input's type counts
    params.zero_point = 0;
  }
  Meet(node, params);
  if (cur_.pad_node != nullptr) CheckPadValue();
  cur_.pad_value.reset();
  cur_.state = State::kGrid;
}

}  // namespace systole
