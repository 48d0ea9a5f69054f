// A program for any model: on chip where all of it fits, else from memory.
#pragma once

#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// Compile() (sw/compiler/compiler.h) where the model is a chain that fits on chip, behind which
// steps of the host may follow (softmax), else CompileTiled(). Throws MisfitError; where buffers
// are too small even for that, the message names each with a value that fits.
Program CompileNetwork(const Model& model, const HwConfig& config, const ProgramOptions& options);

// Does layers[i] run as a step of the host between runs of the accelerator?
bool RunsOnHost(const Model& model, size_t i, const HwConfig& config);

}  // namespace systole
