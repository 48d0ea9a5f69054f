// A fold in column mode as Matmuls: slices of one tap group, kernel line after kernel line.
#pragma once

#include <vector>

#include "sw/compiler/mapping.h"

namespace systole {

struct ColumnRun {
  int first = 0, last = 0;  // slices, half open
  int shift = 0;            // bytes from the fold's window to that of slice `first`
  int base_inc = 0;         // bytes from slice to slice
  int taps = 1;             // of a slice
};

// `pitch`: bytes of a line on chip. No run crosses a multiple of `per_item` slices.
std::vector<ColumnRun> ColumnRuns(const Stage& stage, const Mapping& mapping, int pitch,
                                  int per_item);

}  // namespace systole
