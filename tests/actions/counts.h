// What the tests of action counts share: the shapes, sums over a program, differences.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sw/driver/parameters.h"
#include "sw/timing/actions.h"

namespace systole::testing {

// The configurations whose counting library tests/actions/CMakeLists.txt builds.
inline constexpr int kCountedShapes = 6;
inline std::vector<HwConfig> CountedShapes() {
  HwConfig square, odd, small, wide;
  odd.rows = 5, odd.cols = odd.lanes = 7, odd.dataflows = 7;
  small.rows = small.cols = 8, small.wport = 2, small.lanes = 4, small.dataflows = 3;
  wide.rows = 6, wide.cols = 4, wide.lanes = 3, wide.axi_data_width = 128, wide.row_sum = 0;
  wide.dataflows = 3;
  return {square,
          odd,
          small,
          wide,
          ParseParameters({"ENGINE=row"}),
          ParseParameters({"ENGINE=row", "ROWS=8", "COLS=8", "LANES=3", "RS_ROWS=5", "RS_COLS=7",
                           "IFMAP_SPAD=16", "WGT_SPAD=30", "PSUM_SPAD=3"})};
}

// Is there hardware that does it?
inline bool Built(Action a, const HwConfig& c) {
  const bool of_rows = a >= Action::vector && a <= Action::chain_pass,
             of_columns = a == Action::pass || a == Action::row_sum || a == Action::weight_shift ||
                          a == Action::weight_swap || a == Action::drain;
  if (of_rows || of_columns) {
    if (of_rows != (c.engine != 0)) return false;
    if (a == Action::drain) return (c.dataflows & 2) != 0;
  }
  return c.row_sum != 0 || (a != Action::row_sum && a != Action::correction);
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
