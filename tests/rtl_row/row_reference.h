// What docs/isa.md says about RowConv, as plainly as possible, and random legal programs of them.
#pragma once

#include <random>
#include <vector>

#include "tests/rtl_matmul/matmul_reference.h"

namespace systole::rtl_row {

using rtl_matmul::Accumulators;
using rtl_matmul::Buffers;
using rtl_matmul::Step;

// The instruction's effect on the accumulators. All its addresses must be legal (checked:
// std::out_of_range).
void ExecuteRow(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
                Accumulators* acc);

class RandomRows {
 public:
  RandomRows(const HwConfig& config, uint64_t seed);

  const Buffers& buffers() const { return buffers_; }
  // RowConvs whose inputs lie in the buffer, Syncs between them, arrivals and tokens: mostly at
  // once, sometimes late. An instruction that adds finds entries that are defined.
  std::vector<Step> Program(int length);
  Instruction RowConv();
  int In(int low, int high) { return std::uniform_int_distribution<int>(low, high)(rng_); }
  bool Chance(int percent) { return In(1, 100) <= percent; }

 private:
  Instruction Draw();
  bool Inside(const Instruction& i) const;
  int Factor(int most);

  const HwConfig c_;
  std::mt19937_64 rng_;
  Buffers buffers_;
  std::vector<int> line_of_row_;  // line pitch of each offset row's table
};

// Every Matmul becomes a RowConv with its tokens and half, on the offset table that random programs
// load.
std::vector<Instruction> WithRows(std::vector<Instruction> code, RandomRows* random);

}  // namespace systole::rtl_row
