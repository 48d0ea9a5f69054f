// The six traces SCALE-Sim can write of a layer, streamed: memory does not grow with their length.
#pragma once

#include <string>

#include "sw/scalesim/types.h"

namespace systole::scalesim {

// Writes {IFMAP,FILTER,OFMAP}_{SRAM,DRAM}_TRACE.csv into an existing folder. Throws InputError when
// that fails.
void WriteTraces(const Machine& machine, const Layer& layer, const Options& options,
                 const std::string& folder);

}  // namespace systole::scalesim
