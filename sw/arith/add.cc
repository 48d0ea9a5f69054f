#include "sw/arith/add.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "sw/arith/multiplier.h"
#include "sw/base/error.h"

namespace systole {
namespace {

// value = significand * 2^exponent; significand of 24 bits (0: exponent unused).
struct Significand {
  int64_t significand = 0;
  int exponent = 0;
};

Significand Split(float value) {
  if (value == 0) return {};
  int exponent = 0;
  const float fraction = std::frexp(value, &exponent);  // [0.5, 1)
  Significand parts{static_cast<int64_t>(std::ldexp(fraction, 24)), exponent - 24};
  while (parts.significand % 2 == 0) parts.significand /= 2, ++parts.exponent;
  return parts;
}

AddParams ChooseFloat32(const AddTensor& x1, const AddTensor& x2, const AddTensor& y,
                        const std::string& where) {
  auto shift = [](const AddTensor& t) { return t.is_uint8 ? 128 : 0; };
  const float ra = x1.scale / y.scale, rb = x2.scale / y.scale;
  const auto za = static_cast<float>(x1.zero_point + shift(x1));
  const auto zb = static_cast<float>(x2.zero_point + shift(x2));
  const auto zc = static_cast<float>(y.zero_point + shift(y));
  const float f = zc - std::fma(ra, za, rb * zb);
  const Significand a = Split(ra), b = Split(rb), c = Split(f);
  int scale = std::max(std::max(-a.exponent, -b.exponent), 0);
  if (c.significand != 0) scale = std::max(scale, -c.exponent);
  const int left1 = scale + a.exponent, left2 = scale + b.exponent;
  const int left_offset = c.significand == 0 ? 0 : scale + c.exponent;
  // Every partial sum below 2^62: nine bits of operand, 24 of ratio.
  if (!std::isfinite(ra) || !std::isfinite(rb) || ra == 0 || rb == 0 || scale > 62 ||
      left1 > kMostAddShift || left2 > kMostAddShift || left_offset > kMostAddShift ||
      std::ldexp(256.0 * (std::fabs(ra) + std::fabs(rb)) + std::fabs(f), scale) >= 0x1p62) {
    throw InputError(fmt::format(
        "{}: the scales {} and {} of its inputs and {} of its output lie too far apart for the "
        "addition in mode float32; quantize its tensors with scales that are closer",
        where, x1.scale, x2.scale, y.scale));
  }
  AddParams p;
  p.z1 = -shift(x1);
  p.z2 = -shift(x2);
  p.m1 = static_cast<uint32_t>(a.significand);
  p.m2 = static_cast<uint32_t>(b.significand);
  p.s1 = left1;
  p.s2 = left2;
  p.offset = c.significand * (int64_t{1} << left_offset);
  p.s = scale;
  p.zy = -shift(y);
  return p;
}

AddParams ChooseTflite(const AddTensor& x1, const AddTensor& x2, const AddTensor& y, Rounding mode,
                       const std::string& where) {
  const double twice = 2.0 * std::max(x1.scale, x2.scale);
  const Multiplier first = QuantizeMultiplier(x1.scale / twice, Rounding::kTflite);
  const Multiplier second = QuantizeMultiplier(x2.scale / twice, Rounding::kTflite);
  const Multiplier sum = QuantizeMultiplier(twice / (double{1 << 20} * y.scale), mode);
  AddParams p;
  p.z1 = x1.zero_point;
  p.z2 = x2.zero_point;
  p.m1 = first.m;
  p.m2 = second.m;
  // The ratio to twice the greater scale is at most 1/2, so s >= 31. Past 31 more bits nothing is
  // left of nine bits of operand.
  p.s1 = std::min(first.s - 31, 31);
  p.s2 = std::min(second.s - 31, 31);
  p.m = sum.m;
  p.s = sum.s;
  p.zy = y.zero_point;
  // TensorFlow Lite shifts a sum that is to grow left in 32 bits.
  if (sum.s < 31 && std::ldexp(1.0, 28 + 31 - sum.s) > 0x1p31) {
    throw InputError(
        fmt::format("{}: its output's scale {} is too small beside its inputs' ({} and {})", where,
                    y.scale, x1.scale, x2.scale));
  }
  return p;
}

}  // namespace

AddParams ChooseAdd(const AddTensor& x1, const AddTensor& x2, const AddTensor& y, Rounding mode,
                    const std::string& where) {
  for (const AddTensor* tensor : {&x1, &x2, &y}) {
    if (!std::isfinite(tensor->scale) || tensor->scale <= 0) {
      throw InputError(
          fmt::format("{}: a scale of {}: must be finite and positive", where, tensor->scale));
    }
  }
  return mode == Rounding::kFloat32 ? ChooseFloat32(x1, x2, y, where)
                                    : ChooseTflite(x1, x2, y, mode, where);
}

}  // namespace systole
