// A multi-layer perceptron that predicts a positive number (cycles) from the numbers of a design:
// width, height, dataflow, buffers, M, N, K, or the axes of a space. dlib's layers: inputs ->
// hidden -> hidden -> hidden -> 1, ReLU.
//
// Inputs: an ordered one as x and as log2(1 + x), each scaled to mean 0 and deviation 1 over the
// training rows; a categorical one as an input for each category. Target: ln y, scaled likewise;
// loss: mean squared error of it, by Adam. One thread, seeded: the same data, options and machine
// give the same network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace systole::explore {

struct ProxyInput {
  std::string name;
  int categories = 0;  // 0: ordered, values >= 0; else values are 0 .. categories - 1
};

struct ProxyOptions {
  uint64_t seed = 1;
  int hidden = 64;              // units of a hidden layer
  int epochs = 150;             // at most
  int batch = 32;               // rows of a step
  double learning_rate = 2e-3;  // falls to a hundredth over the epochs, along a cosine
  double validation = 0.15;     // share of the rows that is not trained on but watched
  int patience = 50;            // epochs without a better validation loss until training stops
};

struct ProxyTraining {
  std::vector<double> training_loss;  // of each epoch: mean (o - t)^2 of the scaled logarithm
  std::vector<double> validation_loss;
  int best_epoch = 0;  // whose weights are kept
  double seconds = 0;  // CPU time
  int64_t training_rows = 0;
  int64_t validation_rows = 0;
};

// Relative error |prediction - y| / y.
struct ProxyError {
  double mean = 0, median = 0, p95 = 0, worst = 0;
  double within_1_percent = 0;  // share of rows
  int64_t rows = 0;
  double microseconds = 0;  // CPU time of one prediction, in a batch
};

class Proxy {
 public:
  // `rows` has an entry for each input; `targets` are > 0. Throws InputError for rows of another
  // length, values out of range, or fewer than 20 rows.
  Proxy(std::vector<ProxyInput> inputs, const std::vector<std::vector<double>>& rows,
        const std::vector<double>& targets, const ProxyOptions& options = {});
  ~Proxy();
  Proxy(Proxy&&) noexcept;
  Proxy& operator=(Proxy&&) noexcept;

  const ProxyTraining& Training() const;
  std::vector<double> Predict(const std::vector<std::vector<double>>& rows) const;
  ProxyError Compare(const std::vector<std::vector<double>>& rows,
                     const std::vector<double>& targets) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace systole::explore
