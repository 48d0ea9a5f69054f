#include "sw/check/tile.h"

#include <algorithm>
#include <cmath>

#include "sw/check/instruction_builder.h"

namespace systole::check {
namespace {

using testing::Make;

// The highest byte a window base may reach, and what an offset may add.
int Reach(const TileShape& s) {
  return (s.nx - 1) * s.stride_x + (s.ny - 1) * s.stride_y + (s.nb - 1) * s.stride_b +
         (s.slices - 1) * s.base_inc;
}

int OffsetReach(const HwConfig& c) { return 4 * c.Banks() + c.rows; }

int8_t Operand(ProgramBuilder* b, Operands kind, int small) {
  switch (kind) {
    case Operands::kSmall:
      return static_cast<int8_t>(b->Between(-small, small));
    case Operands::kFull:
      return static_cast<int8_t>(b->Between(-128, 127));
    default:
      return static_cast<int8_t>(b->Below(2) ? 127 : -128);
  }
}

int KtabRowsOf(const TileShape& s) { return s.ktab_inc ? s.slices : 1; }

}  // namespace

int ParameterRows(const HwConfig& c) {
  return std::min((c.cols + c.lanes - 1) / c.lanes, c.ParRows());
}

int AnyMode(ProgramBuilder* b) {
  for (;;) {
    const int mode = b->Below(6);
    if (b->config().roundings >> mode & 1) return mode;
  }
}

TileShape RandomShape(ProgramBuilder* b, bool windows) {
  const HwConfig& c = b->config();
  return RandomShape(b, windows, {b->area().half(), c.WgtRows(), c.KtabRows()});
}

TileShape RandomShape(ProgramBuilder* b, bool windows, const TileRoom& have) {
  const HwConfig& c = b->config();
  const int room = have.act - OffsetReach(c) - 2 * c.AxiBytes();
  for (int attempt = 0;; ++attempt) {
    TileShape s;
    const int least = windows && attempt < 200 ? 2 : 1;
    s.nx = b->Between(least, 6), s.ny = b->Between(least, 5), s.nb = b->Between(least, 3);
    s.slices = b->Between(least, 4);
    s.columns = b->Below(3) == 0 ? c.cols : b->Between(1, c.cols);
    s.klast = b->Below(3) == 0 ? c.rows : b->Between(1, c.rows);
    s.stride_x = b->Between(1, 5);
    s.stride_y = b->Between(1, 60);
    s.stride_b = b->Between(1, 300);
    s.base_inc = b->Below(2) == 0 ? 0 : b->Between(1, 2 * c.rows);
    s.ktab_inc = b->Below(2) == 0;
    s.half = b->Below(2);
    if (s.vectors() > c.acc_depth || Reach(s) > room) continue;
    if (KtabRowsOf(s) > have.ktab) continue;
    if (s.slices * std::min(s.columns, c.cols / c.wport) > have.weight) continue;
    s.entry = b->Below(c.acc_depth - s.vectors() + 1);
    return s;
  }
}

Instruction LoadTile(ProgramBuilder* b, const TileShape& s, Operands operands,
                     const TileRows& rows) {
  const HwConfig& c = b->config();
  const int base = rows.act + b->Below(c.AxiBytes() + 1);
  std::vector<uint8_t> activations;
  for (int k = 0; k < Reach(s) + OffsetReach(c); ++k)
    activations.push_back(static_cast<uint8_t>(Operand(b, operands, 2)));
  b->LoadAct(base, activations);

  // offset[j] = offset[0] + j modulo the banks, by a rotation and whole rounds of banks.
  std::vector<std::vector<uint16_t>> offsets;
  for (int r = 0; r < KtabRowsOf(s); ++r) {
    const int first = b->Below(c.Banks());
    offsets.emplace_back();
    for (int j = 0; j < c.rows; ++j)
      offsets.back().push_back(static_cast<uint16_t>(first + j + c.Banks() * b->Below(3)));
  }
  b->LoadKtab(rows.ktab, offsets);

  std::vector<std::vector<std::vector<int8_t>>> weights(static_cast<size_t>(s.slices));
  for (auto& slice : weights) {
    slice.resize(static_cast<size_t>(s.columns));
    for (auto& column : slice) {
      for (int j = 0; j < c.rows; ++j) column.push_back(Operand(b, operands, 3));
    }
  }
  b->LoadWeights(rows.weight, s.columns, weights);

  // Sums of small operands pass unchanged; others are scaled so that they spread over a byte.
  std::vector<Channel> channels;
  const int lanes = s.slices * c.rows;
  const double typical = operands == Operands::kFull ? 5500.0 * std::sqrt(lanes) : 16384.0 * lanes;
  const int shift = static_cast<int>(std::log2(typical)) - 6;
  for (int k = 0; k < ParameterRows(c) * c.lanes; ++k) {
    Channel ch;
    if (operands == Operands::kSmall) {
      ch.bias = b->Between(-2, 2);
    } else {
      ch.bias = b->Between(-1000, 1000);
      ch.m = (1u << 30) + (static_cast<uint32_t>(b->Below(1 << 23)) << 7);
      ch.s = static_cast<uint8_t>(30 + shift + b->Between(0, 2));
    }
    channels.push_back(ch);
  }
  b->LoadPar(rows.par, channels);

  auto u = [](int v) { return static_cast<uint64_t>(v); };
  return Make(Opcode::kMatmul, {{field::kMmFirst, 1},
                                {field::kMmKtabInc, u(s.ktab_inc)},
                                {field::kMmHalf, u(s.half)},
                                {field::kMmBase, u(base)},
                                {field::kMmWcols, u(s.columns)},
                                {field::kMmStrideX, u(s.stride_x)},
                                {field::kMmStrideY, u(s.stride_y)},
                                {field::kMmStrideB, u(s.stride_b)},
                                {field::kMmKlast, u(s.klast)},
                                {field::kMmNx, u(s.nx)},
                                {field::kMmNy, u(s.ny)},
                                {field::kMmNb, u(s.nb)},
                                {field::kMmKslices, u(s.slices)},
                                {field::kMmAccBase, u(s.entry)},
                                {field::kMmKtab, u(rows.ktab)},
                                {field::kMmBaseInc, u(s.base_inc)},
                                {field::kMmWgtRow, u(rows.weight)}});
}

Instruction InColumnMode(const Instruction& matmul, int columns, int taps) {
  return testing::With(matmul, {{field::kMmDataflow, uint64_t{pipeline::kColumnMode}},
                                {field::kMmWcols, static_cast<uint64_t>(columns)},
                                {field::kMmKlast, static_cast<uint64_t>(taps)}});
}

Instruction WholePost(const ProgramBuilder& b, const TileShape& s, int out) {
  auto u = [](int v) { return static_cast<uint64_t>(v); };
  int mode = 0;
  while (!(b.config().roundings >> mode & 1)) ++mode;
  // Where they are too many for the room or the parameters: the first columns, or the last.
  const int channels = std::min({s.columns, ParameterRows(b.config()) * b.config().lanes,
                                 (b.area().end() - out) / s.vectors()});
  return Make(Opcode::kPost, {{field::kPoHalf, u(s.half)},
                              {field::kPoRounding, u(mode)},
                              {field::kPoAccBase, u(s.entry)},
                              {field::kPoNx, u(s.vectors())},
                              {field::kPoNy, 1},
                              {field::kPoEsX, 1},
                              {field::kPoNtx, 1},
                              {field::kPoNty, 1},
                              {field::kPoCol, u(s.half == 0 ? 0 : s.columns - channels)},
                              {field::kPoNchan, u(channels)},
                              {field::kPoOut, u(out)},
                              {field::kPoSx, u(channels)},
                              {field::kPoLo, 0x80},
                              {field::kPoHi, 0x7F}});
}

Instruction RandomPost(ProgramBuilder* b, const TileShape& s, const TileRows& rows, int out,
                       int room) {
  const HwConfig& c = b->config();
  auto u = [](int v) { return static_cast<uint64_t>(v); };
  for (;;) {
    const int nx = b->Between(1, 6), ny = b->Between(1, 4), ntx = b->Between(1, 3),
              nty = b->Between(1, 3);
    int es[4] = {b->Between(-2, 4), b->Between(-3, 12), b->Between(-2, 3), b->Between(-3, 6)};
    const int counts[4] = {nx, ny, ntx, nty};
    int low = 0, high = 0;
    for (int k = 0; k < 4; ++k) {
      low += std::min(0, es[k] * (counts[k] - 1));
      high += std::max(0, es[k] * (counts[k] - 1));
    }
    if (high - low >= s.vectors()) continue;
    const int entry = s.entry - low + b->Below(s.vectors() - (high - low));
    const bool pair = b->Below(2) == 0;
    const int cs_tx = b->Between(-1, 2), cs_ty = b->Between(-1, 2), cs_pair = b->Between(-2, 3);
    const int channels = b->Between(1, std::min(s.columns, ParameterRows(c) * c.lanes));
    const int left = std::min(0, cs_tx * (ntx - 1)) + std::min(0, cs_ty * (nty - 1)) +
                     (pair ? std::min(0, cs_pair) : 0);
    const int right = std::max(0, cs_tx * (ntx - 1)) + std::max(0, cs_ty * (nty - 1)) +
                      (pair ? std::max(0, cs_pair) : 0);
    if (right - left + channels > s.columns) continue;
    const int col = -left + b->Below(s.columns - channels - (right - left) + 1);
    const int sx = channels + b->Below(4), sy = nx * sx + b->Below(20);
    const int span = (ny - 1) * sy + (nx - 1) * sx + channels;
    if (span > room) continue;
    const int lo = b->Below(3) == 0 ? b->Between(-128, 60) : -128,
              hi = b->Below(3) == 0 ? b->Between(lo, 127) : 127;
    auto modulo = [&](int v, int bits) { return u(v & ((1 << bits) - 1)); };
    return Make(Opcode::kPost, {{field::kPoHalf, u(s.half)},
                                {field::kPoPair, u(pair)},
                                {field::kPoRounding, u(AnyMode(b))},
                                {field::kPoAccBase, u(entry)},
                                {field::kPoNx, u(nx)},
                                {field::kPoNy, u(ny)},
                                {field::kPoEsX, modulo(es[0], 10)},
                                {field::kPoEsY, modulo(es[1], 10)},
                                {field::kPoEsTx, modulo(es[2], 10)},
                                {field::kPoEsTy, modulo(es[3], 10)},
                                {field::kPoNtx, u(ntx)},
                                {field::kPoNty, u(nty)},
                                {field::kPoCsTx, modulo(cs_tx, 7)},
                                {field::kPoCsTy, modulo(cs_ty, 7)},
                                {field::kPoCol, u(col)},
                                {field::kPoCsPair, modulo(cs_pair, 7)},
                                {field::kPoNchan, u(channels)},
                                {field::kPoPar, u(rows.par)},
                                {field::kPoOut, u(out + b->Below(room - span + 1))},
                                {field::kPoZw, c.row_sum && b->Below(2) ? u(b->Below(256)) : 0},
                                {field::kPoSx, u(sx)},
                                {field::kPoSy, u(sy)},
                                {field::kPoZy, u(b->Below(256))},
                                {field::kPoLo, u(lo & 0xFF)},
                                {field::kPoHi, u(hi & 0xFF)}});
  }
}

}  // namespace systole::check
