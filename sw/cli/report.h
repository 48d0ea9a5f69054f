// What `systole run` tells: the table on the terminal and the JSON of the same.
#pragma once

#include <string>

#include "sw/cli/run_summary.h"

namespace systole {

void PrintReport(const RunSummary& summary);

// The form is docs/json.md's.
void WriteJson(const std::string& path, const RunSummary& summary);

}  // namespace systole
