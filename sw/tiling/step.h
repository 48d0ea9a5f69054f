// The layers of a graph as passes over the array, in an order in which every tensor is made before
// it is read.
#pragma once

#include <vector>

#include "sw/compiler/stage.h"
#include "sw/isa/config.h"
#include "sw/model/model.h"
#include "sw/tiling/lowered_layers.h"

namespace systole {

// One pass over the array: a stage that reads one tensor of the model and writes channels of one
// from `channel` on.
struct Step {
  Stage stage;
  int input = 0, output = 0;  // index of Model::tensors
  int channel = 0;
  int input_channel = 0;  // the first channel of `input` that it reads
  // Its results are added to tensor `other` before they are stored: model layer `sum_layer`.
  int sum_layer = -1, other = -1;
  // A fully connected layer: its stage is a 1x1 convolution of K = H x W x C channels (in that
  // order, as memory has them) over one column of pixels, one a image.
  bool batched = false;
};

// Steps whose results are stored together. `assembled`: their channels lie side by side in one
// region of the activation buffer and leave it as whole pixels, since they do not begin on a beat
// of the memory.
// `host`: the host's own step for model layer `layer`; it has no steps of the accelerator.
struct Unit {
  std::vector<Step> steps;
  bool assembled = false;
  bool host = false;
  bool post = false;  // POST alone does layer `layer` (post_unit.h, pool_unit.h)
  size_t layer = 0;
  bool follows = false;  // further channels of the layer that the unit before makes
};

// Which tensors are channels of a larger one (a concatenation): tensor t begins at channel
// `channel[t]` of tensor root[t].
struct Placing {
  std::vector<int> root, channel;
};

// A unit of one step that works on each channel by itself (depthwise convolutions, pooling), as two
// of about half its channels: they need half the room on chip. Empty: it is no such unit, or its
// channels cannot be read and stored apart, in whole beats of the memory.
std::vector<Unit> HalveChannels(const Unit& unit, const Model& model, const Placing& placing,
                                const HwConfig& config);

// Is layers[i] no step of the accelerator, but the host's?
bool OnHost(const Layer& layer);

// Of those, the sums of two tensors that POST adds: both, and the result, are whole tensors.
bool PostDoes(const Model& model, size_t i, const Placing& placing, const HwConfig& config);

// Puts the inputs of concatenations where their result is to be, wherever their channels begin on a
// beat; those that are read as network inputs, or belong to two of them, stay apart.
Placing PlaceConcats(const Model& model, const HwConfig& config);

// The units of a model, each after those that make what it reads.
// `lowered`: of the model. `fuse_sums`: additions go with the convolution before them where they
// can.
std::vector<Unit> LowerGraph(const Model& model, const Placing& placing, const HwConfig& config,
                             bool fuse_pool, bool fuse_sums, LoweredLayers* lowered);

}  // namespace systole
