// The rounding modes of requantization (spec/arithmetic.toml) by name.
#pragma once

#include <string>

#include "sw/isa/rounding_modes.h"

namespace systole {

// "floor", ..., "float32".
const char* RoundingName(Rounding mode);

// All of them: "floor, half_up, half_away, half_even, tflite, float32".
std::string RoundingNames();

// The inverse of RoundingName. Throws InputError for any other text, listing the names.
Rounding ParseRounding(const std::string& name);

}  // namespace systole
