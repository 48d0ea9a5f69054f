// Operators that change shape alone, and those that join tensors.
#include <fmt/format.h>

#include <algorithm>

#include "sw/arith/tflite_functions.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/model/tflite_importer.h"

namespace systole {
namespace {

constexpr int kSoftmaxOptions = 9, kConcatenationOptions = 10, kAddOptions = 11;

}  // namespace

// RESHAPE, SQUEEZE, EXPAND_DIMS: the file's own shape of the output.
void TfliteImporter::Reshape(const Operator& op) {
  const int from = op.inputs[0];
  if (from < 0 || !values_[from]) Read(op, 0);  // refuses
  const Value value = *values_[from];
  const TfliteTensor& out = file_.tensors()[op.outputs[0]];
  int64_t elements = 1;
  for (int64_t dim : out.dims) elements *= dim;
  if (elements != model_.tensors[value.tensor].Elements()) {
    file_.Refuse(op, fmt::format("makes {} elements of {}", elements,
                                 model_.tensors[value.tensor].Elements()));
  }
  if (!value.is_real) {
    Read(op, 0);
    RequireKept(op, from);
  }
  Alias(op, value, out.dims);
}

// Free where only dimensions of 1 move; else noted as the order of the elements.
void TfliteImporter::Transpose(const Operator& op) {
  const int from = op.inputs[0];
  if (from < 0 || !values_[from]) Read(op, 0);  // refuses
  Value value = *values_[from];
  const std::vector<int64_t> order = file_.Integers(op, op.inputs[1], "its permutation");
  const auto rank = static_cast<int64_t>(value.dims.size());
  std::vector<bool> seen(value.dims.size());
  Dims dims;
  std::vector<int64_t> moved;  // dimensions above 1, in their new order
  for (int64_t axis : order) {
    if (axis < 0 || axis >= rank || seen[axis]) {
      file_.Refuse(
          op, fmt::format("{} is no permutation of {} dimensions", ListText(order, ","), rank));
    }
    seen[axis] = true;
    dims.push_back(value.dims[axis]);
    if (value.dims[axis] != 1) moved.push_back(axis);
  }
  if (static_cast<int64_t>(order.size()) != rank) {
    file_.Refuse(op, fmt::format("permutes {} dimensions of {}", order.size(), rank));
  }
  if (!value.is_real) {
    Read(op, 0);
    RequireKept(op, from);
  }
  if (!std::is_sorted(moved.begin(), moved.end())) {
    const bool to_last = order == std::vector<int64_t>{0, 2, 3, 1};
    const bool to_first = order == std::vector<int64_t>{0, 3, 1, 2};
    Tensor& tensor = model_.tensors[value.tensor];
    if (to_last && value.tensor == 0 && !is_read_ && value.dims[0] == 1 && !value.is_planar &&
        Readers(from) == 1 && model_.file_input.empty() && rank == 4 &&
        value.dims[1] <= kMaxChannels && value.dims[2] <= kMaxSide && value.dims[3] <= kMaxSide) {
      tensor.c = static_cast<int>(value.dims[1]);  // the file's input is C x H x W
      tensor.h = static_cast<int>(value.dims[2]);
      tensor.w = static_cast<int>(value.dims[3]);
      model_.channels_last = false;
    } else if (to_last && value.is_planar) {
      value.is_planar = false;
    } else if (to_first && !value.is_planar) {
      Image(op, value);
      value.is_planar = true;
    } else {
      file_.Refuse(op, fmt::format("moves elements by {}; between N x H x W x C and N x C x H x W "
                                   "it is supported, before a FULLY_CONNECTED or at the input; cut "
                                   "the model before it",
                                   ListText(order, ",")));
    }
  }
  Alias(op, value, std::move(dims));
}

void TfliteImporter::Concatenation(const Operator& op) {
  const auto* o = file_.Options<tflite::ConcatenationOptions>(op, kConcatenationOptions);
  if (o == nullptr) file_.Refuse(op, "has no options");
  const Quantization out = QuantizationOf(op, op.outputs[0]);
  Layer layer;
  layer.kind = LayerKind::kConcat;
  Activate(op, o->fused_activation_function(), layer);
  std::vector<int> inputs;
  Shape shape;
  Dims dims;
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    const Value value = Read(op, k);
    const Shape part = Image(op, value);
    const auto rank = static_cast<int>(value.dims.size());
    if (rank == 0 || (o->axis() != rank - 1 && o->axis() != -1)) {
      file_.Refuse(op, fmt::format("joins along dimension {} of {}; the last, the channels, is "
                                   "supported",
                                   o->axis(), rank));
    }
    if (k > 0 && (part.h != shape.h || part.w != shape.w)) {
      file_.Refuse(op, fmt::format("its input {} is {}x{} high and wide, the first {}x{}", k,
                                   part.h, part.w, shape.h, shape.w));
    }
    inputs.push_back(Rescaled(op, k, value, out));
    if (k == 0) {
      shape = part;
      dims = value.dims;
    } else {
      shape.c += part.c;
      dims.back() += part.c;
    }
  }
  Append(op, std::move(layer), std::move(inputs), shape, std::move(dims));
}

// The tensor of a concatenation's input in the output's scale: uint8 ones may have others.
int TfliteImporter::Rescaled(const Operator& op, size_t k, const Value& value,
                             const Quantization& out) {
  const Quantization in = QuantizationOf(op, op.inputs[k]);
  if (in.type != out.type) file_.Refuse(op, "joins int8 and uint8");
  if (in.scale == out.scale && in.zero_point == out.zero_point) return value.tensor;
  if (in.type == DType::kInt8) {
    file_.Refuse(
        op, fmt::format("its int8 input '{}' has the scale {} and zero point {}, its output "
                        "{} and {}: TensorFlow Lite joins equal ones",
                        file_.tensors()[op.inputs[k]].Label(), in.scale, in.zero_point, out.scale,
                        out.zero_point));
  }
  Layer layer;
  layer.kind = LayerKind::kTable;
  layer.op = TfliteFile::OperatorName(op);
  layer.name = fmt::format("{}_{}_rescale_{}", layer.op, op.index, k);
  layer.table = TfliteConcatTable(Pair(in, out));
  Tensor tensor = model_.tensors[value.tensor];
  tensor.name.clear();
  tensor.scale = out.scale;
  tensor.zero_point = out.zero_point;
  tensor.boundary = out.type;
  return systole::Append(model_, std::move(layer), {value.tensor}, std::move(tensor));
}

TfliteScales TfliteImporter::Pair(const Quantization& in, const Quantization& out) {
  return {in.scale, in.zero_point + (in.type == DType::kUint8 ? 128 : 0), out.scale,
          out.zero_point + (out.type == DType::kUint8 ? 128 : 0), in.type == DType::kUint8};
}

void TfliteImporter::Add(const Operator& op) {
  const Value first = Read(op, 0), second = Read(op, 1);
  if (first.tensor == 0 || second.tensor == 0) is_read_ = true;
  const Tensor a = model_.tensors[first.tensor], b = model_.tensors[second.tensor];
  if (a.c != b.c || a.h != b.h || a.w != b.w || first.dims != second.dims ||
      first.is_planar != second.is_planar) {
    file_.Refuse(op, fmt::format("adds {} and {}; tensors of one shape are supported",
                                 ListText(first.dims, "x"), ListText(second.dims, "x")));
  }
  const auto type = [&](int t) { return file_.tensors()[t].type; };
  if (type(op.inputs[0]) != type(op.inputs[1]) || type(op.inputs[0]) != type(op.outputs[0])) {
    file_.Refuse(op, "adds int8 and uint8");
  }
  Layer layer;
  layer.kind = LayerKind::kAdd;
  const auto* o = file_.Options<tflite::AddOptions>(op, kAddOptions);
  Activate(op, o == nullptr ? 0 : o->fused_activation_function(), layer);
  Append(op, std::move(layer), {first.tensor, second.tensor}, {a.c, a.h, a.w}, first.dims);
  values_[op.outputs[0]]->is_planar = first.is_planar;
}

void TfliteImporter::Softmax(const Operator& op) {
  const Value value = Read(op, 0);
  const Shape in = Image(op, value);
  const auto* o = file_.Options<tflite::SoftmaxOptions>(op, kSoftmaxOptions);
  if (o == nullptr) file_.Refuse(op, "has no options");
  if (in.h != 1 || in.w != 1) {
    file_.Refuse(op, fmt::format("at {}x{} positions; at one it is supported; cut the model before "
                                 "it",
                                 in.h, in.w));
  }
  const Quantization out = QuantizationOf(op, op.outputs[0]);
  if (out.scale != 1.0f / 256 || out.zero_point != -128) {
    file_.Refuse(op, fmt::format("its output's scale is {}; 1/256 and the least zero point are "
                                 "supported",
                                 out.scale));
  }
  Layer layer;
  layer.kind = LayerKind::kSoftmax;
  layer.beta = o->beta();
  Append(op, std::move(layer), {value.tensor}, in, value.dims);
}

}  // namespace systole
