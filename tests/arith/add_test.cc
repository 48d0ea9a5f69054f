// The addition of two quantized tensors against both frameworks' own arithmetic, written again
// here: the processor's fused multiply-adds, and gemmlowp's pair of functions.
#include "sw/arith/add.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sw/base/error.h"

namespace systole {
namespace {

constexpr uint64_t kSeed = 20261129;

class AddTest : public testing::Test {
 protected:
  float Scale(double octaves) {
    std::uniform_real_distribution<double> exponent(-octaves, octaves);
    const double power = exponent(random_);
    return static_cast<float>(0.05 * std::exp2(ties_ ? std::round(power) : power));
  }
  AddTensor Tensor(double octaves, bool is_uint8) {
    return {Scale(octaves), static_cast<int8_t>(random_()), is_uint8};
  }
  bool ties_ = false;  // ratios of scales are powers of two
  std::mt19937_64 random_{kSeed};
};

// ONNX Runtime on x86 with FMA, in the file's own type: b first, then a.
int OnnxRuntimeSum(int qa, int qb, const AddTensor& a, const AddTensor& b, const AddTensor& c) {
  const int moved = c.is_uint8 ? 128 : 0;
  const float ra = a.scale / c.scale, rb = b.scale / c.scale;
  const auto za = static_cast<float>(a.zero_point + moved);
  const auto zb = static_cast<float>(b.zero_point + moved);
  const auto zc = static_cast<float>(c.zero_point + moved);
  const float offset = zc - std::fmaf(ra, za, rb * zb);
  const float first = std::fmaf(static_cast<float>(qb + moved), rb, offset);
  const float sum = std::fmaf(static_cast<float>(qa + moved), ra, first);
  const auto rounded = static_cast<int>(std::nearbyint(std::clamp(sum, -1024.0f, 1024.0f)));
  return std::clamp(rounded - moved, -128, 127);
}

TEST_F(AddTest, Float32EqualsTheProcessorsFusedMultiplyAdds) {
  int64_t ties = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const bool is_uint8 = trial % 2 == 1;
    ties_ = trial % 5 == 0;
    const AddTensor a = Tensor(3, is_uint8), b = Tensor(3, is_uint8), c = Tensor(3, is_uint8);
    const AddParams p = ChooseAdd(a, b, c, Rounding::kFloat32, "test");
    for (int x1 = -128; x1 < 128; ++x1) {
      for (int x2 = -128; x2 < 128; ++x2) {
        ASSERT_EQ(AddQuantized(x1, x2, p, Rounding::kFloat32, -128, 127),
                  OnnxRuntimeSum(x1, x2, a, b, c))
            << "seed " << kSeed << " trial " << trial << " x " << x1 << " " << x2 << " scales "
            << a.scale << " " << b.scale << " " << c.scale;
        const double exact =
            (double{a.scale} * (x1 - a.zero_point) + double{b.scale} * (x2 - b.zero_point)) /
            double{c.scale};
        ties += std::abs(exact - std::floor(exact) - 0.5) < 1e-6;
      }
    }
  }
  EXPECT_GT(ties, 10000);
}

// gemmlowp's fixedpoint.h in its own words: a truncating division, a mask and a threshold.
int32_t DoublingHighMultiply(int32_t a, int32_t b) {
  if (a == b && a == INT32_MIN) return INT32_MAX;
  const int64_t product = int64_t{a} * b;
  const int64_t nudge = product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30);
  return static_cast<int32_t>((product + nudge) / (int64_t{1} << 31));
}
int32_t DivideByPowerOfTwo(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}
struct Quantized {
  int32_t multiplier;
  int shift;
};
Quantized Quantize(double real) {
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto fixed = static_cast<int64_t>(std::round(fraction * static_cast<double>(int64_t{1} << 31)));
  if (fixed == int64_t{1} << 31) {
    fixed /= 2;
    ++shift;
  }
  if (shift < -31) return {0, 0};
  return {static_cast<int32_t>(fixed), shift};
}
int TfliteSum(int x1, int x2, const AddTensor& a, const AddTensor& b, const AddTensor& c) {
  const double twice = 2 * static_cast<double>(std::max(a.scale, b.scale));
  const Quantized first = Quantize(a.scale / twice), second = Quantize(b.scale / twice);
  const Quantized last = Quantize(twice / ((1 << 20) * static_cast<double>(c.scale)));
  const auto scaled = [](int32_t value, Quantized q) {
    return DivideByPowerOfTwo(DoublingHighMultiply(value, q.multiplier), -q.shift);
  };
  const int32_t left = scaled((x1 - a.zero_point) * (1 << 20), first);
  const int32_t right = scaled((x2 - b.zero_point) * (1 << 20), second);
  return std::clamp(scaled(left + right, last) + c.zero_point, -128, 127);
}

TEST_F(AddTest, TfliteEqualsGemmlowpsFunctions) {
  for (int trial = 0; trial < 200; ++trial) {
    const double octaves = trial % 10 == 0 ? 9 : 3;
    ties_ = trial % 5 == 0;
    const AddTensor a = Tensor(octaves, false), b = Tensor(octaves, false), c = Tensor(3, false);
    const AddParams p = ChooseAdd(a, b, c, Rounding::kTflite, "test");
    for (int x1 = -128; x1 < 128; ++x1) {
      for (int x2 = -128; x2 < 128; ++x2) {
        ASSERT_EQ(AddQuantized(x1, x2, p, Rounding::kTflite, -128, 127), TfliteSum(x1, x2, a, b, c))
            << "seed " << kSeed << " trial " << trial << " x " << x1 << " " << x2 << " scales "
            << a.scale << " " << b.scale << " " << c.scale;
      }
    }
  }
}

// docs/arithmetic.md, "An addition by hand".
TEST_F(AddTest, GivesTheWorkedExample) {
  const AddTensor a{0.5f, 0}, b{0.125f, 0}, c{0.75f, 0};
  const AddParams tflite = ChooseAdd(a, b, c, Rounding::kTflite, "test");
  EXPECT_EQ(tflite.m1, 1u << 30);
  EXPECT_EQ(tflite.s1, 0);
  EXPECT_EQ(tflite.m2, 1u << 30);
  EXPECT_EQ(tflite.s2, 2);
  EXPECT_EQ(tflite.m, 1431655765u);
  EXPECT_EQ(tflite.s, 50);
  EXPECT_EQ(ScaledOperand(7, 0, tflite.m1, tflite.s1), 3670016);
  EXPECT_EQ(ScaledOperand(11, 0, tflite.m2, tflite.s2), 1441792);
  EXPECT_EQ(AddQuantized(7, 11, tflite, Rounding::kTflite, -128, 127), 7);

  const AddParams single = ChooseAdd(a, b, c, Rounding::kFloat32, "test");
  EXPECT_EQ(single.m1, 11184811u);
  EXPECT_EQ(single.s1, 2);
  EXPECT_EQ(single.m2, 11184811u);
  EXPECT_EQ(single.s2, 0);
  EXPECT_EQ(single.offset, 0);
  EXPECT_EQ(single.s, 26);
  EXPECT_EQ(RoundTo24BitsSigned(11 * int64_t{11184811}), 123032920);
  EXPECT_EQ(RoundTo24BitsSigned(123032920 + 28 * int64_t{11184811}), 436207616);
  EXPECT_EQ(AddQuantized(7, 11, single, Rounding::kFloat32, -128, 127), 6);
}

TEST_F(AddTest, ClampsToTheActivation) {
  const AddTensor one{1.0f, 0};
  for (Rounding mode : {Rounding::kTflite, Rounding::kFloat32}) {
    const AddParams p = ChooseAdd(one, one, one, mode, "test");
    EXPECT_EQ(AddQuantized(-100, -100, p, mode, -128, 127), -128);
    EXPECT_EQ(AddQuantized(100, 100, p, mode, -128, 127), 127);
    EXPECT_EQ(AddQuantized(-3, -4, p, mode, 0, 6), 0);
    EXPECT_EQ(AddQuantized(3, 4, p, mode, 0, 6), 6);
    EXPECT_EQ(AddQuantized(3, -4, p, mode, -128, 127), -1);
  }
}

TEST_F(AddTest, RefusesScalesThatDoNotFit) {
  const AddTensor one{1.0f, 0};
  for (int mode = 0; mode < kNumRoundings; ++mode) {
    const auto rounding = static_cast<Rounding>(mode);
    EXPECT_THROW(ChooseAdd({0.0f, 0}, one, one, rounding, "w"), InputError);
    EXPECT_THROW(ChooseAdd(one, {-1.0f, 0}, one, rounding, "w"), InputError);
    EXPECT_THROW(ChooseAdd(one, one, {INFINITY, 0}, rounding, "w"), InputError);
  }
  EXPECT_THROW(ChooseAdd(one, {1e-30f, 0}, one, Rounding::kFloat32, "w"), InputError);
  EXPECT_THROW(ChooseAdd(one, one, {1e-9f, 0}, Rounding::kTflite, "w"), InputError);
}

}  // namespace
}  // namespace systole
