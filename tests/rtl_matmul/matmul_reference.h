// What docs/isa.md and docs/timing.md say about MATMUL, written down a second time, as plainly as
// possible.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole::rtl_matmul {

// Contents of the buffers MATMUL reads.
struct Buffers {
  explicit Buffers(const HwConfig& c)
      : act(c.ActBytes()),
        ktab(c.KtabRows(), std::vector<uint16_t>(c.rows)),
        weights(c.wport,
                std::vector<std::vector<int8_t>>(c.WgtRows(), std::vector<int8_t>(c.rows))) {}
  std::vector<int8_t> act;
  std::vector<std::vector<uint16_t>> ktab;                // [row][lane]
  std::vector<std::vector<std::vector<int8_t>>> weights;  // [bank][row][lane]
};

// [half][entry][bank], bank `cols` being the row sum; nothing: undefined.
struct Accumulators {
  explicit Accumulators(const HwConfig& c)
      : columns(c.cols),
        entry(2, std::vector<std::vector<std::optional<int32_t>>>(
                     c.acc_depth, std::vector<std::optional<int32_t>>(c.cols + 1))) {}
  // What POST sees in a column: its bank, or a diagonal's where the half's last Matmul was input
  // stationary.
  const std::optional<int32_t>& Column(int half, int e, int column) const {
    const bool turned = diagonal[half] && column < columns;
    return entry[half][e][turned ? (e + column) % columns : column];
  }
  int columns;
  std::vector<std::vector<std::vector<std::optional<int32_t>>>> entry;
  bool diagonal[2] = {false, false};
};

// Fields of a Matmul with the quantities derived from them.
struct MatmulFields {
  MatmulFields(const HwConfig& c, const Instruction& instr);
  uint64_t nx, ny, nb, m;  // m = Nx * Ny * Nb
  uint64_t slices, wcols, klast, wl, p;
  bool column;  // column mode
  bool os;      // output stationary
  bool is;      // input stationary
  uint64_t entries;
  uint64_t weight_rows;
  // From the issue on: the first slot, the last one, until the next Matmul may issue.
  uint64_t first, last, occupancy;
  uint64_t Lanes(const HwConfig& c, uint64_t slice) const {
    return column ? wcols : slice + 1 == slices ? klast : static_cast<uint64_t>(c.rows);
  }
  uint64_t Macs(const HwConfig& c) const {
    return m * (column ? slices * klast : (slices - 1) * c.rows + klast) * wcols;
  }
};

// When a sum meets its entry, in cycles from the first slot of the instruction: those of its first
// slice or tile, those of its last.
struct Meeting {
  uint64_t slot, entry;
};
std::vector<Meeting> Meetings(const HwConfig& c, const Instruction& instr, bool last);

// The instruction's effect on the accumulators. All its addresses must be legal (checked:
// std::out_of_range).
void Execute(const HwConfig& c, const Buffers& buffers, const Instruction& instr,
             Accumulators* acc);

// One instruction of a program as the engine meets it: not at the queue's output before `arrival`,
// its tokens not there before `tokens`.
struct Step {
  Instruction instr;
  uint64_t arrival = 0, tokens = 0;
};
struct Stamp {
  uint64_t issue = 0, retire = 0;
};
// Issue and retire of each instruction by docs/timing.md. Arrivals ascend.
std::vector<Stamp> Law(const HwConfig& c, const std::vector<Step>& program);

}  // namespace systole::rtl_matmul
