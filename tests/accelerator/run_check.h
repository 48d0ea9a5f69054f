// One program on a device (RTL or TLM): everything that is observed against the golden reference
// and the cycle model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compare/target.h"
#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/timing/laws.h"

namespace systole {

// Empty if every byte of every observed tensor and of the outputs equals golden's, every
// instruction's issue and retire cycle and every counter equals the cycle model's; else the first
// difference. timing == nullptr: bytes only.
std::string CheckRun(const Model& model, const Program& program, const std::vector<int8_t>& images,
                     const TargetRun& setup, const TargetRun& run, const MemoryTiming* timing);

}  // namespace systole
