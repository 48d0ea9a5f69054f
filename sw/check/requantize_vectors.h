// Operands for the requantize lanes: for each rounding mode those that tell it apart from its near
// misses (ties the other way, a bit lost, a constant off by one), and the ends of every range.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/arith/rounding.h"

namespace systole::check {

struct RequantizeVector {
  int32_t acc;
  uint32_t m;
  int s;
};

// A wrong formula that looks like the mode's.
struct NearMiss {
  std::string name;  // "a tie of the first rounding goes down"
  int64_t (*round)(int32_t acc, uint32_t m, int s);
};
const std::vector<NearMiss>& NearMisses(Rounding mode);

// Vectors that each near miss of `mode` gets wrong by an output byte, `each` for each, and the
// corners of acc, m and s. Same for the same arguments. `missed`: near misses for which none was
// found (a test holds that there are none).
std::vector<RequantizeVector> RequantizeVectors(Rounding mode, int each,
                                                std::vector<std::string>* missed = nullptr);

}  // namespace systole::check
