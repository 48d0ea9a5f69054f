// What a run was, as one page that needs nothing else: cycles, utilization and traffic by layer,
// the account of each engine's cycles, the roofline.
#pragma once

#include <string>

#include "sw/cli/run_summary.h"

namespace systole {

std::string HtmlReport(const RunSummary& summary);

}  // namespace systole
