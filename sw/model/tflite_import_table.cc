// Changes of scale and type, and functions of one value.
#include <fmt/format.h>

#include <limits>

#include "sw/arith/tflite_functions.h"
#include "sw/model/tflite_importer.h"
#include "sw/model/tflite_names.h"

namespace systole {
namespace {

constexpr int kLeakyReluOptions = 75;

}  // namespace

void TfliteImporter::Quantize(const Operator& op) {
  const int from = op.inputs[0];
  const Quantization out = QuantizationOf(op, op.outputs[0]);
  if (from >= 0 && values_[from] && values_[from]->is_real) {
    const Value value = *values_[from];
    if (value.tensor != 0) file_.Refuse(op, "quantizes what was dequantized; remove both");
    Tensor& input = model_.tensors[0];
    if (is_quantized_ && (input.scale != out.scale || input.zero_point != out.zero_point)) {
      file_.Refuse(op, "quantizes the graph's input a second time, in another way");
    }
    is_quantized_ = true;
    input.scale = out.scale;
    input.zero_point = out.zero_point;
    input.boundary = out.type;
    Value quantized = value;
    quantized.is_real = false;
    values_[op.outputs[0]] = quantized;
    return;
  }
  const Value value = Read(op, 0);
  const Quantization in = QuantizationOf(op, from);
  if (in.scale == out.scale && in.zero_point == out.zero_point) {
    Alias(op, value, value.dims);
    return;
  }
  const Tensor held = model_.tensors[value.tensor];
  if (value.tensor == 0) is_read_ = true;
  Layer layer;
  layer.kind = LayerKind::kAveragePool;  // over one element
  Append(op, std::move(layer), {value.tensor}, {held.c, held.h, held.w}, value.dims);
  values_[op.outputs[0]]->is_planar = value.is_planar;
}

void TfliteImporter::Dequantize(const Operator& op) {
  Value value = Read(op, 0);
  const TfliteTensor& out = file_.tensors()[op.outputs[0]];
  if (out.type != kTfliteFloat32) {
    file_.Refuse(op, fmt::format("makes {}; FLOAT32 is supported", TfliteTypeName(out.type)));
  }
  value.is_real = true;
  values_[op.outputs[0]] = value;
}

void TfliteImporter::Relu(const Operator& op) {
  const Value value = Read(op, 0);
  const Quantization in = QuantizationOf(op, op.inputs[0]), out = QuantizationOf(op, op.outputs[0]);
  if (in.type != out.type) file_.Refuse(op, "turns int8 into uint8 or back");
  const auto code = static_cast<TfliteOperator>(op.code);
  if (in.scale != out.scale || in.zero_point != out.zero_point) {
    Layer clamp;
    Activate(op, code == TfliteOperator::kRelu ? 1 : code == TfliteOperator::kRelu6 ? 3 : 2, clamp);
    const int offset = out.type == DType::kUint8 ? 128 : 0;
    Table(op, TfliteReluTable(Pair(in, out), clamp.clamp_lo + offset, clamp.clamp_hi + offset));
    return;
  }
  const Tensor held = model_.tensors[value.tensor];
  if (value.tensor == 0) is_read_ = true;
  Layer layer;
  layer.kind = LayerKind::kMaxPool;  // over one element
  Activate(op, code == TfliteOperator::kRelu ? 1 : code == TfliteOperator::kRelu6 ? 3 : 2, layer);
  Append(op, std::move(layer), {value.tensor}, {held.c, held.h, held.w}, value.dims);
  values_[op.outputs[0]]->is_planar = value.is_planar;
}

void TfliteImporter::Function(const Operator& op) {
  Read(op, 0);
  const Quantization in = QuantizationOf(op, op.inputs[0]), out = QuantizationOf(op, op.outputs[0]);
  if (in.type != out.type) file_.Refuse(op, "turns int8 into uint8 or back");
  const TfliteScales scales = Pair(in, out);
  switch (static_cast<TfliteOperator>(op.code)) {
    case TfliteOperator::kLogistic:
    case TfliteOperator::kTanh: {
      const bool logistic = op.code == static_cast<int>(TfliteOperator::kLogistic);
      return Table(op, logistic ? TfliteLogisticTable(scales) : TfliteTanhTable(scales));
    }
    case TfliteOperator::kHardSwish: {
      std::vector<int8_t> table = TfliteHardSwishTable(scales);
      if (table.empty()) {
        file_.Refuse(op,
                     fmt::format("its scales {} and {} lie too far apart", in.scale, out.scale));
      }
      return Table(op, std::move(table));
    }
    default: {
      const auto* o = file_.Options<tflite::LeakyReluOptions>(op, kLeakyReluOptions);
      if (o == nullptr) file_.Refuse(op, "has no options");
      std::vector<int8_t> table = TfliteLeakyReluTable(scales, o->alpha());
      if (table.empty()) {
        file_.Refuse(op, fmt::format("its alpha {} is not supported; finite and not negative is",
                                     o->alpha()));
      }
      return Table(op, std::move(table));
    }
  }
}

void TfliteImporter::Table(const Operator& op, std::vector<int8_t> table) {
  const Value value = Read(op, 0);
  const Tensor held = model_.tensors[value.tensor];
  if (value.tensor == 0) is_read_ = true;
  Layer layer;
  layer.kind = LayerKind::kTable;
  layer.table = std::move(table);
  Append(op, std::move(layer), {value.tensor}, {held.c, held.h, held.w}, value.dims);
  values_[op.outputs[0]]->is_planar = value.is_planar;
}

}  // namespace systole
