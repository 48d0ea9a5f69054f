// Products over a mapping's loops that every tensor needs.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sw/timeloop/mapping.h"

namespace systole::timeloop {

using Extents = std::array<int64_t, kMaxDims>;

// Products over the nest, the same for every tensor.
struct Nest {
  double steps = 1;            // temporal iterations
  int64_t fan[kMaxLevels];     // used children of an instance of each level
  int64_t used[kMaxLevels];    // used instances of each level
  Extents tile[kMaxLevels];    // extents of all loops of blocks 0..b
  Extents spread[kMaxLevels];  // of blocks 0..b-1 and the spatial loops of b
  int64_t used_macs = 1;
};

Nest Products(const Architecture& arch, const Mapping& mapping);

// Why a mapping is not possible: a tile that does not fit, more instances than there are. Else "".
std::string Misfit(const Problem& problem, const Architecture& arch, const Mapping& mapping,
                   const Nest& nest);

}  // namespace systole::timeloop
