// From a byte that differs back to the instructions that made it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole::check {

// "LOAD (systole_load, systole_burst_walker, ...)": an engine and its RTL.
std::string EngineAndFiles(int engine);

// "instruction 7 of POST: Post take ...".
std::string Named(const std::vector<Instruction>& code, uint32_t index);

// Who stored the byte at memory `address`, and who had put it into the activation buffer: the last
// in program order. Empty if no Store of `code` covers it.
std::string OriginOf(const std::vector<Instruction>& code, const HwConfig& config,
                     uint64_t address);

}  // namespace systole::check
