// A RowConv (docs/isa.md#rowconv) with everything that it reads, random within what the
// configuration has: cases of `systole check` with ENGINE=row.
#pragma once

#include "sw/check/program_builder.h"
#include "sw/check/tile.h"
#include "sw/timing/row_mapping.h"

namespace systole::check {

struct RowTile {
  RowMapping map;
  int nx = 1, ny = 1, nb = 1, slices = 1;
  int pitch = 1, stride_y = 0, stride_b = 0, base_inc = 0;
  int line = 1;  // from input row to input row: 1 modulo the banks
  int half = 0;
  int positions() const { return nx * ny * nb; }
  // Bytes from Base to the last one that is read.
  int Extent() const;
};

RowArray ArrayOf(const HwConfig& config);

// Whether array, spads, accumulators, offset table, weight buffer and half of the work area hold
// it.
bool Fits(const RowTile& tile, const HwConfig& config);

// One that fits.
RowTile RandomRowTile(ProgramBuilder* b);

// Loads offsets, weights, parameters (scale 1, or 2^-8 where sums are large) and inputs; the
// RowConv, First set, channels from column 0 on.
Instruction LoadRowTile(ProgramBuilder* b, const RowTile& tile, Operands operands);

// A Post of every sum, from column 0 on `channels` of each entry, bytes from `out` on.
Instruction RowPost(const ProgramBuilder& b, const RowTile& tile, int channels, int out);

// A program of `tiles` random tiles, stored one after the other.
Case RowTiles(const HwConfig& config, const std::string& name, int tiles, uint64_t seed);

}  // namespace systole::check
