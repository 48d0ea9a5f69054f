// The laws of LOAD, Fill and STORE (docs/timing.md): bursts, and the two ports to the memory.
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// An upper bound of the number of bursts of an instruction.
inline int64_t BurstBound(const Instruction& i) {
  return AtLeastOne(i.Get(field::kLsLines)) *
         ((AtLeastOne(i.Get(field::kLsBytes)) + 2 * kBurstBytes - 2) / kBurstBytes);
}

// Calls burst(address, bytes) for every burst of a LOAD or STORE, in order.
template <typename Burst>
inline void ForEachBurst(const Instruction& i, Burst&& burst) {
  uint64_t line = i.Get(field::kLsAddr);
  const uint64_t stride = i.Get(field::kLsMemStride);
  const int64_t lines = AtLeastOne(i.Get(field::kLsLines)),
                bytes = AtLeastOne(i.Get(field::kLsBytes));
  for (int64_t l = 0; l < lines; ++l, line += stride) {
    uint64_t address = line;
    for (int64_t left = bytes; left > 0;) {
      const int64_t n =
          std::min<int64_t>(kBurstBytes - static_cast<int64_t>(address % kBurstBytes), left);
      burst(address, n);
      address += static_cast<uint64_t>(n);
      left -= n;
    }
  }
}

inline int64_t Beats(int64_t bytes, const LawConfig& c) {
  return (bytes + c.beat_bytes - 1) >> c.beat_shift;
}

// The cycles of a burst, as docs/timing.md names them.
struct BurstTimes {
  Cycle refused = 0;     // outside the window: run control is told then, nothing else happens
  Cycle address = 0;     // address accepted (LOAD: a, STORE: u + 3)
  Cycle first_beat = 0;  // first data beat on the bus
  Cycle last_beat = 0;   // last data beat (LOAD: e)
  Cycle response = 0;    // STORE: b
  Cycle buffer = 0;      // first access to the buffer, a beat a cycle (LOAD: write, STORE: read, u)
  Cycle error = 0;       // run control is told of an error response
};

// The LOAD engine's read port: a(k) = max(a(k-1)+1, issue+1, e(k-OUTSTANDING)+1). Bursts count over
// the whole run.
class ReadPort {
 public:
  BurstTimes Next(Cycle issue, int64_t beats, const LawConfig& c) {
    Cycle& oldest = end_[slot_];  // e(k-OUTSTANDING), -1 at the start
    BurstTimes t;
    t.refused = std::max(address_ + 1, issue + c.pipeline.issue_to_work);
    t.address = address_ = std::max(t.refused, oldest + 1);
    t.first_beat = std::max(t.address + c.latency, last_beat_ + 1);
    t.last_beat = last_beat_ = oldest = t.first_beat + beats - 1;
    t.buffer = t.error = t.first_beat + c.pipeline.beat_to_write;
    slot_ = slot_ + 1 == c.outstanding ? 0 : slot_ + 1;
    return t;
  }
  // The last burst is never answered, nor is any that follows it.
  void Hang(const LawConfig& c) {
    last_beat_ = end_[slot_ == 0 ? c.outstanding - 1 : slot_ - 1] = kUnanswered;
  }
  // Of the instruction whose last burst has been given: the next one may issue; its last byte is
  // written.
  Cycle free() const { return address_ + 1; }
  Cycle Retire(const LawConfig& c) const { return last_beat_ + c.pipeline.beat_to_write; }

 private:
  Cycle end_[kMaxOutstanding] = {};
  Cycle address_ = -1, last_beat_ = -1;
  int slot_ = 0;
};

// The STORE engine's write port: u(k) = max(issue+1, u(k-1)+beats(k-1), b(k-OUTSTANDING)+1).
class WritePort {
 public:
  BurstTimes Next(Cycle issue, int64_t beats, const LawConfig& c) {
    Cycle& oldest = response_[slot_];
    BurstTimes t;
    t.refused = std::max(issue + c.pipeline.issue_to_work, free_);
    t.buffer = std::max(t.refused, oldest + 1);
    free_ = t.buffer + beats;
    t.address = t.first_beat = t.buffer + c.pipeline.read_to_bus;
    t.last_beat = t.first_beat + beats - 1;
    t.response = oldest = last_response_ = t.last_beat + c.latency;
    t.error = t.response + c.pipeline.response_to_error;
    slot_ = slot_ + 1 == c.outstanding ? 0 : slot_ + 1;
    return t;
  }
  // The last burst is never answered.
  void Hang(const LawConfig& c) {
    last_response_ = response_[slot_ == 0 ? c.outstanding - 1 : slot_ - 1] = kUnanswered;
  }
  Cycle free() const { return free_; }  // u(last) + beats(last)
  Cycle Retire() const { return last_response_; }

 private:
  Cycle response_[kMaxOutstanding] = {};
  Cycle free_ = 0, last_response_ = -1;
  int slot_ = 0;
};

// ---- Fill: B cycles, no memory.
inline int64_t FillBeats(const Instruction& i, const LawConfig& c) {
  return AtLeastOne(i.Get(field::kLsLines)) * Beats(AtLeastOne(i.Get(field::kLsBytes)), c);
}
inline Cycle FillFree(Cycle issue, int64_t beats, const LawConfig& c) {
  return issue + c.pipeline.issue_to_work + beats;
}
// Beat n's write.
inline Cycle FillWrite(Cycle issue, int64_t n, const LawConfig& c) {
  return issue + c.pipeline.issue_to_work + n + c.pipeline.beat_to_write;
}
inline Cycle FillRetire(Cycle issue, int64_t beats, const LawConfig& c) {
  return FillWrite(issue, beats - 1, c);
}

}  // namespace systole
