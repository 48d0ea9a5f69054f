// Column mode: taps along the vectors, ends of slices, dense and column slices back to back, lanes.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/lane_cases.h"
#include "sw/check/tile.h"

namespace systole::check {
namespace {

using testing::With;

constexpr char kFiles[] = "systole_elements, systole_array, systole_matmul_control";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// A tile whose sums are all seen, added to once more, dense or not, where k is odd.
Case TileCase(const HwConfig& c, int k, Operands operands, const char* what) {
  ProgramBuilder b(c, fmt::format("column mode, {}, tile {}", what, k), kFiles, U(600 + k));
  TileShape shape = RandomShape(&b, true);
  shape.columns = std::min(shape.columns, c.rows);
  const TileRows rows{0, 0, 0, b.area().in()};
  const Instruction dense = LoadTile(&b, shape, operands, rows);
  const Instruction column = InColumnMode(dense, shape.columns, b.Between(1, c.TapRows()));
  b.Then(column);
  if (k % 2 == 1) b.Then(With(k % 4 == 1 ? dense : column, {{field::kMmFirst, 0}}));
  b.Then(WholePost(b, shape, b.area().out()));
  return b.result();
}

// Matmuls of few vectors without a bubble, dense and in column mode in turn, each with entries of
// its own: a slice's first vectors must not reach the sums of the one before.
Case InTurn(const HwConfig& c, int vectors, int seed) {
  ProgramBuilder b(c, fmt::format("column mode, {} vectors in turn with dense", vectors), kFiles,
                   U(700 + seed));
  TileShape all;
  all.nx = vectors;
  all.slices = std::min({3, c.KtabRows(), c.WgtRows()});
  all.columns = std::min({c.rows, c.cols, std::max(1, c.WgtRows() / all.slices)});
  all.klast = c.rows;
  all.stride_x = 3;
  const TileRows rows{0, 0, 0, b.area().in()};
  const Instruction dense = LoadTile(&b, all, Operands::kSmall, rows);
  const int count = std::min(c.acc_depth / vectors, 12);
  for (int k = 0; k < count; ++k) {
    const Instruction i = b.Below(3) == 0 ? dense : InColumnMode(dense, all.columns, c.TapRows());
    b.Then(
        With(i, {{field::kMmKslices, U(1 + k % all.slices)}, {field::kMmAccBase, U(k * vectors)}}));
  }
  TileShape seen = all;
  seen.nx = count * vectors;
  b.Then(WholePost(b, seen, b.area().out()));
  return b.result();
}

}  // namespace

void CheckColumns(AreaRun* run) {
  const HwConfig& c = run->config();
  if (c.taps == 0) return run->Skip("column mode is not built (TAPS=0)");
  for (int k = 0; k < 16 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kSmall, "small operands"));
  for (int k = 16; k < 24 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kFull, "all of int8"));
  for (int k = 24; k < 28 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kExtreme, "-128 and 127"));
  for (int vectors = 1; vectors <= std::min(c.acc_depth, 8) && run->goes_on(); ++vectors)
    run->Try(InTurn(c, vectors, vectors));
  // A lane for each column is gathered, however many taps there are.
  for (int lanes : {std::min(c.rows, c.cols), 1}) {
    TryLanes(run, "column mode", "systole_gather, systole_matmul_control", lanes, [=](int base) {
      return InColumnMode(
          With(testing::MakeMatmul(1, 1, 1), {{field::kMmFirst, 1}, {field::kMmBase, U(base)}}),
          lanes, 1);
    });
  }
}

}  // namespace systole::check
