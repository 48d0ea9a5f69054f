// The performance counters of a run, and the tables over which driver, reports and comparisons go.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

#include <array>
#include <cstdint>

#include "sw/isa/isa.h"
#include "sw/isa/registers.h"

namespace systole {

// For each engine the causes add up to `total`.
struct HardwareCounters {
  struct EngineCycles {
    uint64_t busy = 0;        // within an instruction's occupancy
    uint64_t wait_token = 0;  // tokens of the instruction at the queue's output are missing
    uint64_t wait_data = 0;  // an instruction at the queue's output cannot issue for another reason
    uint64_t empty = 0;      // nothing at the queue's output
  };
  uint64_t total = 0;        // cycles of the last run
  uint64_t macs = 0;         // multiply-adds: lanes x columns, summed over vectors
  uint64_t read_beats = 0;   // beats of the data port read (fetch is not counted)
  uint64_t write_beats = 0;  // beats of the data port written
  std::array<EngineCycles, kNumEngines> engine;
};

struct CounterInfo {
  const char* name;  // as in reports
  uint32_t offset;   // register of the low word
  uint64_t HardwareCounters::*member;
};
inline constexpr CounterInfo kCounters[] = {
    {"total", reg::kCntTotal, &HardwareCounters::total},
    {"macs", reg::kCntMacs, &HardwareCounters::macs},
    {"read_beats", reg::kCntReadBeats, &HardwareCounters::read_beats},
    {"write_beats", reg::kCntWriteBeats, &HardwareCounters::write_beats},
};

struct CauseInfo {
  const char* name;
  reg::Cause cause;
  uint64_t HardwareCounters::EngineCycles::*member;
};
inline constexpr CauseInfo kCauses[] = {
    {"busy", reg::Cause::kBusy, &HardwareCounters::EngineCycles::busy},
    {"wait_token", reg::Cause::kWaitToken, &HardwareCounters::EngineCycles::wait_token},
    {"wait_data", reg::Cause::kWaitData, &HardwareCounters::EngineCycles::wait_data},
    {"empty", reg::Cause::kEmpty, &HardwareCounters::EngineCycles::empty},
};

}  // namespace systole
