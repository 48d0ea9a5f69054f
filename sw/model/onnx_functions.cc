#include "sw/model/onnx_functions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace systole {
namespace {

// Highest power first, each step fused.
template <size_t kCount>
float Polynomial(float x, const float (&coefficients)[kCount]) {
  float sum = coefficients[0];
  for (size_t i = 1; i < kCount; ++i) sum = std::fma(sum, x, coefficients[i]);
  return sum;
}

}  // namespace

float OrtSigmoid(float x) {
  static constexpr float kOdd[] = {4.37031012579801e-11f, 1.15627324459942e-07f,
                                   6.08574864600143e-05f, 8.51377133304701e-03f,
                                   2.48287947061529e-01f};
  static constexpr float kEven[] = {6.10247389755681e-13f, 5.76102136993427e-09f,
                                    6.29106785017040e-06f, 1.70198817374094e-03f,
                                    1.16817656904453e-01f, 9.93151921023180e-01f};
  x = std::clamp(x, -18.0f, 18.0f);
  const float square = x * x;
  return Polynomial(square, kOdd) * x / Polynomial(square, kEven) + 0.5f;
}

float OrtTanh(float x) {
  static constexpr float kOdd[] = {
      -2.76076847742355e-16f, 2.00018790482477e-13f, -8.60467152213735e-11f, 5.12229709037114e-08f,
      1.48572235717979e-05f,  6.37261928875436e-04f, 4.89352455891786e-03f};
  static constexpr float kEven[] = {1.19825839466702e-06f, 1.18534705686654e-04f,
                                    2.26843463243900e-03f, 4.89352518554385e-03f};
  x = std::clamp(x, -9.0f, 9.0f);
  const float square = x * x;
  return Polynomial(square, kOdd) * x / Polynomial(square, kEven);
}

float OrtHardSigmoid(float x, float alpha, float beta) {
  const float product = alpha * x;
  return std::max(0.0f, std::min(1.0f, product + beta));
}

OrtAffine OrtBatchNormalization(float scale, float bias, float mean, float variance,
                                float epsilon) {
  const float deviation = std::sqrt(variance + epsilon);
  const float inverse = 1.0f / deviation;
  const float factor = inverse * scale;
  const float shift = mean * factor;
  return {factor, bias - shift};
}

}  // namespace systole
