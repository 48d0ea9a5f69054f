#include "sw/model/onnx_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>
#include <queue>
#include <unordered_set>

#include "sw/base/error.h"
#include "sw/model/check.h"

namespace systole {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;
using onnx::TensorProto;

// Text from the file: printable and short, so that a message stays one line.
std::string Printable(const std::string& text, size_t longest = 120) {
  std::string clean = text.substr(0, longest);
  for (char& c : clean) {
    if (c < 0x20 || c > 0x7E) c = '?';
  }
  return clean;
}

template <typename T, typename Out>
bool CopyRaw(const std::string& raw, size_t count, std::vector<Out>& out) {
  if (raw.size() != count * sizeof(T)) return false;
  out.resize(count);
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
    if constexpr (sizeof(T) > sizeof(Out)) {
      if (value < INT32_MIN || value > INT32_MAX) return false;
    }
    out[i] = static_cast<Out>(value);
  }
  return true;
}

template <typename Field, typename Out>
bool CopyField(const Field& field, size_t count, int64_t lo, int64_t hi, std::vector<Out>& out) {
  if (static_cast<size_t>(field.size()) != count) return false;
  out.reserve(count);
  for (const auto value : field) {
    if constexpr (!std::is_same_v<Out, float>) {
      if (value < lo || value > hi) return false;
    }
    out.push_back(static_cast<Out>(value));
  }
  return true;
}

// Empty on success, else what is wrong.
std::string Decode(const TensorProto& tensor, Constant& constant) {
  if (tensor.data_location() == TensorProto::EXTERNAL) {
    return "is stored outside the file; save the model as one file";
  }
  constant.type = tensor.data_type();
  int64_t count = 1;
  for (const int64_t dim : tensor.dims()) {
    if (dim < 0) return fmt::format("has the negative dimension {}", dim);
    if (dim > kMaxWeightElements)
      return fmt::format("has the dimension {}, which is too large", dim);
    count *= dim;  // both factors are at most 2^29
    if (count > kMaxWeightElements)
      return fmt::format("has more than {} elements", kMaxWeightElements);
    constant.dims.push_back(dim);
  }
  bool good = false;
  const bool raw = tensor.has_raw_data();
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      good = raw ? CopyRaw<float>(tensor.raw_data(), count, constant.reals)
                 : CopyField(tensor.float_data(), count, 0, 0, constant.reals);
      break;
    case TensorProto::INT8:
      good = raw ? CopyRaw<int8_t>(tensor.raw_data(), count, constant.integers)
                 : CopyField(tensor.int32_data(), count, -128, 127, constant.integers);
      break;
    case TensorProto::UINT8:
      good = raw ? CopyRaw<uint8_t>(tensor.raw_data(), count, constant.integers)
                 : CopyField(tensor.int32_data(), count, 0, 255, constant.integers);
      break;
    case TensorProto::INT32:
      good = raw ? CopyRaw<int32_t>(tensor.raw_data(), count, constant.integers)
                 : CopyField(tensor.int32_data(), count, INT32_MIN, INT32_MAX, constant.integers);
      break;
    case TensorProto::INT64:
      good = raw ? CopyRaw<int64_t>(tensor.raw_data(), count, constant.integers)
                 : CopyField(tensor.int64_data(), count, INT32_MIN, INT32_MAX, constant.integers);
      break;
    default:
      return fmt::format("is {}; float, int8, uint8, int32 and int64 are read",
                         ElementTypeName(tensor.data_type()));
  }
  return good ? "" : fmt::format("does not hold the {} values of its shape and type", count);
}

}  // namespace

std::string ElementTypeName(int type) {
  // From 17 on: younger than the ONNX that Debian 12 has.
  static const char* const kYounger[] = {"FLOAT8E4M3FN",   "FLOAT8E4M3FNUZ", "FLOAT8E5M2",
                                         "FLOAT8E5M2FNUZ", "UINT4",          "INT4",
                                         "FLOAT4E2M1"};
  if (type >= 17 && type < 17 + static_cast<int>(std::size(kYounger))) return kYounger[type - 17];
  if (TensorProto::DataType_IsValid(type)) {
    return TensorProto::DataType_Name(static_cast<TensorProto::DataType>(type));
  }
  return fmt::format("element type {}", type);
}

OnnxGraph::OnnxGraph(const uint8_t* data, size_t size, std::string file) : file_(std::move(file)) {
  const google::protobuf::LogSilencer silence;  // our message is the only one
  if (size > INT32_MAX || !proto_.ParseFromArray(data, static_cast<int>(size))) {
    Refuse("is not an ONNX file, or is truncated; export it again");
  }
  if (!proto_.has_graph() || proto_.graph().node_size() == 0)
    Refuse("holds no graph (is it an ONNX file?)");
  if (proto_.functions_size() != 0) Refuse("holds local functions; inline them on export");
  bool names_opset = false;
  for (const auto& opset : proto_.opset_import()) {
    const bool standard = opset.domain().empty() || opset.domain() == "ai.onnx";
    names_opset = names_opset || standard;
    if (standard) opset_ = opset.version();
    if (standard && opset.version() < 10) {
      Refuse(fmt::format("has opset {}; quantized models need 10 or later", opset.version()));
    }
  }
  if (!names_opset) Refuse("names no opset; the file is truncated or not ONNX");
  CheckInputs();
  IndexValues();
  CheckOutputs();
  Order();
}

void OnnxGraph::CheckInputs() {
  for (const TensorProto& tensor : graph().initializer()) {
    if (!initializers_.emplace(tensor.name(), &tensor).second) {
      Refuse(fmt::format("initializer '{}' is defined twice", Printable(tensor.name())));
    }
  }
  for (const auto& input : graph().input()) {
    if (initializers_.count(input.name()) != 0)
      continue;  // older files list initializers as inputs
    if (input_ != nullptr) {
      Refuse(fmt::format("has several inputs ('{}', '{}'); one is supported",
                         Printable(input_->name()), Printable(input.name())));
    }
    input_ = &input;
  }
  if (input_ == nullptr) Refuse("has no input");
}

void OnnxGraph::CheckOutputs() {
  if (graph().output_size() == 0) Refuse("has no output");
  std::unordered_set<std::string> names;
  for (const auto& output : graph().output()) {
    const std::string& name = output.name();
    if (name == input_->name() || producers_.count(name) == 0) {
      Refuse(fmt::format("output '{}' is made by no node", Printable(name)));
    }
    if (!names.insert(name).second) {
      Refuse(fmt::format("names the output '{}' twice", Printable(name)));
    }
  }
}

bool OnnxGraph::IsOutput(const std::string& value) const {
  return std::any_of(graph().output().begin(), graph().output().end(),
                     [&](const auto& output) { return output.name() == value; });
}

void OnnxGraph::IndexValues() {
  for (const NodeProto& node : graph().node()) {
    for (const std::string& value : node.output()) {
      if (value.empty()) continue;
      if (value == input_->name() || initializers_.count(value) != 0 ||
          !producers_.emplace(value, &node).second) {
        Refuse(node, fmt::format("defines the value '{}' a second time", Printable(value)));
      }
    }
  }
  for (const NodeProto& node : graph().node()) {
    for (const std::string& value : node.input()) {
      if (value.empty()) continue;  // an optional input left out
      if (value != input_->name() && initializers_.count(value) == 0 &&
          producers_.count(value) == 0) {
        Refuse(node,
               fmt::format(
                   "its input '{}' is missing: no initializer, graph input or node of that name",
                   Printable(value)));
      }
      auto& readers = consumers_[value];
      if (readers.empty() || readers.back() != &node) readers.push_back(&node);
    }
  }
}

void OnnxGraph::Order() {
  // Nodes whose inputs are all made, until none is left.
  const int count = graph().node_size();
  std::unordered_map<const NodeProto*, int> index;
  std::vector<int> waiting(count);
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < count; ++i) {
    const NodeProto& node = graph().node(i);
    index[&node] = i;
    std::unordered_set<std::string> made;
    for (const std::string& value : node.input()) {
      if (producers_.count(value) != 0) made.insert(value);
    }
    waiting[i] = static_cast<int>(made.size());
    if (made.empty()) ready.push(i);
  }
  while (!ready.empty()) {
    const NodeProto& node = graph().node(ready.top());
    ready.pop();
    ordered_.push_back(&node);
    for (const std::string& value : node.output()) {
      const auto readers = consumers_.find(value);
      if (value.empty() || readers == consumers_.end()) continue;
      for (const NodeProto* reader : readers->second) {
        if (--waiting[index[reader]] == 0) ready.push(index[reader]);
      }
    }
  }
  for (int i = 0; i < count; ++i) {
    if (waiting[i] > 0) Refuse(graph().node(i), "is part of a cycle, or waits for one");
  }
}

const NodeProto* OnnxGraph::Producer(const std::string& value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? nullptr : found->second;
}

std::vector<const NodeProto*> OnnxGraph::Consumers(const std::string& value) const {
  const auto found = consumers_.find(value);
  return found == consumers_.end() ? std::vector<const NodeProto*>{} : found->second;
}

std::string OnnxGraph::Operator(const NodeProto& node) const { return Printable(node.op_type()); }

std::string OnnxGraph::Name(const NodeProto& node) const {
  if (!node.name().empty()) return Printable(node.name());
  for (int i = 0; i < graph().node_size(); ++i) {
    if (&graph().node(i) == &node) return fmt::format("{}_{}", Printable(node.op_type()), i);
  }
  return Printable(node.op_type());
}

void OnnxGraph::Refuse(const NodeProto& node, const std::string& what) const {
  throw InputError(fmt::format("{}: node '{}' ({}): {}", file_, Name(node), Operator(node),
                               Printable(what, 1000)));
}

void OnnxGraph::Refuse(const std::string& what) const {
  throw InputError(fmt::format("{}: {}", file_, Printable(what, 1000)));
}

const TensorProto* OnnxGraph::FindTensor(std::string value) const {
  for (;;) {  // ends: the graph is acyclic
    const auto found = initializers_.find(value);
    if (found != initializers_.end()) return found->second;
    const NodeProto* producer = Producer(value);
    if (producer == nullptr) return nullptr;
    if (producer->op_type() == "Identity" && producer->input_size() == 1) {
      value = producer->input(0);
      continue;
    }
    if (producer->op_type() != "Constant") return nullptr;
    for (const AttributeProto& attribute : producer->attribute()) {
      if (attribute.name() == "value" && attribute.type() == AttributeProto::TENSOR)
        return &attribute.t();
    }
    return nullptr;
  }
}

bool OnnxGraph::IsConstant(const std::string& value) const { return FindTensor(value) != nullptr; }

Constant OnnxGraph::GetConstant(const std::string& value, const NodeProto& reader) const {
  const TensorProto* tensor = FindTensor(value);
  if (tensor == nullptr)
    Refuse(reader, fmt::format("its input '{}' must be a constant", Printable(value)));
  Constant constant;
  const std::string wrong = Decode(*tensor, constant);
  if (!wrong.empty()) Refuse(reader, fmt::format("the constant '{}' {}", Printable(value), wrong));
  return constant;
}

const AttributeProto* OnnxGraph::Attribute(const NodeProto& node, const char* name,
                                           AttributeProto::AttributeType type) const {
  for (const AttributeProto& attribute : node.attribute()) {
    if (attribute.name() != name) continue;
    if (attribute.type() != type)
      Refuse(node, fmt::format("attribute '{}' has an unexpected type", name));
    return &attribute;
  }
  return nullptr;
}

int64_t OnnxGraph::Int(const NodeProto& node, const char* name, int64_t fallback) const {
  const AttributeProto* attribute = Attribute(node, name, AttributeProto::INT);
  return attribute == nullptr ? fallback : attribute->i();
}

float OnnxGraph::Float(const NodeProto& node, const char* name, float fallback) const {
  const AttributeProto* attribute = Attribute(node, name, AttributeProto::FLOAT);
  return attribute == nullptr ? fallback : attribute->f();
}

std::string OnnxGraph::String(const NodeProto& node, const char* name, const char* fallback) const {
  const AttributeProto* attribute = Attribute(node, name, AttributeProto::STRING);
  return attribute == nullptr ? fallback : Printable(attribute->s());
}

std::vector<int64_t> OnnxGraph::Ints(const NodeProto& node, const char* name,
                                     std::vector<int64_t> fallback) const {
  const AttributeProto* attribute = Attribute(node, name, AttributeProto::INTS);
  if (attribute == nullptr) return fallback;
  return {attribute->ints().begin(), attribute->ints().end()};
}

void OnnxGraph::RequireAttributes(const NodeProto& node,
                                  std::initializer_list<const char*> known) const {
  for (const AttributeProto& attribute : node.attribute()) {
    const bool found = std::any_of(known.begin(), known.end(),
                                   [&](const char* name) { return attribute.name() == name; });
    if (!found)
      Refuse(node, fmt::format("attribute '{}' is not supported", Printable(attribute.name())));
  }
}

}  // namespace systole
