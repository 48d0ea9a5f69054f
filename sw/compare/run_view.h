// One run in the forms that CompareTiming and CompareTensors take: from the cycle model, and from
// hardware.
#pragma once

#include <string>
#include <vector>

#include "sw/compare/compare.h"
#include "sw/compare/target.h"
#include "sw/timing/laws.h"

namespace systole {

// Throws std::logic_error where the cycle model finds that the program cannot end.
TimingView ModelTiming(const std::vector<Instruction>& code, const HwConfig& config,
                       const MemoryTiming& memory);

// Of program.code, the runs that it consists of one after the other.
TimingView CodeTiming(const Program& program, const MemoryTiming& memory);

TimingView TimingOf(const std::string& name, const TargetRun& run);

// What was observed of a run, as TensorView has it.
std::vector<std::vector<int8_t>> TensorsOf(const Program& program, const TargetRun& run);

}  // namespace systole
