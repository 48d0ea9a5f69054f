// The verilated library of a configuration, built where it is not there yet.
#pragma once

#include <string>

#include "sw/isa/config.h"

namespace systole::explore {

// Runs scripts/build_rtl.sh (its environment: CMAKE, JOBS, RTL_CXXFLAGS; given ones go first).
// Nothing is done where the library is up to date. Returns an empty string, or one line that says
// why there is no library: what the parameters break, or the last line of the build with the log's
// place.
std::string BuildRtl(const HwConfig& config, int jobs);

}  // namespace systole::explore
