// The rounding modes of requantization: codes (instruction field, RTL, files) and names.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

#include <cstdint>
#include <type_traits>

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

// f(std::integral_constant<Rounding, mode>()): from a mode at run time to one at compile time. The
// last one is also what no mode's code comes to.
template <typename F>
inline auto WithRounding(Rounding mode, F&& f) {
  switch (mode) {
    case Rounding::kFloor:
      return f(std::integral_constant<Rounding, Rounding::kFloor>());
    case Rounding::kHalfUp:
      return f(std::integral_constant<Rounding, Rounding::kHalfUp>());
    case Rounding::kHalfAway:
      return f(std::integral_constant<Rounding, Rounding::kHalfAway>());
    case Rounding::kHalfEven:
      return f(std::integral_constant<Rounding, Rounding::kHalfEven>());
    case Rounding::kTflite:
      return f(std::integral_constant<Rounding, Rounding::kTflite>());
    case Rounding::kFloat32:
      return f(std::integral_constant<Rounding, Rounding::kFloat32>());
  }
  return f(std::integral_constant<Rounding, Rounding::kFloat32>());
}

}  // namespace systole
