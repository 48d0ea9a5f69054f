// --verify-rtl K: from the winners of an exploration to verify_rtl.h.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/explore/engine/store.h"
#include "sw/explore/page/page.h"
#include "sw/explore/summary.h"

namespace systole::explore {

// Builds and runs the first `count` winners of different parameters, prints the comparison, and
// adds it to `tables`. Returns the exit status: 0; 1 where anything differs; 2 where nothing could
// run. Ctrl-C ends it at the next build or run.
int VerifyWinners(const Space& space, const Summary& summary, int64_t count, int jobs,
                  std::vector<PageTable>* tables);

}  // namespace systole::explore
