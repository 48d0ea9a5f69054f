// Where a chain's items lie in the activation buffer.
#pragma once

#include "sw/tiling/chain.h"

namespace systole {

// Bytes from an item's beginning to a node's window: its rectangle's first line and pixel, padding
// included.
inline int64_t InputBase(const ChainTensor& t, const ChainNode& node) {
  const Rect& r = node.rect;
  return int64_t{r.iy0 - t.y0 + t.top - r.stage.pad.top} * t.pitch +
         int64_t{t.left + r.ix0 - r.stage.pad.left} * t.channels;
}

// Bytes from an item's beginning to the first pixel of line y of its tensor.
inline int64_t LineBase(const ChainTensor& t, int y) {
  return int64_t{y - t.y0 + t.top} * t.pitch + int64_t{t.left} * t.channels;
}

// Sets the places of all items; false: they do not fit. What LOAD, POST and STORE share with the
// array lies in address groups of its own where there is room.
bool PlaceChain(const HwConfig& config, Chain* chain);

}  // namespace systole
