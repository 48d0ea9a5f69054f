// What is observed of one run (START to DONE), for comparison: cycle stamps of every instruction,
// and tensors.
#pragma once

#include <cstdint>
#include <vector>

namespace systole {

inline constexpr uint64_t kNever = ~uint64_t{0};

// Cycles as docs/timing.md counts them: 0 is the cycle after START is accepted.
struct Stamp {
  uint64_t issue = kNever, retire = kNever;
  bool operator==(const Stamp& o) const { return issue == o.issue && retire == o.retire; }
  bool operator!=(const Stamp& o) const { return !(*this == o); }
};

struct RunRecord {
  std::vector<Stamp> stamps;  // per instruction
  std::vector<std::vector<int8_t>>
      tensors;  // per observation: H x W x C bytes; empty: never reached
};

}  // namespace systole
