// Products over a mapping's loops that every tensor needs.
#pragma once

#include <cstdint>
#include <string>

#include "sw/timeloop/mapping.h"
#include "sw/timeloop/tensor_table.h"

namespace systole::timeloop {

constexpr int kMaxLoops = kMaxDims * kMaxLevels;

struct NestLoop {
  int dim;
  bool y;
  int64_t bound;
  int64_t inside;  // iterations of the same dimension in all loops inside this one
};

// Products over the nest, the same for every tensor.
struct Nest {
  double steps;                        // temporal iterations
  int64_t used_macs;                   // used multipliers
  int64_t fan[kMaxLevels];             // used children of an instance of each level
  int64_t used[kMaxLevels];            // used instances of each level
  Extents tile[kMaxLevels];            // extents of all loops of blocks 0..b
  Extents spread[kMaxLevels];          // of blocks 0..b-1 and the spatial loops of b
  NestLoop temporal[kMaxLoops];        // the innermost first
  NestLoop spatial[kMaxLoops];         // the innermost first
  int first_temporal[kMaxLevels + 1];  // of each level
  int first_spatial[kMaxLevels + 1];
  double above[kMaxLoops + 1];  // product of the temporal bounds from each loop outward
};

void Products(const Architecture& arch, const Mapping& mapping, Nest* nest);

// Why a mapping is not possible: a level's tiles of `words` do not fit, or it uses more instances
// than there are. Else "".
std::string Misfit(const Architecture& arch, const int64_t* words, const Nest& nest);

}  // namespace systole::timeloop
