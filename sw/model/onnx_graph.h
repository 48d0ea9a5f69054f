// An ONNX file as a checked graph: every value has one producer, nothing is missing, nothing is
// cyclic. Knows nothing of quantization.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace systole {

// A decoded initializer. Reals for FLOAT, integers for INT8, UINT8, INT32, INT64 (which must fit 32
// bits).
struct Constant {
  int type = 0;  // onnx::TensorProto::DataType
  std::vector<int64_t> dims;
  std::vector<float> reals;
  std::vector<int32_t> integers;

  size_t Size() const { return type == onnx::TensorProto::FLOAT ? reals.size() : integers.size(); }
};

// "INT16", "UINT4", ... as ONNX spells them; "element type 99" for a number without a name.
std::string ElementTypeName(int type);

class OnnxGraph {
 public:
  // `file` starts every message. Throws InputError if the bytes are not a graph of one real input
  // and outputs that nodes make, whose values are all defined once and without a cycle.
  OnnxGraph(const uint8_t* data, size_t size, std::string file);

  const onnx::GraphProto& graph() const { return proto_.graph(); }
  const onnx::ModelProto& proto() const { return proto_; }
  const onnx::ValueInfoProto& input() const { return *input_; }
  bool IsOutput(const std::string& value) const;
  // Version of the standard operators.
  int64_t Opset() const { return opset_; }
  const std::string& file() const { return file_; }

  // The node that makes a value, or null for an initializer or the input.
  const onnx::NodeProto* Producer(const std::string& value) const;
  // All nodes that read a value.
  std::vector<const onnx::NodeProto*> Consumers(const std::string& value) const;

  // All nodes in topological order: of those whose inputs are made, the first in the file.
  const std::vector<const onnx::NodeProto*>& ordered() const { return ordered_; }

  // The operator, printable.
  std::string Operator(const onnx::NodeProto& node) const;
  // The name in the file, or op_type_index where the file has none.
  std::string Name(const onnx::NodeProto& node) const;
  // Throws InputError "<file>: node '<name>' (<operator>): <what>".
  [[noreturn]] void Refuse(const onnx::NodeProto& node, const std::string& what) const;
  [[noreturn]] void Refuse(const std::string& what) const;

  // Initializers and Constant nodes, also through Identity. `reader` is blamed if it is no constant
  // or not decodable.
  bool IsConstant(const std::string& value) const;
  Constant GetConstant(const std::string& value, const onnx::NodeProto& reader) const;

  // Attributes, with ONNX's default where the node has none. Refused: another type.
  int64_t Int(const onnx::NodeProto& node, const char* name, int64_t fallback) const;
  float Float(const onnx::NodeProto& node, const char* name, float fallback) const;
  std::string String(const onnx::NodeProto& node, const char* name, const char* fallback) const;
  std::vector<int64_t> Ints(const onnx::NodeProto& node, const char* name,
                            std::vector<int64_t> fallback) const;
  // Refuses attributes that are not in the list: what is not understood is not ignored.
  void RequireAttributes(const onnx::NodeProto& node,
                         std::initializer_list<const char*> known) const;

 private:
  void CheckInputs();
  void CheckOutputs();
  void IndexValues();
  void Order();
  const onnx::AttributeProto* Attribute(const onnx::NodeProto& node, const char* name,
                                        onnx::AttributeProto::AttributeType type) const;
  const onnx::TensorProto* FindTensor(std::string value) const;

  std::string file_;
  int64_t opset_ = 0;
  onnx::ModelProto proto_;
  const onnx::ValueInfoProto* input_ = nullptr;
  std::unordered_map<std::string, const onnx::TensorProto*> initializers_;
  std::unordered_map<std::string, const onnx::NodeProto*> producers_;
  std::unordered_map<std::string, std::vector<const onnx::NodeProto*>> consumers_;
  std::vector<const onnx::NodeProto*> ordered_;
};

}  // namespace systole
