// What the tests of action counts share: the three shapes, sums over a program, differences.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sw/timing/actions.h"

namespace systole::testing {

// The configurations whose counting library tests/actions/CMakeLists.txt builds.
inline std::vector<HwConfig> CountedShapes() {
  HwConfig square, odd, small, wide;
  odd.rows = 5, odd.cols = odd.lanes = 7, odd.dataflows = 3;
  small.rows = small.cols = 8, small.wport = 2, small.lanes = 4;
  wide.rows = 6, wide.cols = 4, wide.lanes = 3, wide.axi_data_width = 128, wide.row_sum = 0;
  return {square, odd, small, wide};
}

inline ActionCounts Sum(const std::vector<Instruction>& code, const HwConfig& config) {
  ActionCounts sum;
  for (const Instruction& i : code) sum += CountActions(i, config);
  return sum;
}

// "mac: model 12, RTL 13; ..." of all that differ; empty: none.
inline std::string Difference(const ActionCounts& model, const ActionCounts& rtl) {
  std::string text;
  for (size_t a = 0; a < model.count.size(); ++a) {
    if (model.count[a] == rtl.count[a]) continue;
    text += fmt::format("{}: model {}, RTL {}; ", kActions[a].name, model.count[a], rtl.count[a]);
  }
  return text;
}

}  // namespace systole::testing
