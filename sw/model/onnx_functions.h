// Functions of one real, in single precision as ONNX Runtime computes them on x86 with FMA
// (docs/arithmetic.md, "Functions of one value"): every rounding counts, since QuantizeLinear
// follows.
#pragma once

namespace systole {

// 1 / (1 + exp(-x)) and tanh(x), as quotients of polynomials in x^2 that are evaluated with fused
// multiply-adds.
float OrtSigmoid(float x);
float OrtTanh(float x);

// max(0, min(1, alpha x + beta)), product and sum rounded each.
float OrtHardSigmoid(float x, float alpha, float beta);

// What BatchNormalization makes of its constants: y = x * factor + term.
struct OrtAffine {
  float factor = 1, term = 0;
};
OrtAffine OrtBatchNormalization(float scale, float bias, float mean, float variance, float epsilon);

}  // namespace systole
