// Every mode against a formulation of another kind, on ten million seeded vectors each:
//   floor, half_*  exact rationals in 128 bits
//   tflite         gemmlowp's pair of functions, restated from fixedpoint.h
//   float32        the machine's own IEEE single precision
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "sw/arith/requantize.h"

namespace systole {
namespace {

constexpr int kVectors = 10'000'000;
constexpr uint64_t kSeed = 20240611;

using Wide = __int128;

Wide FloorDivide(Wide a, Wide b) {  // b > 0
  const Wide q = a / b;
  return a % b < 0 ? q - 1 : q;
}

// The integer nearest to p / 2^s; `tie(below)` says whether a value halfway above `below` goes up.
template <typename Tie>
Wide Nearest(Wide p, int s, Tie tie) {
  const Wide denominator = Wide{1} << s;
  const Wide below = FloorDivide(p, denominator);
  const Wide twice = 2 * (p - below * denominator);
  return twice > denominator || (twice == denominator && tie(below)) ? below + 1 : below;
}

// gemmlowp, SaturatingRoundingDoublingHighMul and RoundingDivideByPOT, with TensorFlow Lite's shift
// around them.
int32_t DoublingHighMul(int32_t a, int32_t b) {
  const int64_t ab = int64_t{a} * b;
  const int32_t nudge = ab >= 0 ? (1 << 30) : (1 - (1 << 30));
  return static_cast<int32_t>((ab + nudge) / (int64_t{1} << 31));
}
int32_t DivideByPowerOfTwo(int32_t x, int exponent) {
  const int32_t mask = static_cast<int32_t>((int64_t{1} << exponent) - 1);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}
int32_t TfliteMultiply(int32_t x, int32_t multiplier, int shift) {  // shift = 31 - s
  const int left = shift > 0 ? shift : 0;
  const int right = shift > 0 ? 0 : -shift;
  return DivideByPowerOfTwo(DoublingHighMul(x * (1 << left), multiplier), right);
}

Wide Reference(int32_t acc, uint32_t m, int s, Rounding mode) {
  const Wide p = Wide{acc} * Wide{m};
  switch (mode) {
    case Rounding::kFloor:
      return FloorDivide(p, Wide{1} << s);
    case Rounding::kHalfUp:
      return Nearest(p, s, [](Wide) { return true; });
    case Rounding::kHalfAway:
      return Nearest(p, s, [](Wide below) { return below >= 0; });
    case Rounding::kHalfEven:
      return Nearest(p, s, [](Wide below) { return below % 2 != 0; });
    case Rounding::kTflite:
      return TfliteMultiply(acc, static_cast<int32_t>(m), 31 - s);
    case Rounding::kFloat32: {
      const float scaled = static_cast<float>(acc) * std::ldexp(static_cast<float>(m), -s);
      return static_cast<Wide>(std::nearbyint(scaled));
    }
  }
  return 0;
}

struct Vector {
  int32_t acc;
  uint32_t m;
  int s;
};

// Accumulators of every magnitude, multipliers dense and sparse (sparse ones make ties), shifts
// that land in and around the range of an output as well as any other.
Vector Draw(std::mt19937_64& random, Rounding mode) {
  Vector v;
  const uint64_t bits = random();
  const int magnitude = bits & 31;
  v.acc = static_cast<int32_t>(static_cast<uint32_t>(random())) >> magnitude;
  v.m = static_cast<uint32_t>(random()) & 0x3FFFFFFF;
  if (bits & 0x20) v.m &= 0xFFFFFFFFu << ((bits >> 6) & 31);  // sparse
  v.m |= uint32_t{1} << 30;
  if (mode == Rounding::kFloat32) v.m &= ~uint32_t{0x7F};
  const bool any_shift = (bits & 0x3000) == 0;
  v.s = any_shift ? static_cast<int>((bits >> 16) % 63)
                  : 55 - magnitude + static_cast<int>((bits >> 16) % 12);
  if (v.s < 0) v.s = 0;
  if (v.s > 62) v.s = 62;
  if (mode == Rounding::kTflite) {
    const int left = v.s < 31 ? 31 - v.s : 0;
    v.acc >>= left;  // so that acc << left fits
  } else if ((bits & 0xC000) == 0) {
    const int down = static_cast<int>((bits >> 24) % 31);  // m below 2^30, the same real value
    if (v.s >= down && (v.m & ((uint32_t{1} << down) - 1)) == 0) {
      v.m >>= down;
      v.s -= down;
    }
  }
  return v;
}

class RequantizeRandomTest : public testing::TestWithParam<int> {};

TEST_P(RequantizeRandomTest, EqualsAnotherFormulationOnTenMillionVectors) {
  const auto mode = static_cast<Rounding>(GetParam());
  std::mt19937_64 random(kSeed + GetParam());
  int64_t inside = 0, ties = 0;
  for (int i = 0; i < kVectors; ++i) {
    const Vector v = Draw(random, mode);
    const Wide want = Reference(v.acc, v.m, v.s, mode);
    ASSERT_TRUE(Wide{RoundProduct(v.acc, v.m, v.s, mode)} == want)
        << RoundingName(mode) << " seed " << kSeed + GetParam() << " vector " << i << ": acc "
        << v.acc << " m " << v.m << " s " << v.s << " got " << RoundProduct(v.acc, v.m, v.s, mode)
        << " want " << static_cast<long double>(want);
    const uint64_t clamps = random();
    const int zy = static_cast<int8_t>(clamps), a = static_cast<int8_t>(clamps >> 8),
              b = static_cast<int8_t>(clamps >> 16);
    const int lo = a < b ? a : b, hi = a < b ? b : a;
    const Wide sum = want + zy;
    const int y = sum < lo ? lo : sum > hi ? hi : static_cast<int>(sum);
    ASSERT_EQ(Requantize(v.acc, v.m, v.s, mode, zy, lo, hi), y)
        << RoundingName(mode) << " vector " << i;
    inside += sum > -128 && sum < 127;
    const uint64_t p = static_cast<uint64_t>(int64_t{v.acc} * v.m);
    ties += v.s > 0 && v.acc != 0 && (p & ((uint64_t{1} << v.s) - 1)) == uint64_t{1} << (v.s - 1);
  }
  // The vectors exercise what they are meant to: outputs inside the range, and exact ties.
  EXPECT_GT(inside, kVectors / 10);
  EXPECT_GT(ties, kVectors / 500);
}

INSTANTIATE_TEST_SUITE_P(AllModes, RequantizeRandomTest, testing::Range(0, kNumRoundings),
                         [](const auto& info) {
                           return RoundingName(static_cast<Rounding>(info.param));
                         });

// Max pooling before or after requantization gives the same only if R is monotonic in acc.
TEST_P(RequantizeRandomTest, IsMonotonicInTheAccumulator) {
  const auto mode = static_cast<Rounding>(GetParam());
  std::mt19937_64 random(kSeed + 100 + GetParam());
  for (int i = 0; i < 1'000'000; ++i) {
    const Vector v = Draw(random, mode);
    const auto other = static_cast<int32_t>(static_cast<uint32_t>(random())) >> (random() & 31);
    const int32_t low = v.acc < other ? v.acc : other, high = v.acc < other ? other : v.acc;
    ASSERT_LE(RoundProduct(low, v.m, v.s, mode), RoundProduct(high, v.m, v.s, mode))
        << RoundingName(mode) << " acc " << low << " and " << high << " m " << v.m << " s " << v.s;
  }
}

}  // namespace
}  // namespace systole
