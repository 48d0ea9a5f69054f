// Programs for models that do not fit on chip, or are no chain: every layer reads its input from
// memory strip by strip and writes its output back.
#pragma once

#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/tiling/lowered_layers.h"

namespace systole {

// Writes programs of one model, for any number of configurations. `model` must outlive it.
class TiledCompiler {
 public:
  // Throws InputError where a sum could leave int32 or a multiplier breaks the rules of its mode.
  explicit TiledCompiler(const Model& model);

  // As Compile() (sw/compiler/compiler.h); everything is loaded while the program runs, `setup` is
  // empty. Layers of the host divide the program into runs (Program::segments), as
  // options.segments does. Every tensor stays in memory to the end, where Program::stored names it,
  // if the addresses suffice and not `reuse`: else tensors between layers share places.
  // `constants`: false leaves their bytes out, which the cycles do not depend on. Throws
  // MisfitError.
  Program Compile(const HwConfig& config, const ProgramOptions& options, bool reuse = false,
                  bool constants = true);

 private:
  const Model& model_;
  LoweredLayers lowered_;
};

// Of one configuration.
Program CompileTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                     bool reuse = false);

}  // namespace systole
