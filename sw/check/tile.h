// One tile of work for MATMUL and POST, random within what is asked for and within the work area:
// everything a tile reads is loaded by the same program.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/check/program_builder.h"

namespace systole::check {

enum class Operands {
  kSmall,    // sums that fit a byte: an output shows each bit of its sum
  kFull,     // all of int8
  kExtreme,  // -128 and 127 only
};

struct TileShape {
  int nx = 1, ny = 1, nb = 1;
  int slices = 1, columns = 1, klast = 1;
  int stride_x = 1, stride_y = 0, stride_b = 0, base_inc = 0;
  bool ktab_inc = false;
  int half = 0, entry = 0;
  int vectors() const { return nx * ny * nb; }
};

// What a tile may use: activation bytes, weight rows of a bank, offset rows.
struct TileRoom {
  int act, weight, ktab;
};

// A random shape that fits: at least two images, lines and slices where `windows` and possible.
TileShape RandomShape(ProgramBuilder* b, bool windows, const TileRoom& room);
// The same, with half of the work area.
TileShape RandomShape(ProgramBuilder* b, bool windows);

// Loads offsets, weights, parameters and activations for `shape`. weight_row, ktab_row, par_row:
// where. Returns the Matmul, First set.
struct TileRows {
  int weight = 0, ktab = 0, par = 0, act = 0;
};
Instruction LoadTile(ProgramBuilder* b, const TileShape& shape, Operands operands,
                     const TileRows& rows);

// The Matmul in column mode, of `columns` columns (at most ROWS) and `taps` taps.
Instruction InColumnMode(const Instruction& matmul, int columns, int taps);

// A Post of every sum of the tile, one channel a column, bytes from `out` on, within the work area.
Instruction WholePost(const ProgramBuilder& b, const TileShape& shape, int out);

// A Post with random taps, strides, pairs, channels, zero points, clamp and a mode that is built,
// within the tile's sums, its parameter rows and [out, out + room).
Instruction RandomPost(ProgramBuilder* b, const TileShape& shape, const TileRows& rows, int out,
                       int room);

// A built rounding mode.
int AnyMode(ProgramBuilder* b);

// Rows of parameters that a tile needs, at most what there are.
int ParameterRows(const HwConfig& config);

}  // namespace systole::check
