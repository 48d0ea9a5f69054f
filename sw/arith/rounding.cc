#include "sw/arith/rounding.h"

#include <fmt/format.h>

#include "sw/base/error.h"

namespace systole {
namespace {

constexpr const char* kNames[kNumRoundings] = {"floor",     "half_up", "half_away",
                                               "half_even", "tflite",  "float32"};

}  // namespace

const char* RoundingName(Rounding mode) { return kNames[static_cast<int>(mode)]; }

Rounding ParseRounding(const std::string& name) {
  for (int i = 0; i < kNumRoundings; ++i) {
    if (name == kNames[i]) return static_cast<Rounding>(i);
  }
  throw InputError(
      fmt::format("rounding mode '{}' is unknown; choose one of floor, half_up, half_away, "
                  "half_even, tflite, float32",
                  name));
}

}  // namespace systole
