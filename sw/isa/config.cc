// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#include "sw/isa/config.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/isa/rounding_modes.h"

namespace systole {
namespace {

void Require(bool ok, const char* name, int value, const char* allowed) {
  if (!ok)
    throw InputError(
        fmt::format("parameter {}={} is not possible; allowed: {}", name, value, allowed));
}

}  // namespace

std::string HwConfig::Key() const {
  return fmt::format(
      "r{}c{}w{}l{}_a{}g{}_w{}_p{}_k{}_d{}_x{}-{}-{}_o{}_q{}_m{:x}_s{}_f{}_t{}_b{}_e{}_n{}r{}c{}i{}"
      "w{}p{}",
      rows, cols, wport, lanes, act_kib, act_groups, wgt_kib, par_kib, ktab_kib, acc_depth,
      axi_data_width, axi_addr_width, axi_id_width, outstanding, queue_depth, roundings, row_sum,
      dataflows, taps, post_act, add_unit, engine, rs_rows, rs_cols, ifmap_spad, wgt_spad,
      psum_spad);
}

uint32_t HwConfig::ParamWord(int word) const {
  uint32_t value = 0;
  for (const ParameterInfo& p : kParameters) {
    if (p.word == word) value |= static_cast<uint32_t>(this->*p.member) << p.lsb;
  }
  return value;
}

void Validate(const HwConfig& c) {
  Require(c.rows >= 2 && c.rows <= 64, "ROWS", c.rows, "2 to 64");
  Require(c.cols >= 2 && c.cols <= 64, "COLS", c.cols, "2 to 64");
  Require(c.wport >= 1 && c.wport <= c.cols && (c.cols % c.wport) == 0, "WPORT", c.wport,
          "a divisor of COLS");
  Require(c.lanes >= 1 && c.lanes <= c.cols, "LANES", c.lanes, "1 to COLS");
  Require(c.act_kib >= 1 && c.act_kib <= 4096 && IsPowerOfTwo(c.act_kib), "ACT_KIB", c.act_kib,
          "a power of two, 1 to 4096");
  Require(c.act_groups >= 1 && c.act_groups <= 16 && IsPowerOfTwo(c.act_groups), "ACT_GROUPS",
          c.act_groups, "1, 2, 4, 8 or 16");
  Require((c.GroupBytes() / c.Banks()) >= 2, "ACT_KIB", c.act_kib,
          "at least two rows of banks in each of ACT_GROUPS groups");
  Require(c.wgt_kib >= 1 && c.wgt_kib <= 8192 && c.WgtRows() >= 2, "WGT_KIB", c.wgt_kib,
          "1 to 8192, at least two rows of ROWS * WPORT bytes");
  Require(c.par_kib >= 1 && c.par_kib <= 256 && c.ParRows() >= 1 && c.ParRows() <= 2048, "PAR_KIB",
          c.par_kib, "1 to 256, one to 2048 rows of 16 * LANES bytes");
  Require(c.ktab_kib >= 1 && c.ktab_kib <= 1024 && c.KtabRows() <= 65536, "KTAB_KIB", c.ktab_kib,
          "1 to 1024, at most 65536 rows of 2 * ROWS bytes");
  Require(c.acc_depth >= 4 && c.acc_depth <= 1024, "ACC_DEPTH", c.acc_depth, "4 to 1024");
  Require((c.axi_data_width == 32 || c.axi_data_width == 64 || c.axi_data_width == 128),
          "AXI_DATA_WIDTH", c.axi_data_width, "32, 64 or 128");
  Require(c.axi_addr_width >= 32 && c.axi_addr_width <= 64, "AXI_ADDR_WIDTH", c.axi_addr_width,
          "32 to 64");
  Require(c.axi_id_width >= 1 && c.axi_id_width <= 16, "AXI_ID_WIDTH", c.axi_id_width, "1 to 16");
  Require(c.outstanding >= 1 && c.outstanding <= 32, "OUTSTANDING", c.outstanding, "1 to 32");
  Require(c.queue_depth >= 2 && c.queue_depth <= 64 && IsPowerOfTwo(c.queue_depth), "QUEUE_DEPTH",
          c.queue_depth, "2, 4, 8, 16, 32 or 64");
  Require(c.roundings >= 1 && c.roundings <= kAllRoundings, "ROUNDINGS", c.roundings,
          "a mask of the rounding modes, 1 to 63");
  Require(c.row_sum >= 0 && c.row_sum <= 1, "ROW_SUM", c.row_sum, "0 or 1");
  Require((c.dataflows == 1 || c.dataflows == 3 || c.dataflows == 5 || c.dataflows == 7),
          "DATAFLOWS", c.dataflows, "1 (ws), 3 (ws,os), 5 (ws,is) or 7 (ws,os,is)");
  Require(c.dataflows < 2 ||
              (c.rows >= 3 && c.engine < 1 && (c.wport < 2 || c.cols <= (c.rows * c.wport))),
          "DATAFLOWS", c.dataflows,
          "1, or more where ROWS is 3 or more, ENGINE 0, and WPORT 1 or COLS / WPORT at most ROWS");
  Require(c.dataflows < 4 || c.wport == 1, "DATAFLOWS", c.dataflows,
          "1 or 3, or 5 or 7 where WPORT is 1");
  Require(c.taps >= 0 && c.taps <= 64, "TAPS", c.taps, "0 to 64");
  Require(c.post_act >= 0 && c.post_act <= 1, "POST_ACT", c.post_act, "0 or 1");
  Require(c.add_unit >= 0 && c.add_unit <= c.post_act, "ADD_UNIT", c.add_unit,
          "0, or 1 with POST_ACT");
  Require(c.engine >= 0 && c.engine <= 1, "ENGINE", c.engine, "0 or 1");
  Require(c.engine < 1 || (IsPowerOfTwo(c.rows) && IsPowerOfTwo(c.cols)), "ENGINE", c.engine,
          "0, or 1 where ROWS and COLS are powers of two");
  Require(c.engine < 1 || (c.wport == 1 && (c.acc_depth % c.cols) == 0), "ENGINE", c.engine,
          "0, or 1 where WPORT is 1 and ACC_DEPTH a multiple of COLS");
  Require(c.engine < 1 || (c.row_sum == 0 && c.taps == 0), "ENGINE", c.engine,
          "0, or 1 where ROW_SUM and TAPS are 0");
  Require(c.rs_rows >= 0 && c.rs_rows <= 32, "RS_ROWS", c.rs_rows, "0 to 32");
  Require(c.rs_rows >= (2 * c.engine) && (c.rows * c.engine) >= c.rs_rows, "RS_ROWS", c.rs_rows,
          "0 with ENGINE 0, 2 to ROWS with ENGINE 1");
  Require(c.rs_cols >= 0 && c.rs_cols <= 32, "RS_COLS", c.rs_cols, "0 to 32");
  Require(c.rs_cols >= (2 * c.engine) && (c.cols * c.engine) >= c.rs_cols, "RS_COLS", c.rs_cols,
          "0 with ENGINE 0, 2 to COLS with ENGINE 1");
  Require(c.ifmap_spad >= 0 && c.ifmap_spad <= 32, "IFMAP_SPAD", c.ifmap_spad, "0, 4, 8, 16 or 32");
  Require(c.ifmap_spad < 1 || IsPowerOfTwo(c.ifmap_spad), "IFMAP_SPAD", c.ifmap_spad,
          "0, 4, 8, 16 or 32");
  Require(c.ifmap_spad >= (4 * c.engine) && (32 * c.engine) >= c.ifmap_spad, "IFMAP_SPAD",
          c.ifmap_spad, "0 with ENGINE 0, 4 or more with ENGINE 1");
  Require(c.wgt_spad >= 0 && c.wgt_spad <= 1022 && (c.wgt_spad % 2) == 0, "WGT_SPAD", c.wgt_spad,
          "an even number, 0 to 1022");
  Require(c.wgt_spad >= (2 * c.engine) && (1022 * c.engine) >= c.wgt_spad, "WGT_SPAD", c.wgt_spad,
          "0 with ENGINE 0, 2 or more with ENGINE 1");
  Require(c.psum_spad >= 0 && c.psum_spad <= 31, "PSUM_SPAD", c.psum_spad, "0 to 31");
  Require(c.psum_spad >= c.engine && (31 * c.engine) >= c.psum_spad, "PSUM_SPAD", c.psum_spad,
          "0 with ENGINE 0, 1 or more with ENGINE 1");
}

}  // namespace systole
