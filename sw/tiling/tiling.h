// Programs for models that do not fit on chip, or are no chain: every layer reads its input from
// memory strip by strip and writes its output back.
#pragma once

#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// As Compile() (sw/compiler/compiler.h); everything is loaded while the program runs, `setup` is
// empty. Layers of the host divide the program into runs (Program::segments). Every tensor stays in
// memory to the end, where Program::stored names it, if the addresses suffice and not `reuse`: else
// tensors between layers share places. `constants`: false leaves their bytes out, which the cycles
// do not depend on. Throws MisfitError.
Program CompileTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                     bool reuse = false, bool constants = true);

}  // namespace systole
