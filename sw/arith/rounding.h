// The six rounding modes of requantization and their codes (instruction field, RTL, files): defined
// here once.
#pragma once

#include <cstdint>
#include <string>

namespace systole {

enum class Rounding : uint8_t {
  kFloor = 0,     // arithmetic right shift
  kHalfUp = 1,    // (p + 2^(s-1)) >> s
  kHalfAway = 2,  // nearest, ties away from zero
  kHalfEven = 3,  // nearest, ties to even
  kTflite = 4,    // TensorFlow Lite's two roundings
  kFloat32 = 5,   // three IEEE single precision roundings
};
inline constexpr int kNumRoundings = 6;

// "floor", "half_up", "half_away", "half_even", "tflite", "float32".
const char* RoundingName(Rounding mode);

// The inverse of RoundingName. Throws InputError for any other text, listing the names.
Rounding ParseRounding(const std::string& name);

}  // namespace systole
