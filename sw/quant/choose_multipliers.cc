#include "sw/quant/choose_multipliers.h"

#include <fmt/format.h>

#include <cassert>

#include "sw/arith/multiplier.h"
#include "sw/model/graph.h"

namespace systole {

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
          append(LayerMultiplier(in.scale, sw, out.scale, mode, where));
        }
        break;
      case LayerKind::kAveragePool:
        append({});
        for (int count = 1; count <= layer.kernel_h * layer.kernel_w; ++count) {
          append(layer.average == AverageMode::kTflite
                     ? TfliteAverageMultiplier(count)
                     : AverageMultiplier(in.scale, out.scale, count, mode, where));
        }
        if (layer.average == AverageMode::kTflite) layer.rounding = Rounding::kHalfAway;
        break;
      case LayerKind::kMaxPool:
      case LayerKind::kConcat:
        break;
    }
  }
}

}  // namespace systole
