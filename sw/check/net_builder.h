// Small quantized networks with seeded random weights, for tests: built layer by layer, shapes
// followed along.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sw/model/model.h"

namespace systole {

struct ConvSpec {
  int cout = 1;
  int kernel_h = 3, kernel_w = 3;
  int stride_h = 1, stride_w = 1;
  Padding pad;
  int dilation_h = 1, dilation_w = 1;
  int groups = 1;
  int weight_zero_point = 0;
  bool per_channel = true;
  bool relu = false;
  bool extreme = false;  // weights and inputs of -128 and 127 only
};

struct PoolSpec {
  bool average = false;
  int kernel_h = 2, kernel_w = 2;
  int stride_h = 2, stride_w = 2;
  Padding pad;
  bool count_include_pad = false;
  AverageMode mode = AverageMode::kInteger;
};

class NetBuilder {
 public:
  NetBuilder(std::string name, uint64_t seed, int c, int h, int w, int zero_point = 3);

  NetBuilder& Conv(const ConvSpec& spec);
  NetBuilder& FullyConnected(int cout, int weight_zero_point = 0, bool relu = false);
  NetBuilder& Pool(const PoolSpec& spec);
  NetBuilder& Sum(int tensor);        // of the last tensor and this one, of its shape; 0: the input
  NetBuilder& Clamp(int lo, int hi);  // a stand-alone Clip: 1x1 maximum with a clamp

  // The network with multipliers chosen for `mode`.
  Model Build(Rounding mode) const;
  // `count` random images of its input, C x H x W each.
  std::vector<int8_t> Images(int count) const;
  const Tensor& Output() const { return model_.tensors.back(); }

 private:
  int Uniform(int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(random_); }
  Layer& Append(const char* op, LayerKind kind, int c, int h, int w);
  void FillWeights(Layer& layer, size_t count, int cout, int k, int weight_zero_point,
                   bool per_channel, bool extreme);

  Model model_;
  uint64_t seed_;
  std::mt19937_64 random_;
};

// A random chain of layers that fits on small accelerators.
NetBuilder RandomNetwork(uint64_t seed);

}  // namespace systole
