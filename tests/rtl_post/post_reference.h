// What docs/isa.md says a Post instruction does, in plain loops, and what docs/timing.md says about
// when.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/isa/isa.h"
#include "sw/isa/rounding_modes.h"

namespace systole {

struct PostConfig {
  int cols = 16, lanes = 8;
  int acc_depth = 128;
  int act_bytes = 32 * 1024;
  int par_bytes = 8 * 1024;
  int axi_bytes = 8;
  int roundings = kAllRoundings;
  int row_sum = 1;
  int ParRows() const { return par_bytes / (16 * lanes); }
};

struct PostChannel {
  int32_t bias;
  uint32_t m;
  uint8_t s;
};

// What POST reads: acc[half][entry][column], the row sum being column `cols`; params[row * lanes +
// lane].
struct PostState {
  std::vector<std::vector<std::vector<int32_t>>> acc;
  std::vector<PostChannel> params;
};

// One write of contiguous bytes, `slot` cycles after the issue.
struct PostWrite {
  int64_t slot;
  uint32_t address;
  std::vector<int8_t> bytes;
};

// T of docs/timing.md.
int64_t PostTaps(const Instruction& instr, const PostConfig& config);

// True if every entry is below ACC_DEPTH, every column of a written lane below COLS, every address
// and parameter row inside its memory.
bool PostInRange(const Instruction& instr, const PostConfig& config);

// The writes in order. `instr` must be in range.
std::vector<PostWrite> PostWrites(const Instruction& instr, const PostConfig& config,
                                  const PostState& state);

}  // namespace systole
