// One run of a program, START to DONE, as a list of things that happen in cycles: bursts of the
// fetch unit, issues, retires, errors, the end. When is told by the timing laws (sw/timing), what
// by the executor (sw/functional); bursts go through BusPorts. It knows nothing of SystemC: the
// accelerator model waits until Next() and calls Step().
//
// An instruction is done at its issue, its bursts are handed to the bus then, each with the cycle
// of its address. Where a program's tokens order what depends on each other, that is what the
// hardware's buffers hold, at every retire.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <queue>
#include <tuple>
#include <vector>

#include "sw/functional/conflicts.h"
#include "sw/functional/executor.h"
#include "sw/timing/scheduler.h"

namespace systole {

// The ports to the memory. `address_cycle` is that of the law, not before the cycle of the call.
class BusPorts {
 public:
  enum class Answer { kOk, kError, kNever };
  virtual ~BusPorts() = default;
  virtual Answer Fetch(Cycle address_cycle, uint64_t address, uint8_t* data, size_t bytes) = 0;
  virtual Answer Read(Cycle address_cycle, uint64_t address, uint8_t* data, size_t bytes) = 0;
  virtual Answer Write(Cycle address_cycle, uint64_t address, const uint8_t* data,
                       size_t bytes) = 0;
};

// Passive: told of every issue and retire, in the order of the cycles.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void OnIssue(uint32_t index, Cycle cycle) = 0;
  virtual void OnRetire(uint32_t index, Cycle cycle) = 0;
};

struct RunSettings {
  uint64_t program = 0;
  uint32_t length = 0;
  uint64_t read_first = 0, read_last = 0, write_first = 0, write_last = 0;  // windows, inclusive
  uint32_t watchdog = 0;                                                    // 0: off
};

inline constexpr Cycle kForever = std::numeric_limits<Cycle>::max();

struct RunResult {
  ErrorCode error = ErrorCode::kNone;
  int engine = 0;  // 4: fetch
  uint32_t pc = 0;
  Cycle end = 0;  // the cycle in which DONE is seen
  Cycle bus_idle =
      0;  // from when on nothing is open on the bus (kForever: a transaction is never answered)
  RunCounters counters;  // of a run without error (else zeros)
};

class Sequencer : private MemoryAccess {
 public:
  Sequencer(const MemoryTiming& timing, const RunSettings& settings, Executor* executor,
            BusPorts* bus, RunObserver* observer);

  // The cycle of the next thing to happen; kForever: nothing will (an unanswered bus and no
  // watchdog).
  Cycle Next();
  // Lets it happen. False: the run has ended with result(), whose `end` may be some cycles away.
  bool Step();
  // A soft reset in `cycle`: the cycle from which the bus is idle, kForever if never.
  Cycle BusIdleFrom(Cycle cycle) const;

  bool draining() const { return draining_; }
  const RunResult& result() const { return result_; }

 private:
  // In this order within a cycle; errors in the hardware's order of precedence: by kind, then by
  // rank.
  enum Kind : uint8_t {
    kRetire,
    kIssue,
    kFetch,
    kErrorOfEngine,
    kErrorOfFetch = kErrorOfEngine + 4,
    kOverflow
  };
  // Of one engine's errors in one cycle: colliding sums or pixels and bus answers, then ranges and
  // windows, then other collisions, then the instruction at the queue's output. Of the fetch
  // unit's: answers, opcodes, windows.
  enum Rank : uint8_t { kFirst, kSecond, kThird, kHead };
  struct Error {
    ErrorCode code = ErrorCode::kNone;
    Cycle cycle = 0;  // run control is told
    Rank rank = kFirst;
  };
  struct Event {
    Cycle cycle;
    uint8_t kind;
    uint32_t index;
    ErrorCode code;  // of errors
    uint8_t engine, rank;
    bool operator>(const Event& o) const {
      return std::tie(cycle, kind, rank, index) > std::tie(o.cycle, o.kind, o.rank, o.index);
    }
  };
  struct Span {
    Cycle first, last;
    bool operator>(const Span& o) const { return first > o.first; }
  };

  void At(Cycle cycle, int kind, uint32_t index) {
    events_.push({cycle, static_cast<uint8_t>(kind), index, {}, 0, 0});
  }
  void ErrorAt(const Error& error, int engine, uint32_t pc, int kind);
  void EngineErrorAt(const Error& error, int engine, uint32_t pc) {
    ErrorAt(error, engine, pc, kErrorOfEngine + engine);
  }
  Error HeadError(ErrorCode code, int engine) const;
  Error RunningError(ErrorCode code, const Instruction& instruction) const;
  void NoteBusError(const Error& error);
  void QueueFetch();
  void DoFetch();
  void Feed(const Instruction& instruction);
  void FeedEnded();
  void QueueIssues();
  void DoIssue(uint32_t index);
  void DoRetire(uint32_t index);
  void Hang(uint32_t index);
  void WalkAfterHang(const Instruction& instruction);
  bool EndWith(ErrorCode code, int engine, uint32_t pc, Cycle cycle);
  bool EndOfEvents();
  Cycle LastProgressOfDraining(Cycle told) const;
  Cycle NextEvent() const;
  bool FindExpiry(Cycle now, Cycle* expired);
  void Progress(Cycle first, Cycle last);
  void OpenBurst(Cycle address, Cycle end);
  bool WaitsForBus() const;  // nothing happens any more but the watchdog
  bool WatchdogEnds(Cycle cycle);

  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t bytes) override;
  ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t bytes) override;

  const HwConfig config_;
  const MemoryTiming timing_;
  const RunSettings settings_;
  Executor* const executor_;
  BusPorts* const bus_;
  RunObserver* const observer_;

  std::unique_ptr<Scheduler> scheduler_;
  using Events = std::priority_queue<Event, std::vector<Event>, std::greater<Event>>;
  Events events_;
  size_t queued_ = 0;  // entries of scheduler_->known() that have an issue event
  std::vector<Instruction> code_;
  std::vector<uint8_t> issued_, retired_;
  uint64_t wanted_ = 0;  // instructions asked for
  bool feeding_ = true, deadlock_ = false, overflow_told_ = false;
  bool fetch_hangs_ = false, engine_hangs_ = false;
  Cycle hangs_from_ = kForever;  // an engine's burst that is never answered is on the bus
  uint32_t oldest_ = 0;          // no instruction before it is unfinished
  Cycle now_ = 0;                // of the last event

  ConflictMonitor conflicts_;

  // The ports' own bookkeeping of the laws, and of the instruction being done.
  FetchPort fetch_;
  ReadPort read_;
  WritePort write_;
  Cycle issue_ = 0;
  Error bus_error_;            // the first one
  int64_t aborted_post_ = -1;  // the instruction that an entry that does not exist has ended
  bool answered_ = true;
  int bursts_ = 0;          // of the instruction being done, up to now
  std::vector<Span> open_;  // bursts: cycle of the address, last cycle on the bus

  // Watchdog.
  bool track_progress_ = false;
  std::priority_queue<Span, std::vector<Span>, std::greater<Span>> progress_;
  Cycle last_progress_ = -1;

  bool draining_ = false;
  RunResult result_;
};

}  // namespace systole
