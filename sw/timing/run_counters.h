// The counters of the cycle model, and the same as the registers count them.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>

#include "sw/isa/counters.h"

namespace systole {

// docs/timing.md, Counters. cycles[engine][cause], causes in the order of reg::Cause.
struct RunCounters {
  std::array<std::array<int64_t, reg::kNumCauses>, kNumEngines> cycles{};
  int64_t macs = 0, read_beats = 0, write_beats = 0;
};

// Of several runs together.
inline RunCounters& operator+=(RunCounters& sum, const RunCounters& c) {
  for (size_t e = 0; e < c.cycles.size(); ++e) {
    for (size_t cause = 0; cause < c.cycles[e].size(); ++cause)
      sum.cycles[e][cause] += c.cycles[e][cause];
  }
  sum.macs += c.macs;
  sum.read_beats += c.read_beats;
  sum.write_beats += c.write_beats;
  return sum;
}

inline HardwareCounters AsHardware(const RunCounters& c, int64_t total) {
  static_assert(std::size(kCounters) == 4, "every counter of spec/registers.toml is set below");
  HardwareCounters h;
  h.total = static_cast<uint64_t>(total);
  h.macs = static_cast<uint64_t>(c.macs);
  h.read_beats = static_cast<uint64_t>(c.read_beats);
  h.write_beats = static_cast<uint64_t>(c.write_beats);
  for (int e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& cause : kCauses) {
      h.engine[e].*cause.member =
          static_cast<uint64_t>(c.cycles[e][static_cast<size_t>(cause.cause)]);
    }
  }
  return h;
}

}  // namespace systole
