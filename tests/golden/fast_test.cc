#include "sw/golden/fast.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "sw/arith/requantize.h"
#include "sw/base/error.h"
#include "sw/golden/fast_kernel.h"
#include "sw/golden/golden.h"
#include "sw/model/graph.h"
#include "sw/quant/choose_multipliers.h"
#include "tests/golden/random_model.h"

namespace systole {
namespace {

class FastGoldenTest : public testing::TestWithParam<int> {};

TEST_P(FastGoldenTest, EqualsTheDefinitionOnRandomModels) {
  std::set<LayerKind> kinds;
  int64_t inside = 0, all = 0;
  int several_outputs = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    RandomModelOptions options;
    options.rounding = static_cast<Rounding>(GetParam());
    options.joins = seed % 2 == 0;
    if (seed % 3 == 0) options = RandomGraphOptions(options.rounding);
    const Model model = RandomModel(1000 * GetParam() + seed, options);
    FastGolden fast(model);
    std::mt19937_64 random(seed);
    for (int i = 0; i < 2; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      const std::vector<std::vector<int8_t>> want = RunReference(model, image.data());
      const std::vector<std::vector<int8_t>> got = fast.Run(image.data());
      ASSERT_EQ(got.size(), want.size());
      for (size_t layer = 0; layer < want.size(); ++layer) {
        ASSERT_EQ(got[layer], want[layer]) << model.name << " image " << i << " layer " << layer;
        kinds.insert(model.layers[layer].kind);
        for (int8_t y : want[layer])
          inside += y > model.layers[layer].clamp_lo && y < model.layers[layer].clamp_hi;
        all += static_cast<int64_t>(want[layer].size());
      }
      std::vector<int8_t> outputs(fast.OutputSize()), expected;
      fast.RunOutputs(image.data(), outputs.data());
      for (int t : Outputs(model)) {
        expected.insert(expected.end(), want[t - 1].begin(), want[t - 1].end());
      }
      ASSERT_EQ(outputs, expected) << model.name;
      several_outputs += model.outputs.size() > 1;
    }
  }
  EXPECT_EQ(kinds.size(), 9u);
  EXPECT_GT(several_outputs, 20);
  EXPECT_GT(inside, all / 3);  // outputs are not all saturated
}

// Accumulators, multipliers and shifts of every size against requantize.h: the vector code, its
// tails and the scalar code for small shifts.
TEST_P(FastGoldenTest, RequantizesAllAsTheContract) {
  const auto mode = static_cast<Rounding>(GetParam());
  std::mt19937_64 random(77 + GetParam());
  for (int trial = 0; trial < 20000; ++trial) {
    const int channels = 1 + static_cast<int>(random() % 20), padded = (channels + 15) / 16 * 16;
    const int64_t pixels = 1 + static_cast<int64_t>(random() % 3);
    const bool any_shift = trial % 4 == 0;
    std::vector<int32_t> acc(padded * pixels), m(padded), s(padded);
    std::vector<float> scale(padded);
    const int magnitude = static_cast<int>(random() % 31);
    for (int32_t& value : acc)
      value = static_cast<int32_t>(static_cast<uint32_t>(random())) >> magnitude;
    for (int n = 0; n < padded; ++n) {
      m[n] = static_cast<int32_t>((random() & 0x3FFFFFFF) | 0x40000000);
      if (random() % 2) m[n] &= static_cast<int32_t>(0xFFFFFFFFu << (random() % 31));
      if (mode == Rounding::kFloat32) m[n] &= ~0x7F;
      if (random() % 50 == 0) m[n] = 0;
      s[n] = any_shift ? static_cast<int>(random() % 63) : 32 + static_cast<int>(random() % 31);
      if (mode == Rounding::kTflite && s[n] < magnitude) s[n] = std::max(31, magnitude);
      scale[n] = std::ldexp(static_cast<float>(m[n]), -s[n]);
    }
    int lo = static_cast<int8_t>(random()), hi = static_cast<int8_t>(random());
    if (lo > hi) std::swap(lo, hi);
    const int zy = static_cast<int8_t>(random());
    std::vector<uint8_t> y(pixels * channels, 99);
    RequantizeAll({acc.data(), pixels, padded, channels, m.data(), s.data(), scale.data(), mode, zy,
                   lo, hi, y.data(), channels});
    for (int64_t p = 0; p < pixels; ++p) {
      for (int n = 0; n < channels; ++n) {
        const int32_t value = acc[p * padded + n];
        ASSERT_EQ(y[p * channels + n] - 128,
                  Requantize(value, static_cast<uint32_t>(m[n]), s[n], mode, zy, lo, hi))
            << RoundingName(mode) << " trial " << trial << " acc " << value << " m " << m[n]
            << " s " << s[n];
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllModes, FastGoldenTest, testing::Range(0, kNumRoundings),
                         [](const auto& info) {
                           return RoundingName(static_cast<Rounding>(info.param));
                         });

// The code for every instruction set that this processor has, down to the one without vectors.
TEST(FastGoldenTest, EqualsTheDefinitionOnEveryInstructionSet) {
  std::vector<int64_t> targets = hwy::SupportedAndGeneratedTargets();
  ASSERT_FALSE(targets.empty());
  for (int64_t target : targets) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (uint64_t seed = 1; seed <= 120; ++seed) {
      RandomModelOptions options;
      options.rounding = static_cast<Rounding>(seed % kNumRoundings);
      options.joins = seed % 3 == 0;
      if (seed % 2 == 0) options = RandomGraphOptions(options.rounding);
      const Model model = RandomModel(50000 + seed, options);
      std::mt19937_64 random(seed);
      const std::vector<int8_t> image = RandomImage(model, random);
      ASSERT_EQ(FastGolden(model).Run(image.data()), RunReference(model, image.data()))
          << hwy::TargetName(target) << " " << model.name;
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
  RecordProperty("instruction_sets", static_cast<int>(targets.size()));
}

TEST(FastGoldenTest, CopiesWorkIndependently) {
  const Model model = RandomModel(5);
  std::mt19937_64 random(1);
  const std::vector<int8_t> a = RandomImage(model, random), b = RandomImage(model, random);
  FastGolden first(model);
  FastGolden second = first;
  const auto ya = first.Run(a.data());
  const auto yb = second.Run(b.data());
  EXPECT_EQ(ya, RunReference(model, a.data()));
  EXPECT_EQ(yb, RunReference(model, b.data()));
  second = first;
  EXPECT_EQ(second.Run(a.data()), ya);
}

TEST(FastGoldenTest, RefusesAModelThatBreaksItsInvariants) {
  Model model = RandomModel(6);
  model.tensors.back().scale = 0;
  EXPECT_THROW(FastGolden{model}, InputError);
  model = RandomModel(6);
  for (Layer& layer : model.layers) layer.m.clear();
  EXPECT_THROW(FastGolden{model}, InputError);
}

}  // namespace
}  // namespace systole
