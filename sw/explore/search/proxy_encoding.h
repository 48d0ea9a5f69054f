// From the numbers of a design to the inputs of a network, and back from its output.
#pragma once

#include <vector>

#include "sw/explore/search/proxy.h"

namespace systole::explore {

struct Scaling {
  double mean = 0, deviation = 1;
  double Apply(double x) const { return (x - mean) / deviation; }
  double Undo(double x) const { return mean + deviation * x; }
};

Scaling ScalingOf(const std::vector<double>& values);

class ProxyEncoding {
 public:
  ProxyEncoding() = default;
  // Scalings from the given rows.
  ProxyEncoding(std::vector<ProxyInput> inputs, const std::vector<std::vector<double>>& rows);

  int Width() const { return width_; }
  void Append(const std::vector<double>& row, std::vector<float>* out) const;

 private:
  std::vector<ProxyInput> inputs_;
  std::vector<Scaling> logs_, numbers_;  // of the ordered inputs
  int width_ = 0;
};

// Throws InputError for a row of another length or a value out of range.
void CheckProxyRows(const std::vector<ProxyInput>& inputs,
                    const std::vector<std::vector<double>>& rows);

}  // namespace systole::explore
