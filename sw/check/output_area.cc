// Output stationary: tiles of all shapes, sums that leave behind each other and behind dense
// slices, lanes.
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

constexpr char kFiles[] = "systole_matmul_control, systole_elements, systole_array, systole_matmul";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// A row of random weights for each of `vectors`, in every bank.
void LoadRows(ProgramBuilder* b, int row, int vectors, int most) {
  const HwConfig& c = b->config();
  std::vector<std::vector<int8_t>> rows(U(vectors) * U(c.wport), std::vector<int8_t>(U(c.rows)));
  for (auto& r : rows) {
    for (int8_t& w : r) w = static_cast<int8_t>(b->Between(-most, most));
  }
  b->LoadWgt(row * c.wport, rows);
}

// Vectors whose weights fit, 64 KiB at most.
int MostVectors(const HwConfig& c) {
  return std::min(c.WgtRows(), 0x10000 / (c.wport * PaddedRowBytes(Opcode::kLoadWgt, c)));
}

// Tiles whose sums are all seen, added to once more, output stationary or not, where k is odd.
Case TileCase(const HwConfig& c, int k, Operands operands, const char* what) {
  ProgramBuilder b(c, fmt::format("output stationary, {}, tile {}", what, k), kFiles, U(800 + k));
  // Dense slices that fit, and no more vectors or lanes than tiles can have.
  TileShape shape = RandomShape(&b, true);
  if (shape.vectors() > MostVectors(c)) {
    shape.nx = std::min(shape.nx, MostVectors(c));
    shape.ny = shape.nb = 1;
  }
  int entries = (shape.slices - 1) * c.rows + shape.klast;
  if (entries > c.acc_depth) {
    shape.slices = 1;
    entries = shape.klast = std::min(shape.klast, c.acc_depth);
  }
  shape.columns = std::min(shape.columns, c.OsCols());
  shape.entry = std::min(shape.entry, c.acc_depth - std::max(entries, shape.vectors()));
  const Instruction dense = LoadTile(&b, shape, operands, {0, 0, 0, b.area().in()});
  LoadRows(&b, 0, shape.vectors(), operands == Operands::kSmall ? 1 : 127);
  const Instruction tiles = With(dense, {{field::kMmDataflow, U(pipeline::kOutputStationary)}});
  TileShape seen = shape;
  seen.nx = entries, seen.ny = seen.nb = 1;
  // Three slots apart, as the first sum of a tile comes with vector ROWS - 1 at the earliest.
  const bool after_dense = k % 4 == 1 && std::max(shape.vectors(), c.rows - 1) >= 3;
  if (after_dense) {  // the sums of a dense slice, of as many entries at least, first
    b.Then(With(dense, {{field::kMmNx, U(entries)},
                        {field::kMmNy, 1},
                        {field::kMmNb, 1},
                        {field::kMmStrideX, 0},
                        {field::kMmKslices, 1}}));
  }
  b.Then(With(tiles, {{field::kMmFirst, !after_dense}}));
  if (k % 4 == 3) b.Then(With(tiles, {{field::kMmFirst, 0}}));
  b.Then(WholePost(b, seen, b.area().out()));
  return b.result();
}

// Without a bubble, in turn with dense slices, each with entries of its own: a tile's sums leave
// before the next instruction's vectors come, weights of a dense one shift in behind a tile's.
Case InTurn(const HwConfig& c, int vectors, int seed) {
  ProgramBuilder b(c, fmt::format("output stationary, {} vectors in turn with dense", vectors),
                   kFiles, U(900 + seed));
  TileShape all;
  all.nx = vectors;
  all.columns = std::min(c.OsCols(), c.WgtRows());
  all.klast = std::min(c.rows, c.acc_depth);
  all.stride_x = 3;
  const Instruction dense = LoadTile(&b, all, Operands::kSmall, {0, 0, 0, b.area().in()});
  LoadRows(&b, 0, std::min(MostVectors(c), std::max(vectors, c.cols)), 1);
  int entry = 0;
  for (int k = 0; k < 12; ++k) {
    const bool tiles = k == 0 || b.Below(3) != 0;
    const int lanes = b.Between(1, all.klast), entries = tiles ? lanes : vectors;
    if (entry + entries > c.acc_depth) break;
    b.Then(With(dense, {{field::kMmDataflow, tiles ? U(pipeline::kOutputStationary) : 0},
                        {field::kMmKlast, U(lanes)},
                        {field::kMmAccBase, U(entry)}}));
    entry += entries;
  }
  TileShape seen = all;
  seen.nx = entry;
  b.Then(WholePost(b, seen, b.area().out()));
  return b.result();
}

}  // namespace

void CheckOutputStationary(AreaRun* run) {
  const HwConfig& c = run->config();
  if (!HasOutputStationary(c))
    return run->Skip(fmt::format("output stationary is not built (DATAFLOWS={})", c.dataflows));
  for (int k = 0; k < 16 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kSmall, "small operands"));
  for (int k = 16; k < 24 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kFull, "all of int8"));
  for (int k = 24; k < 28 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kExtreme, "-128 and 127"));
  for (int vectors = 1; vectors <= std::min({c.acc_depth, MostVectors(c), 8}) && run->goes_on();
       ++vectors)
    run->Try(InTurn(c, vectors, vectors));
  for (int lanes : {std::min(c.rows, c.acc_depth), 1}) {
    TryLanes(run, "output stationary", "systole_gather, systole_matmul_control", lanes,
             [=](int base) {
               return With(testing::MakeMatmul(1, 1, 1),
                           {{field::kMmDataflow, U(pipeline::kOutputStationary)},
                            {field::kMmFirst, 1},
                            {field::kMmKlast, U(lanes)},
                            {field::kMmBase, U(base)}});
             });
  }
}

}  // namespace systole::check
