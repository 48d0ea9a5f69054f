// Which engines used which address group of the activation buffer last: two readers, and two
// writers, must not meet in one.
#pragma once

#include <array>
#include <vector>

#include "sw/compiler/emitter.h"
#include "sw/isa/config.h"

namespace systole {

class GroupOrder {
 public:
  explicit GroupOrder(const HwConfig& config)
      : bytes_(config.GroupBytes()), last_(static_cast<size_t>(config.act_groups)) {}

  // What the next instruction of `engine` that reads (writes) bytes [begin, end) has to come after.
  void Order(Engine engine, bool writes, int64_t begin, int64_t end, After* after) const {
    for (int64_t g = begin / bytes_; g <= (end - 1) / bytes_; ++g) {
      const After& last = last_[g][writes];
      for (int e = 0; e < kNumEngines; ++e) {
        if (e != static_cast<int>(engine)) after->Add(static_cast<Engine>(e), last.index[e]);
      }
    }
  }
  void Note(Engine engine, bool writes, int64_t begin, int64_t end, int64_t index) {
    for (int64_t g = begin / bytes_; g <= (end - 1) / bytes_; ++g)
      last_[g][writes].Add(engine, index);
  }

 private:
  int64_t bytes_;
  std::vector<std::array<After, 2>> last_;  // readers, writers
};

}  // namespace systole
