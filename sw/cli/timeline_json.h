// A run as a timeline for Perfetto and chrome://tracing (the Trace Event Format).
#pragma once

#include <string>

#include "sw/compare/compare.h"
#include "sw/program/program.h"

namespace systole {

// JSON of program.code as `view` timed it; one microsecond is a cycle (docs/json.md, "Timeline").
std::string TimelineJson(const Program& program, const TimingView& view);

}  // namespace systole
