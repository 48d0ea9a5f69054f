// Images per second of FastGolden, one thread, in processor time: on LeNet-5 (28x28 pad 2, 6@5x5,
// pool, 16@5x5, pool, 120, 84, 10; 416,520 MACs) in every mode, or on files in the mode that is
// theirs. Usage: golden_bench [SECONDS [MODEL ...]].
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

#include "sw/base/error.h"
#include "sw/golden/fast.h"
#include "sw/model/graph.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {
namespace {

Tensor MakeTensor(int c, int h, int w) {
  Tensor tensor;
  tensor.c = c;
  tensor.h = h;
  tensor.w = w;
  tensor.scale = 0.037f;
  tensor.zero_point = -3;
  return tensor;
}

class LeNet {
 public:
  LeNet() {
    model_.name = "lenet5";
    model_.tensors.push_back(MakeTensor(1, 28, 28));
    Filters(LayerKind::kConv, 6, 5, 2, MakeTensor(6, 28, 28));
    Pool(MakeTensor(6, 14, 14));
    Filters(LayerKind::kConv, 16, 5, 0, MakeTensor(16, 10, 10));
    Pool(MakeTensor(16, 5, 5));
    Filters(LayerKind::kFullyConnected, 120, 1, 0, MakeTensor(120, 1, 1));
    Filters(LayerKind::kFullyConnected, 84, 1, 0, MakeTensor(84, 1, 1));
    Filters(LayerKind::kFullyConnected, 10, 1, 0, MakeTensor(10, 1, 1));
  }
  Model& model() { return model_; }

 private:
  void Filters(LayerKind kind, int n, int kernel, int pad, const Tensor& out) {
    const Tensor& in = model_.tensors.back();
    Layer layer;
    layer.name = fmt::format("layer{}", model_.layers.size());
    layer.kind = kind;
    layer.kernel_h = layer.kernel_w = kernel;
    layer.pad = {pad, pad, pad, pad};
    layer.weights.resize(
        n * (kind == LayerKind::kConv ? int64_t{in.c} * kernel * kernel : in.Elements()));
    for (int8_t& w : layer.weights) w = static_cast<int8_t>(random_());
    layer.weight_scales = {0.004f};
    layer.bias.assign(n, 100);
    Append(model_, layer, {static_cast<int>(model_.tensors.size()) - 1}, out);
  }

  void Pool(const Tensor& out) {
    Layer layer;
    layer.name = fmt::format("layer{}", model_.layers.size());
    layer.kind = LayerKind::kMaxPool;
    layer.kernel_h = layer.kernel_w = layer.stride_h = layer.stride_w = 2;
    Append(model_, layer, {static_cast<int>(model_.tensors.size()) - 1}, out);
  }

  Model model_;
  std::mt19937 random_{1};
};

void Measure(Rounding mode, double seconds) {
  LeNet net;
  ChooseMultipliers(net.model(), mode);
  FastGolden golden(net.model());
  std::mt19937 random(2);
  std::vector<int8_t> images(64 * 784);
  for (int8_t& x : images) x = static_cast<int8_t>(random());
  int8_t output[10];
  int64_t sum = 0, count = 0;
  const std::clock_t start = std::clock();
  double elapsed = 0;
  do {
    for (int i = 0; i < 64; ++i, ++count) {
      golden.RunOutputs(images.data() + i * 784, output);
      sum += output[0];
    }
    elapsed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  } while (elapsed < seconds);
  fmt::print("{:<10} {:>8.0f} images/s  {:.2f} GMAC/s  (check {})\n", RoundingName(mode),
             count / elapsed, count * 416520 / elapsed * 1e-9, sum / (count / 64));
}

void MeasureFile(const char* path, double seconds) {
  Model model = LoadModel(path);
  ChooseMultipliers(model, model.own_rounding);
  FastGolden golden(model);
  std::mt19937 random(2);
  std::vector<int8_t> image(model.tensors[0].Elements()), outputs(golden.OutputSize());
  for (int8_t& x : image) x = static_cast<int8_t>(random());
  double best = 0;
  for (int k = 0; k < 5; ++k) {  // the first repetition warms up
    const std::clock_t start = std::clock();
    double elapsed = 0;
    int count = 0;
    do {
      golden.RunOutputs(image.data(), outputs.data());
      ++count;
      elapsed = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    } while (elapsed < seconds / 4);
    best = std::max(best, count / elapsed);
  }
  fmt::print("golden {:<10} {:>8.2f} images/s  {}\n", RoundingName(model.own_rounding), best, path);
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1.0;
  try {
    for (int i = 2; i < argc; ++i) systole::MeasureFile(argv[i], seconds);
  } catch (const systole::InputError& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return 2;
  }
  for (int mode = 0; mode < systole::kNumRoundings && argc <= 2; ++mode) {
    systole::Measure(static_cast<systole::Rounding>(mode), seconds);
  }
  return 0;
}
