#include "sw/quant/choose_multipliers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sw/base/error.h"
#include "sw/model/graph.h"

namespace systole {
namespace {

constexpr uint32_t kPower30 = uint32_t{1} << 30;

Model TwoLayers() {
  Model model;
  model.name = "m";
  model.tensors.resize(3);
  model.tensors[0].scale = 0.5f;
  model.tensors[0].c = 1;
  model.tensors[1].scale = 0.25f;
  model.tensors[1].c = 2;
  model.tensors[2].scale = 0.25f;
  model.tensors[2].c = 2;
  model.layers.resize(2);
  ConnectAsChain(model);
  model.layers[0].name = "conv";
  model.layers[0].weights = {1, 2};
  model.layers[0].bias = {0, 0};
  model.layers[0].weight_scales = {1.0f, 0.125f};
  model.layers[1].name = "average";
  model.layers[1].kind = LayerKind::kAveragePool;
  model.layers[1].kernel_h = 1;
  model.layers[1].kernel_w = 2;
  return model;
}

TEST(ChooseMultipliersTest, FillsAnEntryPerChannelAndPerTapCount) {
  Model model = TwoLayers();
  ChooseMultipliers(model, Rounding::kHalfEven);
  EXPECT_EQ(model.layers[0].m, (std::vector<uint32_t>{kPower30, kPower30}));
  EXPECT_EQ(model.layers[0].s, (std::vector<uint8_t>{29, 32}));  // 2 and 1/4
  EXPECT_EQ(model.layers[0].rounding, Rounding::kHalfEven);
  EXPECT_EQ(model.layers[1].m, (std::vector<uint32_t>{0, kPower30, kPower30}));
  EXPECT_EQ(model.layers[1].s, (std::vector<uint8_t>{62, 30, 31}));  // 1 and 1/2
  model.layers[1].average = AverageMode::kTflite;
  ChooseMultipliers(model, Rounding::kTflite);
  EXPECT_EQ(model.layers[0].rounding, Rounding::kTflite);
  EXPECT_EQ(model.layers[1].rounding, Rounding::kHalfAway);
}

// TensorFlow Lite's uint8 layers: the product of the scales in single precision, the rest in
// double.
TEST(ChooseMultipliersTest, RoundsTheProductOfTheScalesWhereTheFrameworkDoes) {
  Model model = TwoLayers();
  const float sx = 0.1f, sw = 0.3f;
  model.tensors[0].scale = sx;
  model.layers[0].weight_scales = {sw};
  const double sy = model.tensors[1].scale;
  const auto m = [&](double product) {
    int exponent = 0;
    return static_cast<uint32_t>(std::llround(std::ldexp(std::frexp(product / sy, &exponent), 31)));
  };
  const float rounded = sx * sw;
  ASSERT_NE(m(rounded), m(double{sx} * double{sw}));
  ChooseMultipliers(model, Rounding::kTflite);
  EXPECT_EQ(model.layers[0].m[0], m(double{sx} * double{sw}));
  model.layers[0].product_is_single = true;
  ChooseMultipliers(model, Rounding::kTflite);
  EXPECT_EQ(model.layers[0].m[0], m(rounded));
}

TEST(ChooseMultipliersTest, NamesTheLayerOfABadScale) {
  Model model = TwoLayers();
  model.layers[0].weight_scales[1] = -1;
  try {
    ChooseMultipliers(model, Rounding::kHalfEven);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("layer 'conv'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace systole
