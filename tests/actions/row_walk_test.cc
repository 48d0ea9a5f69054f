// Random RowConvs: the closed forms against a walk over steps, words and elements that counts one
// by one, on three shapes.
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "sw/driver/parameters.h"
#include "sw/timing/actions.h"
#include "tests/rtl_row/row_reference.h"

namespace systole {
namespace {

std::vector<HwConfig> Shapes() {
  return {ParseParameters({"ENGINE=row"}),
          ParseParameters({"ENGINE=row", "ROWS=8", "COLS=8", "LANES=3", "RS_ROWS=5", "RS_COLS=7",
                           "IFMAP_SPAD=16", "WGT_SPAD=30", "PSUM_SPAD=3"}),
          ParseParameters({"ENGINE=row", "RS_ROWS=14", "RS_COLS=12", "WGT_SPAD=384"})};
}

// What docs/row_stationary.md says happens in one RowConv, but for the offset table.
ActionCounts Walk(const Instruction& i, const HwConfig& c) {
  const auto f = [&](Field field) { return static_cast<int>(i.Get(field)); };
  const int m0 = f(field::kRcM0), m2 = f(field::kRcM2), m3 = f(field::kRcM3), c1 = f(field::kRcC1),
            c2 = f(field::kRcC2), r1 = f(field::kRcR1), s1 = f(field::kRcS1), q1 = f(field::kRcQ1),
            hs = f(field::kRcHs), ws = f(field::kRcWs);
  const bool depthwise = f(field::kRcDepthwise) != 0, first = f(field::kRcFirst) != 0;
  const int rows = s1 * c2 * m2, columns = q1 * m3, input_rows = (q1 - 1) * hs + s1;
  ActionCounts n;
  const auto element = [&](Action used, Action idle, int y, int x) {
    ++n[y < rows && x < columns ? used : idle];
  };
  for (int slice = 0; slice < f(field::kRcKslices); ++slice) {
    for (int word = 0; word < m0 * r1 * c1; ++word) {  // weights, one column group after the other
      for (int group = 0; group < m3; ++group) {
        n[Action::weight_read] += c.rows;
        for (int y = 0; y < c.rs_rows; ++y) {
          n[Action::skew] += y;
          for (int x = group * q1; x < (group + 1) * q1; ++x)
            element(Action::filter_fill, Action::idle_filter_fill, y, x);
        }
      }
    }
    for (int line = 0; line < f(field::kRcNy) * f(field::kRcNb); ++line) {
      std::set<std::pair<int, int>> window;  // columns of the line, channels
      for (int pixel = 0; pixel < f(field::kRcNx); ++pixel) {
        std::set<std::pair<int, int>> now;
        for (int r = 0; r < r1; ++r) {
          for (int ch = 0; ch < c1; ++ch) now.insert({pixel * ws + r, ch});
        }
        for (const auto& word : now) {
          if (window.count(word) != 0) continue;
          for (int tag = 0; tag < (depthwise ? m2 : c2); ++tag) {
            for (int from = 0; from < input_rows; from += c.rows) {  // a vector
              n[Action::gather_read] += std::min(c.rows, input_rows - from);
              n[Action::vector] += c.rows * (c.rs_rows - 1);
              for (int y = 0; y < c.rs_rows; ++y) {
                const int s = y % s1, own = depthwise ? y / s1 : y / s1 % c2;
                for (int x = 0; x < c.rs_cols; ++x) {
                  const int row = x % q1 * hs + s;
                  if (own == tag && row / c.rows == from / c.rows)
                    element(Action::ifmap_fill, Action::idle_ifmap_fill, y, x);
                }
              }
            }
          }
        }
        window = now;
        for (int k = 0; k < r1 * c1; ++k) {
          for (int filter = 0; filter < m0; ++filter) {
            for (int y = 0; y < rows; ++y) {
              for (int x = 0; x < c.rs_cols; ++x) {
                if (filter == 0) element(Action::ifmap_read, Action::idle_ifmap_read, y, x);
                element(Action::filter_read, Action::idle_filter_read, y, x);
                element(Action::mac, Action::idle_mac, y, x);
                if (k > 0) element(Action::psum_read, Action::idle_psum_read, y, x);
                if (k < r1 * c1 - 1) element(Action::psum_write, Action::idle_psum_write, y, x);
              }
            }
          }
        }
        for (int channel = 0; channel < m2 * m0; ++channel) {
          n[Action::chain_add] += s1 * c2 * c.rs_cols;
          n[Action::chain_pass] += (c.rs_rows - channel / m0 * s1 * c2) * c.rs_cols;
          n[Action::sum_write] += columns;
          if (!first || slice > 0) n[Action::sum_read] += columns;
        }
      }
    }
  }
  return n;
}

TEST(RowActions, WalkedOneByOne) {
  for (const HwConfig& config : Shapes()) {
    rtl_row::RandomRows random(config, 11);
    ActionCounts all;
    for (int k = 0; k < 300; ++k) {
      const Instruction i = random.RowConv();
      const ActionCounts want = Walk(i, config), got = CountActions(i, config);
      for (int a = 0; a < kNumActions; ++a) {
        const auto action = static_cast<Action>(a);
        if (action == Action::offset_read || action == Action::fetch_beat) continue;
        ASSERT_EQ(got[action], want[action]) << kActions[a].name << ", case " << k;
      }
      all += want;
    }
    for (const Action a : {Action::idle_mac, Action::idle_ifmap_fill, Action::idle_filter_fill})
      EXPECT_GT(all[a], 0);
  }
}

}  // namespace
}  // namespace systole
