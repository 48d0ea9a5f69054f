#include "sw/model/onnx_import.h"

#include <fmt/format.h>

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

constexpr char kSupported[] =
    "QuantizeLinear, DequantizeLinear, Conv, Gemm, MatMul, Add (of a bias), Relu, Clip, MaxPool, "
    "AveragePool, "
    "GlobalMaxPool, GlobalAveragePool, Flatten, Reshape, Squeeze, Identity, Dropout, QLinearConv, "
    "QLinearMatMul, "
    "QGemm, QLinearAveragePool, QLinearGlobalAveragePool";

}  // namespace

Model ImportOnnx(const uint8_t* data, size_t size, const std::string& file) {
  const OnnxGraph graph(data, size, file);
  return OnnxImporter(graph).Import();
}

Model OnnxImporter::Import() {
  ReadMetadata();
  ReadInput();
  std::string value = graph_.input().name();
  while (true) {
    const std::vector<const NodeProto*> consumers = graph_.Consumers(value);
    if (value == graph_.output()) {
      if (!consumers.empty())
        graph_.Refuse(*consumers[0], "reads the graph's output; only chains are supported");
      break;
    }
    if (consumers.empty()) graph_.Refuse(fmt::format("value '{}' leads nowhere", value));
    if (consumers.size() > 1) {
      graph_.Refuse(
          *consumers[1],
          fmt::format("branches off: node '{}' reads the same value; only chains are supported",
                      graph_.Name(*consumers[0])));
    }
    const NodeProto& node = *consumers[0];
    Step(node, value);
    value = OnlyOutput(node);
  }
  if (state_ == State::kOpen) {
    graph_.Refuse(*last_real_, "its output is not quantized; QuantizeLinear must follow");
  }
  if (state_ == State::kRealInput) graph_.Refuse("quantizes nothing");
  if (off_grid_ != nullptr) RefuseOffGrid();
  if (!model_.layers.empty()) back().boundary = type_;
  for (Layer& layer : model_.layers) {
    if (layer.kind == LayerKind::kAveragePool && (layer.kernel_h > 1 || layer.kernel_w > 1))
      layer.average = average_;
  }
  CheckModel(model_);
  return std::move(model_);
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
  back().name = graph_.input().name();
  SetInputDims(dims);
  switch (type.tensor_type().elem_type()) {
    case TensorProto::FLOAT:
      state_ = State::kRealInput;
      model_.quantizes_images = true;
      break;
    case TensorProto::UINT8:
    case TensorProto::INT8:
      state_ = State::kQuantized;
      back().boundary = type_ =
          type.tensor_type().elem_type() == TensorProto::UINT8 ? DType::kUint8 : DType::kInt8;
      break;
    default:
      graph_.Refuse("its input must be float, uint8 or int8");
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
  flat_ = dims.size() == 1;
}

void OnnxImporter::Step(const NodeProto& node, const std::string& value) {
  const std::string& op = node.op_type();
  const bool microsoft = node.domain() == "com.microsoft";
  if (!node.domain().empty() && node.domain() != "ai.onnx" && !microsoft) RefuseOperator(node);
  const bool either = op == "Add";
  for (int i = either ? 2 : 1; i < node.input_size(); ++i) {
    if (node.input(i) == value)
      graph_.Refuse(node, fmt::format("reads the chain's value as its input {}", i));
  }
  if (microsoft) {
    if (op == "QuantizeLinear") return Quantize(node);
    if (op == "DequantizeLinear") return Dequantize(node);
    if (op == "QGemm") return QGemm(node);
    if (op == "QLinearAveragePool") return QLinearPool(node, false);
    if (op == "QLinearGlobalAveragePool") return QLinearPool(node, true);
    RefuseOperator(node);
  }
  if (op == "QuantizeLinear") return Quantize(node);
  if (op == "DequantizeLinear") return Dequantize(node);
  if (op == "Conv") return Conv(node);
  if (op == "Gemm") return Gemm(node);
  if (op == "MatMul") return MatMul(node);
  if (op == "Add") return AddBias(node, value);
  if (op == "Relu") return Relu(node);
  if (op == "Clip") return Clip(node);
  if (op == "MaxPool") return MaxPool(node, false);
  if (op == "GlobalMaxPool") return MaxPool(node, true);
  if (op == "AveragePool") return AveragePool(node, false);
  if (op == "GlobalAveragePool") return AveragePool(node, true);
  if (op == "QLinearConv") return QLinearConv(node);
  if (op == "QLinearMatMul") return QLinearMatMul(node);
  if (op == "Flatten") return Flatten(node);
  if (op == "Reshape") return Reshape(node);
  if (op == "Squeeze") return Squeeze(node);
  if (op == "Identity") return graph_.RequireAttributes(node, {});
  if (op == "Dropout") return Dropout(node);
  RefuseOperator(node);
}

void OnnxImporter::RefuseOperator(const NodeProto& node) const {
  graph_.Refuse(node, fmt::format("this operator is not supported; supported are {}", kSupported));
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
      graph_.Refuse(node, "a second output of it is used; only chains are supported");
    }
  }
  if (node.output_size() == 0 || node.output(0).empty()) graph_.Refuse(node, "has no output");
  return node.output(0);
}

void OnnxImporter::Meet(const NodeProto& node, const ActivationParams& params) {
  if (state_ != State::kQuantized)
    graph_.Refuse(node, "its input is real; QuantizeLinear must come before");
  if (!scale_known_) {
    if (params.type != type_) graph_.Refuse(node, "its zero point and its input differ in type");
    for (Tensor& tensor : model_.tensors) SetParams(tensor, params);
    scale_known_ = true;
  }
  if (params.scale != back().scale || params.zero_point != back().zero_point ||
      params.type != type_) {
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
  switch (state_) {
    case State::kQuantized:
      graph_.Refuse(node, "its input is quantized already");
    case State::kRealInput:
      SetParams(back(), params);
      scale_known_ = true;
      break;
    case State::kGrid:
      if (params.scale != back().scale || params.zero_point != back().zero_point) {
        if (off_grid_ != nullptr) RefuseOffGrid();
        Rescale(node, params);
      }
      off_grid_ = nullptr;
      break;
    case State::kOpen:
      for (size_t i = open_; i < model_.tensors.size(); ++i) SetParams(model_.tensors[i], params);
      for (const RealClamp& clamp : clamps_) {
        Clamp(model_.layers[clamp.layer], QuantizeReal(clamp.lo, back()),
              QuantizeReal(clamp.hi, back()));
      }
      clamps_.clear();
      break;
  }
  type_ = params.type;
  state_ = State::kQuantized;
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
  if (InputName(node, 2).empty() && type_ == DType::kInt8) {
    params.type = DType::kInt8;  // without a zero point the input's type counts
    params.zero_point = 0;
  }
  Meet(node, params);
  state_ = State::kGrid;
}

Layer& OnnxImporter::Append(const NodeProto& node, Layer layer, int64_t c, int64_t h, int64_t w) {
  if (c < 1 || c > kMaxChannels || h < 1 || h > kMaxSide || w < 1 || w > kMaxSide ||
      c * h * w > kMaxTensorElements) {
    graph_.Refuse(node,
                  fmt::format("its output would be {} x {} x {}, which is not supported", c, h, w));
  }
  layer.name = graph_.Name(node);
  Tensor out = back();
  out.name = OnlyOutput(node);
  out.c = static_cast<int>(c);
  out.h = static_cast<int>(h);
  out.w = static_cast<int>(w);
  layer.op = node.op_type();
  systole::Append(model_, std::move(layer), {static_cast<int>(model_.tensors.size()) - 1},
                  std::move(out));
  return model_.layers.back();
}

void OnnxImporter::Open(const NodeProto& node) {
  open_ = model_.tensors.size() - 1;
  state_ = State::kOpen;
  last_real_ = &node;
}

void OnnxImporter::RequireGrid(const NodeProto& node) const {
  if (state_ != State::kGrid) {
    graph_.Refuse(
        node,
        state_ == State::kQuantized
            ? "its input is quantized; DequantizeLinear must come before"
            : "its input is not quantized; QuantizeLinear and DequantizeLinear must come before");
  }
  if (off_grid_ != nullptr) RefuseOffGrid();
}

void OnnxImporter::RefuseOffGrid() const {
  graph_.Refuse(*off_grid_, "clips between two quantized values; QuantizeLinear must follow");
}

}  // namespace systole
