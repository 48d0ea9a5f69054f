#include "sw/model/onnx_import.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/model/onnx_importer.h"

namespace systole {

using onnx::NodeProto;

Model ImportOnnx(const uint8_t* data, size_t size, const std::string& file) {
  const OnnxGraph graph(data, size, file);
  return OnnxImporter(graph).Import();
}

Model OnnxImporter::Import() {
  ReadMetadata();
  ReadInput();
  CheckReaders(graph_.input().name());
  values_[graph_.input().name()] = cur_;
  for (const NodeProto* node : graph_.ordered()) {
    const bool reads = std::any_of(node->input().begin(), node->input().end(),
                                   [&](const std::string& v) { return values_.count(v) != 0; });
    if (!reads) continue;  // makes constants
    Step(*node);
    const std::string value = OnlyOutput(*node);
    CheckReaders(value);
    values_[value] = cur_;
  }
  ReadOutputs();
  for (Layer& layer : model_.layers) {
    if (layer.kind == LayerKind::kAveragePool && (layer.kernel_h > 1 || layer.kernel_w > 1))
      layer.average = average_;
  }
  CheckModel(model_);
  return std::move(model_);
}

void OnnxImporter::ReadOutputs() {
  for (const auto& named : graph_.graph().output()) {
    const auto output = values_.find(named.name());
    if (output == values_.end()) {
      graph_.Refuse(fmt::format("output '{}' does not depend on its input", named.name()));
    }
    cur_ = output->second;
    if (cur_.state == State::kOpen) {
      graph_.Refuse(*cur_.last_real, "its output is not quantized; QuantizeLinear must follow");
    }
    if (cur_.state == State::kRealInput) graph_.Refuse("quantizes nothing");
    if (cur_.curve != nullptr) RefuseCurve();
    if (cur_.last != model_.channels_last && back().c > 1 && back().h * back().w > 1) {
      graph_.Refuse(
          fmt::format("output '{}' and the input differ in layout (N x C x H x W, N x H x "
                      "W x C); transpose it, or cut the model before it",
                      named.name()));
    }
    const bool taken = std::find(model_.outputs.begin(), model_.outputs.end(), cur_.tensor) !=
                       model_.outputs.end();
    if (taken || (cur_.tensor == 0 && !model_.layers.empty()))
      AppendCopy(*graph_.Producer(named.name()));
    if (cur_.tensor > 0) {
      back().boundary = cur_.type;
      back().name = named.name();
    }
    model_.outputs.push_back(cur_.tensor);
  }
  const int last = static_cast<int>(model_.tensors.size()) - 1;
  if (model_.outputs == std::vector<int>{last}) model_.outputs.clear();
}

void OnnxImporter::CheckReaders(const std::string& value) {
  const std::vector<const NodeProto*> consumers = graph_.Consumers(value);
  const bool is_output = graph_.IsOutput(value);
  if (consumers.empty() && !is_output)
    graph_.Refuse(fmt::format("value '{}' leads nowhere", value));
  int reads = is_output ? 1 : 0;
  for (const NodeProto* node : consumers) {
    reads += static_cast<int>(std::count(node->input().begin(), node->input().end(), value));
  }
  if (is_output || reads > 1) PlacePad();
  if (reads == 1) return;
  cur_.shared = true;
  if (cur_.state == State::kOpen && consumers.size() > 1) {
    graph_.Refuse(*consumers.back(),
                  fmt::format("branches off a value that is not quantized yet: node '{}' reads it, "
                              "too; QuantizeLinear must come before the branch",
                              graph_.Name(*consumers[0])));
  }
}

const std::vector<OnnxImporter::Operator>& OnnxImporter::Operators() {
  using I = OnnxImporter;
  using N = NodeProto;
  static const std::vector<Operator> operators = {
      {"QuantizeLinear", kBoth, kFirst, [](I& i, const N& n) { i.Quantize(n); }},
      {"DequantizeLinear", kBoth, kFirst, [](I& i, const N& n) { i.Dequantize(n); }},
      {"Conv", kOnnx, kFirst, [](I& i, const N& n) { i.Conv(n); }},
      {"Gemm", kOnnx, kFirst, [](I& i, const N& n) { i.Gemm(n); }},
      {"MatMul", kOnnx, kFirst, [](I& i, const N& n) { i.MatMul(n); }},
      {"Add", kOnnx, kPair, [](I& i, const N& n) { i.Add(n); }},
      {"Sub", kOnnx, kEither, [](I& i, const N& n) { i.ConstantOperand(n); }},
      {"Mul", kOnnx, kPair, [](I& i, const N& n) { i.Multiply(n); }},
      {"Div", kOnnx, kEither, [](I& i, const N& n) { i.ConstantOperand(n); }},
      {"BatchNormalization", kOnnx, kFirst, [](I& i, const N& n) { i.BatchNormalization(n); }},
      {"Relu", kOnnx, kFirst, [](I& i, const N& n) { i.Relu(n); }},
      {"Clip", kOnnx, kFirst, [](I& i, const N& n) { i.Clip(n); }},
      {"LeakyRelu", kOnnx, kFirst, [](I& i, const N& n) { i.Activation(n); }},
      {"PRelu", kOnnx, kFirst, [](I& i, const N& n) { i.PRelu(n); }},
      {"Sigmoid", kOnnx, kFirst, [](I& i, const N& n) { i.Activation(n); }},
      {"Tanh", kOnnx, kFirst, [](I& i, const N& n) { i.Activation(n); }},
      {"HardSigmoid", kOnnx, kFirst, [](I& i, const N& n) { i.Activation(n); }},
      {"HardSwish", kOnnx, kFirst, [](I& i, const N& n) { i.Activation(n); }},
      {"Softmax", kOnnx, kFirst, [](I& i, const N& n) { i.Softmax(n); }},
      {"MaxPool", kOnnx, kFirst, [](I& i, const N& n) { i.MaxPool(n, false); }},
      {"GlobalMaxPool", kOnnx, kFirst, [](I& i, const N& n) { i.MaxPool(n, true); }},
      {"AveragePool", kOnnx, kFirst, [](I& i, const N& n) { i.AveragePool(n, false); }},
      {"GlobalAveragePool", kOnnx, kFirst, [](I& i, const N& n) { i.AveragePool(n, true); }},
      {"ReduceMean", kOnnx, kFirst, [](I& i, const N& n) { i.ReduceMean(n); }},
      {"Concat", kOnnx, kMany, [](I& i, const N& n) { i.Concat(n); }},
      {"Pad", kOnnx, kFirst, [](I& i, const N& n) { i.Pad(n); }},
      {"Flatten", kOnnx, kFirst, [](I& i, const N& n) { i.Flatten(n); }},
      {"Reshape", kOnnx, kFirst, [](I& i, const N& n) { i.Reshape(n); }},
      {"Squeeze", kOnnx, kFirst, [](I& i, const N& n) { i.Squeeze(n); }},
      {"Transpose", kOnnx, kFirst, [](I& i, const N& n) { i.Transpose(n); }},
      {"Unsqueeze", kOnnx, kFirst, [](I& i, const N& n) { i.Unsqueeze(n); }},
      {"Identity", kOnnx, kFirst, [](I& i, const N& n) { i.graph_.RequireAttributes(n, {}); }},
      {"Dropout", kOnnx, kFirst, [](I& i, const N& n) { i.Dropout(n); }},
      {"QLinearConv", kOnnx, kFirst, [](I& i, const N& n) { i.QLinearConv(n); }},
      {"QLinearMatMul", kOnnx, kFirst, [](I& i, const N& n) { i.QLinearMatMul(n); }},
      {"QGemm", kMicrosoft, kFirst, [](I& i, const N& n) { i.QGemm(n); }},
      {"QLinearAdd", kMicrosoft, kPair, [](I& i, const N& n) { i.QLinearAdd(n); }},
      {"QLinearConcat", kMicrosoft, kMany, [](I& i, const N& n) { i.QLinearConcat(n); }},
      {"QLinearLeakyRelu", kMicrosoft, kFirst, [](I& i, const N& n) { i.QLinearActivation(n); }},
      {"QLinearSigmoid", kMicrosoft, kFirst, [](I& i, const N& n) { i.QLinearActivation(n); }},
      {"QLinearSoftmax", kMicrosoft, kFirst, [](I& i, const N& n) { i.QLinearSoftmax(n); }},
      {"QLinearAveragePool", kMicrosoft, kFirst, [](I& i, const N& n) { i.QLinearPool(n, false); }},
      {"QLinearGlobalAveragePool", kMicrosoft, kFirst,
       [](I& i, const N& n) { i.QLinearPool(n, true); }},
  };
  return operators;
}

void OnnxImporter::Step(const NodeProto& node) {
  const Operator& op = *FindOperator(node);
  std::vector<int> reads;  // its inputs that depend on the graph's
  for (int i = 0; i < node.input_size(); ++i) {
    if (values_.count(node.input(i)) != 0) reads.push_back(i);
  }
  RequireValues(node, op, reads);
  const std::string name = op.name;
  const bool keeps_pad = name == "QuantizeLinear" || name == "DequantizeLinear" ||
                         name == "Identity" || name == "Conv" || name == "QLinearConv";
  for (int i : reads) {
    if (keeps_pad) break;
    cur_ = values_.at(node.input(i));
    PlacePad();
    values_.at(node.input(i)) = cur_;
  }
  cur_ = values_.at(node.input(reads[0]));
  op.read(*this, node);
}

void OnnxImporter::RequireValues(const NodeProto& node, const Operator& op,
                                 const std::vector<int>& reads) const {
  if (reads.size() > 1 && op.takes != kPair && op.takes != kMany) {
    graph_.Refuse(node, fmt::format("reads two values of the graph ('{}', '{}'), which only Add, "
                                    "Concat, QLinearAdd and QLinearConcat do; cut the model "
                                    "before it",
                                    node.input(reads[0]), node.input(reads[1])));
  }
  if (reads[0] > 0 && op.takes == kFirst) {
    graph_.Refuse(node, fmt::format("its input {} must be a constant, but depends on the graph's "
                                    "input",
                                    reads[0]));
  }
}

const OnnxImporter::Operator* OnnxImporter::FindOperator(const NodeProto& node) const {
  const bool microsoft = node.domain() == "com.microsoft";
  const bool onnx = node.domain().empty() || node.domain() == "ai.onnx";
  std::string known;
  for (const Operator& op : Operators()) {
    const bool here = (onnx && op.domain != kMicrosoft) || (microsoft && op.domain != kOnnx);
    if (here && node.op_type() == op.name) return &op;
    known += (known.empty() ? "" : ", ") + std::string(op.name);
  }
  graph_.Refuse(
      node, "this operator is not supported; supported are " + known + "; cut the model before it");
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
    if (!value.empty() && (graph_.IsOutput(value) || !graph_.Consumers(value).empty())) {
      graph_.Refuse(node, "a second output of it is used; only the first is supported");
    }
  }
  if (node.output_size() == 0 || node.output(0).empty()) graph_.Refuse(node, "has no output");
  return node.output(0);
}

Layer& OnnxImporter::Append(const NodeProto& node, Layer layer, int64_t c, int64_t h, int64_t w) {
  return Append(node, std::move(layer), {cur_.tensor}, c, h, w);
}

Layer& OnnxImporter::Append(const NodeProto& node, Layer layer, std::vector<int> inputs, int64_t c,
                            int64_t h, int64_t w) {
  if (c < 1 || c > kMaxChannels || h < 1 || h > kMaxSide || w < 1 || w > kMaxSide ||
      c * h * w > kMaxTensorElements) {
    graph_.Refuse(node,
                  fmt::format("its output would be {} x {} x {}, which is not supported", c, h, w));
  }
  layer.name = graph_.Name(node);
  layer.op = graph_.Operator(node);
  Tensor out = model_.tensors[inputs[0]];
  out.name = OnlyOutput(node);
  out.c = static_cast<int>(c);
  out.h = static_cast<int>(h);
  out.w = static_cast<int>(w);
  cur_.tensor = systole::Append(model_, std::move(layer), std::move(inputs), std::move(out));
  cur_.shared = false;
  if (cur_.state == State::kOpen) cur_.open.push_back(cur_.tensor);
  return Maker();
}

void OnnxImporter::AppendCopy(const NodeProto& node) {
  Layer layer;
  layer.kind = LayerKind::kMaxPool;
  const Tensor in = back();
  Append(node, std::move(layer), in.c, in.h, in.w);
}

void OnnxImporter::Open(const NodeProto& node) {
  cur_.open = {cur_.tensor};
  cur_.state = State::kOpen;
  cur_.last_real = &node;
}

void OnnxImporter::RequireGrid(const NodeProto& node) const {
  if (cur_.state != State::kGrid) {
    graph_.Refuse(
        node,
        cur_.state == State::kQuantized
            ? "its input is quantized; DequantizeLinear must come before"
            : "its input is not quantized; QuantizeLinear and DequantizeLinear must come before");
  }
  if (cur_.curve != nullptr) RefuseCurve();
}

void OnnxImporter::RefuseCurve() const {
  graph_.Refuse(*cur_.last_real,
                "makes reals between the quantized values; QuantizeLinear must follow");
}

}  // namespace systole
