// Finds collisions on memories that have one port of a kind (docs/isa.md, Memories), cycle by cycle
// as the hardware does. When each access happens is asked of sw/timing:
//
//   activation group, readers   MATMUL's windows, POST's taps (PostAct, PostActAdd), STORE's beats
//   activation group, writers   beats of LOAD and Fill, POST's pixels
//   accumulator half, readers   MATMUL's columns (not in a slice that writes without reading),
//                               POST's taps
//   accumulator entry           a slot that accumulates while the sum of an earlier slot is still
//                               on its way into the same entry
//
// MATMUL is named for readers, POST for writers, and for readers without MATMUL.
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
  int engine = 0;       // 1 or 2
  uint32_t index = 0;   // its instruction
  Cycle seen = 0;       // when run control is told
  bool oldest = false;  // of sums or of pixels written: told before the engine's other errors
};

class ConflictMonitor {
 public:
  static constexpr int64_t kAllBursts = INT64_MAX;

  ConflictMonitor(const HwConfig& config, const MemoryTiming& timing);

  // Instruction `index` issues in `cycle`: to be called in the order of the cycles, LOAD and STORE
  // without a gap. ktab: rows x ROWS offsets (Executor::offsets), unchanged while a Matmul reads
  // them. Of a LOAD or STORE the first `bursts` reach the memory; the next one is refused. The
  // first collision with instructions that issued before, in the order in which run control takes
  // errors.
  std::optional<Conflict> Issue(uint32_t index, const Instruction& instruction, Cycle cycle,
                                const uint16_t* ktab, int64_t bursts = kAllBursts);

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
    Cycle issue, first, last;        // cycles of accesses to the activation buffer, outermost
    Cycle done;                      // of any access
    MatmulShape shape;               // of a Matmul
    std::vector<RowConvStep> steps;  // of a RowConv
    const uint16_t* ktab = nullptr;
    std::vector<Burst> bursts;
  };

  Active DescribeReads(uint32_t index, const Instruction& instruction, Cycle cycle) const;
  uint64_t PostReadGroupsAt(const Active& a, Cycle cycle) const;
  uint64_t LastReadOf(const Instruction& i) const;
  Active Describe(uint32_t index, const Instruction& instruction, Cycle cycle, const uint16_t* ktab,
                  int64_t bursts);
  uint64_t GroupsAt(const Active& a, int engine, Cycle cycle) const;
  uint64_t GroupsOf(uint64_t address, uint64_t bytes) const;
  uint64_t AllGroups(const Active& a, int engine) const;
  void Collide(const Active& a, int engine_a, const Active& b, int engine_b,
               std::optional<Conflict>* found) const;
  void FollowSums(const Active& matmul, std::optional<Conflict>* found);
  // The oldest Matmul that has not retired before `cycle`: whom the hardware names when sums
  // collide.
  void CollideRowSums(const Active& row, const Active& post, std::optional<Conflict>* found) const;
  uint64_t RowGroupsAt(const Active& a, Cycle cycle) const;
  uint32_t OldestMatmul(const Active& matmul, Cycle cycle) const;
  void CollideSums(const Active& matmul, const Active& post, std::optional<Conflict>* found) const;
  void Keep(Cycle cycle, int engine, uint32_t index, bool oldest,
            std::optional<Conflict>* found) const;

  const HwConfig config_;
  const LawConfig laws_;
  const uint64_t group_bytes_;
  ReadPort read_;
  WritePort write_;
  static constexpr int kRoles = kNumEngines + 1;  // the engines, and POST as a reader
  std::deque<Active> active_[kRoles];
  // Slots of the last Matmul whose sums may be on their way when the next one begins.
  struct Slot {
    Cycle cycle;
    uint64_t entry;  // half * 1024 + entry
  };
  std::vector<Slot> last_slots_;
};

}  // namespace systole
