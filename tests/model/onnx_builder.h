// Writes small ONNX files for tests, a node at a time.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace systole {

using Dims = std::vector<int64_t>;

class OnnxBuilder {
 public:
  // Input "x" of this type and shape; -1 is a symbolic dimension.
  OnnxBuilder(onnx::TensorProto::DataType type, const Dims& shape) {
    proto_.set_ir_version(8);
    proto_.add_opset_import()->set_version(13);
    SetValue(proto_.mutable_graph()->add_input(), "x", type, shape);
  }

  onnx::ModelProto& proto() { return proto_; }
  onnx::GraphProto& graph() { return *proto_.mutable_graph(); }

  template <typename T>
  std::string Init(const std::string& name, const Dims& dims, const std::vector<T>& values) {
    onnx::TensorProto* tensor = graph().add_initializer();
    tensor->set_name(name);
    for (int64_t dim : dims) tensor->add_dims(dim);
    if constexpr (std::is_same_v<T, float>) {
      tensor->set_data_type(onnx::TensorProto::FLOAT);
      for (float value : values) tensor->add_float_data(value);
    } else if constexpr (std::is_same_v<T, int64_t>) {
      tensor->set_data_type(onnx::TensorProto::INT64);
      for (int64_t value : values) tensor->add_int64_data(value);
    } else if constexpr (std::is_same_v<T, int32_t>) {
      tensor->set_data_type(onnx::TensorProto::INT32);
      for (int32_t value : values) tensor->add_int32_data(value);
    } else {
      static_assert(sizeof(T) == 1, "float, int64, int32, int8 or uint8");
      tensor->set_data_type(std::is_signed_v<T> ? onnx::TensorProto::INT8
                                                : onnx::TensorProto::UINT8);
      tensor->set_raw_data(std::string(values.begin(), values.end()));
    }
    return name;
  }

  // A node named "<op>_<output>" with that one output.
  onnx::NodeProto& Node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::string& output) {
    onnx::NodeProto* node = graph().add_node();
    node->set_op_type(op);
    node->set_name(op + "_" + output);
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(output);
    return *node;
  }

  static void Attribute(onnx::NodeProto& node, const std::string& name, int64_t value) {
    onnx::AttributeProto* attribute = NewAttribute(node, name, onnx::AttributeProto::INT);
    attribute->set_i(value);
  }
  static void Attribute(onnx::NodeProto& node, const std::string& name, float value) {
    NewAttribute(node, name, onnx::AttributeProto::FLOAT)->set_f(value);
  }
  static void Attribute(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    NewAttribute(node, name, onnx::AttributeProto::STRING)->set_s(value);
  }
  static void Attribute(onnx::NodeProto& node, const std::string& name, const Dims& values) {
    onnx::AttributeProto* attribute = NewAttribute(node, name, onnx::AttributeProto::INTS);
    for (int64_t value : values) attribute->add_ints(value);
  }

  // QuantizeLinear or DequantizeLinear of `input`; Z is int8_t or uint8_t.
  template <typename Z>
  std::string Quantize(const std::string& input, const std::string& output, float scale,
                       Z zero_point) {
    return Linear("QuantizeLinear", input, output, scale, zero_point);
  }
  template <typename Z>
  std::string Dequantize(const std::string& input, const std::string& output, float scale,
                         Z zero_point) {
    return Linear("DequantizeLinear", input, output, scale, zero_point);
  }
  // Both: "<output>_q" and `output`.
  template <typename Z>
  std::string Requantize(const std::string& input, const std::string& output, float scale,
                         Z zero_point) {
    return Dequantize(Quantize(input, output + "_q", scale, zero_point), output, scale, zero_point);
  }
  // A dequantized constant, per tensor or (with `axis`) per channel.
  template <typename W>
  std::string Weights(const std::string& name, const Dims& dims, const std::vector<W>& values,
                      const std::vector<float>& scales, const std::vector<W>& zero_points,
                      int64_t axis = 0) {
    Init(name + "_int", dims, values);
    const Dims vector = {static_cast<int64_t>(scales.size())};
    onnx::NodeProto& node = Node("DequantizeLinear",
                                 {name + "_int", Init(name + "_scale", vector, scales),
                                  Init(name + "_zero", vector, zero_points)},
                                 name);
    if (scales.size() > 1) Attribute(node, "axis", axis);
    return name;
  }

  OnnxBuilder& Output(const std::string& name) {
    SetValue(graph().add_output(), name, onnx::TensorProto::FLOAT, {-1, 1});
    return *this;
  }
  void Metadata(const std::string& key, const std::string& value) {
    auto* entry = proto_.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  }
  std::string Bytes() const { return proto_.SerializeAsString(); }

 private:
  static onnx::AttributeProto* NewAttribute(onnx::NodeProto& node, const std::string& name,
                                            onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(type);
    return attribute;
  }
  static void SetValue(onnx::ValueInfoProto* value, const std::string& name,
                       onnx::TensorProto::DataType type, const Dims& shape) {
    value->set_name(name);
    auto* tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    for (int64_t dim : shape) {
      auto* to = tensor->mutable_shape()->add_dim();
      if (dim < 0) {
        to->set_dim_param("N");
      } else {
        to->set_dim_value(dim);
      }
    }
  }
  template <typename Z>
  std::string Linear(const char* op, const std::string& input, const std::string& output,
                     float scale, Z zero_point) {
    Init(output + "_scale", {}, std::vector<float>{scale});
    Init(output + "_zero", {}, std::vector<Z>{zero_point});
    Node(op, {input, output + "_scale", output + "_zero"}, output);
    return output;
  }

  onnx::ModelProto proto_;
};

}  // namespace systole
