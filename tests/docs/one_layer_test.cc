// docs/one_layer.md, computed again: the sums, multipliers and bytes of its table from the weights
// and the digit in the files, by arithmetic written here; equal to golden, and as the page says.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "sw/golden/golden.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {
namespace {

const std::string kRoot = SYSTOLE_SOURCE_DIR;

// "-12776" -> "-12,776", as the page writes numbers.
std::string Thousands(int64_t value) {
  std::string digits = std::to_string(std::abs(value));
  for (int i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) digits.insert(i, ",");
  return (value < 0 ? "-" : "") + digits;
}

TEST(OneLayerPage, ItsTableIsTheModelsArithmetic) {
  Model model = LoadModel(kRoot + "/models/lenet5-mnist/model.onnx");
  ChooseMultipliers(model, Rounding::kFloat32);
  const Images images = LoadImages(kRoot + "/models/digits/images.idx3-ubyte.gz", model, 1);
  const std::vector<int8_t> golden = RunReference(model, images.Image(0))[0];
  const Layer& c1 = model.layers[0];
  std::ifstream file(kRoot + "/docs/one_layer.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());

  const struct { int n, y, x; } outputs[] = {{0, 0, 0}, {0, 7, 14}, {1, 10, 12}};
  for (const auto& o : outputs) {
    int raw = 0, sum_w = 0;
    for (int ky = 0; ky < 5; ++ky) {
      for (int kx = 0; kx < 5; ++kx) {
        const int y = o.y + ky - 2, x = o.x + kx - 2;
        const bool inside = y >= 0 && y < 28 && x >= 0 && x < 28;
        const int pixel = inside ? images.Image(0)[y * 28 + x] : -128;
        const int weight = c1.weights[o.n * 25 + ky * 5 + kx];
        raw += pixel * weight;
        sum_w += weight;
      }
    }
    const int folded = c1.bias[o.n] + 128 * sum_w, acc = raw + folded;
    // Single precision, as ONNX Runtime has it: acc and the multiplier each have 24 bits.
    const float multiplier =
        static_cast<float>(std::ldexp(static_cast<double>(c1.m[o.n]), -c1.s[o.n]));
    const float p = static_cast<float>(acc) * multiplier;
    const int y = std::max(-128, std::min(127, -128 + static_cast<int>(std::nearbyint(p))));
    EXPECT_EQ(y, golden[(o.n * 28 + o.y) * 28 + o.x]);

    std::ostringstream row;
    row.precision(3);
    row << "| filter " << o.n << ", pixel (" << o.y << ", " << o.x << ") | " << Thousands(raw)
        << " | " << sum_w << " | " << Thousands(c1.bias[o.n]) << " | " << Thousands(folded) << " | "
        << Thousands(acc) << " | " << c1.m[o.n] << ", " << int{c1.s[o.n]} << " | " << std::fixed
        << p << " | " << y << " | " << y + 128 << " |";
    EXPECT_NE(page.find(row.str()), std::string::npos) << "the page should say: " << row.str();
  }
}

}  // namespace
}  // namespace systole
