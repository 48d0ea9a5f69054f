#include "sw/quant/choose_multipliers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "sw/arith/multiplier.h"
#include "sw/model/graph.h"

namespace systole {
namespace {

AddTensor Operand(const Tensor& tensor) {
  return {tensor.scale, tensor.zero_point, tensor.boundary == DType::kUint8};
}

// TensorFlow Lite's MEAN over `count` values: q(Sx / Sy), the quotient by the count in integers,
// with as many bits kept as 32-bit products allow.
Multiplier TfliteMeanMultiplier(float sx, float sy, int count, const std::string& where) {
  const Multiplier ratio = LayerMultiplier(sx, 1.0f, sy, Rounding::kTflite, where);
  const int exponent = 31 - ratio.s;
  int kept = 31 - __builtin_clz(static_cast<unsigned>(count));
  kept = std::max(0, std::min({kept, 32, 31 + exponent}));
  const uint64_t m = (uint64_t{ratio.m} << kept) / static_cast<uint64_t>(count);
  return {static_cast<uint32_t>(m), ratio.s + kept};
}

}  // namespace

void ChooseMultipliers(Model& model, Rounding mode) {
  assert(model.tensors.size() == model.layers.size() + 1);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    Layer& layer = model.layers[i];
    const Tensor& in = model.Input(i);
    const Tensor& out = model.Output(i);
    const std::string where = fmt::format("{}: {}", model.name, Label(layer));
    layer.rounding = mode;
    layer.m.clear();
    layer.s.clear();
    auto append = [&layer](Multiplier multiplier) {
      layer.m.push_back(multiplier.m);
      layer.s.push_back(static_cast<uint8_t>(multiplier.s));
    };
    switch (layer.kind) {
      case LayerKind::kConv:
      case LayerKind::kFullyConnected:
        for (int n = 0; n < out.c; ++n) {
          const float sw =
              layer.weight_scales.size() == 1 ? layer.weight_scales[0] : layer.weight_scales.at(n);
          append(layer.product_is_single
                     ? LayerMultiplier(in.scale * sw, 1.0f, out.scale, mode, where)
                     : LayerMultiplier(in.scale, sw, out.scale, mode, where));
        }
        break;
      case LayerKind::kAveragePool:
        append({});
        for (int count = 1; count <= layer.kernel_h * layer.kernel_w; ++count) {
          if (IsTfliteAverage(layer)) {
            append(TfliteAverageMultiplier(count));
          } else if (layer.average == AverageMode::kTfliteMean && mode != Rounding::kFloat32) {
            append(TfliteMeanMultiplier(in.scale, out.scale, count, where));
          } else {
            append(AverageMultiplier(in.scale, out.scale, count, mode, where));
          }
        }
        if (IsTfliteAverage(layer)) layer.rounding = Rounding::kHalfAway;
        break;
      case LayerKind::kAdd:
        layer.add = ChooseAdd(Operand(in), Operand(model.Input(i, 1)), Operand(out), mode, where);
        break;
      case LayerKind::kMaxPool:
      case LayerKind::kConcat:
      case LayerKind::kPad:
      case LayerKind::kTable:
      case LayerKind::kSoftmax:
        break;
    }
  }
}

}  // namespace systole
