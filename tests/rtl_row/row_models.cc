#include "tests/rtl_row/row_models.h"

#include "Vrow_engine_12x14.h"
#include "Vrow_engine_3x4.h"
#include "Vrow_engine_5x7.h"
#include "tests/rtl_matmul/verilated_model.h"

namespace systole::rtl_row {
namespace {

// As the parameters in CMakeLists.txt; the tests that write every row and entry notice a
// difference.
HwConfig Config(int rows, int cols, int lanes, int act_kib, int groups, int wgt_kib, int ktab_kib,
                int depth, int axi, int rs_rows, int rs_cols, int ifmap, int wgt, int psum) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.lanes = lanes;
  c.act_kib = act_kib;
  c.act_groups = groups;
  c.wgt_kib = wgt_kib;
  c.ktab_kib = ktab_kib;
  c.acc_depth = depth;
  c.axi_data_width = axi;
  c.row_sum = c.taps = 0;
  c.engine = 1;
  c.rs_rows = rs_rows;
  c.rs_cols = rs_cols;
  c.ifmap_spad = ifmap;
  c.wgt_spad = wgt;
  c.psum_spad = psum;
  Validate(c);
  return c;
}

}  // namespace

const std::vector<rtl_matmul::Build>& Builds() {
  using rtl_matmul::Create;
  static const std::vector<rtl_matmul::Build> builds = {
      {"r12c14", Config(16, 16, 8, 32, 4, 16, 4, 128, 64, 12, 14, 32, 64, 16),
       Create<Vrow_engine_12x14>},
      {"r5c7", Config(8, 8, 3, 4, 2, 4, 1, 360, 128, 5, 7, 16, 30, 3), Create<Vrow_engine_5x7>},
      {"r3c4", Config(4, 4, 4, 2, 1, 2, 1, 64, 32, 3, 4, 8, 16, 4), Create<Vrow_engine_3x4>},
  };
  return builds;
}

}  // namespace systole::rtl_row
