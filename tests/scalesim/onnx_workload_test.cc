// Layer tables from ONNX: a shipped model, and small graphs whose rows are worked out by hand.
#include "sw/scalesim/onnx_workload.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

// One node on an input and a weight.
class OneNode {
 public:
  OneNode(const std::string& op, std::vector<int64_t> input, std::vector<int64_t> weight) {
    model_.set_ir_version(7);
    model_.add_opset_import()->set_version(13);
    onnx::GraphProto* graph = model_.mutable_graph();
    graph->set_name("g");
    node_ = graph->add_node();
    node_->set_op_type(op);
    node_->set_name("it");
    node_->add_input("x");
    node_->add_output("y");
    auto* x = graph->add_input();
    x->set_name("x");
    x->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    for (int64_t d : input) {
      auto* dim = x->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim();
      if (d > 0) dim->set_dim_value(d);
      if (d <= 0) dim->set_dim_param("n");
    }
    auto* y = graph->add_output();
    y->set_name("y");
    y->mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    if (!weight.empty()) Constant("w", weight);
  }

  OneNode& Constant(const std::string& name, const std::vector<int64_t>& dims) {
    node_->add_input(name);
    auto* tensor = model_.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    int64_t count = 1;
    for (int64_t d : dims) {
      tensor->add_dims(d);
      count *= d;
    }
    for (int64_t i = 0; i < count; ++i) tensor->add_float_data(0);
    return *this;
  }
  OneNode& Ints(const std::string& name, const std::vector<int64_t>& values) {
    auto* attribute = node_->add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::INTS);
    for (int64_t v : values) attribute->add_ints(v);
    return *this;
  }
  OneNode& Int(const std::string& name, int64_t value) {
    auto* attribute = node_->add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::INT);
    attribute->set_i(value);
    return *this;
  }
  OneNode& Text(const std::string& name, const std::string& value) {
    auto* attribute = node_->add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::STRING);
    attribute->set_s(value);
    return *this;
  }

  std::vector<WorkloadLayer> Import() const {
    const auto path =
        std::filesystem::temp_directory_path() / ("workload." + std::to_string(getpid()) + ".onnx");
    {
      std::ofstream out(path, std::ios::binary);
      model_.SerializeToOstream(&out);
    }
    struct Remove {
      std::filesystem::path path;
      ~Remove() { std::filesystem::remove(path); }
    } remove{path};
    return WorkloadFromOnnx(path.string());
  }
  std::string Row() const {
    const std::vector<WorkloadLayer> layers = Import();
    const std::string text = WorkloadText(layers, "");
    return layers.size() == 1 ? text.substr(text.find("it,"))
                              : std::to_string(layers.size()) + " rows";
  }
  std::string Error() const {
    try {
      Import();
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  onnx::ModelProto model_;
  onnx::NodeProto* node_;
};

TEST(OnnxWorkloadTest, ShippedLeNetHasItsPublishedSize) {
  int64_t macs = 0, parameters = 0;
  for (const WorkloadLayer& l :
       WorkloadFromOnnx(std::string(SYSTOLE_MODELS) + "/lenet5-mnist/model.onnx")) {
    macs += l.Macs();
    parameters += l.Parameters();
  }
  EXPECT_EQ(macs, 416520);
  EXPECT_EQ(parameters, 61706);
}

TEST(OnnxWorkloadTest, ConvolutionKeepsGroupsStridesPaddingAndBias) {
  EXPECT_EQ(OneNode("Conv", {0, 4, 9, 8}, {6, 2, 3, 3})
                .Constant("b", {6})
                .Int("group", 2)
                .Ints("strides", {2, 1})
                .Ints("pads", {1, 0, 1, 2})
                .Row(),
            "it,conv,9,8,4,6,3,3,2,1,1,1,0,2,2,1\n");
}

TEST(OnnxWorkloadTest, SamePaddingGoesWhereItSays) {
  // 8 wide, filter 3, stride 2: 4 outputs need 7 + 2 = 9 columns, one more than there are.
  EXPECT_EQ(OneNode("Conv", {1, 1, 8, 8}, {1, 1, 3, 3})
                .Ints("strides", {2, 2})
                .Text("auto_pad", "SAME_UPPER")
                .Row(),
            "it,conv,8,8,1,1,3,3,2,2,0,1,0,1,1,0\n");
  EXPECT_EQ(OneNode("Conv", {1, 1, 8, 8}, {1, 1, 3, 3})
                .Ints("strides", {2, 2})
                .Text("auto_pad", "SAME_LOWER")
                .Row(),
            "it,conv,8,8,1,1,3,3,2,2,1,0,1,0,1,0\n");
}

TEST(OnnxWorkloadTest, OneDimensionalConvolutionHasWidthOne) {
  EXPECT_EQ(OneNode("Conv", {1, 3, 20}, {5, 3, 4}).Row(), "it,conv,20,1,3,5,4,1,1,1,0,0,0,0,1,0\n");
}

TEST(OnnxWorkloadTest, ProductsAreDenseOrOneByOneConvolutions) {
  EXPECT_EQ(OneNode("Gemm", {0, 120}, {84, 120}).Constant("b", {84}).Int("transB", 1).Row(),
            "it,dense,1,1,120,84,1,1,1,1,0,0,0,0,1,1\n");
  EXPECT_EQ(OneNode("MatMul", {1, 7, 64}, {64, 10}).Row(),
            "it,conv,7,1,64,10,1,1,1,1,0,0,0,0,1,0\n");
  EXPECT_EQ(OneNode("MatMul", {3, 7, 64}, {3, 64, 10}).Row(), "3 rows");
}

TEST(OnnxWorkloadTest, PoolingRoundedUpIsPaddedAtTheEnd) {
  // 6 wide, window 3, stride 2, ceil_mode: 3 outputs reach one column past the end.
  EXPECT_EQ(OneNode("MaxPool", {1, 5, 6, 6}, {})
                .Ints("kernel_shape", {3, 3})
                .Ints("strides", {2, 2})
                .Int("ceil_mode", 1)
                .Row(),
            "it,maxpool,6,6,5,5,3,3,2,2,0,1,0,1,5,0\n");
  EXPECT_EQ(OneNode("GlobalAveragePool", {1, 5, 7, 4}, {}).Row(),
            "it,avgpool,7,4,5,5,7,4,1,1,0,0,0,0,5,0\n");
}

TEST(OnnxWorkloadTest, WhatHasNoRowIsRefusedByName) {
  EXPECT_NE(OneNode("Conv", {1, 1, 8, 8}, {1, 1, 3, 3})
                .Ints("dilations", {2, 2})
                .Error()
                .find("'it' (Conv): dilations"),
            std::string::npos);
  EXPECT_NE(OneNode("Conv", {4, 1, 8, 8}, {1, 1, 3, 3}).Error().find("4 images at once"),
            std::string::npos);
  EXPECT_NE(OneNode("Conv", {1, 1, 8, 0}, {1, 1, 3, 3})
                .Error()
                .find("is unknown; give the inputs fixed shapes"),
            std::string::npos);
  EXPECT_NE(OneNode("ConvTranspose", {1, 1, 8, 8}, {1, 1, 3, 3}).Error().find("no row"),
            std::string::npos);
  EXPECT_THROW(WorkloadFromOnnx("no such file"), InputError);
}

}  // namespace
}  // namespace systole::scalesim
