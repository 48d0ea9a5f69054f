// From real scales to the integer multiplier and shift of requantization: real = m * 2^-s.
#pragma once

#include <cstdint>
#include <string>

#include "sw/arith/rounding.h"

namespace systole {

struct Multiplier {
  uint32_t m = 0;  // [2^30, 2^31), or 0; smaller in `floor` where s would exceed 62
  int s = 62;      // 0..62
};

// The nearest m * 2^-s with m in [2^30, 2^31), halves away from zero, 2^31 renormalized (TensorFlow
// Lite's QuantizeMultiplier). `real` must be finite and not negative.
//   s would exceed 62 (real < 2^-32): every |acc * real| is below one half, so m = 0; in `floor`,
//   where a negative acc
//     must give -1, m is shifted down instead, but not to 0.
//   s would be negative (real >= 2^31): every nonzero acc saturates, so the largest m with s = 0
//   (24 significant bits).
Multiplier QuantizeMultiplier(double real, Rounding mode);

// Sx * Sw / Sy: in double; for `float32` in single precision in ONNX Runtime's order,
// float(float(Sx * Sw) / Sy), then represented exactly. Throws InputError, starting with `where`,
// if a scale (or in `float32` the result) is not finite and positive.
Multiplier LayerMultiplier(float sx, float sw, float sy, Rounding mode, const std::string& where);

// Sx / (count * Sy) of an average over `count` taps: in double; for `float32` float(Sx / float(Sy *
// count)), ONNX Runtime's order in QLinearGlobalAveragePool. Same errors.
Multiplier AverageMultiplier(float sx, float sy, int count, Rounding mode,
                             const std::string& where);

// AverageMode::kTflite as a requantization: on the raw sum (Zy = 0, rounding half_away), m * 2^-s
// with m = ceil(2^s / count) and s = 30 + floor(log2(count)) gives sum / count, halves away from
// zero, exactly: the excess m * count / 2^s - 1 < 2^-29 moves a quotient of magnitude <= 128 by
// less than the distance 1 / (2 count) of any non-tie from its tie while count < 2^21, and moves
// ties outwards. 1 <= count < 2^21.
Multiplier TfliteAverageMultiplier(int count);

}  // namespace systole
