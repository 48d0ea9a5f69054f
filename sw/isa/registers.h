// Register offsets of the AXI4-Lite port, the bits within them, and the counters' places.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

#include <cstdint>

namespace systole::reg {

#define REG(name, offset) inline constexpr uint32_t k##name = offset;
#include "sw/isa/fields.def"

inline constexpr uint32_t kIdValue = 0x53595354;
inline constexpr uint32_t kVersionValue = 0x00010000;
inline constexpr uint32_t kCtrlStart = 1;
inline constexpr uint32_t kCtrlSoftReset = 2;
inline constexpr uint32_t kStatusBusy = 1;
inline constexpr uint32_t kStatusDone = 2;
inline constexpr uint32_t kStatusError = 4;
inline constexpr uint32_t kStatusDraining = 8;
inline constexpr uint32_t kIrqDone = 1;
inline constexpr uint32_t kIrqError = 2;

// All counters lie from kCntFirst to before kCntEnd, 8 bytes each.
inline constexpr uint32_t kCntFirst = 0x100;
inline constexpr uint32_t kCntEnd = 0x1A0;

// Causes of the per-engine counters.
enum class Cause { kBusy = 0, kWaitToken = 1, kWaitData = 2, kEmpty = 3 };
inline constexpr int kNumCauses = 4;
constexpr uint32_t EngineCounter(int engine, Cause cause) {
  return kCntEngine + 32 * static_cast<uint32_t>(engine) + 8 * static_cast<uint32_t>(cause);
}

}  // namespace systole::reg
