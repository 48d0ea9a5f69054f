// Tables against the functions that they are of, in double precision, at scales of powers of two,
// where the fixed point of TensorFlow Lite loses nothing that an int8 shows. Bit by bit it is
// compared in tests/python/tflite_test.py.
#include "sw/arith/tflite_functions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace systole {
namespace {

// f of each real value, halves away from zero, in int8's codes.
template <typename F>
void ExpectTable(const std::vector<int8_t>& table, const TfliteScales& s, int lo, int hi, F f) {
  ASSERT_EQ(table.size(), 256u);
  const int offset = s.is_uint8 ? 128 : 0;
  for (int x = -128; x < 128; ++x) {
    const double real = double{s.x_scale} * (x + offset - s.x_zero);
    const double y = std::round(f(real) / double{s.y_scale}) + s.y_zero;
    ASSERT_EQ(table[static_cast<size_t>(x + 128)],
              static_cast<int>(std::clamp<double>(y, lo, hi)) - offset)
        << x;
  }
}

TEST(TfliteFunctionsTest, ReluWithItsBounds) {
  const TfliteScales same{0.25f, -3, 0.25f, 5, false};
  ExpectTable(TfliteReluTable(same, 5, 100), same, 5, 100, [](double r) { return r; });
  const TfliteScales twice{0.5f, 120, 0.25f, 7, true};
  ExpectTable(TfliteReluTable(twice, 7, 255), twice, 7, 255, [](double r) { return r; });
}

TEST(TfliteFunctionsTest, LeakyRelu) {
  const TfliteScales s{0.5f, 10, 0.125f, -20, false};
  ExpectTable(TfliteLeakyReluTable(s, 0.25f), s, -128, 127,
              [](double r) { return r >= 0 ? r : r / 4; });
  EXPECT_TRUE(TfliteLeakyReluTable(s, -0.5f).empty());
  EXPECT_TRUE(TfliteLeakyReluTable(s, std::numeric_limits<float>::infinity()).empty());
  EXPECT_TRUE(TfliteLeakyReluTable(s, std::numeric_limits<float>::quiet_NaN()).empty());
  EXPECT_FALSE(TfliteLeakyReluTable(s, 0.0f).empty());
}

TEST(TfliteFunctionsTest, LogisticAndTanh) {
  const TfliteScales s{1.0f / 16, 4, 1.0f / 256, -128, false};
  ExpectTable(TfliteLogisticTable(s), s, -128, 127,
              [](double r) { return 1 / (1 + std::exp(-r)); });
  const TfliteScales t{1.0f / 32, 125, 1.0f / 128, 128, true};
  ExpectTable(TfliteTanhTable(t), t, 0, 255, [](double r) { return std::tanh(r); });
}

double HardSwish(double r) { return r * std::clamp(r + 3, 0.0, 6.0) / 6; }

// From relu6's half that is shifted left by 9 to one that is shifted right by 9.
TEST(TfliteFunctionsTest, HardSwishAtFiveScales) {
  for (const TfliteScales& s :
       {TfliteScales{1.0f / 16, 0, 1.0f / 16, 0, false}, TfliteScales{0.5f, 0, 0.5f, 3, false},
        TfliteScales{4.0f, 100, 4.0f, 90, true}, TfliteScales{1.0f / 256, 0, 1.0f / 256, -5, false},
        TfliteScales{1.0f / 65536, 3, 1.0f / 131072, 1, false}}) {
    ExpectTable(TfliteHardSwishTable(s), s, s.is_uint8 ? 0 : -128, s.is_uint8 ? 255 : 127,
                HardSwish);
  }
}

// The output's multiplier must be below one.
TEST(TfliteFunctionsTest, HardSwishRefusesWhatItsShiftCannotHold) {
  EXPECT_FALSE(TfliteHardSwishTable({64.0f, 0, 1.0f, 0, false}).empty());
  EXPECT_TRUE(TfliteHardSwishTable({128.0f, 0, 1.0f, 0, false}).empty());
}

TEST(TfliteFunctionsTest, ConcatenatedWithAnotherScale) {
  const TfliteScales s{0.25f, 30, 0.5f, 10, true};
  ExpectTable(TfliteConcatTable(s), s, 0, 255, [](double r) { return r; });
}

}  // namespace
}  // namespace systole
