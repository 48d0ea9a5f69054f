// Before the walk: metadata, and the graph's input.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <numeric>

#include "sw/model/check.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::TensorProto;

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
      FindInputParams();
      break;
    default:
      graph_.Refuse(fmt::format("its input is {}; float, uint8 and int8 are supported",
                                ElementTypeName(type.tensor_type().elem_type())));
  }
}

void OnnxImporter::FindInputParams() {
  std::vector<std::string> same = {graph_.input().name()};  // values of the input's scale
  for (size_t next = 0; next < same.size() && !scale_known_; ++next) {
    for (const onnx::NodeProto* node : graph_.Consumers(same[next])) {
      const std::string& op = node->op_type();
      const auto at =
          static_cast<int>(std::find(node->input().begin(), node->input().end(), same[next]) -
                           node->input().begin());
      if (op == "DequantizeLinear" || op.rfind("QLinear", 0) == 0 || op == "QGemm") {
        if (node->input_size() <= at + 2 || !graph_.IsConstant(node->input(at + 1)) ||
            !graph_.IsConstant(node->input(at + 2)))
          continue;
        Meet(*node, ReadActivationParams(graph_, *node, node->input(at + 1), node->input(at + 2)));
        return;
      }
      for (const char* keeps : {"Pad", "MaxPool", "GlobalMaxPool", "Relu", "Clip", "Concat",
                                "Flatten", "Reshape", "Identity"}) {
        if (op != keeps || node->output_size() == 0) continue;
        if (std::find(same.begin(), same.end(), node->output(0)) == same.end())
          same.push_back(node->output(0));
      }
    }
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

}  // namespace systole
