// Requantization: a 32-bit accumulator to an 8-bit output, bit for bit as the hardware does it.
// Golden reference, functional executor and TLM platform call it; one second form in C++, in
// vectors, is FastGolden's (sw/golden/fast_requantize.cc), which tests/golden/fast_test.cc holds
// equal to it.
//
//     y = clamp(Zy + R(acc * m, s), lo, hi)        R(p, s) = p / 2^s, rounded by the mode
//
//   acc  int32, any value          m  0 <= m < 2^31      s  0..62
//   Zy   -128..127                 lo, hi  -128..127, lo <= hi
//
// The product is exact in 64 bits (|acc * m| < 2^62 + 2^31), so is every R below: nothing can
// overflow before the clamp. All integer, no floating point, in every mode. Preconditions of two
// modes, checked by ProveRanges():
//   tflite   m in [2^30, 2^31) or 0
//   float32  m has at most 24 significant bits
#pragma once

#include <cstdint>

#include "sw/arith/rounding.h"

namespace systole {

// floor(p / 2^s). (C++17 leaves >> of a negative value to the compiler; every one we know shifts
// arithmetically.)
static_assert((int64_t{-3} >> 1) == -2, "an arithmetic right shift is required");

inline int64_t RoundFloor(int64_t p, int s) { return p >> s; }

// floor(p / 2^s + 1/2).
inline int64_t RoundHalfUp(int64_t p, int s) {
  return s == 0 ? p : (p + (int64_t{1} << (s - 1))) >> s;
}

// sign(p) * floor(|p| / 2^s + 1/2).
inline int64_t RoundHalfAway(int64_t p, int s) {
  return p < 0 ? -RoundHalfUp(-p, s) : RoundHalfUp(p, s);
}

// The nearest integer to p / 2^s; of two equally near ones, the even one.
inline int64_t RoundHalfEven(int64_t p, int s) {
  if (s == 0) return p;
  const int64_t quotient = p >> s;
  const int64_t remainder = p & ((int64_t{1} << s) - 1);  // p - quotient * 2^s
  const int64_t half = int64_t{1} << (s - 1);
  return quotient + (remainder > half || (remainder == half && (quotient & 1)));
}

// `magnitude` to 24 significant bits, nearest, ties to even: what a conversion to IEEE single
// precision keeps.
inline uint64_t RoundTo24Bits(uint64_t magnitude) {
  if (magnitude < (uint64_t{1} << 24)) return magnitude;
  const int excess = 40 - __builtin_clzll(magnitude);  // bits beyond the 24 leading ones, >= 1
  return static_cast<uint64_t>(RoundHalfEven(static_cast<int64_t>(magnitude), excess)) << excess;
}

// TensorFlow Lite: left = max(0, 31 - s), right = max(0, s - 31),
//   h = ((acc << left) * m + 2^30) >> 31,  R = sign(h) * ((|h| + 2^(right-1)) >> right)   (right =
//   0: h).
// acc << left saturates to int32, which keeps R monotonic in acc; a proven model never reaches it.
inline int64_t RoundTflite(int32_t acc, uint32_t m, int s) {
  const int left = s < 31 ? 31 - s : 0;
  const int right = s > 31 ? s - 31 : 0;
  int64_t shifted = static_cast<int64_t>(acc) * (int64_t{1} << left);
  shifted = shifted > INT32_MAX ? INT32_MAX : shifted < INT32_MIN ? INT32_MIN : shifted;
  return RoundHalfAway(RoundHalfUp(shifted * static_cast<int64_t>(m), 31), right);
}

// IEEE single precision: f = RNE24(acc), p = RNE24(f * m * 2^-s), R = RNE_integer(p). Signs are
// symmetric in every step. The least nonzero |p| is 2^-62, far from single precision's subnormal
// numbers.
inline int64_t RoundFloat32(int32_t acc, uint32_t m, int s) {
  const uint64_t magnitude =
      acc < 0 ? uint64_t{0} - static_cast<uint64_t>(int64_t{acc}) : static_cast<uint64_t>(acc);
  const uint64_t product = RoundTo24Bits(RoundTo24Bits(magnitude) * m);
  const int64_t rounded = RoundHalfEven(static_cast<int64_t>(product), s);
  return acc < 0 ? -rounded : rounded;
}

// R(acc * m, s) in one mode.
template <Rounding kMode>
inline int64_t RoundProduct(int32_t acc, uint32_t m, int s) {
  const int64_t p = static_cast<int64_t>(acc) * static_cast<int64_t>(m);
  if constexpr (kMode == Rounding::kFloor) {
    return RoundFloor(p, s);
  } else if constexpr (kMode == Rounding::kHalfUp) {
    return RoundHalfUp(p, s);
  } else if constexpr (kMode == Rounding::kHalfAway) {
    return RoundHalfAway(p, s);
  } else if constexpr (kMode == Rounding::kHalfEven) {
    return RoundHalfEven(p, s);
  } else if constexpr (kMode == Rounding::kTflite) {
    return RoundTflite(acc, m, s);
  } else {
    static_assert(kMode == Rounding::kFloat32, "a rounding mode without arithmetic");
    return RoundFloat32(acc, m, s);
  }
}

// The same for a mode known at run time.
inline int64_t RoundProduct(int32_t acc, uint32_t m, int s, Rounding mode) {
  return WithRounding(mode, [&](auto known) { return RoundProduct<known.value>(acc, m, s); });
}

// clamp(zy + r, lo, hi).
inline int32_t ClampOutput(int64_t r, int zy, int lo, int hi) {
  const int64_t y = zy + r;
  return static_cast<int32_t>(y < lo ? lo : y > hi ? hi : y);
}

// The mode at compile time, for inner loops.
template <Rounding kMode>
inline int32_t Requantize(int32_t acc, uint32_t m, int s, int zy, int lo, int hi) {
  return ClampOutput(RoundProduct<kMode>(acc, m, s), zy, lo, hi);
}

inline int32_t Requantize(int32_t acc, uint32_t m, int s, Rounding mode, int zy, int lo, int hi) {
  return ClampOutput(RoundProduct(acc, m, s, mode), zy, lo, hi);
}

}  // namespace systole
