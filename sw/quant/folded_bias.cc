#include "sw/quant/folded_bias.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/model/graph.h"

namespace systole {

std::vector<int32_t> FoldedBias(const Layer& layer, int zx) {
  std::vector<int32_t> folded(layer.bias.size());
  const int64_t k_size = FilterElements(layer);
  for (size_t n = 0; n < folded.size(); ++n) {
    const int8_t* w = layer.weights.data() + n * k_size;
    int64_t sum = 0;
    for (int64_t k = 0; k < k_size; ++k) sum += w[k];
    const int64_t value = layer.bias[n] - zx * sum + k_size * zx * layer.weight_zero_point;
    if (value < INT32_MIN || value > INT32_MAX) {
      throw InputError(
          fmt::format("{}: channel {}: folded bias {} does not fit 32 bits; use a smaller bias",
                      Label(layer), n, value));
    }
    folded[n] = static_cast<int32_t>(value);
  }
  return folded;
}

}  // namespace systole
