// Energy of a nest by Timeloop's table at the machine's counts. The accumulators and the weight
// buffer, which the design does not have, cost what shared_glb costs: a byte a word, a sum of 32
// bits four.
#pragma once

#include "sw/nest/nest_counts.h"

namespace systole::nest {

double MachineEnergy(const std::vector<Quantity>& counts, const timeloop::Architecture& arch,
                     int64_t macs);

}  // namespace systole::nest
