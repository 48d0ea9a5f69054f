// Windows, offsets, weights, the array and the accumulators.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/tile.h"
#include "sw/functional/check.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::With;

constexpr char kFiles[] =
    "systole_window_walker, systole_gather, systole_matmul_control, systole_weight_buffer, "
    "systole_array, systole_accumulator";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// A tile whose sums are all seen, added to once more where there is more than one slice.
Case TileCase(const HwConfig& c, int k, Operands operands, const char* what) {
  ProgramBuilder b(c, fmt::format("array, {}, tile {}", what, k), kFiles, U(300 + k));
  const TileShape shape = RandomShape(&b, true);
  const TileRows rows{0, 0, 0, b.area().in()};
  const Instruction matmul = LoadTile(&b, shape, operands, rows);
  b.Then(matmul);
  // The sums of the same windows once more; three slots apart in any case.
  if (k % 2 == 1) b.Then(With(matmul, {{field::kMmFirst, 0}}));
  b.Then(WholePost(b, shape, b.area().out()));
  return b.result();
}

// Slices of one Matmul of one column, weights of at most 64 KiB.
int SlicesAtOnce(const HwConfig& c) {
  return std::min(c.WgtRows(), 0x10000 / (c.wport * PaddedRowBytes(Opcode::kLoadWgt, c)));
}

// Sums beyond 2^31 or below -2^31, which wrap; the bias brings what is left of them back into a
// byte. `weight` times activations of -128 in every lane.
Case WrapCase(const HwConfig& c, int8_t weight) {
  ProgramBuilder b(c, fmt::format("array, sums that pass {}2^31", weight < 0 ? "" : "-"),
                   "systole_accumulator, systole_elements", 7);
  const int lanes = c.rows, window = 2 * c.Banks() + c.rows;
  b.LoadAct(b.area().in(), std::vector<uint8_t>(U(window), 0x80));
  std::vector<uint16_t> offsets;
  for (int j = 0; j < lanes; ++j) offsets.push_back(static_cast<uint16_t>(j));
  b.LoadKtab(0, {offsets});
  // As many slices as one load of weights gives, one column; then as often as it takes.
  const int slices = SlicesAtOnce(c);
  std::vector<std::vector<std::vector<int8_t>>> weights(U(slices),
                                                        {std::vector<int8_t>(U(lanes), weight)});
  b.LoadWeights(0, 1, weights);
  const int64_t slice_sum = int64_t{-128} * weight * lanes;
  const int64_t limit = (int64_t{1} << 31) + 5;
  int64_t sum = 0;
  bool first = true;
  while (std::abs(sum) < limit) {
    const int64_t need = (limit - std::abs(sum)) / std::abs(slice_sum) + 1;
    const int64_t n = std::min<int64_t>(slices, need);
    b.Then(Make(Opcode::kMatmul, {{field::kMmFirst, first},
                                  {field::kMmBase, U(b.area().in())},
                                  {field::kMmWcols, 1},
                                  {field::kMmKlast, U(lanes)},
                                  {field::kMmNx, 1},
                                  {field::kMmNy, 1},
                                  {field::kMmNb, 1},
                                  {field::kMmKslices, U(n)}}));
    first = false;
    sum += n * slice_sum;
  }
  b.LoadPar(0, {{static_cast<int32_t>(42 - static_cast<uint32_t>(sum)), 1u << 30, 30}});
  TileShape shape;
  b.Then(WholePost(b, shape, b.area().out()));
  const uint64_t byte = U(b.area().out());
  b.result().explain = [=](uint64_t at) {
    return at == byte ? fmt::format("the sum {} modulo 2^32, brought to 42 by its bias; ", sum)
                      : std::string();
  };
  return b.result();
}

// Instructions back to back whose weights are loaded while the one before runs, of lengths around
// the least distance of three slots.
Case BackToBack(const HwConfig& c) {
  ProgramBuilder b(c, "array, short Matmuls back to back", kFiles, 11);
  std::vector<Instruction> matmuls;
  std::vector<TileShape> shapes;
  // Loaded once, by the largest; the others use parts of it.
  TileShape all;
  all.slices = std::min({4, c.KtabRows(), c.WgtRows()});
  all.columns = all.slices * (c.cols / c.wport) <= c.WgtRows()
                    ? c.cols
                    : std::min(c.cols, c.WgtRows() / all.slices);
  all.nx = std::min(c.acc_depth / 2, 4);
  all.klast = c.rows;
  all.stride_x = 2;
  const TileRows rows{0, 0, 0, b.area().in()};
  const Instruction base = LoadTile(&b, all, Operands::kSmall, rows);
  b.Then(base);
  for (int k = 0; k < 12; ++k) {
    const int nx = 1 + k % all.nx;
    b.Then(With(
        base, {{field::kMmFirst, k % 3 == 0},
               {field::kMmNx, U(nx)},
               {field::kMmHalf, U(k % 2)},
               {field::kMmKslices, U(1 + k % all.slices)},
               {field::kMmKlast, U(1 + k % c.rows)},
               {field::kMmAccBase, U(all.nx * (k / 2 % 2) % std::max(1, c.acc_depth - all.nx))}}));
  }
  // Every entry is defined: the whole tile goes to both halves once more and is added to.
  for (int half = 0; half < 2; ++half) {
    b.Then(With(base, {{field::kMmHalf, U(half)}}));
    b.Then(With(base, {{field::kMmHalf, U(half)}, {field::kMmFirst, 0}}));
    TileShape shape = all;
    shape.half = half;
    b.Then(WholePost(b, shape, b.area().out() + half * b.area().half() / 2));
  }
  return b.result();
}

}  // namespace

void CheckArray(AreaRun* run) {
  const HwConfig& c = run->config();
  for (int k = 0; k < 20 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kSmall, "small operands"));
  for (int k = 20; k < 34 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kFull, "all of int8"));
  for (int k = 34; k < 40 && run->goes_on(); ++k)
    run->Try(TileCase(c, k, Operands::kExtreme, "-128 and 127"));
  run->Try(BackToBack(c));
  // (2^31 / 2^14 / ROWS) slices.
  if ((1 << 17) / c.rows / SlicesAtOnce(c) > 1000) {
    run->Skip("sums that pass 2^31: the weight buffer holds too few slices for a short program");
    return;
  }
  run->Try(WrapCase(c, -128));
  run->Try(WrapCase(c, 127));
}

}  // namespace systole::check
