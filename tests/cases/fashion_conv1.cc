#include "tests/cases/fashion_conv1.h"

#include <cmath>
#include <cstdlib>
#include <fstream>

#include "sw/base/error.h"
#include "sw/model/graph.h"

namespace systole {
namespace {

std::vector<std::string> Words(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw InputError(path + ": cannot be read");
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

FashionConv1 ReadFashionConv1(const std::string& data_folder) {
  const std::string folder = data_folder + "/fashion_conv1/";
  FashionConv1 v;
  for (const std::string& bits : Words(folder + "ifmap_28x28.txt")) {
    v.image.push_back(static_cast<int8_t>(std::stoi(bits, nullptr, 2) - 128));
  }
  for (const std::string& bits : Words(folder + "pool_14x14.txt"))
    v.expected.push_back(std::stoi(bits, nullptr, 2));

  const float input_scale = 1.0f / 255, weight_scale = 0.017443126067519188f,
              output_scale = 0.008702474646270275f;
  v.model.name = "fashion_conv1";
  v.model.tensors = {{"image", 1, 28, 28, input_scale, -128, DType::kUint8},
                     {"conv1", 1, 28, 28, output_scale, -128, DType::kUint8},
                     {"pool", 1, 14, 14, output_scale, -128, DType::kUint8}};
  Layer conv;
  conv.name = "conv1";
  conv.kernel_h = conv.kernel_w = 3;
  conv.pad = {1, 1, 1, 1};
  const std::vector<std::string> weights = Words(folder + "conv1_weight.txt");
  for (int i = 0; i < 9; ++i) conv.weights.push_back(static_cast<int8_t>(std::stoi(weights.at(i))));
  conv.weight_scales = {weight_scale};
  const double bias = std::stod(Words(folder + "conv1_bias.txt").at(0));
  conv.bias = {
      static_cast<int32_t>(std::lround(bias / (0.00392 * 0.01744)))};  // the document's own: 459
  conv.clamp_lo = -128;                                                // ReLU: Zy
  Layer pool;
  pool.name = "pool";
  pool.kind = LayerKind::kMaxPool;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
  v.model.layers = {conv, pool};
  ConnectAsChain(v.model);
  return v;
}

FashionDifference CompareFashionConv1(const FashionConv1& vector,
                                      const std::vector<int8_t>& outputs) {
  FashionDifference d;
  for (size_t i = 0; i < vector.expected.size(); ++i) {
    const int difference = std::abs(outputs.at(i) + 128 - vector.expected[i]);
    d.equal += difference == 0;
    d.largest = std::max(d.largest, difference);
  }
  return d;
}

}  // namespace systole
