// Runs a whole program without SystemC or RTL: the cycle model says when, the executor does it. For
// the compiler's own checks and for tests.
#pragma once

#include <functional>
#include <vector>

#include "sw/functional/executor.h"
#include "sw/timing/timeline.h"

namespace systole {

struct FunctionalRun {
  Timeline timeline;
  ErrorCode error = ErrorCode::kNone;  // the first in time
  int engine = 0;                      // 4: dispatcher
  uint32_t index = 0;                  // instruction
};

// Instructions are done in the order of their issue cycles; `retired(index)`, where given, is
// called in the order of their retire cycles, before any instruction that issues in a later cycle
// is done.
FunctionalRun RunFunctional(const std::vector<Instruction>& code, const MemoryTiming& timing,
                            Executor* executor, MemoryAccess* memory,
                            const std::function<void(uint32_t)>& retired = nullptr);

}  // namespace systole
