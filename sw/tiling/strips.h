// How a part's output is cut into strips and blocks.
#pragma once

#include "sw/tiling/part.h"
#include "sw/tiling/program_writer.h"

namespace systole {

struct StripChoice {
  int rows = 1, cols = 1;  // outputs of a strip
  int64_t cycles = 0;      // estimate
};

// What the results of a strip take on chip, at least.
struct OutputNeed {
  int channels = 1;     // bytes of a pixel that must leave together
  bool blocks = false;  // no more of them than the widest block that cannot be cut
  int column_step = 1;  // strips narrower than the output begin at multiples of this
  bool sum = false;     // something is added to them before they leave
};

// The strips with the fewest estimated cycles among those that fit. Throws MisfitError
// (kActivation) where not even one output pixel does.
StripChoice ChooseStrips(Part& part, const OutputNeed& need, const HwConfig& config,
                         const Zones& zones);

}  // namespace systole
