// The compiler: a quantized model and a hardware configuration in, a program out.
#pragma once

#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// Compiles `model` (whose multipliers are chosen: ChooseMultipliers) for `config`. Weights, tables
// and activations must fit on chip. Throws InputError naming the layer and the limit where they do
// not where a sum could leave int32, or where the configuration lacks a rounding mode or the
// row-sum column that the model needs.
Program Compile(const Model& model, const HwConfig& config, const ProgramOptions& options);

// The same, for people: where buffers are too small, the message names all of them, each with a
// value that fits (FindFit, sw/compiler/fit.h).
Program CompileOrExplain(const Model& model, const HwConfig& config, const ProgramOptions& options);

}  // namespace systole
