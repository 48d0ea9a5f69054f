// Softmax in both arithmetics: cases worked by hand, closeness to the real function, refusals. Byte
// for byte the frameworks themselves are the yardstick (tests/python/operators_test.py).
#include "sw/arith/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace systole {
namespace {

std::vector<int8_t> SoftmaxOfAll(const SoftmaxParams& params, const std::vector<int8_t>& x) {
  std::vector<int8_t> y(x.size());
  Softmax(params, x.data(), static_cast<int64_t>(x.size()), y.data());
  return y;
}

class SoftmaxTest : public testing::TestWithParam<int> {
 protected:
  SoftmaxParams Params(float input_scale) const {
    SoftmaxParams params;
    params.input_scale = input_scale;
    params.rounding = static_cast<Rounding>(GetParam());
    return params;
  }
};

TEST_P(SoftmaxTest, SharesEquallyAmongEquals) {
  EXPECT_EQ(SoftmaxOfAll(Params(0.1f), {5, 5}), (std::vector<int8_t>{0, 0}));  // 128 - 128
  EXPECT_EQ(SoftmaxOfAll(Params(0.1f), {-9, -9, -9, -9}), (std::vector<int8_t>(4, -64)));
}

TEST_P(SoftmaxTest, GivesAllToOneFarAbove) {
  EXPECT_EQ(SoftmaxOfAll(Params(1.0f), {100, -100, 0}), (std::vector<int8_t>{127, -128, -128}));
}

// Both arithmetics are within one step of the real value.
TEST_P(SoftmaxTest, IsWithinOneOfTheRealFunction) {
  std::mt19937 random(7);
  for (int trial = 0; trial < 2000; ++trial) {
    SoftmaxParams params = Params(0.01f * static_cast<float>(1 + random() % 40));
    std::vector<int8_t> x(4 + random() % 30);
    for (int8_t& value : x) value = static_cast<int8_t>(random());
    const std::vector<int8_t> y = SoftmaxOfAll(params, x);
    double sum = 0;
    for (int8_t value : x) sum += std::exp(double{params.input_scale} * value);
    for (size_t i = 0; i < x.size(); ++i) {
      const double real = 256 * std::exp(double{params.input_scale} * x[i]) / sum - 128;
      ASSERT_LE(std::abs(y[i] - std::min(real, 127.0)), 1.0) << "trial " << trial << " at " << i;
    }
  }
}

// ln 2 = 0.6931472 in one step: 2 : 1, 170.67 and 85.33 of 256.
TEST_P(SoftmaxTest, HalvesWithEveryStepOfLn2) {
  EXPECT_EQ(SoftmaxOfAll(Params(0.6931472f), {1, 0}), (std::vector<int8_t>{43, -43}));
}

TEST_P(SoftmaxTest, RescalesToTheOutput) {
  SoftmaxParams params = Params(0.1f);
  params.output_scale = 1.0f / 128;
  params.output_zero_point = -100;
  EXPECT_EQ(SoftmaxOfAll(params, {5, 5, 5, 5}), (std::vector<int8_t>(4, -68)));  // 32 - 100
}

// Two halves at a scale of 0.7: ONNX Runtime rounds 1/2 floor(1 / 0.7) = 1/2 to even, TensorFlow
// Lite 1/2 / 0.7 = 0.71.
TEST(SoftmaxOfTheFrameworksTest, DiffersWhereTheOutputScaleIsCutOff) {
  SoftmaxParams params;
  params.output_scale = 0.7f;
  params.output_zero_point = -100;
  params.rounding = Rounding::kFloat32;
  EXPECT_EQ(SoftmaxOfAll(params, {5, 5}), (std::vector<int8_t>{-100, -100}));
  params.rounding = Rounding::kTflite;
  EXPECT_EQ(SoftmaxOfAll(params, {5, 5}), (std::vector<int8_t>{-99, -99}));
}

INSTANTIATE_TEST_SUITE_P(AllModes, SoftmaxTest, testing::Range(0, kNumRoundings),
                         [](const auto& info) {
                           return RoundingName(static_cast<Rounding>(info.param));
                         });

TEST(SoftmaxMisfitTest, SaysWhatDoesNotFit) {
  SoftmaxParams params;
  params.rounding = Rounding::kTflite;
  params.input_scale = 0.1f;
  EXPECT_EQ(SoftmaxMisfit(params, 4095), "");
  EXPECT_EQ(SoftmaxMisfit(params, 4096), "4096 channels; a sum in fixed point holds 4095");
  // beta Sx must be above 2^-26, exactly.
  params.input_scale = 0x1p-25f;
  params.beta = 0.5f;
  EXPECT_NE(SoftmaxMisfit(params, 10), "");
  params.input_scale = 0x1.000002p-25f;
  EXPECT_EQ(SoftmaxMisfit(params, 10), "");
  params.beta = 1;
  params.input_scale = 1e-9f;
  EXPECT_NE(SoftmaxMisfit(params, 10), "");
  params.rounding = Rounding::kFloat32;
  EXPECT_EQ(SoftmaxMisfit(params, 10), "");
  params.output_scale = 1e-6f;
  EXPECT_NE(SoftmaxMisfit(params, 2), "");
}

}  // namespace
}  // namespace systole
