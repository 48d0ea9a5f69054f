// The sum of two quantized tensors, bit for bit as the frameworks make it (docs/arithmetic.md).
// Golden reference, functional executor and TLM platform call it.
//
// float32, ONNX Runtime's QLinearAdd on x86 (fused multiply-adds, the second operand first):
//     t = RNE24(offset + ((x2 - z2) * m2 << s2))        v = RNE24(t + ((x1 - z1) * m1 << s1))
//     y = clamp(zy + RNE(v / 2^s), lo, hi)
// all other modes, TensorFlow Lite's ADD with its last rounding in the mode:
//     a = RND(((x1 - z1) * m1 + 2^10) >> 11, s1)        b likewise;  RND(h, n): h / 2^n, ties away
//     y = clamp(zy + R((a + b) * m, s), lo, hi)
//
//   x1, x2      int8                  z1, z2      -128..127
//   m1, m2, m   0 <= m < 2^31         s1, s2      0..31; float32: 0..38
//   s           0..62                 offset      float32: a signed 24-bit number << 0..38
//   zy          -128..127             lo, hi      -128..127, lo <= hi
#pragma once

#include <cstdint>
#include <string>

#include "sw/arith/requantize.h"

namespace systole {

inline constexpr int kMostAddShift = 38;  // of an operand in float32

struct AddParams {
  int z1 = 0, z2 = 0;
  uint32_t m1 = 0, m2 = 0;
  int s1 = 0, s2 = 0;
  int64_t offset = 0;  // float32 alone
  uint32_t m = 0;      // of the sum; not used in float32
  int s = 0;
  int zy = 0;
};

// real = scale * (q - zero_point); zero_point and q in the int8 domain. `is_uint8`: in the file q
// and zero point are greater by 128, which the floats of ONNX Runtime see.
struct AddTensor {
  float scale = 1;
  int zero_point = 0;
  bool is_uint8 = false;
};

// The parameters of y = x1 + x2 for a rounding mode: ONNX Runtime's floats as integers of one
// common scale 2^-s, or TensorFlow Lite's multipliers. Throws InputError, starting with `where`,
// for scales that are not finite and positive, and where scales lie so far apart that the integers
// do not fit the bounds above.
AddParams ChooseAdd(const AddTensor& x1, const AddTensor& x2, const AddTensor& y, Rounding mode,
                    const std::string& where);

// `value` to 24 significant bits, nearest, ties to even.
inline int64_t RoundTo24BitsSigned(int64_t value) {
  return value < 0 ? -static_cast<int64_t>(RoundTo24Bits(static_cast<uint64_t>(-value)))
                   : static_cast<int64_t>(RoundTo24Bits(static_cast<uint64_t>(value)));
}

// One operand of TensorFlow Lite's ADD; |result| < 2^28 for s >= 0 and x - z of nine bits.
inline int32_t ScaledOperand(int x, int z, uint32_t m, int s) {
  const int64_t product = int64_t{x - z} * static_cast<int64_t>(m);
  return static_cast<int32_t>(RoundHalfAway((product + 1024) >> 11, s));
}

inline int32_t AddQuantized(int x1, int x2, const AddParams& p, Rounding mode, int lo, int hi) {
  if (mode == Rounding::kFloat32) {
    const int64_t b = int64_t{x2 - p.z2} * p.m2 * (int64_t{1} << p.s2);
    const int64_t t = RoundTo24BitsSigned(p.offset + b);
    const int64_t a = int64_t{x1 - p.z1} * p.m1 * (int64_t{1} << p.s1);
    const int64_t v = RoundTo24BitsSigned(t + a);
    const int64_t r = v < 0 ? -RoundHalfEven(-v, p.s) : RoundHalfEven(v, p.s);
    return ClampOutput(r, p.zy, lo, hi);
  }
  const int32_t sum = ScaledOperand(x1, p.z1, p.m1, p.s1) + ScaledOperand(x2, p.z2, p.m2, p.s2);
  return Requantize(sum, p.m, p.s, mode, p.zy, lo, hi);
}

}  // namespace systole
