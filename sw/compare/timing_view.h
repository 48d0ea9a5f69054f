// One run's timing in the form that CompareTiming takes: from the cycle model, and from hardware.
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

TimingView TimingOf(const std::string& name, const TargetRun& run);

}  // namespace systole
