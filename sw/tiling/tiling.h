// Programs for models that do not fit on chip, or are no chain: every layer reads its input from
// memory strip by strip and writes its output back.
#pragma once

#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// As Compile() (sw/compiler/compiler.h); everything is loaded while the program runs, `setup` is
// empty. `reuse`: false keeps every tensor in memory to the end of the run. Throws MisfitError.
Program CompileTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                     bool reuse = true);

}  // namespace systole
