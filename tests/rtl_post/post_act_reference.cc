// PostAct and PostActAdd in plain loops.
#include <algorithm>

#include "post_reference.h"
#include "sw/arith/add.h"
#include "sw/arith/requantize.h"

namespace systole {
namespace {

int Get(const Instruction& instr, Field f) { return static_cast<int>(instr.Get(f)); }

bool IsAdd(const Instruction& i) { return i.opcode() == Opcode::kPostActAdd; }

int64_t Source(const Instruction& i, int y, int x, int ty, int tx, int channel) {
  return int64_t{Get(i, field::kPaSrc)} + int64_t{y} * Get(i, field::kPaRsY) +
         int64_t{x} * Get(i, field::kPaRsX) + int64_t{ty} * Get(i, field::kPaRsTy) +
         int64_t{tx} * Get(i, field::kPaRsTx) + channel;
}

// Operand 0 or 1 of an addition.
int64_t Operand(const Instruction& i, int which, int y, int x, int channel) {
  return int64_t{Get(i, which == 0 ? field::kPaSrc : field::kPbSrc)} +
         int64_t{y} * Get(i, which == 0 ? field::kPaRsY : field::kPbRsY) +
         int64_t{x} * Get(i, field::kPoSx) + channel;
}

// f(chunk, y, x, n) of each pixel in order.
template <typename F>
void ForEachPixel(const Instruction& i, const PostConfig& config, F f) {
  const int nchan = Get(i, field::kPaNchan);
  for (int chunk = 0; chunk * config.lanes < nchan; ++chunk) {
    for (int y = 0; y < Get(i, field::kPoNy); ++y) {
      for (int x = 0; x < Get(i, field::kPoNx); ++x)
        f(chunk, y, x, std::min(config.lanes, nchan - chunk * config.lanes));
    }
  }
}

int8_t Sum(const Instruction& i, const PostConfig& config, const PostState& state, int y, int x,
           int channel) {
  const PostChannel* entry =
      &state.params[static_cast<size_t>(Get(i, field::kPoPar) * config.lanes)];
  AddParams p;
  p.z2 = -entry[0].bias, p.m2 = entry[0].m, p.s2 = entry[0].s;
  p.z1 = -entry[1].bias, p.m1 = entry[1].m, p.s1 = entry[1].s;
  p.m = entry[2].m, p.s = entry[2].s;
  p.zy = i.GetInt8(field::kPoZy);
  const auto mode = static_cast<Rounding>(Get(i, field::kPoRounding));
  if (mode == Rounding::kFloat32)
    p.offset = int64_t{entry[2].bias} * (int64_t{1} << entry[2].m % 64);
  if (mode != Rounding::kFloat32) p.s1 %= 32, p.s2 %= 32;
  return AddQuantized(state.act[static_cast<size_t>(Operand(i, 1, y, x, channel))],
                      state.act[static_cast<size_t>(Operand(i, 0, y, x, channel))], p, mode,
                      i.GetInt8(field::kPoLo), i.GetInt8(field::kPoHi));
}

int8_t Pooled(const Instruction& i, const PostConfig& config, const PostState& state, int chunk,
              int y, int x, int lane) {
  int64_t sum = 0, most = INT32_MIN;
  for (int ty = 0; ty < Get(i, field::kPaNty); ++ty) {
    for (int tx = 0; tx < Get(i, field::kPaNtx); ++tx) {
      const int8_t v =
          state.act[static_cast<size_t>(Source(i, y, x, ty, tx, chunk * config.lanes + lane))];
      sum += v;
      most = std::max<int64_t>(most, v);
    }
  }
  const int row = Get(i, field::kPoPar) + (Get(i, field::kPaRow) ? 0 : chunk);
  const PostChannel& p = state.params[static_cast<size_t>(row * config.lanes + lane)];
  const int64_t biased = (Get(i, field::kPaSum) ? sum : most) + p.bias;
  return Requantize(static_cast<int32_t>(static_cast<uint32_t>(biased)), p.m, p.s,
                    static_cast<Rounding>(Get(i, field::kPoRounding)), i.GetInt8(field::kPoZy),
                    i.GetInt8(field::kPoLo), i.GetInt8(field::kPoHi));
}

}  // namespace

std::vector<uint32_t> PostActReads(const Instruction& i, const PostConfig& config) {
  std::vector<uint32_t> reads;
  ForEachPixel(i, config, [&](int chunk, int y, int x, int) {
    const int channel = chunk * config.lanes;
    if (IsAdd(i)) {
      for (int which : {0, 1})
        reads.push_back(static_cast<uint32_t>(Operand(i, which, y, x, channel)));
      return;
    }
    for (int ty = 0; ty < Get(i, field::kPaNty); ++ty) {
      for (int tx = 0; tx < Get(i, field::kPaNtx); ++tx)
        reads.push_back(static_cast<uint32_t>(Source(i, y, x, ty, tx, channel)));
    }
  });
  return reads;
}

bool PostActInRange(const Instruction& i, const PostConfig& config) {
  const int nchan = Get(i, field::kPaNchan), x = Get(i, field::kPoNx) - 1,
            y = Get(i, field::kPoNy) - 1, chunks = (nchan + config.lanes - 1) / config.lanes;
  const int64_t out = int64_t{Get(i, field::kPoOut)} + int64_t{y} * Get(i, field::kPoSy) +
                      int64_t{x} * Get(i, field::kPoSx) + nchan;
  const int rows = IsAdd(i)                ? (3 + config.lanes - 1) / config.lanes
                   : Get(i, field::kPaRow) ? 1
                                           : chunks;
  if (out > config.act_bytes || Get(i, field::kPoPar) + rows > config.ParRows()) return false;
  if (IsAdd(i)) {
    return std::max(Operand(i, 0, y, x, nchan), Operand(i, 1, y, x, nchan)) <= config.act_bytes;
  }
  return Source(i, y, x, Get(i, field::kPaNty) - 1, Get(i, field::kPaNtx) - 1, nchan) <=
         config.act_bytes;
}

std::vector<PostWrite> PostActWrites(const Instruction& i, const PostConfig& config,
                                     const PostState& state) {
  const int64_t taps = IsAdd(i) ? 2 : int64_t{Get(i, field::kPaNtx)} * Get(i, field::kPaNty);
  std::vector<PostWrite> writes;
  ForEachPixel(i, config, [&](int chunk, int y, int x, int n) {
    PostWrite write;
    write.address =
        static_cast<uint32_t>(int64_t{Get(i, field::kPoOut)} + int64_t{y} * Get(i, field::kPoSy) +
                              int64_t{x} * Get(i, field::kPoSx) + chunk * config.lanes);
    for (int lane = 0; lane < n; ++lane) {
      write.bytes.push_back(IsAdd(i) ? Sum(i, config, state, y, x, chunk * config.lanes + lane)
                                     : Pooled(i, config, state, chunk, y, x, lane));
    }
    write.slot = static_cast<int64_t>(writes.size() + 1) * taps + 10 + PostExtra(i);
    writes.push_back(write);
  });
  return writes;
}

}  // namespace systole
