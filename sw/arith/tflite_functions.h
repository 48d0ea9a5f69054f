// Functions of one 8-bit value as TensorFlow Lite's kernels compute them, by table: y for every x,
// as int8 for x = -128, ..., 127. A uint8 tensor's x and y stand there less 128.
//
// Sources: TensorFlow Lite's reference kernels of RELU, LEAKY_RELU, HARD_SWISH and CONCATENATION,
// and the tables that LOGISTIC and TANH are prepared with.
#pragma once

#include <cstdint>
#include <vector>

namespace systole {

// real = scale * (q - zero); zeros in the file's type, 0..255 for uint8. Scales finite, positive.
struct TfliteScales {
  float x_scale;
  int x_zero;
  float y_scale;
  int y_zero;
  bool is_uint8;
};

// clamp(Zy + MBQM(x - Zx, q(float(Sx / Sy))), lo, hi); lo and hi in the file's type. MBQM and q:
// docs/arithmetic.md, mode tflite.
std::vector<int8_t> TfliteReluTable(const TfliteScales& scales, int lo, int hi);

// x >= Zx as RELU, below with q(float(Sx alpha / Sy)). Empty: alpha is negative or not finite.
std::vector<int8_t> TfliteLeakyReluTable(const TfliteScales& scales, float alpha);

// clamp(round(f(Sx (x - Zx)) / Sy) + Zy) in single precision, the division as a product with 1 /
// Sy, halves away from zero; f is 1 / (1 + exp(-r)), tanh(r).
std::vector<int8_t> TfliteLogisticTable(const TfliteScales& scales);
std::vector<int8_t> TfliteTanhTable(const TfliteScales& scales);

// r relu6(r + 3) / 6 in fixed point of 16 bits. Empty: TensorFlow Lite refuses the scales too.
std::vector<int8_t> TfliteHardSwishTable(const TfliteScales& scales);

// A uint8 input of CONCATENATION with another scale than the output's: in single precision
// clamp(round(x (Sx / Sy) - Zx (Sx / Sy)) + Zy), the quotient as a product with 1 / Sy.
std::vector<int8_t> TfliteConcatTable(const TfliteScales& scales);

}  // namespace systole
