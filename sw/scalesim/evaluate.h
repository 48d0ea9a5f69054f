// One layer on one machine: everything the three reports say of it.
#pragma once

#include "sw/scalesim/types.h"

namespace systole::scalesim {

// Closed forms where nothing can stall or be fetched twice, an event simulation elsewhere.
// Allocates nothing where the read operands fit the half of their buffers that CALC keeps, or that
// USER fills first, and no window overhangs. Throws InputError for a layer or a machine that cannot
// be evaluated, and where SCALE-Sim itself divides by zero (not with `corrected`).
LayerReport EvaluateLayer(const Machine& machine, const Layer& layer, const Options& options = {});

// The total alone, stalls included: LayerReport::total_cycles.
int64_t EvaluateCycles(const Machine& machine, const Layer& layer, const Options& options = {});

}  // namespace systole::scalesim
