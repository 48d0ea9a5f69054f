#include "post_reference.h"

#include <algorithm>

#include "sw/arith/requantize.h"

namespace systole {
namespace {

int Get(const Instruction& instr, Field f) { return static_cast<int>(instr.Get(f)); }

int Entry(const Instruction& i, int y, int x, int ty, int tx) {
  return (Get(i, field::kPoAccBase) + y * Get(i, field::kPoEsY) + x * Get(i, field::kPoEsX) +
          ty * Get(i, field::kPoEsTy) + tx * Get(i, field::kPoEsTx)) %
         1024;
}

int Column(const Instruction& i, int channel, int ty, int tx, bool pair) {
  return (Get(i, field::kPoCol) + channel + ty * Get(i, field::kPoCsTy) +
          tx * Get(i, field::kPoCsTx) + (pair ? Get(i, field::kPoCsPair) : 0)) %
         128;
}

int64_t Address(const Instruction& i, int y, int x, int channel) {
  return int64_t{Get(i, field::kPoOut)} + int64_t{y} * Get(i, field::kPoSy) +
         int64_t{x} * Get(i, field::kPoSx) + channel;
}

int32_t Wrap(int64_t v) {
  return static_cast<int32_t>(static_cast<uint32_t>(static_cast<uint64_t>(v)));
}

}  // namespace

int64_t PostExtra(const Instruction& i) { return i.opcode() == Opcode::kPostActAdd ? 5 : 0; }

int64_t PostTaps(const Instruction& i, const PostConfig& config) {
  if (i.opcode() != Opcode::kPost) return static_cast<int64_t>(PostActReads(i, config).size());
  const int chunks = (Get(i, field::kPoNchan) + config.lanes - 1) / config.lanes;
  return int64_t{chunks} * Get(i, field::kPoNy) * Get(i, field::kPoNx) * Get(i, field::kPoNty) *
         Get(i, field::kPoNtx);
}

bool PostInRange(const Instruction& i, const PostConfig& config) {
  if (i.opcode() != Opcode::kPost) return PostActInRange(i, config);
  const int nchan = Get(i, field::kPoNchan);
  for (int ty = 0; ty < Get(i, field::kPoNty); ++ty) {
    for (int tx = 0; tx < Get(i, field::kPoNtx); ++tx) {
      for (int y = 0; y < Get(i, field::kPoNy); ++y) {
        for (int x = 0; x < Get(i, field::kPoNx); ++x) {
          if (Entry(i, y, x, ty, tx) >= config.acc_depth) return false;
        }
      }
      for (int pair = 0; pair <= Get(i, field::kPoPair); ++pair) {
        for (int c = 0; c < nchan; ++c) {
          if (Column(i, c, ty, tx, pair != 0) >= config.cols) return false;
        }
      }
    }
  }
  const int last_row = Get(i, field::kPoPar) + (nchan - 1) / config.lanes;
  return last_row < config.ParRows() &&
         Address(i, Get(i, field::kPoNy) - 1, Get(i, field::kPoNx) - 1, nchan - 1) <
             config.act_bytes;
}

std::vector<PostWrite> PostWrites(const Instruction& i, const PostConfig& config,
                                  const PostState& state) {
  if (i.opcode() != Opcode::kPost) return PostActWrites(i, config, state);
  const int nchan = Get(i, field::kPoNchan), nty = Get(i, field::kPoNty),
            ntx = Get(i, field::kPoNtx);
  const auto& acc = state.acc[Get(i, field::kPoHalf)];
  const int32_t zw = i.GetInt8(field::kPoZw);
  std::vector<PostWrite> writes;
  int64_t taps = 0;
  for (int chunk = 0; chunk * config.lanes < nchan; ++chunk) {
    const int n = std::min(config.lanes, nchan - chunk * config.lanes);
    for (int y = 0; y < Get(i, field::kPoNy); ++y) {
      for (int x = 0; x < Get(i, field::kPoNx); ++x) {
        PostWrite write;
        write.address = static_cast<uint32_t>(Address(i, y, x, chunk * config.lanes));
        for (int lane = 0; lane < n; ++lane) {
          int32_t best = INT32_MIN;
          for (int ty = 0; ty < nty; ++ty) {
            for (int tx = 0; tx < ntx; ++tx) {
              const auto& entry = acc[Entry(i, y, x, ty, tx)];
              for (int pair = 0; pair <= Get(i, field::kPoPair); ++pair) {
                const int32_t raw =
                    entry[Column(i, chunk * config.lanes + lane, ty, tx, pair != 0)];
                best = std::max(best, Wrap(int64_t{raw} - int64_t{zw} * entry[config.cols]));
              }
            }
          }
          const PostChannel& p =
              state.params[(Get(i, field::kPoPar) + chunk) * config.lanes + lane];
          write.bytes.push_back(static_cast<int8_t>(
              Requantize(Wrap(int64_t{best} + p.bias), p.m, p.s,
                         static_cast<Rounding>(Get(i, field::kPoRounding)), i.GetInt8(field::kPoZy),
                         i.GetInt8(field::kPoLo), i.GetInt8(field::kPoHi))));
        }
        taps += nty * ntx;
        write.slot = taps + 10;  // its last tap is read in slot `taps`
        writes.push_back(write);
      }
    }
  }
  return writes;
}

}  // namespace systole
