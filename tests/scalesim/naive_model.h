// SCALE-Sim v2 restated the slow way, after its description: matrices of addresses, sets, one
// request after the other. Shares nothing with sw/scalesim but the plain data of types.h.
#pragma once

#include "sw/scalesim/types.h"

namespace systole::scalesim {

LayerReport NaiveEvaluate(const Machine& machine, const Layer& layer);

}  // namespace systole::scalesim
