// Issue and retire cycle of every instruction as CSV, for drawings and for readers.
#pragma once

#include <string>
#include <vector>

#include "sw/compare/compare.h"
#include "sw/program/program.h"

namespace systole {

constexpr const char* kStampsHeader = "backend,run,index,engine,opcode,layer,issue,retire\n";

// A line an instruction: the description (view.name), `run` ("setup" or "code"), index in that
// program, LOAD to STORE, opcode, row of the report (empty: none), and both cycles as
// docs/timing.md counts them (empty: never).
std::string StampLines(const Program& program, const std::string& run,
                       const std::vector<Instruction>& instructions, const TimingView& view);

}  // namespace systole
