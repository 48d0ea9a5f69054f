// From a model to what `systole compile` writes.
#pragma once

#include <cstdint>

#include "sw/model/images.h"
#include "sw/model/model.h"
#include "sw/program/program_folder.h"

namespace systole {

// Compiles `model` (multipliers chosen for `rounding`), asks the cycle model for its cycles at
// `memory_latency`, and golden for what must come of options.images images. `images` may be empty
// (count 0): then nothing is expected. Throws InputError as Compile() does.
ProgramFolder MakeProgramFolder(const Model& model, Rounding rounding, const HwConfig& config,
                                const ProgramOptions& options, int memory_latency,
                                const Images& images);

// What LoadImages() and the comparison need of a model: its tensors, and how it takes images.
Model WithoutLayers(const ProgramFolder& folder);

}  // namespace systole
