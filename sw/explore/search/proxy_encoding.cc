#include "sw/explore/search/proxy_encoding.h"

#include <fmt/format.h>

#include <cmath>

#include "sw/base/error.h"

namespace systole::explore {

Scaling ScalingOf(const std::vector<double>& values) {
  Scaling scaling;
  double sum = 0, squares = 0;
  for (double value : values) sum += value;
  scaling.mean = sum / static_cast<double>(values.size());
  for (double value : values) squares += (value - scaling.mean) * (value - scaling.mean);
  const double deviation = std::sqrt(squares / static_cast<double>(values.size()));
  if (deviation > 0) scaling.deviation = deviation;
  return scaling;
}

ProxyEncoding::ProxyEncoding(std::vector<ProxyInput> inputs,
                             const std::vector<std::vector<double>>& rows)
    : inputs_(std::move(inputs)), logs_(inputs_.size()), numbers_(inputs_.size()) {
  std::vector<double> logs(rows.size()), numbers(rows.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    width_ += inputs_[i].categories > 0 ? inputs_[i].categories : 2;
    if (inputs_[i].categories > 0) continue;
    for (size_t r = 0; r < rows.size(); ++r) {
      numbers[r] = rows[r][i];
      logs[r] = std::log2(1.0 + rows[r][i]);
    }
    logs_[i] = ScalingOf(logs);
    numbers_[i] = ScalingOf(numbers);
  }
}

void ProxyEncoding::Append(const std::vector<double>& row, std::vector<float>* out) const {
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].categories == 0) {
      out->push_back(static_cast<float>(logs_[i].Apply(std::log2(1.0 + row[i]))));
      out->push_back(static_cast<float>(numbers_[i].Apply(row[i])));
    }
    for (int c = 0; c < inputs_[i].categories; ++c)
      out->push_back(static_cast<int>(row[i]) == c ? 1.0f : 0.0f);
  }
}

void CheckProxyRows(const std::vector<ProxyInput>& inputs,
                    const std::vector<std::vector<double>>& rows) {
  for (size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].size() != inputs.size()) {
      throw InputError(fmt::format("proxy: row {} has {} numbers; there are {} inputs", r,
                                   rows[r].size(), inputs.size()));
    }
    for (size_t i = 0; i < inputs.size(); ++i) {
      const double value = rows[r][i];
      const int categories = inputs[i].categories;
      const bool good = std::isfinite(value) && value >= 0 &&
                        (categories == 0 || (value < categories && value == std::floor(value)));
      if (!good) {
        throw InputError(
            fmt::format("proxy: row {}: {} is {}; give {}", r, inputs[i].name, value,
                        categories > 0 ? fmt::format("0 to {}", categories - 1) : "0 or more"));
      }
    }
  }
}

}  // namespace systole::explore
