#include "sw/scalesim/onnx_workload.h"

#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <cstdio>
#include <map>
#include <set>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"

namespace systole::scalesim {
namespace {

using Shape = std::vector<int64_t>;  // -1: unknown

Shape ShapeOf(const onnx::TypeProto& type) {
  Shape shape;
  for (const auto& dim : type.tensor_type().shape().dim())
    shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
  return shape;
}

// Where a node's operands stand among its inputs.
struct Operands {
  int data, weight, bias;  // -1: none
};

class Importer {
 public:
  explicit Importer(const std::string& path) : path_(path) {
    std::ifstream in(path, std::ios::binary);
    if (!in || !model_.ParseFromIstream(&in) || model_.graph().node_size() == 0) {
      throw InputError(path + ": not an ONNX model");
    }
    for (const auto& tensor : model_.graph().initializer()) {
      shapes_[tensor.name()] = Shape(tensor.dims().begin(), tensor.dims().end());
    }
    FixBatch();
    try {
      onnx::shape_inference::InferShapes(model_);
    } catch (const std::exception& error) {
      throw InputError(path + ": shape inference failed: " + FirstLine(error.what()));
    }
    const auto add = [this](const auto& values) {
      for (const auto& value : values) {
        if (value.type().tensor_type().has_shape())
          shapes_.emplace(value.name(), ShapeOf(value.type()));
      }
    };
    add(model_.graph().input());
    add(model_.graph().value_info());
    add(model_.graph().output());
  }

  std::vector<WorkloadLayer> Run() {
    for (const onnx::NodeProto& node : model_.graph().node()) {
      const std::string& op = node.op_type();
      if (op == "Conv" || op == "ConvInteger") {
        Convolution(node, {0, 1, op == "Conv" ? 2 : -1});
      } else if (op == "QLinearConv") {
        Convolution(node, {0, 3, 8});
      } else if (op == "Gemm") {
        Product(node, {0, 1, 2}, Int(node, "transA"), Int(node, "transB"));
      } else if (op == "QGemm") {
        Product(node, {0, 3, 6}, Int(node, "transA"), Int(node, "transB"));
      } else if (op == "MatMul" || op == "MatMulInteger") {
        Product(node, {0, 1, -1}, false, false);
      } else if (op == "QLinearMatMul") {
        Product(node, {0, 3, -1}, false, false);
      } else if (op == "MaxPool" || op == "AveragePool" || op == "GlobalMaxPool" ||
                 op == "GlobalAveragePool") {
        Pool(node);
      } else if (op == "BatchNormalization") {
        Norm(node);
      } else if (op == "ConvTranspose" || op == "DeformConv" || op == "LSTM" || op == "GRU" ||
                 op == "RNN") {
        Refuse(node, "this operator has no row in a layer table");
      }
    }
    return std::move(layers_);
  }

 private:
  static std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

  [[noreturn]] void Refuse(const onnx::NodeProto& node, const std::string& what) const {
    throw InputError(path_ + ": node '" + (node.name().empty() ? node.output(0) : node.name()) +
                     "' (" + node.op_type() + "): " + what);
  }

  // An open first dimension of an input that is no initializer is one image.
  void FixBatch() {
    for (auto& input : *model_.mutable_graph()->mutable_input()) {
      if (shapes_.count(input.name())) continue;
      auto* shape = input.mutable_type()->mutable_tensor_type()->mutable_shape();
      if (shape->dim_size() > 0 && !shape->dim(0).has_dim_value())
        shape->mutable_dim(0)->set_dim_value(1);
    }
  }

  const Shape& Known(const onnx::NodeProto& node, const std::string& value) const {
    const auto found = shapes_.find(value);
    bool known = found != shapes_.end();
    for (int64_t d : known ? found->second : Shape()) known = known && d >= 0;
    if (!known)
      Refuse(node, "the shape of '" + value + "' is unknown; give the inputs fixed shapes");
    return found->second;
  }

  static const onnx::AttributeProto* Attribute(const onnx::NodeProto& node, const char* name) {
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == name) return &attribute;
    }
    return nullptr;
  }
  static int64_t Int(const onnx::NodeProto& node, const char* name, int64_t otherwise = 0) {
    const auto* attribute = Attribute(node, name);
    return attribute ? attribute->i() : otherwise;
  }
  // An attribute for both directions; 1-D convolutions have the width 1.
  static std::vector<int64_t> Pair(const onnx::NodeProto& node, const char* name,
                                   int64_t otherwise) {
    const auto* attribute = Attribute(node, name);
    std::vector<int64_t> pair(2, otherwise);
    for (int i = 0; attribute && i < attribute->ints_size() && i < 2; ++i)
      pair[i] = attribute->ints(i);
    return pair;
  }
  bool HasInput(const onnx::NodeProto& node, int index) const {
    return index >= 0 && index < node.input_size() && !node.input(index).empty();
  }

  std::string UniqueName(const onnx::NodeProto& node) {
    std::string name = node.name().empty() ? node.op_type() : node.name();
    for (char& c : name) {
      if (c == ',' || c == '\n' || c == '\r' || c == '#') c = '_';
    }
    std::string unique = name;
    for (int i = 2; !names_.insert(unique).second; ++i) unique = name + "_" + std::to_string(i);
    return unique;
  }

  // Fills in what comes from the maps before and after a window, and the padding that leads from
  // one to the other.
  void SetWindow(const onnx::NodeProto& node, const Shape& in, const Shape& out,
                 WorkloadLayer* l) const {
    if (in.size() != out.size() || in.size() < 3 || in.size() > 4)
      Refuse(node, "only 1-D and 2-D windows have a row");
    if (in[0] != 1)
      Refuse(node,
             "it computes " + std::to_string(in[0]) + " images at once; export the model for one");
    for (int64_t d : Pair(node, "dilations", 1)) {
      if (d != 1) Refuse(node, "dilations are not modelled");
    }
    const bool flat = in.size() == 3;
    l->in_channels = in[1];
    l->in_h = in[2];
    l->in_w = flat ? 1 : in[3];
    const std::vector<int64_t> strides = Pair(node, "strides", 1);
    l->stride_h = strides[0];
    l->stride_w = flat ? 1 : strides[1];
    const auto* pads = Attribute(node, "pads");
    const auto* automatic = Attribute(node, "auto_pad");
    const bool given = pads && pads->ints_size() == (flat ? 2 : 4);
    const bool lower = automatic && automatic->s() == "SAME_LOWER";
    const auto pad = [&](int64_t size, int64_t filter, int64_t stride, int64_t outputs,
                         int64_t first, int64_t* before, int64_t* after) {
      const int64_t needed = (outputs - 1) * stride + filter - size;
      *before = given ? first : needed <= 0 ? 0 : lower ? (needed + 1) / 2 : needed / 2;
      *after = std::max<int64_t>(0, needed - *before);
    };
    pad(l->in_h, l->filter_h, l->stride_h, out[2], given ? pads->ints(0) : 0, &l->pad_top,
        &l->pad_bottom);
    pad(l->in_w, l->filter_w, l->stride_w, flat ? 1 : out[3], given && !flat ? pads->ints(1) : 0,
        &l->pad_left, &l->pad_right);
    if (l->OutH() != out[2] || l->OutW() != (flat ? 1 : out[3]))
      Refuse(node, "padding and output size do not agree");
  }

  void Convolution(const onnx::NodeProto& node, const Operands& at) {
    const Shape& weight = Known(node, node.input(at.weight));
    if (weight.size() < 3 || weight.size() > 4)
      Refuse(node, "only 1-D and 2-D convolutions have a row");
    WorkloadLayer l{};
    l.name = UniqueName(node);
    l.type = "conv";
    l.filters = weight[0];
    l.filter_h = weight[2];
    l.filter_w = weight.size() == 4 ? weight[3] : 1;
    l.groups = Int(node, "group", 1);
    l.bias = HasInput(node, at.bias);
    SetWindow(node, Known(node, node.input(at.data)), Known(node, node.output(0)), &l);
    layers_.push_back(l);
  }

  void Product(const onnx::NodeProto& node, const Operands& at, bool transpose_a,
               bool transpose_b) {
    Shape a = Known(node, node.input(at.data)), b = Known(node, node.input(at.weight));
    if (a.size() == 1) a.insert(a.begin(), 1);
    if (b.size() == 1) b.push_back(1);
    if (transpose_a) std::swap(a[a.size() - 2], a[a.size() - 1]);
    if (transpose_b) std::swap(b[b.size() - 2], b[b.size() - 1]);
    int64_t rows = a[a.size() - 2], batch = 1;
    for (size_t i = 0; i + 2 < a.size(); ++i) (b.size() == 2 ? rows : batch) *= a[i];
    WorkloadLayer l{};
    l.type = rows == 1 ? "dense" : "conv";
    l.in_h = rows;
    l.in_w = l.filter_h = l.filter_w = l.stride_h = l.stride_w = l.groups = 1;
    l.in_channels = a.back();
    l.filters = b.back();
    l.bias = HasInput(node, at.bias);
    for (int64_t i = 0; i < batch; ++i) {
      l.name = UniqueName(node);
      layers_.push_back(l);
    }
  }

  void Pool(const onnx::NodeProto& node) {
    const Shape& in = Known(node, node.input(0));
    const bool global = node.op_type().compare(0, 6, "Global") == 0;
    WorkloadLayer l{};
    l.name = UniqueName(node);
    l.type = node.op_type().find("Max") != std::string::npos ? "maxpool" : "avgpool";
    const std::vector<int64_t> size = Pair(node, "kernel_shape", 1);
    if (in.size() < 3 || in.size() > 4) Refuse(node, "only 1-D and 2-D windows have a row");
    l.filter_h = global ? in[2] : size[0];
    l.filter_w = in.size() == 3 ? 1 : global ? in[3] : size[1];
    l.filters = l.groups = in[1];
    SetWindow(node, in, Known(node, node.output(0)), &l);
    layers_.push_back(l);
  }

  void Norm(const onnx::NodeProto& node) {
    const Shape& in = Known(node, node.input(0));
    WorkloadLayer l{};
    l.name = UniqueName(node);
    l.type = "norm";
    l.in_channels = l.filters = l.groups = in.size() > 1 ? in[1] : 1;
    l.in_h = in.size() > 2 ? in[2] : 1;
    l.in_w = in.size() > 3 ? in[3] : 1;
    l.filter_h = l.filter_w = l.stride_h = l.stride_w = 1;
    layers_.push_back(l);
  }

  std::string path_;
  onnx::ModelProto model_;
  std::map<std::string, Shape> shapes_;
  std::set<std::string> names_;
  std::vector<WorkloadLayer> layers_;
};

}  // namespace

std::vector<WorkloadLayer> WorkloadFromOnnx(const std::string& path) {
  return Importer(path).Run();
}

int WorkloadMain(int argc, char** argv) {
  CLI::App app(
      "The layer table of an ONNX model: what it multiplies, its padding, groups and pooling",
      "systole workload");
  std::string model, output;
  app.add_option("model", model, "ONNX file")->required();
  app.add_option("-o,--output", output, "table to write (.csv); standard output if not given");
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return kAllEqual;
    FileSet files;
    files.AddInput("the model", model);
    files.AddOutput("-o", output);
    const std::string text =
        WorkloadText(WorkloadFromOnnx(model), "from " + model.substr(model.rfind('/') + 1));
    if (output.empty()) {
      std::fputs(text.c_str(), stdout);
    } else {
      WriteFile(output, text);
    }
    return kAllEqual;
  });
}

}  // namespace systole::scalesim
