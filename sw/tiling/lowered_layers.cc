#include "sw/tiling/lowered_layers.h"

namespace systole {
namespace {

// C-H-W filters of a fully connected layer in the H-W-C order of memory.
SharedBytes PixelOrder(const SharedBytes& weights, const Tensor& in) {
  const size_t k = static_cast<size_t>(in.Elements()), plane = static_cast<size_t>(in.h) * in.w;
  if (plane == 1) return weights;
  std::vector<int8_t> result(weights.size());
  for (size_t row = 0; row < weights.size(); row += k) {
    for (size_t p = 0; p < plane; ++p) {
      for (size_t c = 0; c < static_cast<size_t>(in.c); ++c)
        result[row + p * in.c + c] = weights[row + c * plane + p];
    }
  }
  return result;
}

}  // namespace

const Stage& LoweredLayers::Of(size_t layer) {
  if (!stages_[layer]) stages_[layer] = LowerLayer(model_, layer);
  return *stages_[layer];
}

const Stage& LoweredLayers::Column(size_t layer) {
  if (!columns_[layer]) {
    Stage s = Of(layer);
    const Tensor& in = model_.Input(layer);
    s.weights = PixelOrder(s.weights, in);
    s.cin = static_cast<int>(in.Elements());
    s.h = s.w = s.kernel_h = s.kernel_w = 1;
    columns_[layer] = std::move(s);
  }
  return *columns_[layer];
}

}  // namespace systole
