// Stages on the array input stationary (docs/isa.md): a fold's columns are filters that stream past
// the pixels of a tile, COLS at a time. A fold may have several times COLS filters; each COLS of
// them have accumulator entries of their own, one tile's behind the other's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"
#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole {

// What about the stage keeps it from being input stationary, in a few words; "": nothing.
std::string WhyNotInputStationary(const Stage& stage, const HwConfig& config);

// Makes a mapping of dense or grouped folds input stationary.
void MakeInputStationary(const HwConfig& config, Mapping* mapping);

// Filters that a fold may have: COLS, or more.
int MostFilters(const HwConfig& config);

// A weight-stationary Matmul's vectors as input-stationary ones of at most COLS pixels a tile:
// parts of a line, or lines, or images are tiles. `acc_inc`: entries from COLS filters to the next.
std::vector<Instruction> InputMatmuls(const Instruction& dense, const HwConfig& config,
                                      int acc_inc);

// Cycles of the array for nx x ny x images pixels of a fold.
int64_t InputCycles(int nx, int ny, int images, int slices, int filters, const LawConfig& laws);

}  // namespace systole
