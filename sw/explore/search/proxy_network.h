// The network of a proxy: fully connected, ReLU, one output; dlib's layers and its Adam.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace systole::explore {

class ProxyNetwork {
 public:
  // Weights are drawn from `seed` (He: uniform, variance 2 / inputs), biases are 0.
  ProxyNetwork(int inputs, int hidden, uint64_t seed);
  ~ProxyNetwork();

  // One step on `rows` (row-major, rows x inputs): returns the mean of (output - target)^2 before
  // it.
  double Step(const std::vector<float>& rows, const std::vector<float>& targets,
              double learning_rate);
  std::vector<float> Outputs(const std::vector<float>& rows);

  std::vector<float> Weights();
  void SetWeights(const std::vector<float>& weights);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace systole::explore
