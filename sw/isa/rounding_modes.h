// The rounding modes of requantization: codes (instruction field, RTL, files) and names.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

#include <cstdint>

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
inline constexpr int kAllRoundings = (1 << kNumRoundings) - 1;

// Indexed by the code.
inline constexpr const char* kRoundingNames[] = {
    "floor", "half_up", "half_away", "half_even", "tflite", "float32",
};

}  // namespace systole
