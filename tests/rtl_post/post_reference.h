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
  int row_sum = 1, post_act = 1, add_unit = 1;
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
  std::vector<int8_t> act;  // what PostAct and PostActAdd read
};

// One write of contiguous bytes, `slot` cycles after the issue.
struct PostWrite {
  int64_t slot;
  uint32_t address;
  std::vector<int8_t> bytes;
};

// T of docs/timing.md; what an addition keeps the engine longer, and is later.
int64_t PostTaps(const Instruction& instr, const PostConfig& config);

int64_t PostExtra(const Instruction& instr);

// True if every entry is below ACC_DEPTH, every column of a written lane below COLS, every address
// and parameter row inside its memory.
bool PostInRange(const Instruction& instr, const PostConfig& config);

// The writes in order. `instr` must be in range.
std::vector<PostWrite> PostWrites(const Instruction& instr, const PostConfig& config,
                                  const PostState& state);

// The same two of PostAct and PostActAdd.
bool PostActInRange(const Instruction& instr, const PostConfig& config);
std::vector<PostWrite> PostActWrites(const Instruction& instr, const PostConfig& config,
                                     const PostState& state);

// The addresses that a PostAct or PostActAdd reads, in the order of its taps.
std::vector<uint32_t> PostActReads(const Instruction& instr, const PostConfig& config);

}  // namespace systole
