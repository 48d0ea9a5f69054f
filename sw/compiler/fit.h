// What a model needs of the on-chip buffers.
#pragma once

#include <string>
#include <vector>

#include "sw/compiler/misfit.h"
#include "sw/compiler/planner.h"

namespace systole {

// A buffer that is too small.
struct Shortage {
  Misfit misfit;
  std::string what;       // what does not fit, with the parameter's value
  std::string parameter;  // "WGT_KIB"
  int fits = 0;           // a value with which it fits, all shortages mended
};

struct Fit {
  std::vector<Shortage> shortages;  // in the order in which the compiler meets them
  std::string refusal;              // what no larger buffer mends; "": with `config` it fits
  Misfit misfit = Misfit::kNone;    // of the refusal
  HwConfig config;                  // with all values that fit

  // One line: every shortage, and the values; or the refusal.
  std::string Text(const std::string& model_name) const;
};

// Plans for `config`, raising each buffer that turns out too small to the least value that a search
// by halves finds, until everything fits (Fit::config has been planned then) or nothing helps.
// Throws InputError as Planner::Plan does for what is no matter of buffers' sizes alone.
Fit FindFit(Planner& planner, const HwConfig& config, const ProgramOptions& options);

}  // namespace systole
