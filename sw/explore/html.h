// The page of an exploration, from its store.
#pragma once

#include <string>
#include <vector>

#include "sw/explore/method_run.h"
#include "sw/explore/page/page.h"
#include "sw/explore/summary.h"

namespace systole::explore {

// `method`: of a search; null after an exhaustive sweep, on whose points random search, genetic
// search and annealing are then run for their convergence. Throws InputError when `path` cannot be
// written, Interruption after Ctrl-C: then nothing is written.
void WriteHtml(const Space& space, const Store& store, const Summary& summary,
               const MethodResult* method, std::vector<PageTable> tables, const std::string& path);

}  // namespace systole::explore
