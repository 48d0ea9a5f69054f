#include "sw/arith/softmax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "sw/arith/multiplier.h"
#include "sw/arith/requantize.h"

namespace systole {
namespace {

constexpr int kDiffBits = 5, kSumBits = 12;  // integer bits of differences and of the sum
constexpr int64_t kMostChannels = (1 << kSumBits) - 1;

// ---- Fixed point of 32 bits, as gemmlowp defines it: Fixed<I> is raw / 2^(31 - I), in
// [-2^I, 2^I).

int32_t Saturate(int64_t value) {
  return static_cast<int32_t>(std::clamp<int64_t>(value, INT32_MIN, INT32_MAX));
}

// a b / 2^31, nearest, halves up; -1 times -1 saturates.
int32_t MultiplyHigh(int32_t a, int32_t b) { return Saturate(RoundHalfUp(int64_t{a} * b, 31)); }

// value * 2^exponent, saturated; to the right rounded, halves away from zero.
int32_t ScaleByPowerOfTwo(int32_t value, int exponent) {
  return exponent >= 0 ? Saturate(int64_t{value} * (int64_t{1} << exponent))
                       : static_cast<int32_t>(RoundHalfAway(value, -exponent));
}

// exp(a) in Fixed<0> for a in [-1/4, 0), Fixed<0>: the Taylor series at -1/8 to the fourth power.
int32_t ExpOfQuarter(int32_t a) {
  constexpr int32_t kExpOfMinusEighth = 1895147668, kThird = 715827883;
  const int32_t x = a + (1 << 28);
  const int32_t x2 = MultiplyHigh(x, x);
  const int32_t x3 = MultiplyHigh(x2, x);
  const int32_t x4 = MultiplyHigh(x2, x2);
  const int32_t third = MultiplyHigh(ScaleByPowerOfTwo(x4, -2) + x3, kThird);
  const int32_t rest = ScaleByPowerOfTwo(third + x2, -1);
  return kExpOfMinusEighth + MultiplyHigh(kExpOfMinusEighth, x + rest);
}

// exp(a) in Fixed<0> for a <= 0 in Fixed<5>: a = quarter + n / 4, a factor for each bit of n.
int32_t ExpOfNegative(int32_t a) {
  if (a == 0) return INT32_MAX;
  constexpr int kFraction = 26, kQuarter = 1 << (kFraction - 2);
  constexpr std::array<int32_t, 7> kFactors = {1672461947, 1302514674, 790015084, 290630308,
                                               39332535,   720401,     242};
  const int32_t quarter = (a & (kQuarter - 1)) - kQuarter;
  int32_t result = ExpOfQuarter(ScaleByPowerOfTwo(quarter, 5));
  const int32_t remainder = quarter - a;
  for (int i = 0; i < 7; ++i) {  // exp(-2^(i - 2))
    if ((remainder >> (kFraction - 2 + i)) & 1) result = MultiplyHigh(result, kFactors[i]);
  }
  return result;
}

// 1 / (1 + a) in Fixed<0> for a in [0, 1), Fixed<0>: three steps of Newton and Raphson in Fixed<2>.
int32_t OneOverOnePlus(int32_t a) {
  constexpr int32_t k48Over17 = 1515870810, kMinus32Over17 = -1010580540, kOne = 1 << 29;
  const auto half = static_cast<int32_t>((int64_t{a} + INT32_MAX + 1) / 2);
  int32_t x = k48Over17 + MultiplyHigh(half, kMinus32Over17);
  for (int i = 0; i < 3; ++i) {
    const int32_t error = kOne - MultiplyHigh(half, x);
    x += ScaleByPowerOfTwo(MultiplyHigh(x, error), 2);
  }
  return ScaleByPowerOfTwo(x, 1);
}

// Differences to the maximum as Fixed<5>: diff beta Sx = ((diff 2^left) multiplier) / 2^31.
struct DiffScale {
  int32_t multiplier;
  int left;
  int least;  // a smaller difference counts as exp = 0

  DiffScale(double beta, double scale) {
    const double real = std::min(beta * scale * (1 << (31 - kDiffBits)), 0x1p31 - 1.0);
    const Multiplier m = QuantizeMultiplier(real, Rounding::kTflite);
    multiplier = static_cast<int32_t>(m.m);
    left = 31 - m.s;
    const double radius = ((1 << kDiffBits) - 1) * std::ldexp(1.0, 31 - kDiffBits - left);
    least = -static_cast<int>(std::min(std::floor(radius), 256.0));
  }
  int32_t operator()(int diff) const {  // least <= diff <= 0
    return MultiplyHigh(Saturate(int64_t{diff} * (int64_t{1} << left)), multiplier);
  }
};

// Probabilities in 1/256, 0..255.
std::vector<int32_t> TfliteProbabilities(const SoftmaxParams& params, const int8_t* x,
                                         int64_t size) {
  const DiffScale scale(params.beta, params.input_scale);
  const int greatest = *std::max_element(x, x + size);
  std::array<int32_t, 256> exps = {};  // of greatest - x
  for (int d = 0; d < 256; ++d) exps[d] = -d >= scale.least ? ExpOfNegative(scale(-d)) : 0;
  uint32_t sum = 0;  // Fixed<12>; exp(0) is 2^19
  for (int64_t i = 0; i < size; ++i) {
    sum += static_cast<uint32_t>(ScaleByPowerOfTwo(exps[greatest - x[i]], -kSumBits));
  }
  const int zeros = __builtin_clz(sum);
  const auto fraction = static_cast<int32_t>((sum << zeros) - 0x80000000u);
  const int32_t reciprocal = OneOverOnePlus(fraction);
  const int right = kSumBits - zeros + 31 - 8;
  std::vector<int32_t> q(size, 0);
  for (int64_t i = 0; i < size; ++i) {
    const int d = greatest - x[i];
    if (-d < scale.least) continue;
    q[i] = std::clamp(ScaleByPowerOfTwo(MultiplyHigh(reciprocal, exps[d]), -right), 0, 255);
  }
  return q;
}

void TfliteSoftmax(const SoftmaxParams& params, const int8_t* x, int64_t size, int8_t* y) {
  const std::vector<int32_t> q = TfliteProbabilities(params, x, size);
  if (params.output_scale == 1.0f / 256) {
    for (int64_t i = 0; i < size; ++i) {
      y[i] = static_cast<int8_t>(ClampOutput(q[i], params.output_zero_point, -128, 127));
    }
    return;
  }
  const Multiplier m = QuantizeMultiplier(1.0 / 256 / params.output_scale, params.rounding);
  for (int64_t i = 0; i < size; ++i) {
    y[i] = static_cast<int8_t>(
        Requantize(q[i], m.m, m.s, params.rounding, params.output_zero_point, -128, 127));
  }
}

// FLT_MAX / size, reduced by exp(5): the greatest exponential of a sum that fits.
double LogOfGreatest(int64_t size) {
  return std::log(double{std::numeric_limits<float>::max() / static_cast<float>(size)}) - 5;
}

void OnnxRuntimeSoftmax(const SoftmaxParams& params, const int8_t* x, int64_t size, int8_t* y) {
  // exp((d + shift) Sx) for d = x - max: `shift` makes the sum of `size` of them fit.
  const double scale = double{params.beta} * double{params.input_scale};
  const double shift = std::max(0.0, LogOfGreatest(size)) / scale;
  std::array<float, 256> exps;
  for (int d = 0; d < 256; ++d) exps[d] = static_cast<float>(std::exp((shift - d) * scale));
  const int greatest = *std::max_element(x, x + size);
  float sum = 0;
  for (int64_t i = 0; i < size; ++i) sum += exps[greatest - x[i]];
  const float steps = std::floor(1.0f / params.output_scale);
  for (int64_t i = 0; i < size; ++i) {
    const float rounded = std::nearbyint(exps[greatest - x[i]] * steps / sum);
    y[i] = static_cast<int8_t>(
        ClampOutput(static_cast<int64_t>(rounded), params.output_zero_point, -128, 127));
  }
}

}  // namespace

std::string SoftmaxMisfit(const SoftmaxParams& params, int64_t size) {
  if (params.rounding == Rounding::kFloat32) {
    const double greatest = LogOfGreatest(size) + std::log(1.0 / params.output_scale);
    if (greatest < std::log(double{std::numeric_limits<float>::max()}) - 1e-3) return "";
    return fmt::format("an output scale of {} over {} channels leaves single precision",
                       params.output_scale, size);
  }
  if (size > kMostChannels) {
    return fmt::format("{} channels; a sum in fixed point holds {}", size, kMostChannels);
  }
  if (double{params.beta} * params.input_scale * (1 << (31 - kDiffBits)) <= 1) {
    return fmt::format("an input scale of {} (beta {}) is below the fixed point's 2^-26",
                       params.input_scale, params.beta);
  }
  return "";
}

void Softmax(const SoftmaxParams& params, const int8_t* x, int64_t size, int8_t* y) {
  if (params.rounding == Rounding::kFloat32) {
    OnnxRuntimeSoftmax(params, x, size, y);
  } else {
    TfliteSoftmax(params, x, size, y);
  }
}

}  // namespace systole
