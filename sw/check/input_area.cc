// Input stationary: tiles of all shapes, blocks of filters, sums along diagonals, in turn with
// dense and output-stationary Matmuls, lanes.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/lane_cases.h"
#include "sw/check/tile.h"
#include "sw/functional/check.h"
#include "sw/timing/matmul_law.h"

namespace systole::check {
namespace {

using testing::With;

constexpr char kFiles[] =
    "systole_matmul_control, systole_accumulators, systole_window_walker, systole_gather";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// What an input-stationary Matmul has beside a dense one.
struct InputShape {
  int nx = 1, ny = 1, tiles = 1, filters = 1, inc = 0;
  int pixels() const { return nx * ny; }
  int entries() const { return pixels() * tiles; }
};

// That fits the accumulators from `entry` on, and the weight buffer with `slices` slices.
InputShape RandomInput(ProgramBuilder* b, int entry, int slices) {
  const HwConfig& c = b->config();
  const int depth = c.acc_depth - entry;
  InputShape s;
  s.nx = b->Between(1, std::min(c.cols, depth));
  s.ny = b->Between(1, std::max(1, std::min(c.cols, depth) / s.nx));
  s.tiles = b->Between(1, std::min(4, depth / s.pixels()));
  const int rows = std::min(c.WgtRows(), 0x10000 / PaddedRowBytes(Opcode::kLoadWgt, c)) / slices;
  int blocks = b->Between(1, std::max(1, std::min({3, depth / s.entries(), 127 / c.cols})));
  if (s.entries() > 255) blocks = 1;
  s.filters = std::max(1, std::min(rows, (blocks - 1) * c.cols + b->Between(1, c.cols)));
  s.inc = std::min(255, depth / blocks);
  return s;
}

Instruction Input(const Instruction& dense, const InputShape& s, int entry) {
  return With(dense, {{field::kMmDataflow, U(pipeline::kInputStationary)},
                      {field::kMmNx, U(s.nx)},
                      {field::kMmNy, U(s.ny)},
                      {field::kMmNb, U(s.tiles)},
                      {field::kMmStrideB, 5},
                      {field::kMmWcols, U(s.filters)},
                      {field::kMmAccInc, U(s.inc)},
                      {field::kMmAccBase, U(entry)}});
}

// Rows of random weights, 64 KiB at most.
void LoadRows(ProgramBuilder* b, int count, int most) {
  const HwConfig& c = b->config();
  count = std::min({count, c.WgtRows(), 0x10000 / PaddedRowBytes(Opcode::kLoadWgt, c)});
  std::vector<std::vector<int8_t>> rows(U(count), std::vector<int8_t>(U(c.rows)));
  for (auto& r : rows) {
    for (int8_t& w : r) w = static_cast<int8_t>(b->Between(-most, most));
  }
  b->LoadWgt(0, rows);
}

// Every entry that the Matmul writes, `columns` of each, seen by POST.
void See(ProgramBuilder* b, const InputShape& s, const TileShape& like, int entry) {
  const HwConfig& c = b->config();
  for (int f = 0; f < s.filters; f += c.cols) {
    TileShape seen = like;
    seen.nx = s.entries(), seen.ny = seen.nb = 1;
    seen.entry = entry + f / c.cols * s.inc;
    seen.columns = std::min(c.cols, s.filters - f);
    b->Then(WholePost(*b, seen, b->area().out()));
  }
}

// A Matmul whose sums are all seen, where k is odd added to once more, and behind a dense one of
// the same shape's entries (which it overwrites) where k is a multiple of 3.
Case TileCase(const HwConfig& c, int k, Operands operands, const char* what) {
  ProgramBuilder b(c, fmt::format("input stationary, {}, tile {}", what, k), kFiles, U(1000 + k));
  TileShape shape = RandomShape(&b, true);
  shape.stride_x = std::min(shape.stride_x, 4);
  const Instruction dense = LoadTile(&b, shape, operands, {0, 0, 0, b.area().in()});
  const InputShape s = RandomInput(&b, 0, shape.slices);
  LoadRows(&b, s.filters * shape.slices, operands == Operands::kSmall ? 1 : 127);
  const Instruction input = With(Input(dense, s, 0), {{field::kMmStrideY, 3}});
  if (k % 3 == 0) b.Then(With(dense, {{field::kMmAccBase, 0}, {field::kMmFirst, 1}}));
  b.Then(With(input, {{field::kMmFirst, 1}}));
  if (k % 2 == 1) b.Then(With(input, {{field::kMmFirst, 0}}));
  See(&b, s, shape, 0);
  return b.result();
}

// Behind each other as closely as the law lets them, in halves by dataflow, each with entries of
// its own.
Case InTurn(const HwConfig& c, int filters, int seed) {
  ProgramBuilder b(c, fmt::format("input stationary, {} filters in turn with others", filters),
                   kFiles, U(1100 + seed));
  TileShape all;
  all.nx = 1;
  all.columns = std::min(c.cols, c.WgtRows());
  all.klast = std::min(c.rows, c.acc_depth);
  all.stride_x = 3;
  const Instruction dense = LoadTile(&b, all, Operands::kSmall, {0, 0, 0, b.area().in()});
  LoadRows(&b, std::max(filters, c.cols), 1);
  InputShape s;
  s.filters = std::min({filters, c.cols, c.WgtRows()});
  int entry = 0, others = 0;
  for (int k = 0; k < 14; ++k) {
    const bool input = k == 0 || b.Below(2) != 0;
    s.nx = b.Between(1, std::min(c.cols, c.acc_depth));
    if ((input ? entry + s.nx : others + 1) > c.acc_depth) break;
    if (input) {
      b.Then(With(Input(dense, s, entry), {{field::kMmHalf, 1}, {field::kMmFirst, 1}}));
      entry += s.nx;
      continue;
    }
    const bool tiles = HasOutputStationary(c) && b.Below(2) != 0;
    b.Then(With(dense, {{field::kMmDataflow, tiles ? U(pipeline::kOutputStationary) : 0},
                        {field::kMmKlast, 1},
                        {field::kMmWcols, U(std::min(c.OsCols(), all.columns))},
                        {field::kMmAccBase, U(others)},
                        {field::kMmFirst, 1}}));
    ++others;
  }
  s.nx = entry;
  TileShape seen = all;
  seen.half = 1;
  See(&b, s, seen, 0);
  if (others > 0) {
    seen.half = 0, seen.nx = others, seen.columns = std::min(c.OsCols(), all.columns);
    b.Then(WholePost(b, seen, b.area().out()));
  }
  return b.result();
}

}  // namespace

void CheckInputStationary(AreaRun* run) {
  const HwConfig& c = run->config();
  if (!HasInputStationary(c))
    return run->Skip(fmt::format("input stationary is not built (DATAFLOWS={})", c.dataflows));
  for (int k = 0; k < 20 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kSmall, "small operands"));
  for (int k = 20; k < 28 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kFull, "all of int8"));
  for (int k = 28; k < 32 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kExtreme, "-128 and 127"));
  for (int filters = 1; filters <= std::min(c.cols, 8) && run->goes_on(); ++filters)
    run->Try(InTurn(c, filters, filters));
  for (int lanes : {std::min(c.rows, c.acc_depth), 1}) {
    TryLanes(run, "input stationary", kFiles, lanes, [=](int base) {
      return With(testing::MakeMatmul(1, 1, 1),
                  {{field::kMmDataflow, U(pipeline::kInputStationary)},
                   {field::kMmFirst, 1},
                   {field::kMmKlast, U(lanes)},
                   {field::kMmBase, U(base)}});
    });
  }
}

}  // namespace systole::check
