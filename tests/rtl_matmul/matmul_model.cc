#include "tests/rtl_matmul/matmul_model.h"

#include "Vmatmul_12x14.h"
#include "Vmatmul_12x14w2.h"
#include "Vmatmul_12x14w7.h"
#include "Vmatmul_16x16.h"
#include "Vmatmul_16x16is.h"
#include "Vmatmul_16x16w2.h"
#include "Vmatmul_2x2.h"
#include "Vmatmul_5x7.h"
#include "Vmatmul_9x4.h"
#include "tests/rtl_matmul/verilated_model.h"

namespace systole::rtl_matmul {
namespace {

// As the parameters in CMakeLists.txt; the tests that write every row and entry notice a
// difference.
HwConfig Config(int rows, int cols, int wport, int lanes, int act_kib, int groups, int wgt_kib,
                int ktab_kib, int depth, int axi, int row_sum, int taps, int dataflows = 1) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.wport = wport;
  c.lanes = lanes;
  c.act_kib = act_kib;
  c.act_groups = groups;
  c.wgt_kib = wgt_kib;
  c.ktab_kib = ktab_kib;
  c.acc_depth = depth;
  c.axi_data_width = axi;
  c.row_sum = row_sum;
  c.taps = taps;
  c.dataflows = dataflows;
  Validate(c);
  return c;
}

}  // namespace

const std::vector<Build>& Builds() {
  static const std::vector<Build> builds = {
      {"r16c16", HwConfig{}, Create<Vmatmul_16x16>},
      {"r16c16is", Config(16, 16, 1, 8, 8, 4, 32, 4, 128, 64, 1, 3, 5), Create<Vmatmul_16x16is>},
      {"r16c16w2", Config(16, 16, 2, 16, 4, 1, 16, 1, 64, 128, 1, 3, 3), Create<Vmatmul_16x16w2>},
      {"r5c7l5", Config(5, 7, 1, 5, 2, 4, 3, 1, 33, 64, 1, 5, 7), Create<Vmatmul_5x7>},
      {"r12c14", Config(12, 14, 1, 14, 8, 2, 8, 1, 48, 32, 1, 1, 7), Create<Vmatmul_12x14>},
      {"r12c14w2", Config(12, 14, 2, 3, 4, 4, 8, 2, 40, 64, 0, 7), Create<Vmatmul_12x14w2>},
      {"r12c14w7", Config(12, 14, 7, 7, 4, 4, 8, 1, 40, 64, 1, 0), Create<Vmatmul_12x14w7>},
      {"r2c2", Config(2, 2, 1, 1, 1, 16, 1, 1, 4, 32, 1, 64), Create<Vmatmul_2x2>},
      {"r9c4w4", Config(9, 4, 4, 2, 2, 8, 2, 1, 10, 32, 0, 2, 3), Create<Vmatmul_9x4>},
  };
  return builds;
}

}  // namespace systole::rtl_matmul
