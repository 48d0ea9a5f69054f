// A layer with filters, laid out for the sums of fast_kernel.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sw/model/model.h"

namespace systole {

inline bool HasFilters(const Layer& layer) {
  return layer.kind == LayerKind::kConv || layer.kind == LayerKind::kFullyConnected;
}

enum class SumKind {
  kQuads,      // where the processor has them and the weights are symmetric
  kDepthwise,  // one input channel to one output channel
  kPairs,      // everything else
};

// The input is a padded H x W x C tensor: of bytes x + 128, or for pairs of 16-bit x - Zx. A window
// is a set of runs of neighbouring elements.
struct FilterPlan {
  SumKind kind = SumKind::kPairs;
  bool padded = false;              // the input is copied into a tensor with a border
  int64_t width = 0;                // of the padded input
  int64_t elements = 0;             // of it, and what the sums may read behind it
  std::vector<ptrdiff_t> bases;     // of every output pixel
  std::vector<ptrdiff_t> offsets;   // of every run; of every pair; of every tap
  std::vector<int64_t> quads;       // of every run
  int group_in = 0, group_out = 0;  // channels per group
  int block = 0;                    // output channels of one sum
  int blocks = 0;                   // of a group; the last one may be narrower
  int64_t steps = 0;                // quads or pairs of a window
  std::vector<int8_t> bytes;        // quads: groups, blocks, quads, channels of the block, 4
  std::vector<int16_t> words;       // pairs: groups, blocks, pairs, kPairBlock, 2, of w - Zw
  std::vector<int32_t> longs;       // depthwise: taps, channels, of w - Zw
  // Per channel, groups x (channels of a group rounded up to whole blocks or lanes): what is added,
  // for bytes with the part of Zx; multiplier, shift, m * 2^-s.
  int64_t stride = 0;  // of a group
  std::vector<int32_t> bias, m, s;
  std::vector<float> scale;

  // Channels of block b in the sums: block, or the rest rounded up to whole lanes.
  int Channels(int b) const;
  // First weight of block b of group g.
  const int8_t* Bytes(int g, int b) const;
  const int16_t* Words(int g, int b) const;
};

FilterPlan PlanFilters(const Layer& layer, const Tensor& in, const Tensor& out);

}  // namespace systole
