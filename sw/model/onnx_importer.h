// The walk through an ONNX graph that builds a Model, a node at a time in topological order: the
// inside of ImportOnnx().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sw/model/model.h"
#include "sw/model/onnx_graph.h"
#include "sw/model/onnx_quant.h"

namespace systole {

// Input i of a node, "" if it is left out.
inline std::string InputName(const onnx::NodeProto& node, int i) {
  return i < node.input_size() ? node.input(i) : "";
}

inline bool SameGrid(const Tensor& tensor, const ActivationParams& params) {
  return tensor.scale == params.scale && tensor.zero_point == params.zero_point;
}

// Reals that are a function of one tensor's values alone, as single precision gives them:
// y[x + 128] for all channels, or y[256 * channel + x + 128].
using Curve = std::vector<float>;

class OnnxImporter {
 public:
  explicit OnnxImporter(const OnnxGraph& graph) : graph_(graph) { model_.name = graph.file(); }

  // Once.
  Model Import();

 private:
  using NodeProto = onnx::NodeProto;

  // A value that depends on the graph's input is one of model_.tensors, known in one of four ways:
  enum class State {
    kRealInput,  // the graph's real input, before QuantizeLinear
    kQuantized,  // integers; scale and zero point may be unknown only while no layer has been made
    kGrid,       // reals: scale * (q - zero_point) exactly, or the curve over it
    kOpen,       // reals made by a layer; QuantizeLinear must give their scale
  };
  struct RealClamp {
    int layer;
    float lo, hi;
  };
  struct Value {
    int tensor = 0;
    State state = State::kQuantized;
    DType type = DType::kInt8;             // of the integers, in the file
    bool flat = false;                     // N x K rather than N x C x H x W
    bool last = false;                     // N x H x W x C, or K in that order
    bool shared = false;                   // its tensor has several readers
    Padding pad;                           // of zeros around the tensor, in no layer yet
    const NodeProto* pad_node = nullptr;   // its node; null: none waits
    std::optional<int64_t> pad_value;      // among integers: in the int8 domain
    std::shared_ptr<const Curve> curve;    // in kGrid; null: the grid itself
    std::vector<int> open;                 // in kOpen: the tensors that wait for their scale
    std::vector<RealClamp> clamps;         // in kOpen: to be quantized with the scale to come
    bool bias_may_follow = false;          // its layer has filters and no bias yet
    const NodeProto* last_real = nullptr;  // the last node in kOpen, or of the curve
  };

  // How nodes of an operator are read: `read` turns the current value into the node's output.
  enum Domain { kOnnx, kMicrosoft, kBoth };
  enum Takes { kFirst, kEither, kPair, kMany };  // values of the graph: its first input alone, ...
  struct Operator {
    const char* name;
    Domain domain;
    Takes takes;
    void (*read)(OnnxImporter&, const NodeProto&);
  };
  static const std::vector<Operator>& Operators();

  // The current value's tensor, and the layer that makes it (not of tensor 0).
  Tensor& back() { return model_.tensors[cur_.tensor]; }
  Layer& Maker() { return model_.layers[cur_.tensor - 1]; }

  // --- onnx_import.cc: the walk.
  void ReadOutputs();
  // Notes whether the current value, of that name, is shared. Refuses one that leads nowhere, and
  // a branch in kOpen.
  void CheckReaders(const std::string& value);
  // Makes the node's input the current value, and then its output.
  void Step(const NodeProto& node);
  const Operator* FindOperator(const NodeProto& node) const;
  void RequireValues(const NodeProto& node, const Operator& op,
                     const std::vector<int>& reads) const;
  void RequireInputs(const NodeProto& node, int least, int most) const;
  std::string OnlyOutput(const NodeProto& node) const;
  // Appends a layer that reads the current value and its output tensor, whose quantization is the
  // input's until it is set; the output becomes the current value.
  Layer& Append(const NodeProto& node, Layer layer, int64_t c, int64_t h, int64_t w);
  Layer& Append(const NodeProto& node, Layer layer, std::vector<int> inputs, int64_t c, int64_t h,
                int64_t w);
  // A 1x1 kMaxPool.
  void AppendCopy(const NodeProto& node);
  // After a layer on reals, whose output scale QuantizeLinear will give.
  void Open(const NodeProto& node);
  void RequireGrid(const NodeProto& node) const;
  [[noreturn]] void RefuseCurve() const;

  // --- onnx_import_input.cc: before the walk.
  double MetadataNumber(const std::string& key, const std::string& text) const;
  void ReadMetadata();
  void ReadInput();
  // Scale and zero point of an integer input, from the first node that names them.
  void FindInputParams();
  // dims: C, H, W or K.
  void SetInputDims(const std::vector<int64_t>& dims);

  // --- onnx_import_quant.cc: quantization.
  // The parameters that a node gives for the current integers: the same as before, or the first for
  // the input.
  void Meet(const NodeProto& node, const ActivationParams& params);
  static void SetParams(Tensor& tensor, const ActivationParams& params);
  void Quantize(const NodeProto& node);
  void Dequantize(const NodeProto& node);
  // From kGrid to integers of these parameters: nothing, a clamp of the layer before, or a kTable.
  void QuantizeGrid(const NodeProto& node, const ActivationParams& params);
  void AppendTable(const NodeProto& node, std::vector<int8_t> table,
                   const ActivationParams& params);

  // --- onnx_import_curve.cc: functions of one value.
  // The current reals as a curve, to be changed.
  Curve Reals(const NodeProto& node) const;
  void SetReals(const NodeProto& node, Curve curve);
  template <typename Function>
  void Map(const NodeProto& node, Function function);
  // function(real, channel), with a curve of its own for each channel.
  template <typename Function>
  void MapChannels(const NodeProto& node, Function function);
  // The reals of a constant that is one value, or one for each of the current value's channels.
  std::vector<float> ChannelConstants(const NodeProto& node, const std::string& value) const;
  bool AlongChannels(const std::vector<int64_t>& dims) const;
  void Activation(const NodeProto& node);
  void PRelu(const NodeProto& node);
  void BatchNormalization(const NodeProto& node);
  // +, -, *, / with a constant.
  void ConstantOperand(const NodeProto& node);
  void Multiply(const NodeProto& node);
  void QLinearActivation(const NodeProto& node);

  // --- onnx_import_add.cc: additions, softmax.
  void Add(const NodeProto& node);
  void QLinearAdd(const NodeProto& node);
  void AppendAdd(const NodeProto& node, const Value& a, const Value& b);
  void AppendSoftmax(const NodeProto& node, int64_t axis);
  void Softmax(const NodeProto& node);
  void QLinearSoftmax(const NodeProto& node);

  // --- onnx_import_pad.cc: a padding of zeros waits for a convolution that takes it; before any
  // other reader it becomes a layer.
  void Pad(const NodeProto& node);
  std::vector<int64_t> PadWidths(const NodeProto& node) const;
  void ReadPadValue(const NodeProto& node);
  void CheckPadValue() const;
  void PlacePad();
  // Moves the waiting padding into a convolution's, where that is legal.
  void TakePad(Layer& layer);

  // --- onnx_import_window.cc
  void RequireImage(const NodeProto& node) const;
  int Side(const NodeProto& node, int64_t value, int64_t least, const char* what) const;
  void ReadPair(const NodeProto& node, const char* name, int& h, int& w) const;
  // Strides, dilations and padding of a window; the kernel is set.
  void ReadWindow(const NodeProto& node, Layer& layer) const;
  void SamePadding(const NodeProto& node, int64_t in, int64_t kernel, int64_t stride,
                   int64_t dilation, bool lower, int& before, int& after) const;
  // Pads the end of one axis so that ceil_mode's partial window is a whole one.
  void CeilAxis(const NodeProto& node, int64_t in, int before, int& after, int64_t kernel,
                int64_t stride, int64_t dilation) const;
  int64_t OutputSide(const NodeProto& node, int64_t in, int64_t pads, int64_t kernel,
                     int64_t stride, int64_t dilation) const;
  Layer& AppendWindow(const NodeProto& node, Layer layer, int64_t c);

  // --- onnx_import_filters.cc: convolutions and matrix products.
  // Everything of a convolution but its bias and output scale. `filters`: N x C/groups x KH x KW,
  // scales on axis 0.
  Layer& AppendConv(const NodeProto& node, Filters filters);
  static void SetFilters(Filters&& filters, Layer& layer);
  // `filters`: K x N (or N x K if transposed already), scales on the axis of N.
  Layer& AppendFullyConnected(const NodeProto& node, Filters filters, bool is_n_by_k);
  // The bias of the layer just appended: zeros, or the value's.
  void SetQdqBias(const NodeProto& node, const std::string& value);
  void Conv(const NodeProto& node);
  bool CheckGemm(const NodeProto& node) const;
  void Gemm(const NodeProto& node);
  void MatMul(const NodeProto& node);
  void AddBias(const NodeProto& node);
  // ONNX adds from the last dimension on: a bias is N values after a matrix, N x 1 x 1 after a
  // convolution, or one value.
  void RequireBiasShape(const NodeProto& node, const std::string& bias) const;
  void QLinearConv(const NodeProto& node);
  void QLinearMatMul(const NodeProto& node);
  void QGemm(const NodeProto& node);
  void SetQLinearBias(const NodeProto& node, const std::string& value);

  // --- onnx_import_clamp.cc
  static void Clamp(Layer& layer, int lo, int hi);
  // On integers or on the grid: into the layer before, or into an identity at the input.
  void ClampHere(const NodeProto& node, int lo, int hi);
  // The bound of a clip of grid reals, as int8; `exact` stays only if it is a grid value, or cuts
  // nothing off.
  int GridBound(float bound, bool is_upper, bool& exact);
  void ClipReal(const NodeProto& node, float lo, float hi);
  void Relu(const NodeProto& node);
  void Clip(const NodeProto& node);
  int IntegerBound(const NodeProto& node, const std::string& value, int fallback) const;
  float RealBound(const NodeProto& node, const std::string& value, const char* attribute,
                  float fallback) const;

  // --- onnx_import_pool.cc
  Layer ReadPool(const NodeProto& node, LayerKind kind, bool global) const;
  void MaxPool(const NodeProto& node, bool global);
  void AveragePool(const NodeProto& node, bool global);
  // A pooling of windows of one element.
  void TakeElements(const NodeProto& node, Layer layer);
  void ReduceMean(const NodeProto& node);
  void QLinearPool(const NodeProto& node, bool global);

  // --- onnx_import_concat.cc
  // The values that the node's inputs i, i + step, ... name; the first becomes the current one.
  std::vector<Value> Operands(const NodeProto& node, int first, int step);
  void JoinChannels(const NodeProto& node, const std::vector<Value>& parts);
  // Brings a value to the parameters by a layer of its own where it has others.
  void Match(const NodeProto& node, int k, const ActivationParams& params, Value& part);
  // The parameters of the QuantizeLinear that alone follows the node.
  ActivationParams FollowingParams(const NodeProto& node) const;
  void Concat(const NodeProto& node);
  void QLinearConcat(const NodeProto& node);

  // --- onnx_import_layout.cc: operators that change shape or layout alone. A layer's output keeps
  // its C x H x W; only whether it counts as flattened, or as N x H x W x C, changes.
  void Flatten(const NodeProto& node);
  void Reshape(const NodeProto& node);
  std::vector<int64_t> Axes(const NodeProto& node) const;
  void Squeeze(const NodeProto& node);
  void Unsqueeze(const NodeProto& node);
  std::vector<int64_t> Dims() const;
  void SetShape(const NodeProto& node, const std::vector<int64_t>& dims);
  void Transpose(const NodeProto& node);
  // The graph's input is N x H x W x C, and this is the transposition to N x C x H x W.
  bool ReadsImagesLast(const NodeProto& node, const std::vector<int64_t>& perm);
  void Dropout(const NodeProto& node);

  const OnnxGraph& graph_;
  Model model_;
  std::unordered_map<std::string, Value> values_;  // those that depend on the graph's input
  Value cur_;
  AverageMode average_ = AverageMode::kInteger;
  int64_t batch_ = -1;        // -1: symbolic
  bool scale_known_ = false;  // false only before any layer but pooling, clamps and concatenation
};

}  // namespace systole
