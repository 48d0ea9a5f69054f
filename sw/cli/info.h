// `systole info`: what a model is, and what of it runs where.
#pragma once

#include <string>

#include "sw/arith/rounding.h"
#include "sw/isa/config.h"

namespace systole {

// Prints layers, sizes and quantization, how far mode float32 is ONNX Runtime's arithmetic, and how
// the layers lie on the array, or why they do not run there. `json`: a file for the constants; "":
// none. Throws InputError for a model that cannot be read; what the compiler refuses is printed.
void PrintInfo(const std::string& path, Rounding mode, const HwConfig& config, int batch,
               const std::string& json);

}  // namespace systole
