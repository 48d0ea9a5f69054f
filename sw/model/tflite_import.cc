#include "sw/model/tflite_import.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sw/base/error.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/model/tflite_importer.h"
#include "sw/model/tflite_names.h"

namespace systole {

Model ImportTflite(const uint8_t* data, size_t size, const std::string& file) {
  const TfliteFile parsed(data, size, file);
  return TfliteImporter(parsed).Import();
}

int QuantizedBound(float bound, float scale, int zero_point) {
  const float steps = std::clamp(std::round(bound / scale), -1024.0f, 1024.0f);
  return std::clamp(zero_point + static_cast<int>(steps), -128, 127);
}

const std::vector<TfliteImporter::Entry>& TfliteImporter::Entries() {
  using I = TfliteImporter;
  using O = TfliteOperator;
  static const std::vector<Entry> entries = {
      {O::kConv2d, 2, 3, &I::Conv2d},
      {O::kDepthwiseConv2d, 2, 3, &I::DepthwiseConv2d},
      {O::kFullyConnected, 2, 3, &I::FullyConnected},
      {O::kAdd, 2, 2, &I::Add},
      {O::kConcatenation, 1, 1 << 16, &I::Concatenation},
      {O::kMaxPool2d, 1, 1, &I::Pool},
      {O::kAveragePool2d, 1, 1, &I::Pool},
      {O::kMean, 2, 2, &I::Mean},
      {O::kPad, 2, 2, &I::Pad},
      {O::kReshape, 1, 2, &I::Reshape},
      {O::kSqueeze, 1, 1, &I::Reshape},
      {O::kExpandDims, 2, 2, &I::Reshape},
      {O::kTranspose, 2, 2, &I::Transpose},
      {O::kRelu, 1, 1, &I::Relu},
      {O::kRelu6, 1, 1, &I::Relu},
      {O::kReluN1To1, 1, 1, &I::Relu},
      {O::kLeakyRelu, 1, 1, &I::Function},
      {O::kLogistic, 1, 1, &I::Function},
      {O::kTanh, 1, 1, &I::Function},
      {O::kHardSwish, 1, 1, &I::Function},
      {O::kQuantize, 1, 1, &I::Quantize},
      {O::kDequantize, 1, 1, &I::Dequantize},
      {O::kSoftmax, 1, 1, &I::Softmax},
  };
  return entries;
}

Model TfliteImporter::Import() {
  model_.channels_last = true;
  model_.own_rounding = Rounding::kTflite;
  model_.image.ties_away = true;
  values_.resize(file_.tensors().size());
  padded_by_.assign(file_.tensors().size(), -1);
  needed_ = Needed();
  for (const Operator& op : file_.operators()) {
    if (needed_[op.index]) Find(op);
  }
  ReadInput();
  for (const Operator& op : file_.operators()) {
    if (!needed_[op.index]) continue;
    const Entry& entry = Find(op);
    if (op.inputs.size() < entry.least || op.inputs.size() > entry.most) {
      file_.Refuse(op, fmt::format("has {} inputs, needs {} to {}", op.inputs.size(), entry.least,
                                   entry.most));
    }
    if (op.outputs.size() != 1) {
      file_.Refuse(op, fmt::format("has {} outputs, needs 1", op.outputs.size()));
    }
    if (values_[op.outputs[0]] || file_.tensors()[op.outputs[0]].IsConstant()) {
      file_.Refuse(op, "makes a tensor that is there already");
    }
    (this->*entry.read)(op);
  }
  SetOutputs();
  CheckModel(model_);
  return std::move(model_);
}

// The operators that an output depends on: in a valid file each reads what earlier ones make.
std::vector<bool> TfliteImporter::Needed() const {
  std::vector<bool> wanted(file_.tensors().size()), needed(file_.operators().size());
  for (int t : file_.outputs()) wanted[t] = true;
  for (size_t i = needed.size(); i-- > 0;) {
    const Operator& op = file_.operators()[i];
    needed[i] = std::any_of(op.outputs.begin(), op.outputs.end(), [&](int t) { return wanted[t]; });
    if (!needed[i]) continue;
    for (int t : op.inputs) {
      if (t >= 0) wanted[t] = true;
    }
  }
  return needed;
}

const TfliteImporter::Entry& TfliteImporter::Find(const Operator& op) const {
  std::string known;
  for (const Entry& entry : Entries()) {
    const int code = static_cast<int>(entry.code);
    if (op.code == code) return entry;
    known += (known.empty() ? "" : ", ") + TfliteOperatorName(code);
  }
  std::string reads;
  for (int t : op.inputs) {
    if (t < 0 || file_.tensors()[t].IsConstant()) continue;
    reads += fmt::format("{}'{}'", reads.empty() ? "" : ", ", file_.tensors()[t].Label());
  }
  file_.Refuse(op, fmt::format("this operator is not supported; supported are {}; cut the model "
                               "before it, at {}",
                               known, reads.empty() ? "its inputs" : reads));
}

void TfliteImporter::ReadInput() {
  if (file_.inputs().size() != 1) {
    file_.Refuse(fmt::format("has {} inputs; one is supported", file_.inputs().size()));
  }
  const int index = file_.inputs()[0];
  const TfliteTensor& tensor = file_.tensors()[index];
  const std::optional<Shape> shape = ShapeOf(tensor.dims);
  if (!shape) {
    file_.Refuse(
        fmt::format("its input '{}' is {}; 1xHxWxC, 1xWxC or 1xK, with a batch size of 1, "
                    "is supported",
                    tensor.Label(), ListText(tensor.dims)));
  }
  Tensor input;
  input.name = tensor.name;
  input.c = static_cast<int>(shape->c);
  input.h = static_cast<int>(shape->h);
  input.w = static_cast<int>(shape->w);
  Value value;
  value.dims = tensor.dims;
  if (tensor.type == kTfliteFloat32) {
    value.is_real = model_.quantizes_images = true;
  } else if (tensor.type != kTfliteInt8 && tensor.type != kTfliteUint8) {
    file_.Refuse(
        fmt::format("its input '{}' is {}; UINT8, INT8 and, before QUANTIZE, FLOAT32 are "
                    "supported",
                    tensor.Label(), TfliteTypeName(tensor.type)));
  } else {
    const bool is_uint8 = tensor.type == kTfliteUint8;
    input.boundary = is_uint8 ? DType::kUint8 : DType::kInt8;
    if (tensor.scales.size() != 1 || tensor.zero_points.size() > 1) {
      file_.Refuse(fmt::format("its input '{}' has {} scales; one is needed", tensor.Label(),
                               tensor.scales.size()));
    }
    const int64_t zero = tensor.zero_points.empty() ? 0 : tensor.zero_points[0];
    input.scale = tensor.scales[0];
    input.zero_point =
        static_cast<int>(std::clamp<int64_t>(zero, -1024, 1024)) - (is_uint8 ? 128 : 0);
  }
  model_.tensors.push_back(input);
  values_[index] = value;
}

void TfliteImporter::SetOutputs() {
  if (file_.outputs().empty()) file_.Refuse("has no output");
  for (int t : file_.outputs()) {
    const TfliteTensor& tensor = file_.tensors()[t];
    const std::optional<Value>& value = values_[t];
    if (!value) {
      file_.Refuse(fmt::format("its output '{}' does not depend on its input", tensor.Label()));
    }
    if (value->tensor == 0) {
      file_.Refuse(fmt::format("its output '{}' is its input", tensor.Label()));
    }
    int index = value->tensor;
    if (std::count(model_.outputs.begin(), model_.outputs.end(), index) != 0) index = Copy(t);
    Tensor& output = model_.tensors[index];
    if (output.c > 1 && output.h * output.w > 1 && value->is_planar == model_.channels_last) {
      file_.Refuse(
          fmt::format("its output '{}' has its channels where its input has not", tensor.Label()));
    }
    if (tensor.type == kTfliteUint8) output.boundary = DType::kUint8;
    if (tensor.type == kTfliteInt8) output.boundary = DType::kInt8;
    model_.outputs.push_back(index);
  }
  const int last = static_cast<int>(model_.tensors.size()) - 1;
  if (model_.outputs == std::vector<int>{last}) model_.outputs.clear();
}

// An output that is another one in another form: a layer of its own, which changes nothing.
int TfliteImporter::Copy(int output) {
  const int from = values_[output]->tensor;
  Layer layer;
  layer.name = fmt::format("output_{}", model_.outputs.size());
  layer.kind = LayerKind::kMaxPool;  // over one element
  Tensor tensor = model_.tensors[from];
  tensor.name = UniqueName(output);
  return systole::Append(model_, std::move(layer), {from}, std::move(tensor));
}

TfliteImporter::Quantization TfliteImporter::QuantizationOf(const Operator& op, int tensor) const {
  const TfliteTensor& from = file_.tensors()[tensor];
  if (from.type != kTfliteInt8 && from.type != kTfliteUint8) {
    file_.Refuse(op, fmt::format("its tensor '{}' is {}; INT8 and UINT8 are supported: quantize "
                                 "the whole model to 8 bits",
                                 from.Label(), TfliteTypeName(from.type)));
  }
  if (from.scales.size() != 1 || from.zero_points.size() > 1) {
    file_.Refuse(op, fmt::format("its tensor '{}' has {} scales and {} zero points; it needs one "
                                 "of each",
                                 from.Label(), from.scales.size(), from.zero_points.size()));
  }
  if (!std::isfinite(from.scales[0]) || from.scales[0] <= 0) {
    file_.Refuse(op, fmt::format("its tensor '{}' has the scale {}; it must be finite and positive",
                                 from.Label(), from.scales[0]));
  }
  Quantization q;
  q.scale = from.scales[0];
  q.type = from.type == kTfliteUint8 ? DType::kUint8 : DType::kInt8;
  const int64_t zero = from.zero_points.empty() ? 0 : from.zero_points[0];
  const int64_t least = q.type == DType::kUint8 ? 0 : -128;
  if (zero < least || zero > least + 255) {
    file_.Refuse(op, fmt::format("its tensor '{}' has the zero point {}, which is no {}",
                                 from.Label(), zero, TfliteTypeName(from.type)));
  }
  q.zero_point = static_cast<int>(zero - least) - 128;
  return q;
}

const TfliteImporter::Value& TfliteImporter::Read(const Operator& op, size_t k) {
  const int index = op.inputs[k];
  if (index < 0) file_.Refuse(op, fmt::format("its input {} is left out", k));
  const TfliteTensor& tensor = file_.tensors()[index];
  if (!values_[index]) {
    file_.Refuse(op, fmt::format("its input '{}' {}", tensor.Label(),
                                 tensor.IsConstant()
                                     ? "is constant, which is not supported; cut the model there"
                                     : "is made by no operator before it"));
  }
  const Value& value = *values_[index];
  if (value.is_real) {
    file_.Refuse(op, fmt::format("its input '{}' is FLOAT32; QUANTIZE must come before: quantize "
                                 "the whole model to 8 bits",
                                 tensor.Label()));
  }
  const Quantization q = QuantizationOf(op, index);
  const Tensor& held = model_.tensors[value.tensor];
  if (q.scale != held.scale || q.zero_point != held.zero_point) {
    file_.Refuse(op, fmt::format("reads '{}' with the scale {}, but it was made with {}",
                                 tensor.Label(), q.scale, held.scale));
  }
  return value;
}

std::optional<TfliteImporter::Shape> TfliteImporter::ShapeOf(const Dims& dims) {
  if (dims.size() > 4 || (dims.size() > 1 && dims[0] != 1)) return std::nullopt;
  Shape shape;
  if (!dims.empty()) shape.c = dims.back();
  if (dims.size() > 2) shape.w = dims[dims.size() - 2];
  if (dims.size() > 3) shape.h = dims[1];
  const bool fits = shape.c >= 1 && shape.c <= kMaxChannels && shape.h >= 1 &&
                    shape.h <= kMaxSide && shape.w >= 1 && shape.w <= kMaxSide &&
                    shape.c * shape.h * shape.w <= kMaxTensorElements;
  return fits ? std::optional<Shape>(shape) : std::nullopt;
}

TfliteImporter::Shape TfliteImporter::Image(const Operator& op, const Value& value) {
  const std::optional<Shape> shape = ShapeOf(value.dims);
  if (!shape) {
    file_.Refuse(op, fmt::format("reads {}; 1xHxWxC, 1xWxC or 1xK of a practical size is supported",
                                 ListText(value.dims)));
  }
  Tensor& tensor = model_.tensors[value.tensor];
  const bool is_input = value.tensor == 0 && !is_read_;
  if (is_input && !value.is_planar) {  // reshaped before the first layer
    if (tensor.c != shape->c || tensor.h != shape->h || tensor.w != shape->w) {
      model_.file_input = {tensor.c, tensor.h, tensor.w};
      tensor.c = static_cast<int>(shape->c);
      tensor.h = static_cast<int>(shape->h);
      tensor.w = static_cast<int>(shape->w);
    }
  }
  if (value.tensor == 0) is_read_ = true;
  const bool flat = tensor.c == 1 || tensor.h * tensor.w == 1;
  if (tensor.c != shape->c || tensor.h != shape->h || tensor.w != shape->w ||
      (value.is_planar && !flat)) {
    file_.Refuse(op,
                 fmt::format("reads {} of a tensor made as 1x{}x{}x{}, whose channels would lie "
                             "elsewhere; cut the model there",
                             ListText(value.dims), tensor.h, tensor.w, tensor.c));
  }
  return *shape;
}

int TfliteImporter::Readers(int tensor) const {
  int count = static_cast<int>(std::count(file_.outputs().begin(), file_.outputs().end(), tensor));
  for (const Operator& op : file_.operators()) {
    if (!needed_[op.index]) continue;
    count += static_cast<int>(std::count(op.inputs.begin(), op.inputs.end(), tensor));
  }
  return count;
}

Layer& TfliteImporter::Append(const Operator& op, Layer layer, std::vector<int> inputs, Shape shape,
                              Dims dims) {
  return Append(op, std::move(layer), std::move(inputs), shape, std::move(dims),
                QuantizationOf(op, op.outputs[0]));
}

Layer& TfliteImporter::Append(const Operator& op, Layer layer, std::vector<int> inputs, Shape shape,
                              Dims dims, const Quantization& quantization) {
  const auto [c, h, w] = shape;
  if (c < 1 || c > kMaxChannels || h < 1 || h > kMaxSide || w < 1 || w > kMaxSide ||
      c * h * w > kMaxTensorElements) {
    file_.Refuse(op,
                 fmt::format("its output would be 1x{}x{}x{}, which is not supported", h, w, c));
  }
  layer.op = TfliteFile::OperatorName(op);
  layer.name = fmt::format("{}_{}", layer.op, op.index);
  Tensor out;
  out.name = UniqueName(op.outputs[0]);
  out.c = static_cast<int>(c);
  out.h = static_cast<int>(h);
  out.w = static_cast<int>(w);
  out.scale = quantization.scale;
  out.zero_point = quantization.zero_point;
  out.boundary = quantization.type;
  Value value;
  value.tensor = systole::Append(model_, std::move(layer), std::move(inputs), std::move(out));
  value.dims = std::move(dims);
  values_[op.outputs[0]] = value;
  return model_.layers.back();
}

void TfliteImporter::Alias(const Operator& op, const Value& value, Dims dims) {
  Value alias = value;
  alias.dims = std::move(dims);
  values_[op.outputs[0]] = std::move(alias);
}

// LiteRT does not ask for unique names, Models do.
std::string TfliteImporter::UniqueName(int tensor) const {
  const std::string& name = file_.tensors()[tensor].name;
  const bool taken = std::any_of(model_.tensors.begin(), model_.tensors.end(),
                                 [&](const Tensor& t) { return t.name == name; });
  return taken && !name.empty() ? fmt::format("{}#{}", name, tensor) : name;
}

void TfliteImporter::RequireKept(const Operator& op, int from) const {
  const Quantization in = QuantizationOf(op, from), out = QuantizationOf(op, op.outputs[0]);
  if (in.type != out.type || in.scale != out.scale || in.zero_point != out.zero_point) {
    file_.Refuse(op,
                 fmt::format("must keep type, scale and zero point, but makes scale {} and zero "
                             "point {} of {} and {}",
                             out.scale, out.zero_point, in.scale, in.zero_point));
  }
}

void TfliteImporter::Activate(const Operator& op, int activation, Layer& layer) const {
  const Quantization out = QuantizationOf(op, op.outputs[0]);
  const auto bound = [&](float real) { return QuantizedBound(real, out.scale, out.zero_point); };
  switch (activation) {
    case 0:
      return;
    case 1:
      layer.clamp_lo = bound(0);
      return;
    case 2:
      layer.clamp_lo = bound(-1);
      layer.clamp_hi = bound(1);
      return;
    case 3:
      layer.clamp_lo = bound(0);
      layer.clamp_hi = bound(6);
      return;
    default:
      file_.Refuse(op, fmt::format("its activation {} is not supported; NONE, RELU, RELU_N1_TO_1 "
                                   "and RELU6 are",
                                   activation));
  }
}

}  // namespace systole
