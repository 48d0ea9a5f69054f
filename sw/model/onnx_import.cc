#include "sw/model/onnx_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/model/images.h"
#include "sw/model/onnx_importer.h"

namespace systole {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

}  // namespace

Model ImportOnnx(const uint8_t* data, size_t size, const std::string& file) {
  const OnnxGraph graph(data, size, file);
  return OnnxImporter(graph).Import();
}

Model OnnxImporter::Import() {
  ReadMetadata();
  ReadInput();
  CheckReaders(graph_.input().name());
  values_[graph_.input().name()] = cur_;
  for (const NodeProto* node : graph_.ordered()) {
    const bool reads = std::any_of(node->input().begin(), node->input().end(),
                                   [&](const std::string& v) { return values_.count(v) != 0; });
    if (!reads) continue;  // makes constants
    Step(*node);
    const std::string value = OnlyOutput(*node);
    CheckReaders(value);
    values_[value] = cur_;
  }
  const auto output = values_.find(graph_.output());
  if (output == values_.end()) graph_.Refuse("its output does not depend on its input");
  cur_ = output->second;
  if (cur_.state == State::kOpen) {
    graph_.Refuse(*cur_.last_real, "its output is not quantized; QuantizeLinear must follow");
  }
  if (cur_.state == State::kRealInput) graph_.Refuse("quantizes nothing");
  if (cur_.off_grid != nullptr) RefuseOffGrid();
  if (cur_.tensor > 0) back().boundary = cur_.type;
  for (Layer& layer : model_.layers) {
    if (layer.kind == LayerKind::kAveragePool && (layer.kernel_h > 1 || layer.kernel_w > 1))
      layer.average = average_;
  }
  CheckModel(model_);
  return std::move(model_);
}

void OnnxImporter::CheckReaders(const std::string& value) {
  const std::vector<const NodeProto*> consumers = graph_.Consumers(value);
  if (value == graph_.output()) {
    if (!consumers.empty()) {
      graph_.Refuse(*consumers[0], "reads the graph's output; nothing may follow it");
    }
    return;
  }
  if (consumers.empty()) graph_.Refuse(fmt::format("value '{}' leads nowhere", value));
  int reads = 0;
  for (const NodeProto* node : consumers) {
    reads += static_cast<int>(std::count(node->input().begin(), node->input().end(), value));
  }
  if (reads == 1) return;
  cur_.shared = true;
  if (cur_.state == State::kOpen && consumers.size() > 1) {
    graph_.Refuse(*consumers.back(),
                  fmt::format("branches off a value that is not quantized yet: node '{}' reads it, "
                              "too; QuantizeLinear must come before the branch",
                              graph_.Name(*consumers[0])));
  }
}

double OnnxImporter::MetadataNumber(const std::string& key, const std::string& text) const {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || end != text.c_str() + text.size() || !std::isfinite(number)) {
    graph_.Refuse(fmt::format("metadata {} is not a finite number", key));
  }
  return number;
}

void OnnxImporter::ReadMetadata() {
  for (const auto& entry : graph_.proto().metadata_props()) {
    if (entry.key() == "systole.input_scale" || entry.key() == "systole.input_mean") {
      const double number = MetadataNumber(entry.key(), entry.value());
      (entry.key() == "systole.input_scale" ? model_.image.scale : model_.image.mean) = number;
      model_.quantizes_images = true;
    } else if (entry.key() == "systole.average") {
      if (entry.value() != "integer" && entry.value() != "tflite") {
        graph_.Refuse("metadata systole.average must be integer or tflite");
      }
      average_ = entry.value() == "tflite" ? AverageMode::kTflite : AverageMode::kInteger;
    } else if (entry.key().rfind("systole.", 0) == 0) {
      graph_.Refuse(
          "has an unknown metadata key that starts with systole.; known are input_scale, "
          "input_mean, average");
    }
  }
}

void OnnxImporter::ReadInput() {
  const auto& type = graph_.input().type();
  if (!type.has_tensor_type() || !type.tensor_type().has_shape())
    graph_.Refuse("its input has no shape");
  const auto& shape = type.tensor_type().shape();
  if (shape.dim_size() != 2 && shape.dim_size() != 4) {
    graph_.Refuse(fmt::format("its input has {} dimensions; N x C x H x W or N x K are supported",
                              shape.dim_size()));
  }
  if (shape.dim(0).has_dim_value()) {
    batch_ = shape.dim(0).dim_value();
    if (batch_ < 1) graph_.Refuse(fmt::format("its input has the batch size {}", batch_));
  }
  std::vector<int64_t> dims;
  for (int i = 1; i < shape.dim_size(); ++i) {
    if (!shape.dim(i).has_dim_value())
      graph_.Refuse(fmt::format("dimension {} of its input has no fixed size", i));
    dims.push_back(shape.dim(i).dim_value());
  }
  model_.tensors.emplace_back();
  cur_.tensor = 0;
  back().name = graph_.input().name();
  SetInputDims(dims);
  switch (type.tensor_type().elem_type()) {
    case TensorProto::FLOAT:
      cur_.state = State::kRealInput;
      model_.quantizes_images = true;
      break;
    case TensorProto::UINT8:
    case TensorProto::INT8:
      cur_.state = State::kQuantized;
      back().boundary = cur_.type =
          type.tensor_type().elem_type() == TensorProto::UINT8 ? DType::kUint8 : DType::kInt8;
      break;
    default:
      graph_.Refuse(fmt::format("its input is {}; float, uint8 and int8 are supported",
                                ElementTypeName(type.tensor_type().elem_type())));
  }
}

void OnnxImporter::SetInputDims(const std::vector<int64_t>& dims) {
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t limit = i == 0 ? kMaxChannels : kMaxSide;
    if (dims[i] < 1 || dims[i] > limit) {
      graph_.Refuse(
          fmt::format("its input has the dimension {}; 1..{} is supported", dims[i], limit));
    }
  }
  const int64_t elements =
      std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
  if (elements > kMaxTensorElements) {
    graph_.Refuse(
        fmt::format("its input has {} elements; {} are supported", elements, kMaxTensorElements));
  }
  back().c = static_cast<int>(dims[0]);
  back().h = dims.size() == 3 ? static_cast<int>(dims[1]) : 1;
  back().w = dims.size() == 3 ? static_cast<int>(dims[2]) : 1;
  cur_.flat = dims.size() == 1;
}

const std::vector<OnnxImporter::Operator>& OnnxImporter::Operators() {
  using I = OnnxImporter;
  using N = NodeProto;
  static const std::vector<Operator> operators = {
      {"QuantizeLinear", kBoth, [](I& i, const N& n) { i.Quantize(n); }},
      {"DequantizeLinear", kBoth, [](I& i, const N& n) { i.Dequantize(n); }},
      {"Conv", kOnnx, [](I& i, const N& n) { i.Conv(n); }},
      {"Gemm", kOnnx, [](I& i, const N& n) { i.Gemm(n); }},
      {"MatMul", kOnnx, [](I& i, const N& n) { i.MatMul(n); }},
      {"Add", kOnnx, [](I& i, const N& n) { i.AddBias(n); }},
      {"Relu", kOnnx, [](I& i, const N& n) { i.Relu(n); }},
      {"Clip", kOnnx, [](I& i, const N& n) { i.Clip(n); }},
      {"MaxPool", kOnnx, [](I& i, const N& n) { i.MaxPool(n, false); }},
      {"GlobalMaxPool", kOnnx, [](I& i, const N& n) { i.MaxPool(n, true); }},
      {"AveragePool", kOnnx, [](I& i, const N& n) { i.AveragePool(n, false); }},
      {"GlobalAveragePool", kOnnx, [](I& i, const N& n) { i.AveragePool(n, true); }},
      {"Concat", kOnnx, [](I& i, const N& n) { i.Concat(n); }},
      {"Flatten", kOnnx, [](I& i, const N& n) { i.Flatten(n); }},
      {"Reshape", kOnnx, [](I& i, const N& n) { i.Reshape(n); }},
      {"Squeeze", kOnnx, [](I& i, const N& n) { i.Squeeze(n); }},
      {"Identity", kOnnx, [](I& i, const N& n) { i.graph_.RequireAttributes(n, {}); }},
      {"Dropout", kOnnx, [](I& i, const N& n) { i.Dropout(n); }},
      {"QLinearConv", kOnnx, [](I& i, const N& n) { i.QLinearConv(n); }},
      {"QLinearMatMul", kOnnx, [](I& i, const N& n) { i.QLinearMatMul(n); }},
      {"QGemm", kMicrosoft, [](I& i, const N& n) { i.QGemm(n); }},
      {"QLinearConcat", kMicrosoft, [](I& i, const N& n) { i.QLinearConcat(n); }},
      {"QLinearAveragePool", kMicrosoft, [](I& i, const N& n) { i.QLinearPool(n, false); }},
      {"QLinearGlobalAveragePool", kMicrosoft, [](I& i, const N& n) { i.QLinearPool(n, true); }},
  };
  return operators;
}

void OnnxImporter::Step(const NodeProto& node) {
  const Operator* const op = FindOperator(node);
  std::vector<int> reads;  // its inputs that depend on the graph's
  for (int i = 0; i < node.input_size(); ++i) {
    if (values_.count(node.input(i)) != 0) reads.push_back(i);
  }
  const std::string name = op->name;
  if (name != "Concat" && name != "QLinearConcat") {
    if (reads.size() > 1) {
      graph_.Refuse(node,
                    fmt::format("reads two values of the graph ('{}', '{}'), of which only Concat "
                                "and QLinearConcat take several; cut the model before it",
                                node.input(reads[0]), node.input(reads[1])));
    }
    if (reads[0] > (name == "Add" ? 1 : 0)) {
      graph_.Refuse(node, fmt::format("its input {} must be a constant, but depends on the graph's "
                                      "input",
                                      reads[0]));
    }
  }
  cur_ = values_.at(node.input(reads[0]));
  op->read(*this, node);
}

const OnnxImporter::Operator* OnnxImporter::FindOperator(const NodeProto& node) const {
  const bool microsoft = node.domain() == "com.microsoft";
  const bool onnx = node.domain().empty() || node.domain() == "ai.onnx";
  std::string known;
  for (const Operator& op : Operators()) {
    const bool here = (onnx && op.domain != kMicrosoft) || (microsoft && op.domain != kOnnx);
    if (here && node.op_type() == op.name) return &op;
    known += (known.empty() ? "" : ", ") + std::string(op.name);
  }
  graph_.Refuse(
      node, "this operator is not supported; supported are " + known + "; cut the model before it");
}

void OnnxImporter::RequireInputs(const NodeProto& node, int least, int most) const {
  if (node.input_size() < least || node.input_size() > most) {
    graph_.Refuse(node,
                  fmt::format("has {} inputs, needs {} to {}", node.input_size(), least, most));
  }
}

std::string OnnxImporter::OnlyOutput(const NodeProto& node) const {
  for (int i = 1; i < node.output_size(); ++i) {
    const std::string& value = node.output(i);
    if (!value.empty() && (value == graph_.output() || !graph_.Consumers(value).empty())) {
      graph_.Refuse(node, "a second output of it is used; only the first is supported");
    }
  }
  if (node.output_size() == 0 || node.output(0).empty()) graph_.Refuse(node, "has no output");
  return node.output(0);
}

void OnnxImporter::Meet(const NodeProto& node, const ActivationParams& params) {
  if (cur_.state != State::kQuantized)
    graph_.Refuse(node, "its input is real; QuantizeLinear must come before");
  if (!scale_known_) {
    if (params.type != cur_.type)
      graph_.Refuse(node, "its zero point and its input differ in type");
    for (Tensor& tensor : model_.tensors) SetParams(tensor, params);
    scale_known_ = true;
  }
  if (params.scale != back().scale || params.zero_point != back().zero_point ||
      params.type != cur_.type) {
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
  graph_.RequireAttributes(node, {"axis", "saturate", "output_dtype", "block_size"});
  const ActivationParams params =
      ReadActivationParams(graph_, node, node.input(1), InputName(node, 2));
  switch (cur_.state) {
    case State::kQuantized:
      graph_.Refuse(node, "its input is quantized already");
    case State::kRealInput:
      if (scale_known_ && (params.scale != back().scale || params.zero_point != back().zero_point ||
                           params.type != back().boundary)) {
        graph_.Refuse(node, "quantizes the graph's input a second time, in another way");
      }
      SetParams(back(), params);
      scale_known_ = true;
      break;
    case State::kGrid:
      if (params.scale != back().scale || params.zero_point != back().zero_point) {
        if (cur_.off_grid != nullptr) RefuseOffGrid();
        Rescale(node, params);
      }
      cur_.off_grid = nullptr;
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

void OnnxImporter::Rescale(const NodeProto& node, const ActivationParams& params) {
  Layer layer;
  layer.kind = LayerKind::kAveragePool;
  const Tensor in = back();
  Append(node, std::move(layer), in.c, in.h, in.w);
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
  cur_.state = State::kGrid;
}

Layer& OnnxImporter::Append(const NodeProto& node, Layer layer, int64_t c, int64_t h, int64_t w) {
  return Append(node, std::move(layer), {cur_.tensor}, c, h, w);
}

Layer& OnnxImporter::Append(const NodeProto& node, Layer layer, std::vector<int> inputs, int64_t c,
                            int64_t h, int64_t w) {
  if (c < 1 || c > kMaxChannels || h < 1 || h > kMaxSide || w < 1 || w > kMaxSide ||
      c * h * w > kMaxTensorElements) {
    graph_.Refuse(node,
                  fmt::format("its output would be {} x {} x {}, which is not supported", c, h, w));
  }
  layer.name = graph_.Name(node);
  layer.op = graph_.Operator(node);
  Tensor out = model_.tensors[inputs[0]];
  out.name = OnlyOutput(node);
  out.c = static_cast<int>(c);
  out.h = static_cast<int>(h);
  out.w = static_cast<int>(w);
  cur_.tensor = systole::Append(model_, std::move(layer), std::move(inputs), std::move(out));
  cur_.shared = false;
  if (cur_.state == State::kOpen) cur_.open.push_back(cur_.tensor);
  return Maker();
}

void OnnxImporter::Open(const NodeProto& node) {
  cur_.open = {cur_.tensor};
  cur_.state = State::kOpen;
  cur_.last_real = &node;
}

void OnnxImporter::RequireGrid(const NodeProto& node) const {
  if (cur_.state != State::kGrid) {
    graph_.Refuse(
        node,
        cur_.state == State::kQuantized
            ? "its input is quantized; DequantizeLinear must come before"
            : "its input is not quantized; QuantizeLinear and DequantizeLinear must come before");
  }
  if (cur_.off_grid != nullptr) RefuseOffGrid();
}

void OnnxImporter::RefuseOffGrid() const {
  graph_.Refuse(*cur_.off_grid, "clips between two quantized values; QuantizeLinear must follow");
}

}  // namespace systole
