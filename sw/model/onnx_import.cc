#include "sw/model/onnx_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "sw/base/error.h"
#include "sw/model/check.h"
#include "sw/model/images.h"
#include "sw/model/onnx_graph.h"
#include "sw/model/onnx_quant.h"

namespace systole {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

constexpr char kSupported[] =
    "QuantizeLinear, DequantizeLinear, Conv, Gemm, MatMul, Add (of a bias), Relu, Clip, MaxPool, AveragePool, "
    "GlobalMaxPool, GlobalAveragePool, Flatten, Reshape, Squeeze, Identity, Dropout, QLinearConv, QLinearMatMul, "
    "QGemm, "
    "QLinearAveragePool, QLinearGlobalAveragePool";

std::string Input(const NodeProto& node, int i) { return i < node.input_size() ? node.input(i) : ""; }

// Walks the chain from the graph's input to its output. At every point the current value is model_.tensors.back(), and
// is known in one of four ways:
enum class State {
  kRealInput,  // the graph's real input, before QuantizeLinear
  kQuantized,  // integers; scale and zero point may be unknown only while no layer has been made
  kGrid,       // reals that are exactly scale * (q - zero_point)
  kOpen,       // reals made by a layer; QuantizeLinear must give their scale (tensors from open_ on wait for it)
};

class Importer {
 public:
  explicit Importer(const OnnxGraph& graph) : graph_(graph) { model_.name = graph.file(); }

  Model Import() {
    ReadMetadata();
    ReadInput();
    std::string value = graph_.input().name();
    while (true) {
      const std::vector<const NodeProto*> consumers = graph_.Consumers(value);
      if (value == graph_.output()) {
        if (!consumers.empty()) graph_.Refuse(*consumers[0], "reads the graph's output; only chains are supported");
        break;
      }
      if (consumers.empty()) graph_.Refuse(fmt::format("value '{}' leads nowhere", value));
      if (consumers.size() > 1) {
        graph_.Refuse(*consumers[1],
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
      if (layer.kind == LayerKind::kAveragePool && layer.kernel_h * layer.kernel_w > 1) layer.average = average_;
    }
    CheckModel(model_);
    return std::move(model_);
  }

 private:
  Tensor& back() { return model_.tensors.back(); }

  // --- Before the walk.

  double MetadataNumber(const std::string& key, const std::string& text) const {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(number)) {
      graph_.Refuse(fmt::format("metadata {} is not a finite number", key));
    }
    return number;
  }

  void ReadMetadata() {
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
            "has an unknown metadata key that starts with systole.; known are input_scale, input_mean, average");
      }
    }
  }

  void ReadInput() {
    const auto& type = graph_.input().type();
    if (!type.has_tensor_type() || !type.tensor_type().has_shape()) graph_.Refuse("its input has no shape");
    const auto& shape = type.tensor_type().shape();
    if (shape.dim_size() != 2 && shape.dim_size() != 4) {
      graph_.Refuse(fmt::format("its input has {} dimensions; N x C x H x W or N x K are supported", shape.dim_size()));
    }
    if (shape.dim(0).has_dim_value()) {
      batch_ = shape.dim(0).dim_value();
      if (batch_ < 1) graph_.Refuse(fmt::format("its input has the batch size {}", batch_));
    }
    std::vector<int64_t> dims;
    for (int i = 1; i < shape.dim_size(); ++i) {
      if (!shape.dim(i).has_dim_value()) graph_.Refuse(fmt::format("dimension {} of its input has no fixed size", i));
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
        back().boundary = type_ = type.tensor_type().elem_type() == TensorProto::UINT8 ? DType::kUint8 : DType::kInt8;
        break;
      default:
        graph_.Refuse("its input must be float, uint8 or int8");
    }
  }

  // dims: C, H, W or K.
  void SetInputDims(const std::vector<int64_t>& dims) {
    for (size_t i = 0; i < dims.size(); ++i) {
      const int64_t limit = i == 0 ? kMaxChannels : kMaxSide;
      if (dims[i] < 1 || dims[i] > limit) {
        graph_.Refuse(fmt::format("its input has the dimension {}; 1..{} is supported", dims[i], limit));
      }
    }
    const int64_t elements = std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
    if (elements > kMaxTensorElements) {
      graph_.Refuse(fmt::format("its input has {} elements; {} are supported", elements, kMaxTensorElements));
    }
    back().c = static_cast<int>(dims[0]);
    back().h = dims.size() == 3 ? static_cast<int>(dims[1]) : 1;
    back().w = dims.size() == 3 ? static_cast<int>(dims[2]) : 1;
    flat_ = dims.size() == 1;
  }

  // --- One node.

  void Step(const NodeProto& node, const std::string& value) {
    const std::string& op = node.op_type();
    const bool microsoft = node.domain() == "com.microsoft";
    if (!node.domain().empty() && node.domain() != "ai.onnx" && !microsoft) RefuseOperator(node);
    const bool either = op == "Add";
    for (int i = either ? 2 : 1; i < node.input_size(); ++i) {
      if (node.input(i) == value) graph_.Refuse(node, fmt::format("reads the chain's value as its input {}", i));
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

  [[noreturn]] void RefuseOperator(const NodeProto& node) const {
    graph_.Refuse(node, fmt::format("this operator is not supported; supported are {}", kSupported));
  }

  void RequireInputs(const NodeProto& node, int least, int most) const {
    if (node.input_size() < least || node.input_size() > most) {
      graph_.Refuse(node, fmt::format("has {} inputs, needs {} to {}", node.input_size(), least, most));
    }
  }

  std::string OnlyOutput(const NodeProto& node) const {
    for (int i = 1; i < node.output_size(); ++i) {
      const std::string& value = node.output(i);
      if (!value.empty() && (value == graph_.output() || !graph_.Consumers(value).empty())) {
        graph_.Refuse(node, "a second output of it is used; only chains are supported");
      }
    }
    if (node.output_size() == 0 || node.output(0).empty()) graph_.Refuse(node, "has no output");
    return node.output(0);
  }

  // --- Quantization.

  // The parameters that a node gives for the current integers: the same as before, or the first for the input.
  void Meet(const NodeProto& node, const ActivationParams& params) {
    if (state_ != State::kQuantized) graph_.Refuse(node, "its input is real; QuantizeLinear must come before");
    if (!scale_known_) {
      if (params.type != type_) graph_.Refuse(node, "its zero point and its input differ in type");
      for (Tensor& tensor : model_.tensors) SetParams(tensor, params);
      scale_known_ = true;
    }
    if (params.scale != back().scale || params.zero_point != back().zero_point || params.type != type_) {
      graph_.Refuse(node, fmt::format("reads scale {} and zero point {}, but its input was written with {} and {}",
                                      params.scale, params.zero_point, back().scale, back().zero_point));
    }
  }

  static void SetParams(Tensor& tensor, const ActivationParams& params) {
    tensor.scale = params.scale;
    tensor.zero_point = params.zero_point;
    tensor.boundary = params.type;
  }

  void Quantize(const NodeProto& node) {
    RequireInputs(node, 2, 3);
    graph_.RequireAttributes(node, {"axis", "saturate", "output_dtype", "block_size"});
    const ActivationParams params = ReadActivationParams(graph_, node, node.input(1), Input(node, 2));
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
          Clamp(model_.layers[clamp.layer], QuantizeReal(clamp.lo, back()), QuantizeReal(clamp.hi, back()));
        }
        clamps_.clear();
        break;
    }
    type_ = params.type;
    state_ = State::kQuantized;
  }

  void Rescale(const NodeProto& node, const ActivationParams& params) {
    Layer layer;
    layer.kind = LayerKind::kAveragePool;
    const Tensor in = back();
    Append(node, std::move(layer), in.c, in.h, in.w);
    SetParams(back(), params);
  }

  void Dequantize(const NodeProto& node) {
    RequireInputs(node, 2, 3);
    graph_.RequireAttributes(node, {"axis", "block_size"});
    ActivationParams params = ReadActivationParams(graph_, node, node.input(1), Input(node, 2));
    if (Input(node, 2).empty() && type_ == DType::kInt8) {
      params.type = DType::kInt8;  // without a zero point the input's type counts
      params.zero_point = 0;
    }
    Meet(node, params);
    state_ = State::kGrid;
  }

  // --- Layers.

  // Appends a layer and its output tensor, whose quantization is the input's until it is set.
  Layer& Append(const NodeProto& node, Layer layer, int64_t c, int64_t h, int64_t w) {
    if (c < 1 || c > kMaxChannels || h < 1 || h > kMaxSide || w < 1 || w > kMaxSide || c * h * w > kMaxTensorElements) {
      graph_.Refuse(node, fmt::format("its output would be {} x {} x {}, which is not supported", c, h, w));
    }
    layer.name = graph_.Name(node);
    Tensor out = back();
    out.name = OnlyOutput(node);
    out.c = static_cast<int>(c);
    out.h = static_cast<int>(h);
    out.w = static_cast<int>(w);
    model_.layers.push_back(std::move(layer));
    model_.tensors.push_back(std::move(out));
    return model_.layers.back();
  }

  // After a layer on reals, whose output scale QuantizeLinear will give.
  void Open(const NodeProto& node) {
    open_ = model_.tensors.size() - 1;
    state_ = State::kOpen;
    last_real_ = &node;
  }

  void RequireGrid(const NodeProto& node) const {
    if (state_ != State::kGrid) {
      graph_.Refuse(node, state_ == State::kQuantized
                              ? "its input is quantized; DequantizeLinear must come before"
                              : "its input is not quantized; QuantizeLinear and DequantizeLinear must come before");
    }
    if (off_grid_ != nullptr) RefuseOffGrid();
  }

  [[noreturn]] void RefuseOffGrid() const {
    graph_.Refuse(*off_grid_, "clips between two quantized values; QuantizeLinear must follow");
  }

  void RequireImage(const NodeProto& node) const {
    if (flat_) graph_.Refuse(node, "its input is flattened; N x C x H x W is needed");
  }

  int Side(const NodeProto& node, int64_t value, int64_t least, const char* what) const {
    if (value < least || value > kMaxSide) {
      graph_.Refuse(node, fmt::format("{} is {}; {}..{} is supported", what, value, least, kMaxSide));
    }
    return static_cast<int>(value);
  }

  void ReadPair(const NodeProto& node, const char* name, int& h, int& w) const {
    const std::vector<int64_t> values = graph_.Ints(node, name, {1, 1});
    if (values.size() != 2) graph_.Refuse(node, fmt::format("attribute '{}' needs two values (2-D)", name));
    h = Side(node, values[0], 1, name);
    w = Side(node, values[1], 1, name);
  }

  // Strides, dilations and padding of a window; the kernel is set.
  void ReadWindow(const NodeProto& node, Layer& layer) const {
    ReadPair(node, "strides", layer.stride_h, layer.stride_w);
    ReadPair(node, "dilations", layer.dilation_h, layer.dilation_w);
    const std::vector<int64_t> pads = graph_.Ints(node, "pads", {0, 0, 0, 0});
    if (pads.size() != 4) graph_.Refuse(node, "attribute 'pads' needs four values (2-D)");
    layer.pad.top = Side(node, pads[0], 0, "a padding");
    layer.pad.left = Side(node, pads[1], 0, "a padding");
    layer.pad.bottom = Side(node, pads[2], 0, "a padding");
    layer.pad.right = Side(node, pads[3], 0, "a padding");
    const std::string auto_pad = graph_.String(node, "auto_pad", "NOTSET");
    if (auto_pad == "NOTSET") return;
    if (pads != std::vector<int64_t>{0, 0, 0, 0}) graph_.Refuse(node, "has both pads and auto_pad");
    if (auto_pad == "VALID") return;
    if (auto_pad != "SAME_UPPER" && auto_pad != "SAME_LOWER") {
      graph_.Refuse(node, fmt::format("auto_pad '{}' is unknown", auto_pad));
    }
    const Tensor& in = model_.tensors.back();
    const bool lower = auto_pad == "SAME_LOWER";
    SamePadding(node, in.h, layer.kernel_h, layer.stride_h, layer.dilation_h, lower, layer.pad.top, layer.pad.bottom);
    SamePadding(node, in.w, layer.kernel_w, layer.stride_w, layer.dilation_w, lower, layer.pad.left, layer.pad.right);
  }

  void SamePadding(const NodeProto& node, int64_t in, int64_t kernel, int64_t stride, int64_t dilation, bool lower,
                   int& before, int& after) const {
    const int64_t out = (in + stride - 1) / stride;
    const int64_t span = dilation * (kernel - 1) + 1;
    const int64_t total = std::max<int64_t>(0, (out - 1) * stride + span - in);
    before = Side(node, lower ? total - total / 2 : total / 2, 0, "a padding");
    after = Side(node, total - before, 0, "a padding");
  }

  // Output size along one axis; refuses a window that does not fit, and ceil_mode where it would matter.
  int64_t OutputSide(const NodeProto& node, int64_t in, int64_t pads, int64_t kernel, int64_t stride, int64_t dilation,
                     bool ceil_mode) const {
    const int64_t room = in + pads - dilation * (kernel - 1) - 1;
    if (room < 0) graph_.Refuse(node, fmt::format("its window does not fit the padded input of {}", in + pads));
    if (ceil_mode && room % stride != 0) graph_.Refuse(node, "ceil_mode adds a partial window here; not supported");
    return room / stride + 1;
  }

  Layer& AppendWindow(const NodeProto& node, Layer layer, int64_t c, bool ceil_mode) {
    const Tensor& in = back();
    const Padding& pad = layer.pad;
    const int64_t h = OutputSide(node, in.h, int64_t{pad.top} + pad.bottom, layer.kernel_h, layer.stride_h,
                                 layer.dilation_h, ceil_mode);
    const int64_t w = OutputSide(node, in.w, int64_t{pad.left} + pad.right, layer.kernel_w, layer.stride_w,
                                 layer.dilation_w, ceil_mode);
    return Append(node, std::move(layer), c, h, w);
  }

  // Everything of a convolution but its bias and output scale. `filters`: N x C/groups x KH x KW, scales on axis 0.
  Layer& AppendConv(const NodeProto& node, Filters filters) {
    RequireImage(node);
    if (filters.dims.size() != 4) graph_.Refuse(node, "only 2-D convolutions are supported (weights of 4 dimensions)");
    if (filters.values.empty()) graph_.Refuse(node, "has no weights");
    if (filters.axis > 0) graph_.Refuse(node, "per-channel scales must lie on the output channels (axis 0)");
    Layer layer;
    layer.kind = LayerKind::kConv;
    layer.kernel_h = Side(node, filters.dims[2], 1, "the kernel height");
    layer.kernel_w = Side(node, filters.dims[3], 1, "the kernel width");
    const std::vector<int64_t> shape = graph_.Ints(node, "kernel_shape", {filters.dims[2], filters.dims[3]});
    if (shape != std::vector<int64_t>{filters.dims[2], filters.dims[3]}) {
      graph_.Refuse(node, "attribute 'kernel_shape' does not match the weights");
    }
    ReadWindow(node, layer);
    const int64_t groups = graph_.Int(node, "group", 1);
    if (groups < 1 || groups > kMaxChannels || back().c != groups * filters.dims[1] || filters.dims[0] % groups != 0) {
      graph_.Refuse(node, fmt::format("weights for {} x {} channels in {} groups do not fit an input of {} channels",
                                      filters.dims[0], filters.dims[1], groups, back().c));
    }
    layer.groups = static_cast<int>(groups);
    SetFilters(std::move(filters), layer);
    return AppendWindow(node, std::move(layer), filters.dims[0], false);
  }

  static void SetFilters(Filters&& filters, Layer& layer) {
    layer.weights = std::move(filters.values);
    layer.weight_zero_point = filters.zero_point;
    layer.weight_scales = std::move(filters.scales);
  }

  // `filters`: K x N (or N x K if transposed already), scales on the axis of N.
  Layer& AppendFullyConnected(const NodeProto& node, Filters filters, bool is_n_by_k) {
    if (!flat_) graph_.Refuse(node, "its input has four dimensions; Flatten must come before");
    if (filters.dims.size() != 2) graph_.Refuse(node, "its weights must be a matrix");
    if (filters.values.empty()) graph_.Refuse(node, "has no weights");
    const int64_t n = filters.dims[is_n_by_k ? 0 : 1], k = filters.dims[is_n_by_k ? 1 : 0];
    if (k != back().Elements()) {
      graph_.Refuse(node, fmt::format("its weights take {} inputs, but {} come in", k, back().Elements()));
    }
    if (filters.axis >= 0 && filters.axis != (is_n_by_k ? 0 : 1)) {
      graph_.Refuse(node, "per-channel scales must lie on the outputs");
    }
    if (!is_n_by_k) {
      std::vector<int8_t> values(filters.values.size());
      for (int64_t i = 0; i < k; ++i) {
        for (int64_t j = 0; j < n; ++j) values[j * k + i] = filters.values[i * n + j];
      }
      filters.values = std::move(values);
    }
    Layer layer;
    layer.kind = LayerKind::kFullyConnected;
    SetFilters(std::move(filters), layer);
    return Append(node, std::move(layer), n, 1, 1);
  }

  // The bias of the layer just appended: zeros, or the value's.
  void SetQdqBias(const NodeProto& node, const std::string& value) {
    Layer& layer = model_.layers.back();
    layer.bias.assign(back().c, 0);
    if (value.empty()) return;
    const float sx = model_.tensors[model_.tensors.size() - 2].scale;
    layer.bias = ReadQdqBias(graph_, node, value, back().c, sx, layer.weight_scales);
  }

  void Conv(const NodeProto& node) {
    RequireInputs(node, 2, 3);
    graph_.RequireAttributes(node, {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
    RequireGrid(node);
    AppendConv(node, ReadQdqFilters(graph_, node, node.input(1)));
    SetQdqBias(node, Input(node, 2));
    bias_may_follow_ = Input(node, 2).empty();
    Open(node);
  }

  bool CheckGemm(const NodeProto& node) const {
    graph_.RequireAttributes(node, {"alpha", "beta", "transA", "transB"});
    if (graph_.Float(node, "alpha", 1) != 1 || graph_.Float(node, "beta", 1) != 1) {
      graph_.Refuse(node, "alpha and beta must be 1");
    }
    if (graph_.Int(node, "transA", 0) != 0) graph_.Refuse(node, "transA is not supported");
    return graph_.Int(node, "transB", 0) != 0;
  }

  void Gemm(const NodeProto& node) {
    RequireInputs(node, 2, 3);
    const bool transposed = CheckGemm(node);
    RequireGrid(node);
    AppendFullyConnected(node, ReadQdqFilters(graph_, node, node.input(1)), transposed);
    SetQdqBias(node, Input(node, 2));
    bias_may_follow_ = Input(node, 2).empty();
    Open(node);
  }

  void MatMul(const NodeProto& node) {
    RequireInputs(node, 2, 2);
    graph_.RequireAttributes(node, {});
    RequireGrid(node);
    AppendFullyConnected(node, ReadQdqFilters(graph_, node, node.input(1)), false);
    SetQdqBias(node, "");
    bias_may_follow_ = true;
    Open(node);
  }

  void AddBias(const NodeProto& node, const std::string& value) {
    RequireInputs(node, 2, 2);
    graph_.RequireAttributes(node, {});
    if (node.input(0) == node.input(1)) graph_.Refuse(node, "adds a value to itself");
    const bool after_filters = state_ == State::kOpen && open_ == model_.tensors.size() - 1 && clamps_.empty();
    if (!after_filters || !bias_may_follow_) {
      graph_.Refuse(node, "only a bias that directly follows MatMul, Gemm or Conv without one can be added");
    }
    const std::string& bias = node.input(node.input(0) == value ? 1 : 0);
    SetQdqBias(node, bias);
    RequireBiasShape(node, bias);
    bias_may_follow_ = false;
  }

  // ONNX adds from the last dimension on: a bias is N values after a matrix, N x 1 x 1 after a convolution, or one
  // value.
  void RequireBiasShape(const NodeProto& node, const std::string& bias) const {
    const NodeProto* source = graph_.Producer(bias);
    const bool dequantized = source != nullptr && source->op_type() == "DequantizeLinear";
    std::vector<int64_t> dims = graph_.GetConstant(dequantized ? source->input(0) : bias, node).dims;
    const int64_t n = model_.tensors.back().c;
    const std::vector<int64_t> want = flat_ ? std::vector<int64_t>{n} : std::vector<int64_t>{n, 1, 1};
    const bool scalar = std::all_of(dims.begin(), dims.end(), [](int64_t dim) { return dim == 1; });
    while (dims.size() > want.size() && dims.front() == 1) dims.erase(dims.begin());
    if (!scalar && dims != want) graph_.Refuse(node, "its constant does not lie along the output channels");
  }

  // --- Clamps.

  static void Clamp(Layer& layer, int lo, int hi) {
    lo = std::min(lo, hi);  // ONNX: min(max(x, lo), hi)
    layer.clamp_lo = std::clamp(layer.clamp_lo, lo, hi);
    layer.clamp_hi = std::clamp(layer.clamp_hi, lo, hi);
  }

  // On integers or on the grid: into the layer before, or into an identity at the input.
  void ClampHere(const NodeProto& node, int lo, int hi) {
    if (lo <= -128 && hi >= 127) return;
    if (model_.layers.empty()) {
      Layer layer;
      layer.kind = LayerKind::kMaxPool;
      const Tensor in = back();
      Append(node, std::move(layer), in.c, in.h, in.w);
    }
    Clamp(model_.layers.back(), lo, hi);
  }

  // The bound of a clip of grid reals, as int8; notes a bound that lies between two grid values.
  int GridBound(const NodeProto& node, float bound) {
    const int q = QuantizeReal(bound, back());
    const float real = back().scale * static_cast<float>(q - back().zero_point);
    const bool outside = (q == -128 && bound < real) || (q == 127 && bound > real);
    if (!outside && real != bound) off_grid_ = &node;
    return q;
  }

  void ClipReal(const NodeProto& node, float lo, float hi) {
    bias_may_follow_ = false;
    if (state_ == State::kRealInput) graph_.Refuse(node, "its input is not quantized; QuantizeLinear must come before");
    if (state_ == State::kOpen) {
      clamps_.push_back({model_.layers.size() - 1, lo, hi});
      last_real_ = &node;
    } else {
      const int q_lo = GridBound(node, lo), q_hi = GridBound(node, hi);
      ClampHere(node, q_lo, q_hi);
    }
  }

  void Relu(const NodeProto& node) {
    RequireInputs(node, 1, 1);
    graph_.RequireAttributes(node, {});
    if (state_ == State::kQuantized) {
      ClampHere(node, type_ == DType::kUint8 ? -128 : 0, 127);  // max(q, 0) in the file's type
    } else {
      ClipReal(node, 0.0f, std::numeric_limits<float>::infinity());
    }
  }

  void Clip(const NodeProto& node) {
    RequireInputs(node, 1, 3);
    graph_.RequireAttributes(node, {"min", "max"});
    if (state_ == State::kQuantized) {
      const int offset = type_ == DType::kUint8 ? 128 : 0;
      const int lo = IntegerBound(node, Input(node, 1), -128 + offset),
                hi = IntegerBound(node, Input(node, 2), 127 + offset);
      return ClampHere(node, lo - offset, hi - offset);
    }
    const float infinity = std::numeric_limits<float>::infinity();
    const float lo = RealBound(node, Input(node, 1), "min", -infinity);
    const float hi = RealBound(node, Input(node, 2), "max", infinity);
    ClipReal(node, lo, hi);
  }

  int IntegerBound(const NodeProto& node, const std::string& value, int fallback) const {
    if (value.empty()) return fallback;
    const Constant bound = graph_.GetConstant(value, node);
    const int type = type_ == DType::kUint8 ? TensorProto::UINT8 : TensorProto::INT8;
    if (bound.type != type || bound.integers.size() != 1)
      graph_.Refuse(node, "its bounds must be scalars of its input's type");
    return bound.integers[0];
  }

  float RealBound(const NodeProto& node, const std::string& value, const char* attribute, float fallback) const {
    float bound = graph_.Float(node, attribute, fallback);
    if (!value.empty()) {
      const Constant constant = graph_.GetConstant(value, node);
      if (constant.type != TensorProto::FLOAT || constant.reals.size() != 1) {
        graph_.Refuse(node, "its bounds must be float scalars");
      }
      bound = constant.reals[0];
    }
    if (std::isnan(bound)) graph_.Refuse(node, "a bound is not a number");
    return bound;
  }

  // --- Pooling.

  Layer ReadPool(const NodeProto& node, LayerKind kind, bool global, bool& ceil_mode) const {
    RequireImage(node);
    Layer layer;
    layer.kind = kind;
    ceil_mode = false;
    if (global) {
      layer.kernel_h = model_.tensors.back().h;
      layer.kernel_w = model_.tensors.back().w;
      return layer;
    }
    if (graph_.Ints(node, "kernel_shape", {}).empty()) graph_.Refuse(node, "attribute 'kernel_shape' is missing");
    ReadPair(node, "kernel_shape", layer.kernel_h, layer.kernel_w);
    ReadWindow(node, layer);
    ceil_mode = graph_.Int(node, "ceil_mode", 0) != 0;
    layer.count_include_pad = kind == LayerKind::kAveragePool && graph_.Int(node, "count_include_pad", 0) != 0;
    return layer;
  }

  void MaxPool(const NodeProto& node, bool global) {
    RequireInputs(node, 1, 1);
    if (global) {
      graph_.RequireAttributes(node, {});
    } else {
      graph_.RequireAttributes(
          node, {"auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"});
    }
    if (state_ == State::kRealInput) graph_.Refuse(node, "its input is not quantized; QuantizeLinear must come before");
    bias_may_follow_ = false;
    bool ceil_mode = false;
    Layer layer = ReadPool(node, LayerKind::kMaxPool, global, ceil_mode);
    AppendWindow(node, std::move(layer), back().c, ceil_mode);
    if (state_ == State::kOpen) last_real_ = &node;
  }

  void AveragePool(const NodeProto& node, bool global) {
    RequireInputs(node, 1, 1);
    if (global) {
      graph_.RequireAttributes(node, {});
    } else {
      graph_.RequireAttributes(
          node, {"auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"});
    }
    RequireGrid(node);
    bool ceil_mode = false;
    Layer layer = ReadPool(node, LayerKind::kAveragePool, global, ceil_mode);
    AppendWindow(node, std::move(layer), back().c, ceil_mode);
    bias_may_follow_ = false;
    Open(node);
  }

  void QLinearPool(const NodeProto& node, bool global) {
    RequireInputs(node, 4, 5);
    if (global) {
      graph_.RequireAttributes(node, {"channels_last"});
    } else {
      graph_.RequireAttributes(node, {"auto_pad", "ceil_mode", "channels_last", "count_include_pad", "dilations",
                                      "kernel_shape", "pads", "strides"});
    }
    if (graph_.Int(node, "channels_last", 0) != 0) graph_.Refuse(node, "channels_last is not supported");
    Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
    const ActivationParams out = ReadActivationParams(graph_, node, node.input(3), Input(node, 4));
    bool ceil_mode = false;
    Layer layer = ReadPool(node, LayerKind::kAveragePool, global, ceil_mode);
    AppendWindow(node, std::move(layer), back().c, ceil_mode);
    SetParams(back(), out);
    type_ = out.type;
  }

  // --- QLinear layers.

  void QLinearConv(const NodeProto& node) {
    RequireInputs(node, 8, 9);
    graph_.RequireAttributes(node, {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
    Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
    const ActivationParams out = ReadActivationParams(graph_, node, node.input(6), node.input(7));
    AppendConv(node, ReadQLinearFilters(graph_, node, node.input(3), node.input(4), node.input(5), 0));
    SetQLinearBias(node, Input(node, 8));
    SetParams(back(), out);
    type_ = out.type;
  }

  void QLinearMatMul(const NodeProto& node) {
    RequireInputs(node, 8, 8);
    graph_.RequireAttributes(node, {});
    Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
    const ActivationParams out = ReadActivationParams(graph_, node, node.input(6), node.input(7));
    AppendFullyConnected(node, ReadQLinearFilters(graph_, node, node.input(3), node.input(4), node.input(5), 1), false);
    SetQLinearBias(node, "");
    SetParams(back(), out);
    type_ = out.type;
  }

  void QGemm(const NodeProto& node) {
    RequireInputs(node, 8, 9);
    graph_.RequireAttributes(node, {"alpha", "transA", "transB"});
    const bool transposed = CheckGemm(node);
    if (node.input(7).empty()) graph_.Refuse(node, "its output is not quantized (no y_scale)");
    Meet(node, ReadActivationParams(graph_, node, node.input(1), node.input(2)));
    const ActivationParams out = ReadActivationParams(graph_, node, node.input(7), Input(node, 8));
    AppendFullyConnected(
        node, ReadQLinearFilters(graph_, node, node.input(3), node.input(4), node.input(5), transposed ? 0 : 1),
        transposed);
    SetQLinearBias(node, node.input(6));
    SetParams(back(), out);
    type_ = out.type;
  }

  void SetQLinearBias(const NodeProto& node, const std::string& value) {
    model_.layers.back().bias =
        value.empty() ? std::vector<int32_t>(back().c, 0) : ReadQLinearBias(graph_, node, value, back().c);
  }

  // --- Shapes. A layer's output keeps its C x H x W; only whether it counts as flattened changes.

  void Flatten(const NodeProto& node) {
    RequireInputs(node, 1, 1);
    graph_.RequireAttributes(node, {"axis"});
    const int64_t axis = graph_.Int(node, "axis", 1);
    if (axis != 1 && axis != (flat_ ? -1 : -3)) graph_.Refuse(node, "only axis 1 keeps the images apart");
    flat_ = true;
    bias_may_follow_ = false;
  }

  void Reshape(const NodeProto& node) {
    RequireInputs(node, 2, 2);
    graph_.RequireAttributes(node, {"allowzero"});
    const Constant shape = graph_.GetConstant(node.input(1), node);
    if (shape.type != TensorProto::INT64 || shape.integers.size() < 2) {
      graph_.Refuse(node, "its shape must be two or more int64 values");
    }
    std::vector<int64_t> dims(shape.integers.begin() + 1, shape.integers.end());
    const int64_t first = shape.integers[0];
    const std::vector<int64_t> current = Dims();
    int64_t known = 1;
    int free = -1;
    for (size_t i = 0; i < dims.size(); ++i) {
      if (dims[i] == 0 && i < current.size() && graph_.Int(node, "allowzero", 0) == 0) dims[i] = current[i];
      if (dims[i] == -1 && free < 0 && first != -1) {
        free = static_cast<int>(i);
        continue;
      }
      if (dims[i] < 1 || dims[i] > kMaxTensorElements || known * dims[i] > kMaxTensorElements) {
        graph_.Refuse(node, fmt::format("its shape has the dimension {}", dims[i]));
      }
      known *= dims[i];
    }
    if (first != -1 && first != 0 && first != 1 && first != batch_) {
      graph_.Refuse(node, fmt::format("changes the batch dimension to {}", first));
    }
    const int64_t elements = back().Elements();
    if (free >= 0) {
      dims[free] = elements / known;
      known *= dims[free];
    }
    if (known != elements) graph_.Refuse(node, fmt::format("turns {} elements into {} per image", elements, known));
    SetShape(node, dims);
  }

  void Squeeze(const NodeProto& node) {
    RequireInputs(node, 1, 2);
    graph_.RequireAttributes(node, {"axes"});
    std::vector<int64_t> axes = graph_.Ints(node, "axes", {});
    if (node.input_size() == 2) {
      const Constant constant = graph_.GetConstant(node.input(1), node);
      axes.assign(constant.integers.begin(), constant.integers.end());
    }
    std::vector<int64_t> dims = Dims();
    const auto rank = static_cast<int64_t>(dims.size()) + 1;
    std::vector<bool> gone(rank, false);
    for (int64_t axis : axes) {
      if (axis < 0) axis += rank;
      if (axis < 1 || axis >= rank || dims[axis - 1] != 1) graph_.Refuse(node, "squeezes an axis that is not 1 long");
      gone[axis] = true;
    }
    if (axes.empty()) graph_.Refuse(node, "needs its axes named");
    std::vector<int64_t> left;
    for (int64_t axis = 1; axis < rank; ++axis) {
      if (!gone[axis]) left.push_back(dims[axis - 1]);
    }
    if (left.empty()) graph_.Refuse(node, "leaves no dimension");
    SetShape(node, left);
  }

  std::vector<int64_t> Dims() const {
    const Tensor& tensor = model_.tensors.back();
    if (flat_) return {tensor.Elements()};
    return {tensor.c, tensor.h, tensor.w};
  }

  void SetShape(const NodeProto& node, const std::vector<int64_t>& dims) {
    bias_may_follow_ = false;
    const Tensor& tensor = back();
    if (model_.layers.empty() && (dims.size() == 1 || dims.size() == 3)) {
      SetInputDims(dims);
    } else if (dims.size() == 1) {
      flat_ = true;
    } else if (dims == std::vector<int64_t>{tensor.c, tensor.h, tensor.w}) {
      flat_ = false;
    } else {
      graph_.Refuse(node, "this change of shape is not supported; N x C x H x W can be flattened, the input reshaped");
    }
  }

  void Dropout(const NodeProto& node) {
    RequireInputs(node, 1, 2);
    graph_.RequireAttributes(node, {"ratio", "seed"});
  }

  struct RealClamp {
    size_t layer;
    float lo, hi;
  };

  const OnnxGraph& graph_;
  Model model_;
  State state_ = State::kQuantized;
  DType type_ = DType::kInt8;  // of the current integers, in the file
  AverageMode average_ = AverageMode::kInteger;
  int64_t batch_ = -1;        // -1: symbolic
  bool flat_ = false;         // N x K rather than N x C x H x W
  bool scale_known_ = false;  // false only before any layer but pooling and clamps
  size_t open_ = 0;
  std::vector<RealClamp> clamps_;  // in kOpen: to be quantized with the scale to come
  bool bias_may_follow_ = false;
  const NodeProto* last_real_ = nullptr;  // the last node in kOpen
  const NodeProto* off_grid_ = nullptr;   // a Clip whose bound lies between grid values
};

}  // namespace

Model ImportOnnx(const uint8_t* data, size_t size, const std::string& file) {
  const OnnxGraph graph(data, size, file);
  return Importer(graph).Import();
}

}  // namespace systole
