#include "sw/arith/tflite_functions.h"

#include <algorithm>
#include <cmath>

#include "sw/arith/multiplier.h"
#include "sw/arith/requantize.h"

namespace systole {
namespace {

// y = clamp(f(x)) for every x of the type, as int8.
template <typename F>
std::vector<int8_t> TableOf(const TfliteScales& scales, F f) {
  const int offset = scales.is_uint8 ? 128 : 0;
  std::vector<int8_t> table;
  for (int x = -128; x < 128; ++x) {
    const int64_t y = f(x + offset) - offset;
    table.push_back(static_cast<int8_t>(std::clamp<int64_t>(y, -128, 127)));
  }
  return table;
}

// Halves away from zero, bounded where no table's entry can tell.
int64_t RoundBounded(float value) {
  if (std::isnan(value)) return 0;
  return std::llround(std::clamp(value, -1e6f, 1e6f));
}

int64_t Scaled(int value, Multiplier multiplier) {
  return RoundTflite(value, multiplier.m, multiplier.s);
}

Multiplier Quantized(float real) {
  return QuantizeMultiplier(std::isfinite(real) ? real : 0x1p31f, Rounding::kTflite);
}

// ---- HARD_SWISH: 16-bit fixed point.

int16_t Saturate16(int32_t value) {
  return static_cast<int16_t>(std::clamp(value, INT16_MIN + 0, INT16_MAX + 0));
}

// a b / 2^15, nearest, halves up in magnitude below and above zero as gemmlowp has it.
int16_t RoundingDoublingHigh(int16_t a, int16_t b) {
  if (a == b && a == INT16_MIN) return INT16_MAX;
  const int32_t product = int32_t{a} * b;
  const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
  return static_cast<int16_t>((product + nudge) / (1 << 15));
}

// The same, cut off towards zero.
int16_t DoublingHigh(int16_t a, int16_t b) {
  if (a == b && a == INT16_MIN) return INT16_MAX;
  return static_cast<int16_t>(int32_t{a} * b / (1 << 15));
}

int16_t ShiftLeft(int16_t value, int amount) {
  return Saturate16(static_cast<int32_t>(
      std::clamp<int64_t>(int64_t{value} * (int64_t{1} << amount), INT32_MIN, INT32_MAX)));
}

int16_t ShiftRight(int16_t value, int amount) {
  return static_cast<int16_t>(RoundHalfAway(value, amount));
}

struct Multiplier16 {
  int16_t m;
  int exponent;
  explicit Multiplier16(float real) {
    const Multiplier wide = Quantized(real);
    constexpr int64_t kHalf = 1 << 15;
    m = static_cast<int16_t>(std::min<int64_t>((wide.m + kHalf) >> 16, INT16_MAX));
    exponent = 31 - wide.s;
  }
};

}  // namespace

std::vector<int8_t> TfliteReluTable(const TfliteScales& scales, int lo, int hi) {
  const Multiplier multiplier = Quantized(scales.x_scale / scales.y_scale);
  return TableOf(scales, [&](int x) {
    return std::clamp<int64_t>(scales.y_zero + Scaled(x - scales.x_zero, multiplier), lo, hi);
  });
}

std::vector<int8_t> TfliteLeakyReluTable(const TfliteScales& scales, float alpha) {
  if (!std::isfinite(alpha) || alpha < 0) return {};
  const Multiplier above = Quantized(scales.x_scale / scales.y_scale);
  const Multiplier below = Quantized(scales.x_scale * alpha / scales.y_scale);
  return TableOf(scales, [&](int x) {
    const int value = x - scales.x_zero;
    return scales.y_zero + Scaled(value, value >= 0 ? above : below);
  });
}

namespace {

template <typename F>
std::vector<int8_t> RealTable(const TfliteScales& scales, F f) {
  const float inverse = 1 / scales.y_scale;
  return TableOf(scales, [&](int x) {
    const float real = scales.x_scale * static_cast<float>(x - scales.x_zero);
    return RoundBounded(f(real) * inverse) + scales.y_zero;
  });
}

}  // namespace

std::vector<int8_t> TfliteLogisticTable(const TfliteScales& scales) {
  return RealTable(scales, [](float real) { return 1.0f / (1.0f + std::exp(-real)); });
}

std::vector<int8_t> TfliteTanhTable(const TfliteScales& scales) {
  return RealTable(scales, [](float real) { return std::tanh(real); });
}

std::vector<int8_t> TfliteHardSwishTable(const TfliteScales& scales) {
  const float fine = (1.0f / 128.0f) * scales.x_scale;
  const Multiplier16 output(fine / scales.y_scale), reluish(fine / (3.0f / 32768.0f));
  if (output.exponent > 0 || output.exponent < -31) return {};
  return TableOf(scales, [&](int x) -> int64_t {
    const auto value = static_cast<int16_t>((x - scales.x_zero) * (1 << 7));
    const int16_t scaled = RoundingDoublingHigh(value, output.m);
    // relu6(r + 3) / 3 - 1 in [-1, 1]: shifted left as far as saturation tells nothing new.
    int16_t relu = value;
    if (reluish.exponent > 0) relu = ShiftLeft(relu, std::min(reluish.exponent - 1, 31));
    relu = RoundingDoublingHigh(relu, reluish.m);
    if (reluish.exponent > 0) relu = ShiftLeft(relu, 1);
    if (reluish.exponent < 0) relu = ShiftRight(relu, std::min(-reluish.exponent, 31));
    const auto half = static_cast<int16_t>((relu + (1 << 15)) >> 1);  // to [0, 1]
    return ShiftRight(DoublingHigh(half, scaled), -output.exponent) + scales.y_zero;
  });
}

std::vector<int8_t> TfliteConcatTable(const TfliteScales& scales) {
  const float scale = scales.x_scale * (1.0f / scales.y_scale);
  const float bias = -static_cast<float>(scales.x_zero) * scale;
  return TableOf(scales, [&](int x) {
    return RoundBounded(static_cast<float>(x) * scale + bias) + scales.y_zero;
  });
}

}  // namespace systole
