#include "sw/arith/rounding.h"

#include <fmt/format.h>

#include "sw/base/error.h"

namespace systole {

const char* RoundingName(Rounding mode) { return kRoundingNames[static_cast<int>(mode)]; }

std::string RoundingNames() { return fmt::format("{}", fmt::join(kRoundingNames, ", ")); }

Rounding ParseRounding(const std::string& name) {
  for (int i = 0; i < kNumRoundings; ++i) {
    if (name == kRoundingNames[i]) return static_cast<Rounding>(i);
  }
  throw InputError(
      fmt::format("rounding mode '{}' is unknown; choose one of {}", name, RoundingNames()));
}

}  // namespace systole
