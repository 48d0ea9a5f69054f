// Instructions of POST on activations, random within what is asked for, and the channels they need.
#pragma once

#include <vector>

#include "sw/arith/rounding.h"
#include "sw/check/program_builder.h"

namespace systole::check {

// Channels that a pool needs: small sums pass unchanged, others are scaled down.
Channel PoolChannel(ProgramBuilder* b);

// The three entries of an addition of random scales, and its output's zero point.
std::vector<Channel> SumChannels(ProgramBuilder* b, Rounding mode, int* zy);

// In float32: numbers of any size up to the largest shifts; or such whose first sum is often a tie
// of its 24 bits that shows in the result.
std::vector<Channel> RareSum(ProgramBuilder* b, bool ties);

// Rows of parameters that the three entries of an addition take.
inline int SumRows(const HwConfig& c) { return (3 + c.lanes - 1) / c.lanes; }

// Bytes read lie in [from, from + room), those written in [to, to + room).
class ActivationDraw {
 public:
  // pool_rows: rows of parameters that a pool may use.
  ActivationDraw(ProgramBuilder* b, int pool_rows)
      : b_(b), c_(b->config()), pool_rows_(pool_rows) {}

  // A PostAct; its parameter row is the caller's to set.
  Instruction Pool(int from, int to, int room, int mode);
  // A PostActAdd with its entries in row `row`.
  Instruction Add(int from, int to, int room, int mode, int zy, int row);

 private:
  Instruction Common(Opcode opcode, int nx, int ny, int channels, int mode, int zy);

  ProgramBuilder* b_;
  const HwConfig& c_;
  int pool_rows_;
};

}  // namespace systole::check
