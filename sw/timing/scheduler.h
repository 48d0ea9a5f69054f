// Composes the timing laws over a program: fed instruction by instruction in program order, it
// tells when each one issues and retires. Exact; one step per instruction in the normal case. The
// cycle model (timeline.h) and the SystemC platform both run on it.
//
// An instruction's times are known as soon as every token it takes comes from an instruction
// already fed; one that waits for a later instruction's token stays in its engine's queue until
// that one is fed. Feeding stops for good (Feed returns false) where no more instruction can be
// dispatched.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "sw/timing/laws.h"
#include "sw/timing/run_counters.h"

namespace systole {

class Scheduler {
 public:
  static constexpr Cycle kNever = -1;

  // Keep::kTotals: issue(), retire() and known() stay empty.
  enum class Keep { kAll, kTotals };

  Scheduler(const HwConfig& config, const MemoryTiming& memory, Keep keep = Keep::kAll);

  // A new run; memory is reused.
  void Start(const HwConfig& config, const MemoryTiming& memory);

  // The next instruction of the program. False: the run ends with error(); nothing more can be fed.
  bool Feed(const Instruction& instruction);

  // No more instructions. Closes the counters. False: the run ends with error().
  bool Finish();

  // By program index, kNever where not known (yet).
  const std::vector<Cycle>& issue() const { return issue_; }
  const std::vector<Cycle>& retire() const { return retire_; }
  const std::vector<Cycle>& dispatch() const { return dispatch_; }
  void Reserve(size_t instructions);
  std::vector<Cycle> TakeIssue() { return std::move(issue_); }
  std::vector<Cycle> TakeRetire() { return std::move(retire_); }

  // Instruction `index` never retires and its engine does nothing after it (a bus that never
  // answers). Before feeding.
  void Hang(uint32_t index) { hang_ = index; }

  // The first counter overflow that is certain from what has been fed: one in a cycle up to the
  // last dispatch, or found by Finish(). False: none.
  bool FindOverflow(Cycle* cycle, int* engine, uint32_t* index);

  // An instruction that no program can mean (beyond kMaxBursts): issue() tells when it would be
  // refused, and its engine does nothing after it.
  bool Uncounted(uint32_t index) const {
    return uncounted_cycle_ != kNever && index == uncounted_index_;
  }

  // Indices in the order in which their times became known (at most once each).
  const std::vector<uint32_t>& known() const { return known_; }

  // Of a run without error.
  Cycle total() const { return DoneAfter(last_retire_, laws_); }
  const RunCounters& counters() const { return counters_; }

  // Of the next fetch burst, valid where the number of instructions fed is a multiple of eight.
  Cycle NextFetch() const;

  // kNone, BadOpcode (engine 4: dispatcher), Token, or BadField for what no program can mean
  // (beyond kMaxBursts, kMaxCycle). `error_cycle`: when the hardware would notice (kNever: after
  // everything else has come to rest).
  ErrorCode error() const { return error_; }
  int error_engine() const { return error_engine_; }
  uint32_t error_index() const { return error_index_; }
  Cycle error_cycle() const { return error_cycle_; }
  // Of a Token error that everything comes to rest with: the first cycle in which the dispatcher
  // has nothing to dispatch, or an instruction whose queue is full.
  Cycle blocked_from() const { return blocked_from_; }

  const LawConfig& laws() const { return laws_; }

 private:
  static constexpr uint32_t kQueueMask = 63;  // queue_depth <= 64
  static constexpr uint32_t kTokenMask =
      1023;  // token times kept per pair; no legal run holds more than 255 + 64 * 7

  struct Waiting {
    Instruction instruction;
    Cycle at_output = 0;  // D + 1
    uint32_t index = 0;
  };
  struct EngineState {
    std::array<Waiting, 64> queue;
    std::array<Cycle, 64> issued;  // issue times of the last 64 instructions
    uint32_t dispatched = 0, done = 0;
    Cycle last_issue = -1;
    Cycle free = 0;     // the engine's own "free of the previous instruction"
    Cycle retire = -1;  // of the last instruction that did something
    Cycle busy_end = 0;
    bool hangs = false;

    void Clear() {
      dispatched = done = 0;
      last_issue = retire = -1;
      free = busy_end = 0;
      hangs = false;
    }
  };
  // Tokens from one engine to another: the times of the last 1024.
  struct Channel {
    std::array<Cycle, 1024> given, taken;
    std::array<uint32_t, 1024> giver;
    uint32_t pushed = 0, popped = 0;
  };

  // Issues what engine e can; returns the mask of engines that were given tokens.
  unsigned Run(unsigned e);
  bool TokensKnown(unsigned e, uint32_t word0, Cycle* ready) const;
  void Take(unsigned e, uint32_t word0, Cycle issue);
  unsigned Give(unsigned e, uint32_t word0, Cycle retire, uint32_t index);
  void Overflow(Cycle cycle, unsigned engine, uint32_t index);
  void Fail(ErrorCode code, int engine, uint32_t index, Cycle cycle);
  void FailWaiting();
  void RefuseToCount(unsigned e, uint32_t index, Cycle issue);
  void JudgeUntaken(Cycle until);

  const Keep keep_;
  LawConfig laws_;
  Opcode not_built_;  // of the two that MATMUL may have
  EngineState engine_[kNumEngines];
  Channel channel_[kNumEngines][kNumEngines];  // [source][destination]
  FetchPort fetch_;
  ReadPort read_;
  WritePort write_;
  ArrayTimes last_matmul_;
  Cycle last_matmul_issue_ = -1;

  std::vector<Cycle> issue_, retire_, dispatch_;
  std::vector<uint32_t> known_;
  Cycle last_dispatch_ = -1, last_retire_ = 0, blocked_from_ = 0;
  RunCounters counters_;

  uint32_t hang_ = ~0u;
  ErrorCode error_ = ErrorCode::kNone;
  int error_engine_ = 0;
  uint32_t error_index_ = 0;
  Cycle error_cycle_ = kNever;
  bool overflow_ = false;
  Cycle overflow_cycle_ = 0;
  unsigned overflow_engine_ = 0;
  uint32_t overflow_index_ = 0;
  Cycle uncounted_cycle_ = kNever;
  int uncounted_engine_ = 0;
  uint32_t uncounted_index_ = 0;
};

}  // namespace systole
