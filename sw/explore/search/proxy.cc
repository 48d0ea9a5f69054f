#include "sw/explore/search/proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "sw/base/error.h"
#include "sw/explore/search/proxy_encoding.h"
#include "sw/explore/search/proxy_network.h"
#include "sw/explore/search/proxy_time.h"
#include "sw/explore/search/search_recorder.h"

namespace systole::explore {
namespace {

constexpr size_t kLeastRows = 20;
constexpr size_t kPredictionBatch = 1024;

struct Samples {
  std::vector<float> inputs;   // row-major
  std::vector<float> targets;  // scaled logarithms
  size_t Rows() const { return targets.size(); }
};

void Check(const std::vector<ProxyInput>& inputs, const std::vector<std::vector<double>>& rows,
           const std::vector<double>& targets, const ProxyOptions& options) {
  if (rows.size() < kLeastRows || rows.size() != targets.size()) {
    throw InputError(fmt::format("proxy: {} rows and {} targets; give {} or more of both",
                                 rows.size(), targets.size(), kLeastRows));
  }
  CheckProxyRows(inputs, rows);
  for (size_t r = 0; r < targets.size(); ++r) {
    if (!(targets[r] > 0) || !std::isfinite(targets[r])) {
      throw InputError(
          fmt::format("proxy: target {} is {}; it predicts numbers above 0", r, targets[r]));
    }
  }
  if (options.hidden < 1 || options.epochs < 1 || options.batch < 1 ||
      !(options.learning_rate > 0) || !(options.validation > 0 && options.validation < 1) ||
      options.patience < 1) {
    throw InputError(
        "proxy: an option is out of range; hidden, epochs, batch, patience >= 1, 0 < validation < "
        "1");
  }
}

}  // namespace

struct Proxy::Impl {
  Impl(std::vector<ProxyInput> inputs, const std::vector<std::vector<double>>& rows,
       const std::vector<double>& targets, const ProxyOptions& options);

  Samples Encode(const std::vector<std::vector<double>>& rows, const std::vector<double>& targets,
                 const std::vector<size_t>& which) const {
    Samples samples;
    for (size_t r : which) {
      encoding.Append(rows[r], &samples.inputs);
      samples.targets.push_back(static_cast<float>(target.Apply(std::log(targets[r]))));
    }
    return samples;
  }

  // Network outputs, a batch after the other.
  std::vector<float> Outputs(const std::vector<float>& inputs) const {
    std::vector<float> outputs;
    const size_t step = kPredictionBatch * encoding.Width();
    for (size_t at = 0; at < inputs.size(); at += step) {
      const auto first = inputs.begin() + at,
                 last = inputs.begin() + std::min(at + step, inputs.size());
      const std::vector<float> part = network->Outputs({first, last});
      outputs.insert(outputs.end(), part.begin(), part.end());
    }
    return outputs;
  }

  double Loss(const Samples& samples) const {
    const std::vector<float> outputs = Outputs(samples.inputs);
    double sum = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const double difference = outputs[i] - samples.targets[i];
      sum += difference * difference;
    }
    return sum / static_cast<double>(outputs.size());
  }

  double Epoch(const Samples& samples, const ProxyOptions& options, double learning_rate,
               std::mt19937_64* rng);
  void Train(const Samples& training, const Samples& validation, const ProxyOptions& options,
             std::mt19937_64* rng);

  std::vector<ProxyInput> inputs;
  ProxyEncoding encoding;
  Scaling target;
  std::unique_ptr<ProxyNetwork> network;
  ProxyTraining record;
};

Proxy::Impl::Impl(std::vector<ProxyInput> given, const std::vector<std::vector<double>>& rows,
                  const std::vector<double>& targets, const ProxyOptions& options)
    : inputs(std::move(given)) {
  const double start = ThreadSeconds();
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 rng(MixSeed(options.seed, 10));
  std::shuffle(order.begin(), order.end(), rng);
  const auto split =
      static_cast<size_t>(std::ceil(options.validation * static_cast<double>(rows.size())));
  const std::vector<size_t> watched(order.begin(), order.begin() + split),
      trained(order.begin() + split, order.end());

  std::vector<std::vector<double>> seen;
  std::vector<double> logs;
  for (size_t r : trained) {
    seen.push_back(rows[r]);
    logs.push_back(std::log(targets[r]));
  }
  encoding = ProxyEncoding(inputs, seen);
  target = ScalingOf(logs);
  network =
      std::make_unique<ProxyNetwork>(encoding.Width(), options.hidden, MixSeed(options.seed, 11));
  Train(Encode(rows, targets, trained), Encode(rows, targets, watched), options, &rng);
  record.seconds = ThreadSeconds() - start;
}

// Returns the mean loss of the steps.
double Proxy::Impl::Epoch(const Samples& samples, const ProxyOptions& options, double learning_rate,
                          std::mt19937_64* rng) {
  std::vector<size_t> order(samples.Rows());
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), *rng);
  const auto width = static_cast<size_t>(encoding.Width());
  std::vector<float> rows, targets;
  double sum = 0;
  for (size_t at = 0; at < order.size(); at += options.batch) {
    rows.clear();
    targets.clear();
    for (size_t i = at; i < std::min(at + options.batch, order.size()); ++i) {
      const auto row = samples.inputs.begin() + order[i] * width;
      rows.insert(rows.end(), row, row + width);
      targets.push_back(samples.targets[order[i]]);
    }
    sum += network->Step(rows, targets, learning_rate) * static_cast<double>(targets.size());
  }
  return sum / static_cast<double>(order.size());
}

void Proxy::Impl::Train(const Samples& training, const Samples& validation,
                        const ProxyOptions& options, std::mt19937_64* rng) {
  constexpr double kPi = 3.14159265358979323846;
  record.training_rows = static_cast<int64_t>(training.Rows());
  record.validation_rows = static_cast<int64_t>(validation.Rows());
  double best = std::numeric_limits<double>::infinity();
  std::vector<float> weights;
  for (int epoch = 0; epoch < options.epochs && epoch - record.best_epoch <= options.patience;
       ++epoch) {
    const double along = 0.5 * (1.0 + std::cos(kPi * epoch / options.epochs));
    const double rate = options.learning_rate * (0.01 + 0.99 * along);
    record.training_loss.push_back(Epoch(training, options, rate, rng));
    record.validation_loss.push_back(Loss(validation));
    if (record.validation_loss.back() < best) {
      best = record.validation_loss.back();
      record.best_epoch = epoch;
      weights = network->Weights();
    }
  }
  if (!weights.empty()) network->SetWeights(weights);
}

Proxy::Proxy(std::vector<ProxyInput> inputs, const std::vector<std::vector<double>>& rows,
             const std::vector<double>& targets, const ProxyOptions& options) {
  Check(inputs, rows, targets, options);
  impl_ = std::make_unique<Impl>(std::move(inputs), rows, targets, options);
}

Proxy::~Proxy() = default;
Proxy::Proxy(Proxy&&) noexcept = default;
Proxy& Proxy::operator=(Proxy&&) noexcept = default;

const ProxyTraining& Proxy::Training() const { return impl_->record; }

std::vector<double> Proxy::Predict(const std::vector<std::vector<double>>& rows) const {
  CheckProxyRows(impl_->inputs, rows);
  std::vector<float> inputs;
  inputs.reserve(rows.size() * impl_->encoding.Width());
  for (const auto& row : rows) impl_->encoding.Append(row, &inputs);
  std::vector<double> predictions;
  predictions.reserve(rows.size());
  for (float output : impl_->Outputs(inputs))
    predictions.push_back(std::exp(impl_->target.Undo(output)));
  return predictions;
}

ProxyError Proxy::Compare(const std::vector<std::vector<double>>& rows,
                          const std::vector<double>& targets) const {
  if (rows.size() != targets.size()) throw InputError("proxy: as many targets as rows are needed");
  ProxyError error;
  error.rows = static_cast<int64_t>(rows.size());
  if (rows.empty()) return error;
  const double start = ThreadSeconds();
  std::vector<double> errors = Predict(rows);
  error.microseconds = 1e6 * (ThreadSeconds() - start) / static_cast<double>(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    errors[r] = std::abs(errors[r] - targets[r]) / targets[r];
    error.mean += errors[r] / static_cast<double>(rows.size());
    error.within_1_percent += errors[r] <= 0.01 ? 1.0 / static_cast<double>(rows.size()) : 0.0;
  }
  std::sort(errors.begin(), errors.end());
  error.median = errors[errors.size() / 2];
  error.p95 = errors[errors.size() * 95 / 100];
  error.worst = errors.back();
  return error;
}

}  // namespace systole::explore
