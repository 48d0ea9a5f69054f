// What a fuzzer does with a model that was read: multipliers in every mode or a refusal, and, where
// the model is small, the definition and FastGolden evaluate it alike.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "sw/base/error.h"
#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/model/model.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"

namespace systole {

constexpr int64_t kSmall = 100'000;  // taps of all layers together, and elements of any tensor

inline bool IsSmall(const Model& model) {
  int64_t taps = 0;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const Tensor& in = model.Input(i);
    if (in.Elements() > kSmall || model.tensors[i + 1].Elements() > kSmall) return false;
    const int64_t padded = (int64_t{in.h} + layer.pad.top + layer.pad.bottom) *
                           (in.w + layer.pad.left + layer.pad.right);
    if (padded > kSmall || padded * in.c > kSmall) return false;
    const bool fc = layer.kind == LayerKind::kFullyConnected;
    const int64_t window = fc ? in.Elements() : int64_t{layer.kernel_h} * layer.kernel_w;
    if (window > kSmall) return false;
    const int64_t depth = layer.kind == LayerKind::kConv ? in.c / layer.groups : 1;
    taps += window * depth * model.tensors[i + 1].Elements();
    if (taps > kSmall) return false;
  }
  return true;
}

// The image's values follow from the fuzzer's bytes.
inline void Evaluate(const Model& model, const uint8_t* data, size_t size) {
  std::vector<int8_t> image(model.tensors[0].Elements());
  for (size_t i = 0; i < image.size(); ++i) image[i] = static_cast<int8_t>(data[i % size] + i);
  if (FastGolden(model).Run(image.data()) != RunReference(model, image.data())) std::abort();
}

inline void TryModel(Model& model, const uint8_t* data, size_t size) {
  const bool small = IsSmall(model);
  for (int mode = 0; mode < kNumRoundings; ++mode) {
    try {
      ChooseMultipliers(model, static_cast<Rounding>(mode));
      ProveRanges(model);
    } catch (const InputError&) {
      continue;
    }
    if (small) Evaluate(model, data, size);
  }
}

}  // namespace systole
