// What `systole check` prints: a line an area as it ends, differences at once, a summary.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/check/area_run.h"

namespace systole::check {

class Report {
 public:
  explicit Report(const HwConfig& config);
  void Add(const Area& area, const AreaRun& run, double seconds);
  // The last lines: what was compared, what this configuration could not have, what only `make
  // test` covers.
  void Finish(const Bench& bench);
  size_t differences() const { return differences_; }

 private:
  size_t differences_ = 0;
  int cases_ = 0;
  double seconds_ = 0;
  std::vector<std::string> skipped_;
};

}  // namespace systole::check
