#include "sw/arith/multiplier.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "sw/arith/requantize.h"
#include "sw/base/error.h"

namespace systole {
namespace {

constexpr uint32_t kPower30 = uint32_t{1} << 30;

TEST(QuantizeMultiplierTest, NormalizesAsWorkedByHand) {
  const struct {
    double real;
    uint32_t m;
    int s;
  } cases[] = {
      {1.0, kPower30, 30},
      {0.5, kPower30, 31},
      {0.75, 3u << 29, 31},
      {1.5, 3u << 29, 30},
      {3.0, 3u << 29, 29},
      {1.0 / 3, 1431655765, 32},                           // 2^32 / 3 = 1431655765.33
      {0.1, 1717986918, 34},                               // 2^34 / 10 = 1717986918.4
      {1.0 - std::ldexp(1.0, -33), kPower30, 30},          // rounds up to 2^31, renormalized
      {1.0 + std::ldexp(1.0, -31), kPower30 + 1, 30},      // 2^30 + 1/2: a tie, away from zero
      {1.0 + 3 * std::ldexp(1.0, -31), kPower30 + 2, 30},  // 2^30 + 3/2
      {1.0 + std::ldexp(1.0, -32), kPower30, 30},          // 2^30 + 1/4
      {std::ldexp(1.0, -32), kPower30, 62},                // the last with s <= 62
      {std::ldexp(1.0, 30), kPower30, 0},                  // the last with s >= 0
  };
  for (const auto& c : cases) {
    for (Rounding mode : {Rounding::kFloor, Rounding::kHalfUp, Rounding::kHalfAway,
                          Rounding::kHalfEven, Rounding::kTflite}) {
      const Multiplier got = QuantizeMultiplier(c.real, mode);
      EXPECT_EQ(got.m, c.m) << c.real;
      EXPECT_EQ(got.s, c.s) << c.real;
    }
  }
}

TEST(QuantizeMultiplierTest, ScalesTooSmallGiveZeroButFloorKeepsTheSign) {
  for (double real : {std::ldexp(0.999, -32), std::ldexp(1.0, -33), std::ldexp(1.0, -40), 1e-30,
                      1e-300, 5e-324}) {
    for (int mode = 1; mode < kNumRoundings; ++mode) {
      const Multiplier got = QuantizeMultiplier(real, static_cast<Rounding>(mode));
      EXPECT_EQ(got.m, 0u) << real;
    }
    const Multiplier got = QuantizeMultiplier(real, Rounding::kFloor);
    EXPECT_GT(got.m, 0u) << real;
    EXPECT_EQ(got.s, 62);
    // floor(acc * real) for a real below 2^-32: -1 for every negative acc, 0 for the others.
    for (int32_t acc : {-1, -1000, INT32_MIN})
      EXPECT_EQ(RoundProduct(acc, got.m, got.s, Rounding::kFloor), -1) << real;
    for (int32_t acc : {0, 1, INT32_MAX})
      EXPECT_EQ(RoundProduct(acc, got.m, got.s, Rounding::kFloor), 0) << real;
  }
  EXPECT_EQ(QuantizeMultiplier(0.0, Rounding::kFloor).m, 0u);
}

TEST(QuantizeMultiplierTest, ScalesTooLargeSaturateEveryNonzeroSum) {
  for (double real : {std::ldexp(1.0, 31), 1e12, 1e300}) {
    const Multiplier got = QuantizeMultiplier(real, Rounding::kHalfEven);
    EXPECT_EQ(Requantize(1, got.m, got.s, Rounding::kHalfEven, -128, -128, 127), 127);
    EXPECT_EQ(Requantize(-1, got.m, got.s, Rounding::kHalfEven, 127, -128, 127), -128);
    EXPECT_EQ(Requantize(0, got.m, got.s, Rounding::kHalfEven, 5, -128, 127), 5);
    EXPECT_EQ(RoundTo24Bits(got.m), got.m);
  }
}

TEST(LayerMultiplierTest, IsTheNearestToTheExactQuotient) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> exponent(-12, 2);
  for (int i = 0; i < 100'000; ++i) {
    const float sx = std::exp2(exponent(random)), sw = std::exp2(exponent(random)),
                sy = std::exp2(exponent(random));
    const Multiplier got = LayerMultiplier(sx, sw, sy, Rounding::kHalfAway, "x");
    ASSERT_GE(got.m, kPower30);
    // m 2^-s Sy against Sx Sw in 64-bit significands: half a unit of m, and a little for double's
    // division.
    const long double error = std::ldexp(static_cast<long double>(got.m), -got.s) * sy -
                              static_cast<long double>(sx) * sw;
    ASSERT_LE(std::fabs(error), std::ldexp(0.500001L, -got.s) * sy) << sx << " " << sw << " " << sy;
  }
}

TEST(LayerMultiplierTest, Float32RoundsTheProductThenTheQuotient) {
  std::mt19937 random(8);
  std::uniform_real_distribution<float> exponent(-12, 2);
  int differ = 0;
  for (int i = 0; i < 100'000; ++i) {
    const float sx = std::exp2(exponent(random)), sw = std::exp2(exponent(random)),
                sy = std::exp2(exponent(random));
    const Multiplier got = LayerMultiplier(sx, sw, sy, Rounding::kFloat32, "x");
    // A double holds the product of two floats exactly and rounds their quotient harmlessly (53 >=
    // 2 * 24 + 2).
    const float product = static_cast<float>(double{sx} * double{sw});
    const float real = static_cast<float>(double{product} / double{sy});
    ASSERT_EQ(std::ldexp(static_cast<double>(got.m), -got.s), double{real})
        << sx << " " << sw << " " << sy;
    ASSERT_EQ(RoundTo24Bits(got.m), got.m);
    differ += real != static_cast<float>(double{sx} * double{sw} / double{sy});
  }
  EXPECT_GT(differ, 1000);  // the order of the roundings shows
}

TEST(LayerMultiplierTest, RefusesScalesThatAreNotFiniteAndPositive) {
  const float bad[] = {0.0f, -1.0f, std::numeric_limits<float>::infinity(),
                       std::numeric_limits<float>::quiet_NaN()};
  for (float scale : bad) {
    for (Rounding mode : {Rounding::kHalfEven, Rounding::kFloat32}) {
      EXPECT_THROW(LayerMultiplier(scale, 1, 1, mode, "x"), InputError);
      EXPECT_THROW(LayerMultiplier(1, scale, 1, mode, "x"), InputError);
      EXPECT_THROW(LayerMultiplier(1, 1, scale, mode, "x"), InputError);
      EXPECT_THROW(AverageMultiplier(scale, 1, 4, mode, "x"), InputError);
      EXPECT_THROW(AverageMultiplier(1, scale, 4, mode, "x"), InputError);
    }
  }
  EXPECT_THROW(LayerMultiplier(1e30f, 1e30f, 1, Rounding::kFloat32, "x"), InputError);
}

TEST(AverageMultiplierTest, DividesByTheCount) {
  const Multiplier quarter = AverageMultiplier(0.5f, 0.5f, 4, Rounding::kHalfUp, "x");
  EXPECT_EQ(quarter.m, kPower30);
  EXPECT_EQ(quarter.s, 32);
  const Multiplier ninth = AverageMultiplier(1.0f, 1.0f, 9, Rounding::kHalfUp, "x");
  EXPECT_EQ(ninth.m, 1908874354u);  // 2^34 / 9 = 1908874353.8
  EXPECT_EQ(ninth.s, 34);
  const Multiplier single = AverageMultiplier(1.0f, 1.0f, 9, Rounding::kFloat32, "x");
  EXPECT_EQ(std::ldexp(static_cast<double>(single.m), -single.s), static_cast<double>(1.0f / 9.0f));
}

// Sums of `count` int8 values, every one of them, against the truncating division of TensorFlow
// Lite's kernel.
TEST(TfliteAverageMultiplierTest, EqualsTheKernelOnEverySum) {
  std::vector<int> counts;
  for (int count = 1; count <= 256; ++count) counts.push_back(count);
  for (int count :
       {289, 343, 400, 625, 729, 784, 1000, 1024, 3136, 4096, 12544, 16384, 50176, 65535}) {
    counts.push_back(count);
  }
  for (int count : counts) {
    const Multiplier multiplier = TfliteAverageMultiplier(count);
    ASSERT_LT(multiplier.m, uint32_t{1} << 31);
    ASSERT_LE(multiplier.s, 62);
    for (int sum = -128 * count; sum <= 127 * count; ++sum) {
      const int want = sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
      const int got =
          Requantize(sum, multiplier.m, multiplier.s, Rounding::kHalfAway, 0, -128, 127);
      if (got != want)
        FAIL() << "sum " << sum << " count " << count << " got " << got << " want " << want;
    }
  }
}

}  // namespace
}  // namespace systole
