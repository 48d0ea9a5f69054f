// Small random models of every kind of layer, for comparing one description with another.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "sw/model/model.h"

namespace systole {

struct RandomModelOptions {
  Rounding rounding = Rounding::kFloat32;
  int max_layers = 5;
  int max_channels = 20;
  int max_side = 14;    // of the input
  bool grouped = true;  // grouped and depthwise convolutions
  bool dilated = true;
  bool asymmetric_weights = true;  // weight zero points other than 0
  bool average_pools = true;
  bool joins = false;  // branches that a concatenation joins
  bool adds = false;
  bool pads = false;
  bool tables = false;
  bool means = false;     // global averages, TensorFlow Lite's mean among them
  bool softmax = false;   // at the end
  bool branches = false;  // a layer may read any tensor before it; several outputs
};

// Every kind of layer, branches and several outputs, up to nine steps.
RandomModelOptions RandomGraphOptions(Rounding rounding);

// A model that passes CheckModel() and ProveRanges(), multipliers chosen. Scales are such that
// outputs neither vanish nor saturate throughout. The same seed gives the same model.
Model RandomModel(uint64_t seed, const RandomModelOptions& options = {});

// One image of the model's input.
std::vector<int8_t> RandomImage(const Model& model, std::mt19937_64& random);

}  // namespace systole
