// A fold's K-slices as runs that one Matmul each can do: all slices of a run use one row of the
// offset table, or rows one after the other.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"

namespace systole {

struct FoldRun {
  int first = 0, last = 0;        // slices, half open
  int shift = 0;                  // bytes from the fold's window to that of slice `first`
  bool increment = false;         // a row of `offsets` a slice; else the first for all
  int base_inc = 0;               // bytes from slice to slice (increment: 0)
  std::vector<uint16_t> offsets;  // rows of ROWS
};

// `table_rows`: the most rows of a run.
std::vector<FoldRun> FoldRuns(const Stage& stage, const Fold& fold, int pitch, int table_rows);

}  // namespace systole
