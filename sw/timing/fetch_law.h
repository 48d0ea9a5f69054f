// The laws of fetch and dispatch (docs/timing.md).
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// AR(b) = max(AR(b-1)+1, D(8(b-1)-1)+1), AR(0) = 1, and r(j), the last beat of instruction j.
class FetchPort {
 public:
  // The address of the next burst b. `freed`: D(8(b-1)-1), negative for b < 2.
  Cycle NextAddress(Cycle freed, const LawConfig& c) const {
    return std::max(address_ < 0 ? c.pipeline.start_to_fetch : address_ + 1, freed + 1);
  }
  // Starts burst b, its address accepted in `address`.
  void Burst(Cycle address, const LawConfig& c) {
    address_ = address;
    first_beat_ = std::max(address_ + c.latency, arrival_ + 1);
    arrival_ = first_beat_ - 1;
  }
  // r of the burst's next instruction.
  Cycle Arrival(const LawConfig& c) { return arrival_ += c.beats_per_instruction; }
  Cycle first_beat() const { return first_beat_; }
  // Run control is told of an error response.
  Cycle Error(const LawConfig& c) const { return first_beat_ + c.pipeline.beat_to_write; }

 private:
  Cycle address_ = -1, first_beat_ = -1, arrival_ = -1;
};

// D(j), room in the queue left out. `arrival`: r(j); `previous`: D(j-1), negative for j = 0.
inline Cycle Dispatch(Cycle arrival, Cycle previous, const LawConfig& c) {
  return std::max(arrival + c.pipeline.arrival_to_dispatch, previous + 1);
}

}  // namespace systole
