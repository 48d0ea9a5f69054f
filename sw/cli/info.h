// `systole info`: what a model is, and what of it runs where.
#pragma once

#include <string>

#include "sw/isa/config.h"
#include "sw/program/program.h"

namespace systole {

// Prints layers, sizes and quantization, how far mode float32 is ONNX Runtime's arithmetic, and how
// the layers lie on the array, or why they do not run there. `rounding`: a mode, "": the model's
// own. `json`: a file for the constants; "": none. Throws InputError for a model that cannot be
// read; what the compiler refuses is printed.
void PrintInfo(const std::string& path, const std::string& rounding, const HwConfig& config,
               int batch, const std::string& json, Dataflow dataflow = Dataflow::kAuto);

}  // namespace systole
