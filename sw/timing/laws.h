// The timing laws of docs/timing.md, each once, as a function of instruction fields, the parameters
// and the memory.
//
// All times are cycles of one run, cycle 0 being the first. Counts that a legal instruction never
// has (zero) are taken as one: these functions judge nothing and cannot fail.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole {

using Cycle = int64_t;

// The memory for which cycles are promised: in order, one beat a cycle, a read address accepted in
// cycle a gives its first beat in a + latency, a write burst's response comes latency cycles after
// its last beat. latency >= 1.
struct MemoryTiming {
  int64_t latency = 20;
  // A deliberately wrong law: cycles added to each engine's retire, to see comparisons fail
  // (`--inject law:...`).
  std::array<int, kNumEngines> law_fault{};
};

inline constexpr int kBurstBytes = 256;  // bursts are cut at addresses that are multiples of this
inline constexpr int kFetchGroup = 8;    // instructions in a fetch burst
inline constexpr int kMaxOutstanding = 32;          // HwConfig::outstanding never exceeds it
inline constexpr int64_t kMaxBursts = 1 << 24;      // of one instruction; more is no program
inline constexpr Cycle kMaxCycle = Cycle{1} << 60;  // of a run; more is no program

// The parameters in the form the laws use them.
struct LawConfig {
  int rows, cols, lanes, columns_per_port, array_latency, beat_bytes, beat_shift,
      beats_per_instruction, outstanding, queue_depth;
  int64_t latency;
  std::array<int, kNumEngines> law_fault;

  LawConfig(const HwConfig& c, const MemoryTiming& memory)
      : rows(c.rows),
        cols(c.cols),
        lanes(c.lanes),
        columns_per_port(c.cols / c.wport),
        array_latency(c.rows + c.cols + 5),
        beat_bytes(c.AxiBytes()),
        beat_shift(c.axi_data_width == 32   ? 2
                   : c.axi_data_width == 64 ? 3
                                            : 4),
        beats_per_instruction(kInstructionBytes / c.AxiBytes()),
        outstanding(std::min(std::max(c.outstanding, 1), kMaxOutstanding)),
        queue_depth(c.queue_depth),
        latency(std::max<int64_t>(memory.latency, 1)),
        law_fault(memory.law_fault) {}
};

inline int64_t AtLeastOne(uint64_t count) { return count == 0 ? 1 : static_cast<int64_t>(count); }

// ---- MATMUL

struct MatmulShape {
  int64_t vectors = 1;  // M
  int64_t slices = 1;   // F
  int64_t load = 1;     // wl: cycles to shift one slice's weights in
  int64_t period = 3;   // P: cycles from slice to slice
  int64_t macs = 0;     // useful ones: valid lanes x columns, over all vectors

  int64_t Occupancy() const { return slices * period; }
};

inline MatmulShape ShapeOfMatmul(const Instruction& i, const LawConfig& c) {
  MatmulShape s;
  s.vectors = AtLeastOne(i.Get(field::kMmNx)) * AtLeastOne(i.Get(field::kMmNy)) *
              AtLeastOne(i.Get(field::kMmNb));
  s.slices = AtLeastOne(i.Get(field::kMmKslices));
  const int64_t columns = AtLeastOne(i.Get(field::kMmWcols));
  s.load = std::min<int64_t>(columns, c.columns_per_port);
  s.period = std::max({s.vectors, s.load, int64_t{3}});  // 3: read-modify-write of an accumulator
  s.macs = s.vectors * ((s.slices - 1) * c.rows + static_cast<int64_t>(i.Get(field::kMmKlast))) *
           columns;
  return s;
}

// pre(j): from when on the first slice's weights may be shifted in. `previous_issue` < 0: there is
// no Matmul before.
inline Cycle MatmulPreload(Cycle head, Cycle previous_issue, const MatmulShape& previous) {
  return previous_issue < 0
             ? head
             : std::max(head, previous_issue + 1 + (previous.slices - 1) * previous.period);
}

// issue(j), tokens left out. `free`: the previous Matmul's issue + occupancy.
inline Cycle MatmulIssue(Cycle preload, const MatmulShape& shape, Cycle free) {
  return std::max(preload + shape.load - 1, free);
}

inline Cycle MatmulRetire(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  return issue + (s.slices - 1) * s.period + s.vectors + c.array_latency;
}

// ---- POST

// T: accumulator reads, one a cycle.
inline int64_t PostTaps(const Instruction& i, const LawConfig& c) {
  const int chunks = (static_cast<int>(AtLeastOne(i.Get(field::kPoNchan))) + c.lanes - 1) / c.lanes;
  return int64_t{chunks} * AtLeastOne(i.Get(field::kPoNy)) * AtLeastOne(i.Get(field::kPoNx)) *
         AtLeastOne(i.Get(field::kPoNty)) * AtLeastOne(i.Get(field::kPoNtx));
}

inline Cycle PostRetire(Cycle issue, int64_t taps) { return issue + taps + 10; }

// ---- LOAD and STORE: bursts

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
  Cycle address = 0;     // address accepted (LOAD: a, STORE: u + 3)
  Cycle first_beat = 0;  // first data beat
  Cycle last_beat = 0;   // last data beat (LOAD: e)
  Cycle response = 0;    // STORE: b
};

// The LOAD engine's read port: a(k) = max(a(k-1)+1, issue+1, e(k-OUTSTANDING)+1). Bursts count over
// the whole run.
class ReadPort {
 public:
  BurstTimes Next(Cycle issue, int64_t beats, const LawConfig& c) {
    Cycle& oldest = end_[slot_];  // e(k-OUTSTANDING), -1 at the start
    BurstTimes t;
    t.address = address_ = std::max({address_ + 1, issue + 1, oldest + 1});
    t.first_beat = std::max(t.address + c.latency, last_beat_ + 1);
    t.last_beat = last_beat_ = oldest = t.first_beat + beats - 1;
    slot_ = slot_ + 1 == c.outstanding ? 0 : slot_ + 1;
    return t;
  }
  Cycle address() const { return address_; }
  Cycle last_beat() const { return last_beat_; }

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
    const Cycle u = std::max({issue + 1, free_, oldest + 1});
    free_ = u + beats;
    BurstTimes t;
    t.address = t.first_beat = u + 3;
    t.last_beat = u + 3 + beats - 1;
    t.response = oldest = last_response_ = t.last_beat + c.latency;
    slot_ = slot_ + 1 == c.outstanding ? 0 : slot_ + 1;
    return t;
  }
  Cycle free() const { return free_; }  // u(last) + beats(last)
  Cycle last_response() const { return last_response_; }

 private:
  Cycle response_[kMaxOutstanding] = {};
  Cycle free_ = 0, last_response_ = -1;
  int slot_ = 0;
};

// ---- FILL: B cycles, no memory.
inline int64_t FillBeats(const Instruction& i, const LawConfig& c) {
  return AtLeastOne(i.Get(field::kLsLines)) * Beats(AtLeastOne(i.Get(field::kLsBytes)), c);
}

// ---- Fetch: AR(b) = max(AR(b-1)+1, D(8(b-1)-1)+1), AR(0) = 1, and r(j), the last beat of
// instruction j.
class FetchPort {
 public:
  // Starts burst b; `freed`: D(8(b-1)-1), or -1 for b < 2.
  void Burst(Cycle freed, const LawConfig& c) {
    address_ = std::max(address_ + 1, freed + 1);
    arrival_ = std::max(address_ + c.latency, arrival_ + 1) - 1;
  }
  // r of the burst's next instruction.
  Cycle Arrival(const LawConfig& c) { return arrival_ += c.beats_per_instruction; }
  Cycle address() const { return address_; }

 private:
  Cycle address_ = 0, arrival_ = -1;
};

}  // namespace systole
