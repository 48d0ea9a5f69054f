// Bytes of memory that a program's instructions ask for.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/program/program.h"

namespace systole {

// Bytes that one instruction reads or writes; 0 where it has nothing to do with memory.
inline uint64_t MemoryBytes(const Instruction& in) {
  switch (in.opcode()) {
    case Opcode::kLoadAct:
    case Opcode::kLoadWgt:
    case Opcode::kLoadPar:
    case Opcode::kLoadKtab:
    case Opcode::kStore:
      return in.Get(field::kLsBytes) * in.Get(field::kLsLines);
    default:
      return 0;
  }
}

struct Traffic {
  uint64_t read = 0, written = 0;  // bytes
};

// By report row of `code`; what belongs to no row is in the last element.
inline std::vector<Traffic> TrafficByRow(const Program& p) {
  std::vector<Traffic> rows(p.report.size() + 1);
  for (size_t i = 0; i < p.code.size(); ++i) {
    Traffic& row = p.report_of[i] < 0 ? rows.back() : rows[static_cast<size_t>(p.report_of[i])];
    (p.code[i].engine() == Engine::kStore ? row.written : row.read) += MemoryBytes(p.code[i]);
  }
  return rows;
}

}  // namespace systole
