// Finds collisions on memories that have one port of a kind (docs/isa.md, Memories), cycle by cycle
// as the hardware does:
//
//   activation group, readers   MATMUL slot t (docs/timing.md) reads in t + 1;  STORE reads a beat
//   in its slot activation group, writers   LOAD writes in the cycle after a beat, Fill in issue +
//   2 ...;  POST in issue + 10 + (n+1)*taps accumulator half, readers   MATMUL reads column c of
//   slot t in t + 3 + ROWS + c (not in a slice that writes without
//                               reading);  POST reads tap q in issue + 1 + q
//   accumulator entry           a slot that accumulates while the slot one or two cycles before it
//   goes to the same entry
// MATMUL is named for readers, POST for writers.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"
#include "sw/timing/laws.h"

namespace systole {

struct Conflict {
  Cycle cycle = 0;
  int engine = 0;      // 1 or 2
  uint32_t index = 0;  // its instruction
};

class ConflictMonitor {
 public:
  ConflictMonitor(const HwConfig& config, const MemoryTiming& timing);

  // Instruction `index` issues in `cycle`: to be called in the order of the cycles, LOAD and STORE
  // without a gap. ktab: rows x ROWS offsets (Executor::offsets), unchanged while a Matmul reads
  // them. The first collision with instructions that issued before.
  std::optional<Conflict> Issue(uint32_t index, const Instruction& instruction, Cycle cycle,
                                const uint16_t* ktab);

 private:
  // A beat-by-beat access: beat b in cycle first + b, `beat` bytes from buffer + b * beat (the last
  // one shorter).
  struct Burst {
    Cycle first;
    int64_t bytes;
    uint64_t buffer;
  };
  struct Active {
    uint32_t index;
    Instruction instruction;
    Cycle issue, first, last;  // cycles of accesses to the activation buffer, outermost
    MatmulShape shape;
    const uint16_t* ktab = nullptr;
    std::vector<Burst> bursts;
  };

  Active Describe(uint32_t index, const Instruction& instruction, Cycle cycle,
                  const uint16_t* ktab);
  uint64_t GroupsAt(const Active& a, int engine, Cycle cycle) const;
  uint64_t GroupsOf(uint64_t address, uint64_t bytes) const;
  uint64_t AllGroups(const Active& a, int engine) const;
  void Collide(const Active& a, int engine_a, const Active& b, int engine_b,
               std::optional<Conflict>* found) const;
  void FollowSums(const Active& matmul, std::optional<Conflict>* found);
  // The oldest Matmul that has not retired before `cycle`: whom the hardware names when sums
  // collide.
  uint32_t OldestMatmul(const Active& matmul, Cycle cycle) const;
  void CollideSums(const Active& matmul, const Active& post, std::optional<Conflict>* found) const;

  const HwConfig config_;
  const LawConfig laws_;
  const uint64_t group_bytes_;
  ReadPort read_;
  WritePort write_;
  std::deque<Active> active_[kNumEngines];
  // The last two slots of the last Matmul: cycle (negative: none) and half * 1024 + entry.
  struct Slot {
    Cycle cycle = -10;
    uint64_t entry = 0;
  };
  Slot last_slots_[2];
};

}  // namespace systole
