// Whether a configuration has what a stage needs, whatever the sizes of its buffers.
#pragma once

#include "sw/compiler/stage.h"
#include "sw/isa/config.h"

namespace systole {

// Throws MisfitError (kUnsupported) naming the layer where its rounding mode or the row-sum column
// for its asymmetric weights is not built in.
void CheckSupported(const Stage& stage, const HwConfig& config);

}  // namespace systole
