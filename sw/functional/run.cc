#include "sw/functional/run.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "sw/functional/conflicts.h"

namespace systole {
namespace {

// Indices of the instructions that have a time, in the order of their times.
std::vector<uint32_t> OrderOf(const std::vector<Cycle>& times) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < times.size(); ++i) {
    if (times[i] != Scheduler::kNever) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return times[a] < times[b]; });
  return order;
}

}  // namespace

FunctionalRun RunFunctional(const std::vector<Instruction>& code, const MemoryTiming& timing,
                            Executor* executor, MemoryAccess* memory,
                            const std::function<void(uint32_t)>& retired) {
  FunctionalRun run;
  run.timeline = Simulate(code, executor->config(), timing);
  const Timeline& t = run.timeline;
  const std::vector<uint32_t> retires = OrderOf(t.retire);
  size_t next = 0;
  const auto retire_until = [&](Cycle cycle) {
    for (; next < retires.size() && t.retire[retires[next]] <= cycle; ++next) {
      if (retired) retired(retires[next]);
    }
  };
  ConflictMonitor conflicts(executor->config(), timing);
  for (uint32_t i : OrderOf(t.issue)) {
    // A Sync retires with its own issue.
    retire_until(t.issue[i] - 1);
    run.error = executor->Execute(code[i], memory);
    if (run.error != ErrorCode::kNone) {
      run.engine = static_cast<int>(code[i].engine());
      run.index = i;
      return run;
    }
    const std::optional<Conflict> conflict =
        conflicts.Issue(i, code[i], t.issue[i], executor->offsets());
    if (conflict.has_value()) {
      run.error = ErrorCode::kConflict;
      run.engine = conflict->engine;
      run.index = conflict->index;
      return run;
    }
  }
  retire_until(kMaxCycle);
  run.error = t.error;
  run.engine = t.error_engine;
  run.index = t.error_index;
  return run;
}

}  // namespace systole
