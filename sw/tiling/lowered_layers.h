// The layers of a model as stages (LowerLayer()), each made once: a network is written in several
// ways and, when designs are explored, for many configurations.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sw/compiler/stage.h"

namespace systole {

class LoweredLayers {
 public:
  explicit LoweredLayers(const Model& model)
      : model_(model), stages_(model.layers.size()), columns_(model.layers.size()) {}

  const Stage& Of(size_t layer);
  // A fully connected layer as a 1x1 convolution of K = H x W x C channels, in the order of memory.
  const Stage& Column(size_t layer);

 private:
  const Model& model_;
  std::vector<std::optional<Stage>> stages_, columns_;
};

}  // namespace systole
