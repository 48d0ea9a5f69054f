// The cycle model: when every instruction of a program issues and retires, how many cycles the run
// takes and where they go. Exact for the memory of docs/timing.md; no data is moved.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sw/timing/scheduler.h"

namespace systole {

struct RunTotals {
  Cycle total = 0;       // cycles of the run (0 with an error)
  RunCounters counters;  // their four causes sum to `total` for every engine (not with an error)

  // kNone: the run ends well. Else kToken (a token that never comes, or a counter overflow),
  // kBadOpcode, or kBadField (a size that no program can mean); fields are not judged otherwise.
  ErrorCode error = ErrorCode::kNone;
  int error_engine = 0;      // 4: dispatcher
  uint32_t error_index = 0;  // the instruction
  bool ok() const { return error == ErrorCode::kNone; }
};

struct Timeline : RunTotals {
  std::vector<Cycle> issue,
      retire;  // per program instruction; Scheduler::kNever: it does not come to that
};

// Any instruction words are safe to give. Instructions beyond one that ends the run have kNever.
Timeline Simulate(const std::vector<Instruction>& program, const HwConfig& config,
                  const MemoryTiming& memory);

// The totals of Simulate, for many runs: keeps its memory, so one instance serves one thread.
class RunTimer {
 public:
  RunTimer();
  RunTotals Time(const std::vector<Instruction>& program, const HwConfig& config,
                 const MemoryTiming& memory);

 private:
  std::unique_ptr<Scheduler> scheduler_;
};

// "token that never comes ...: instruction 17 (engine 1)", empty without an error.
std::string Describe(const RunTotals& totals);

}  // namespace systole
