// Ties, near-ties and extremes worked by hand, for every mode.
#include "sw/arith/requantize.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "sw/base/error.h"

namespace systole {
namespace {

constexpr uint32_t kHalf = uint32_t{1} << 30;  // m = 2^30: acc * m * 2^-s = acc / 2^(s - 30)

struct Case {
  int32_t acc;
  uint32_t m;
  int s;
  // floor, half_up, half_away, half_even, tflite, float32
  int64_t expected[kNumRoundings];
};

const Case kCases[] = {
    // acc / 2: ties. tflite rounds them up in its first step (floor(x + 1/2)).
    {1, kHalf, 31, {0, 1, 1, 0, 1, 0}},
    {-1, kHalf, 31, {-1, 0, -1, 0, 0, 0}},
    {3, kHalf, 31, {1, 2, 2, 2, 2, 2}},
    {-3, kHalf, 31, {-2, -1, -2, -2, -1, -2}},
    {5, kHalf, 31, {2, 3, 3, 2, 3, 2}},
    {-5, kHalf, 31, {-3, -2, -3, -2, -2, -2}},
    // acc / 4: tflite rounds twice, 0.25 -> 0.5 -> 1 and 1.25 -> 1.5 -> 2; its second step takes
    // ties away from zero.
    {1, kHalf, 32, {0, 0, 0, 0, 1, 0}},
    {-1, kHalf, 32, {-1, 0, 0, 0, 0, 0}},
    {2, kHalf, 32, {0, 1, 1, 0, 1, 0}},
    {-2, kHalf, 32, {-1, 0, -1, 0, -1, 0}},
    {5, kHalf, 32, {1, 1, 1, 1, 2, 1}},
    {-5, kHalf, 32, {-2, -1, -1, -1, -1, -1}},
    {6, kHalf, 32, {1, 2, 2, 2, 2, 2}},
    {-6, kHalf, 32, {-2, -1, -2, -2, -2, -2}},
    {-7, kHalf, 32, {-2, -2, -2, -2, -2, -2}},
    // acc * 2 (s = 29, left = 2): exact in all.
    {7, kHalf, 29, {14, 14, 14, 14, 14, 14}},
    {-7, kHalf, 29, {-14, -14, -14, -14, -14, -14}},
    // (2^24 + 1) / 2^25 = 0.5 + 2^-25: a near-tie. Single precision drops the last bit of acc: a
    // tie, to even.
    {16777217, kHalf, 55, {0, 1, 1, 1, 1, 0}},
    {-16777217, kHalf, 55, {-1, -1, -1, -1, -1, 0}},
    // (2^24 + 3) / 2^25 = 0.5 + 3 * 2^-25: acc is a tie of its own, rounded to the even 2^24 + 4.
    {16777219, kHalf, 55, {0, 1, 1, 1, 1, 1}},
    // (2^24 - 1) / 2^25 = 0.5 - 2^-25: fits 24 bits. tflite: h = 2^23, the half was rounded up;
    // then a tie, away.
    {16777215, kHalf, 55, {0, 0, 0, 0, 1, 0}},
    {-16777215, kHalf, 55, {-1, 0, 0, 0, 0, 0}},
    // The second rounding of float32: f = 3, m = 2^24 - 1, f m = 50331645 needs 26 bits -> 50331644
    // (tie-free, nearest
    // multiple of 4: 645 = 4 * 12582911 + 1). Over 2^25: 1.49999991 and 1.49999988.
    // tflite: h = round(2.9999998) = 3, then 1.5 away from zero.
    {3, 16777215, 25, {1, 1, 1, 1, 2, 1}},
    // f = 5, m = 2^24 - 3: f m = 83886065, to a multiple of 8 (27 bits): 83886064. Over
    // 2^24: 4.99999905.
    {5, 16777213, 24, {4, 5, 5, 5, 5, 5}},
    // f = 3, m = 11184811: f m = 33554433 = 2^25 + 1 (26 bits), to a multiple of 4: 2^25. Over
    // 2^26: a near-tie becomes
    // a tie, to even.
    {3, 11184811, 26, {0, 1, 1, 1, 1, 0}},
    {-3, 11184811, 26, {-1, -1, -1, -1, -1, 0}},
    // Nothing in, nothing out; no multiplier, nothing out.
    {0, kHalf, 62, {0, 0, 0, 0, 0, 0}},
    {-5, 0, 62, {0, 0, 0, 0, 0, 0}},
    // The smallest scale: -2^31 * 2^30 / 2^62 = -0.5, a tie; tflite: h = -2^30, over 2^31, away.
    {INT32_MIN, kHalf, 62, {-1, 0, -1, 0, -1, 0}},
    // (2^31 - 1) / 2^32: just below the tie; tflite rounds h up to 2^30: a tie, away; float32
    // rounds acc up to 2^31.
    {INT32_MAX, kHalf, 62, {0, 0, 0, 0, 1, 0}},
};

// tflite takes m in [2^30, 2^31) only: the same real multiplier, normalized.
Case Normalized(Case c) {
  while (c.m != 0 && c.m < kHalf) {
    c.m <<= 1;
    ++c.s;
  }
  return c;
}

TEST(RequantizeTest, RoundsTiesAndNearTiesAsWorkedByHand) {
  for (const Case& c : kCases) {
    const Case n = Normalized(c);
    for (int mode = 0; mode < kNumRoundings; ++mode) {
      const auto rounding = static_cast<Rounding>(mode);
      EXPECT_EQ(RoundProduct(n.acc, n.m, n.s, rounding), c.expected[mode])
          << RoundingName(rounding) << " acc " << n.acc << " m " << n.m << " s " << n.s;
      if (rounding == Rounding::kTflite) continue;
      EXPECT_EQ(RoundProduct(c.acc, c.m, c.s, rounding), c.expected[mode])
          << RoundingName(rounding) << " acc " << c.acc << " m " << c.m << " s " << c.s;
    }
  }
}

TEST(RequantizeTest, ShiftOfZeroIsTheProduct) {
  for (Rounding mode :
       {Rounding::kFloor, Rounding::kHalfUp, Rounding::kHalfAway, Rounding::kHalfEven}) {
    EXPECT_EQ(RoundProduct(INT32_MIN, 0x7FFFFFFF, 0, mode),
              -4611686016279904256);  // -2^31 (2^31 - 1)
    EXPECT_EQ(RoundProduct(INT32_MAX, 0x7FFFFFFF, 0, mode), 4611686014132420609);  // (2^31 - 1)^2
  }
  // 2^31 (the rounded acc) times (2^24 - 1) 2^7, exact.
  EXPECT_EQ(RoundProduct(INT32_MAX, 0x7FFFFF80, 0, Rounding::kFloat32), 4611685743549480960);
  EXPECT_EQ(RoundProduct(INT32_MIN, 0x7FFFFF80, 0, Rounding::kFloat32), -4611685743549480960);
}

TEST(RequantizeTest, TfliteSaturatesTheShiftedAccumulator) {
  // s = 0: left = 31; any acc >= 1 saturates to 2^31 - 1, then times 2^30 / 2^31, halves up: 2^30.
  EXPECT_EQ(RoundProduct(1, kHalf, 0, Rounding::kTflite), 1073741824);
  EXPECT_EQ(RoundProduct(INT32_MAX, kHalf, 0, Rounding::kTflite), 1073741824);
  EXPECT_EQ(RoundProduct(INT32_MIN, kHalf, 0, Rounding::kTflite), -1073741824);
}

TEST(RequantizeTest, AddsTheZeroPointThenClamps) {
  for (int mode = 0; mode < kNumRoundings; ++mode) {
    const auto rounding = static_cast<Rounding>(mode);
    EXPECT_EQ(Requantize(40, kHalf, 30, rounding, -10, -128, 127), 30);
    EXPECT_EQ(Requantize(40, kHalf, 30, rounding, -10, -128, 20), 20);    // ReLU6-like ceiling
    EXPECT_EQ(Requantize(-40, kHalf, 30, rounding, -10, -10, 127), -10);  // ReLU: lo = Zy
    EXPECT_EQ(Requantize(INT32_MAX, kHalf, 30, rounding, 127, -128, 127), 127);
    EXPECT_EQ(Requantize(INT32_MIN, kHalf, 30, rounding, -128, -128, 127), -128);
    EXPECT_EQ(Requantize(INT32_MAX, 0x7FFFFF80, 0, rounding, -128, -128, 127), 127);
    EXPECT_EQ(Requantize(INT32_MIN, 0x7FFFFF80, 0, rounding, 127, -128, 127), -128);
  }
}

TEST(RequantizeTest, RoundTo24BitsKeepsTwentyFourBits) {
  EXPECT_EQ(RoundTo24Bits(0), 0u);
  EXPECT_EQ(RoundTo24Bits(16777215), 16777215u);
  EXPECT_EQ(RoundTo24Bits(16777217), 16777216u);  // tie, to even
  EXPECT_EQ(RoundTo24Bits(16777219), 16777220u);  // tie, to even
  EXPECT_EQ(RoundTo24Bits(33554431), 33554432u);  // 2^25 - 1 carries into the next power
  EXPECT_EQ(RoundTo24Bits((uint64_t{1} << 62) - 1), uint64_t{1} << 62);
}

TEST(RoundingTest, NamesRoundTripAndOthersAreRefused) {
  const char* names[] = {"floor", "half_up", "half_away", "half_even", "tflite", "float32"};
  for (int mode = 0; mode < kNumRoundings; ++mode) {
    EXPECT_STREQ(RoundingName(static_cast<Rounding>(mode)), names[mode]);
    EXPECT_EQ(ParseRounding(names[mode]), static_cast<Rounding>(mode));
  }
  EXPECT_THROW(ParseRounding("nearest"), InputError);
  EXPECT_THROW(ParseRounding(""), InputError);
  EXPECT_THROW(ParseRounding("Floor"), InputError);
}

}  // namespace
}  // namespace systole
