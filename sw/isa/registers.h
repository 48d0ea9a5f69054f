// Register offsets of the AXI4-Lite port (from fields.def) and the bits within them.
#pragma once

#include <cstdint>

namespace systole::reg {

#define REG(name, offset) inline constexpr uint32_t k##name = offset;
#include "sw/isa/fields.def"

inline constexpr uint32_t kIdValue = 0x53595354;
inline constexpr uint32_t kVersionValue = 0x00010000;
inline constexpr uint32_t kCtrlStart = 1, kCtrlSoftReset = 2;
inline constexpr uint32_t kStatusBusy = 1, kStatusDone = 2, kStatusError = 4, kStatusDraining = 8;
inline constexpr uint32_t kIrqDone = 1, kIrqError = 2;

// Causes of the per-engine counters.
enum class Cause { kBusy = 0, kWaitToken = 1, kWaitData = 2, kEmpty = 3 };
constexpr uint32_t EngineCounter(int engine, Cause cause) {
  return kCntEngine + 32 * static_cast<uint32_t>(engine) + 8 * static_cast<uint32_t>(cause);
}

}  // namespace systole::reg
