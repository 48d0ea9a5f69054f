#include "sw/model/tflite_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sw/base/error.h"
#include "sw/model/check.h"
#include "sw/model/tflite_names.h"

namespace systole {
namespace {

constexpr size_t kMostRank = 8;
constexpr int kCustom = 32;  // a code

// Byte by byte: the verifier does not look at the alignment of elements.
template <typename T>
std::vector<T> Values(const flatbuffers::Vector<T>* list) {
  if (list == nullptr || list->size() == 0) return {};
  std::vector<T> values(list->size());
  std::memcpy(values.data(), list->Data(), values.size() * sizeof(T));
  return values;
}

template <typename T>
size_t SizeOf(const flatbuffers::Vector<T>* list) {
  return list == nullptr ? 0 : list->size();
}

std::string Printable(std::string text) {
  for (char& c : text) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return text;
}

}  // namespace

std::string TfliteTensor::Label() const {
  constexpr size_t kLongest = 120;
  return name.size() <= kLongest ? name : name.substr(0, kLongest) + "...";
}

std::string ListText(const std::vector<int64_t>& numbers, const char* between) {
  if (numbers.empty()) return "a scalar";
  std::string text;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) text += between;
    text += std::to_string(numbers[i]);
  }
  return text;
}

TfliteFile::TfliteFile(const uint8_t* data, size_t size, std::string file)
    : data_(data), size_(size), file_(std::move(file)) {
  if (size < 8 || size >= FLATBUFFERS_MAX_BUFFER_SIZE || !tflite::ModelBufferHasIdentifier(data)) {
    Refuse("is no TensorFlow Lite file, whose bytes 5 to 8 are TFL3");
  }
  flatbuffers::Verifier verifier(data, size);
  if (!tflite::VerifyModelBuffer(verifier)) {
    Refuse("is damaged or truncated; convert or copy it again");
  }
  const tflite::Model& model = *tflite::GetModel(data);
  if (model.version() != 3) Refuse(fmt::format("has version {}; 3 is read", model.version()));
  if (SizeOf(model.subgraphs()) == 0) Refuse("holds no graph");
  const tflite::SubGraph& graph = *model.subgraphs()->Get(0);
  ReadTensors(model, graph);
  ReadOperators(model, graph);
  inputs_ = Indices(graph.inputs(), 0, "an input of the graph");
  outputs_ = Indices(graph.outputs(), 0, "an output of the graph");
}

void TfliteFile::ReadTensors(const tflite::Model& model, const tflite::SubGraph& graph) {
  for (size_t t = 0; t < SizeOf(graph.tensors()); ++t) {
    const tflite::Tensor& from = *graph.tensors()->Get(static_cast<uint32_t>(t));
    TfliteTensor to;
    if (from.name() != nullptr) to.name = Printable(from.name()->str());
    const std::string where = fmt::format("tensor {} ('{}')", t, to.Label());
    to.type = from.type();
    to.is_sparse = from.sparsity() != nullptr;
    if (SizeOf(from.shape()) > kMostRank) {
      Refuse(
          fmt::format("{} has {} dimensions; {} are read", where, from.shape()->size(), kMostRank));
    }
    int64_t elements = 1;
    for (const int32_t dim : Values(from.shape())) {
      if (dim < 0 || dim > kMaxWeightElements || (elements *= dim) > kMaxWeightElements) {
        Refuse(
            fmt::format("{} has the dimension {}; a tensor's dimensions must be fixed, its "
                        "elements at most {}",
                        where, dim, kMaxWeightElements));
      }
      to.dims.push_back(dim);
    }
    if (const auto* quantization = from.quantization()) {
      to.scales = Values(quantization->scale());
      to.zero_points = Values(quantization->zero_point());
      to.axis = quantization->quantized_dimension();
    }
    if (from.buffer() >= SizeOf(model.buffers())) {
      Refuse(fmt::format("{} has no buffer {}", where, from.buffer()));
    }
    const tflite::Buffer& buffer = *model.buffers()->Get(from.buffer());
    if (buffer.offset() > 1) {
      Refuse(fmt::format("{} is stored outside the graph; files below 2 GB are read", where));
    }
    if (SizeOf(buffer.data()) > 0) {
      to.data = buffer.data()->data();
      to.bytes = buffer.data()->size();
    }
    tensors_.push_back(std::move(to));
  }
}

void TfliteFile::ReadOperators(const tflite::Model& model, const tflite::SubGraph& graph) {
  for (size_t i = 0; i < SizeOf(graph.operators()); ++i) {
    Operator op;
    op.index = static_cast<int>(i);
    op.raw = graph.operators()->Get(static_cast<uint32_t>(i));
    const std::string where = fmt::format("operator {}", i);
    if (op.raw->opcode_index() >= SizeOf(model.operator_codes())) {
      Refuse(fmt::format("{} has the code {} of {}", where, op.raw->opcode_index(),
                         SizeOf(model.operator_codes())));
    }
    const tflite::OperatorCode& code = *model.operator_codes()->Get(op.raw->opcode_index());
    // Files from before there were more than 127 operators have the older field alone.
    op.code = std::max<int>(code.builtin_code(), code.deprecated_builtin_code());
    if (op.code == kCustom && code.custom_code() != nullptr) {
      op.custom = Printable(code.custom_code()->str());
    }
    op.inputs = Indices(op.raw->inputs(), -1, where);
    op.outputs = Indices(op.raw->outputs(), 0, where);
    if (op.outputs.empty()) Refuse(where + " has no output");
    operators_.push_back(std::move(op));
  }
}

std::vector<int> TfliteFile::Indices(const flatbuffers::Vector<int32_t>* list, int least,
                                     const std::string& what) const {
  std::vector<int> indices = Values(list);
  for (int index : indices) {
    if (index < least || index >= static_cast<int>(tensors_.size())) {
      Refuse(fmt::format("{} names tensor {} of {}", what, index, tensors_.size()));
    }
  }
  return indices;
}

std::string TfliteFile::OperatorName(const Operator& op) {
  if (!op.custom.empty()) return "CUSTOM " + op.custom;
  return TfliteOperatorName(op.code);
}

const TfliteTensor& TfliteFile::Constant(const Operator& op, int tensor, const char* what,
                                         size_t element) const {
  if (tensor < 0) Refuse(op, fmt::format("{} are left out", what));
  const TfliteTensor& constant = tensors_[tensor];
  if (!constant.IsConstant()) {
    Refuse(op, fmt::format("{} ('{}') must be constant", what, constant.Label()));
  }
  if (constant.is_sparse) {
    Refuse(op, fmt::format("{} are stored as a sparse tensor; convert without sparsity", what));
  }
  int64_t elements = 1;
  for (int64_t dim : constant.dims) elements *= dim;
  if (constant.bytes != static_cast<size_t>(elements) * element) {
    Refuse(op, fmt::format("{} have {} bytes, not {}", what, constant.bytes, elements * element));
  }
  return constant;
}

std::vector<int64_t> TfliteFile::Integers(const Operator& op, int tensor, const char* what) const {
  const bool wide = tensor >= 0 && tensors_[tensor].type == kTfliteInt64;
  const TfliteTensor& constant = Constant(op, tensor, what, wide ? 8 : 4);
  if (!wide && constant.type != kTfliteInt32) {
    Refuse(op,
           fmt::format("{} are {}; INT32 and INT64 are read", what, TfliteTypeName(constant.type)));
  }
  std::vector<int64_t> values;
  for (size_t at = 0; at < constant.bytes; at += wide ? 8 : 4) {
    int32_t narrow = 0;
    int64_t value = 0;
    if (wide) {
      std::memcpy(&value, constant.data + at, 8);
    } else {
      std::memcpy(&narrow, constant.data + at, 4);
      value = narrow;
    }
    values.push_back(value);
  }
  return values;
}

std::vector<int8_t> TfliteFile::Bytes(const Operator& op, int tensor, const char* what) const {
  const TfliteTensor& constant = Constant(op, tensor, what, 1);
  if (constant.type != kTfliteInt8 && constant.type != kTfliteUint8) {
    Refuse(op,
           fmt::format("{} are {}; INT8 and UINT8 are read", what, TfliteTypeName(constant.type)));
  }
  std::vector<int8_t> values(constant.bytes);
  const uint8_t flip = constant.type == kTfliteUint8 ? 0x80 : 0;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<int8_t>(constant.data[i] ^ flip);
  }
  return values;
}

void TfliteFile::Refuse(const std::string& what) const { throw InputError(file_ + ": " + what); }

void TfliteFile::Refuse(const Operator& op, const std::string& what) const {
  Refuse(fmt::format("operator {} ({}, makes '{}'): {}", op.index, OperatorName(op),
                     tensors_[op.outputs[0]].Label(), what));
}

}  // namespace systole
