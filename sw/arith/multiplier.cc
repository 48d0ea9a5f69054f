#include "sw/arith/multiplier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cfloat>
#include <cmath>

#include "sw/base/error.h"

namespace systole {
namespace {

static_assert(FLT_EVAL_METHOD == 0,
              "single precision expressions must be evaluated in single precision");

void RequireScale(double scale, const char* name, const std::string& where) {
  if (!(std::isfinite(scale) && scale > 0)) {
    throw InputError(
        fmt::format("{}: {} is {}; a scale must be finite and positive", where, name, scale));
  }
}

}  // namespace

Multiplier QuantizeMultiplier(double real, Rounding mode) {
  assert(std::isfinite(real) && real >= 0);
  if (real == 0) return {};
  int exponent = 0;
  const double fraction = std::frexp(real, &exponent);  // [1/2, 1)
  int64_t m = std::llround(std::ldexp(fraction, 31));   // halves away from zero
  if (m == int64_t{1} << 31) {
    m >>= 1;
    ++exponent;
  }
  const int s = 31 - exponent;
  if (s < 0) return {0x7FFFFF80u, 0};
  if (s <= 62) return {static_cast<uint32_t>(m), s};
  if (mode != Rounding::kFloor) return {};
  const int down = std::min(s - 62, 30);
  return {static_cast<uint32_t>(m >> down), 62};
}

Multiplier LayerMultiplier(float sx, float sw, float sy, Rounding mode, const std::string& where) {
  RequireScale(sx, "the input scale", where);
  RequireScale(sw, "a weight scale", where);
  RequireScale(sy, "the output scale", where);
  if (mode != Rounding::kFloat32)
    return QuantizeMultiplier(double{sx} * double{sw} / double{sy}, mode);
  const float product = sx * sw;
  const float real = product / sy;
  if (!std::isfinite(real)) {
    throw InputError(
        fmt::format("{}: {} * {} / {} is not finite in single precision", where, sx, sw, sy));
  }
  return QuantizeMultiplier(real, mode);
}

Multiplier AverageMultiplier(float sx, float sy, int count, Rounding mode,
                             const std::string& where) {
  RequireScale(sx, "the input scale", where);
  RequireScale(sy, "the output scale", where);
  if (mode != Rounding::kFloat32)
    return QuantizeMultiplier(double{sx} / (double{sy} * count), mode);
  const float divisor = sy * static_cast<float>(count);
  const float real = sx / divisor;
  if (!std::isfinite(real)) {
    throw InputError(
        fmt::format("{}: {} / ({} * {}) is not finite in single precision", where, sx, sy, count));
  }
  return QuantizeMultiplier(real, mode);
}

Multiplier TfliteAverageMultiplier(int count) {
  assert(count >= 1 && count < (1 << 21));
  int s = 30;
  while ((count >> (s - 29)) != 0) ++s;  // s = 30 + floor(log2(count))
  const uint64_t power = uint64_t{1} << s;
  return {static_cast<uint32_t>((power + count - 1) / count), s};
}

}  // namespace systole
