// Elaboration parameters of the accelerator: what the RTL is built with and every other description
// is told.
// Generated from spec/ by `make spec`: edit the definitions there, not this file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "sw/isa/pipeline.h"

namespace systole {

inline constexpr bool IsPowerOfTwo(int v) { return v > 0 && (v & (v - 1)) == 0; }
inline constexpr int NextPowerOfTwo(int v) {
  int power = 1;
  while (power < v) power *= 2;
  return power;
}

struct HwConfig {
  int rows = 16;            // array rows: lanes of the reduction axis K
  int cols = 16;            // array columns: filters
  int wport = 1;            // weight columns loaded per cycle
  int lanes = 8;            // requantize lanes
  int act_kib = 32;         // activation buffer, KiB
  int act_groups = 4;       // its address groups: one reader and one writer each
  int wgt_kib = 128;        // weight buffer, KiB
  int par_kib = 8;          // parameter memory, KiB (16 bytes a channel)
  int ktab_kib = 4;         // offset table, KiB (2 bytes a lane)
  int acc_depth = 128;      // accumulator entries per half
  int axi_data_width = 64;  // data bits of both memory ports
  // address bits of both memory ports; addresses that need more are outside every window
  int axi_addr_width = 32;
  int axi_id_width = 4;  // identifier bits of both memory ports
  int outstanding = 8;   // read and write bursts in flight
  int queue_depth = 8;   // instructions queued per engine
  int roundings = 63;    // bit r: rounding mode r is included
  int row_sum = 1;       // 1: the row-sum column (asymmetric weights) is included
  // bit 0: weight stationary; bit 1: output stationary too; bit 2: input stationary too
  int dataflows = 1;
  int taps = 3;  // array rows that take their column's own lane in column mode; 0: it is not built
  int post_act = 1;  // 1: POST reads the activation buffer too (PostAct: pools, rescaling, copies)
  int add_unit = 1;  // 1: POST adds two tensors (PostActAdd)
  int engine = 0;    // MATMUL's array: 0 weight stationary, 1 row stationary (RowConv for Matmul)
  int rs_rows = 0;   // rows of the row-stationary array
  int rs_cols = 0;   // its columns
  int ifmap_spad = 0;  // input words that each of its elements keeps
  int wgt_spad = 0;    // weights that each of its elements keeps, in two halves
  int psum_spad = 0;   // sums that each of its elements keeps

  // bytes of an AXI beat
  int AxiBytes() const { return axi_data_width / 8; }
  // byte banks of the activation buffer
  int Banks() const { return NextPowerOfTwo(std::max({rows, lanes, AxiBytes()})); }
  // activation buffer
  int ActBytes() const { return act_kib * 1024; }
  // an address group of the activation buffer
  int GroupBytes() const { return ActBytes() / act_groups; }
  // rows of a weight bank
  int WgtRows() const { return (wgt_kib * 1024) / (rows * wport); }
  // rows of the offset table
  int KtabRows() const { return (ktab_kib * 1024) / (pipeline::kKtabBytes * rows); }
  // taps of a column's filter in column mode
  int TapRows() const { return std::min({taps, rows}); }
  // columns that weights can reach output stationary
  int OsCols() const { return std::min({cols, rows * wport}); }
  // rows of the parameter memory
  int ParRows() const { return (par_kib * 1024) / (pipeline::kParBytes * lanes); }

  // Folder-name form; of the defaults
  // "r16c16w1l8_a32g4_w128_p8_k4_d128_x64-32-4_o8_q8_m3f_s1_f1_t3_b1_e1_n0r0c0i0w0p0".
  std::string Key() const;
  // What the register PARAM<word> reads.
  uint32_t ParamWord(int word) const;
};

// Throws InputError naming the parameter, its value and what is allowed.
void Validate(const HwConfig& config);

// The parameters in the order of the RTL's parameter list, each with its place in the PARAM
// registers.
struct ParameterInfo {
  const char* name;  // as in the RTL
  const char* key;   // the same in small letters, as in files
  int HwConfig::*member;
  int word, lsb, width;
  int lowest, highest;  // whatever the other parameters are
  const char* allowed;  // in words
  const char* meaning;
};
inline constexpr int kNumParameters = 27;
inline constexpr int kParamWords = 7;
inline constexpr ParameterInfo kParameters[kNumParameters] = {
    {"ROWS", "rows", &HwConfig::rows, 0, 0, 8, 2, 64, "2 to 64",
     "array rows: lanes of the reduction axis K"},
    {"COLS", "cols", &HwConfig::cols, 0, 8, 8, 2, 64, "2 to 64", "array columns: filters"},
    {"WPORT", "wport", &HwConfig::wport, 0, 16, 8, 1, 64, "a divisor of COLS",
     "weight columns loaded per cycle"},
    {"LANES", "lanes", &HwConfig::lanes, 0, 24, 8, 1, 64, "1 to COLS", "requantize lanes"},
    {"ACT_KIB", "act_kib", &HwConfig::act_kib, 1, 0, 16, 1, 4096,
     "a power of two, 1 to 4096; at least two rows of banks in each of ACT_GROUPS groups",
     "activation buffer, KiB"},
    {"ACT_GROUPS", "act_groups", &HwConfig::act_groups, 1, 16, 6, 1, 16, "1, 2, 4, 8 or 16",
     "its address groups: one reader and one writer each"},
    {"WGT_KIB", "wgt_kib", &HwConfig::wgt_kib, 2, 0, 16, 1, 8192,
     "1 to 8192, at least two rows of ROWS * WPORT bytes", "weight buffer, KiB"},
    {"PAR_KIB", "par_kib", &HwConfig::par_kib, 2, 16, 16, 1, 256,
     "1 to 256, one to 2048 rows of 16 * LANES bytes",
     "parameter memory, KiB (16 bytes a channel)"},
    {"KTAB_KIB", "ktab_kib", &HwConfig::ktab_kib, 3, 16, 16, 1, 1024,
     "1 to 1024, at most 65536 rows of 2 * ROWS bytes", "offset table, KiB (2 bytes a lane)"},
    {"ACC_DEPTH", "acc_depth", &HwConfig::acc_depth, 3, 0, 16, 4, 1024, "4 to 1024",
     "accumulator entries per half"},
    {"AXI_DATA_WIDTH", "axi_data_width", &HwConfig::axi_data_width, 4, 0, 8, 32, 128,
     "32, 64 or 128", "data bits of both memory ports"},
    {"AXI_ADDR_WIDTH", "axi_addr_width", &HwConfig::axi_addr_width, 4, 16, 8, 32, 64, "32 to 64",
     "address bits of both memory ports; addresses that need more are outside every window"},
    {"AXI_ID_WIDTH", "axi_id_width", &HwConfig::axi_id_width, 4, 24, 8, 1, 16, "1 to 16",
     "identifier bits of both memory ports"},
    {"OUTSTANDING", "outstanding", &HwConfig::outstanding, 5, 8, 8, 1, 32, "1 to 32",
     "read and write bursts in flight"},
    {"QUEUE_DEPTH", "queue_depth", &HwConfig::queue_depth, 5, 0, 8, 2, 64, "2, 4, 8, 16, 32 or 64",
     "instructions queued per engine"},
    {"ROUNDINGS", "roundings", &HwConfig::roundings, 5, 16, 8, 1, 63,
     "a mask of the rounding modes, 1 to 63", "bit r: rounding mode r is included"},
    {"ROW_SUM", "row_sum", &HwConfig::row_sum, 5, 24, 1, 0, 1, "0 or 1",
     "1: the row-sum column (asymmetric weights) is included"},
    {"DATAFLOWS", "dataflows", &HwConfig::dataflows, 5, 25, 7, 1, 7,
     "1 (ws), 3 (ws,os), 5 (ws,is) or 7 (ws,os,is); 1, or more where ROWS is 3 or more, ENGINE 0, "
     "and WPORT 1 or COLS / WPORT at most ROWS; 1 or 3, or 5 or 7 where WPORT is 1",
     "bit 0: weight stationary; bit 1: output stationary too; bit 2: input stationary too"},
    {"TAPS", "taps", &HwConfig::taps, 6, 0, 8, 0, 64, "0 to 64",
     "array rows that take their column's own lane in column mode; 0: it is not built"},
    {"POST_ACT", "post_act", &HwConfig::post_act, 6, 8, 1, 0, 1, "0 or 1",
     "1: POST reads the activation buffer too (PostAct: pools, rescaling, copies)"},
    {"ADD_UNIT", "add_unit", &HwConfig::add_unit, 6, 9, 1, 0, 1, "0, or 1 with POST_ACT",
     "1: POST adds two tensors (PostActAdd)"},
    {"ENGINE", "engine", &HwConfig::engine, 6, 10, 1, 0, 1,
     "0 or 1; 0, or 1 where ROWS and COLS are powers of two; 0, or 1 where WPORT is 1 and "
     "ACC_DEPTH a multiple of COLS; 0, or 1 where ROW_SUM and TAPS are 0",
     "MATMUL's array: 0 weight stationary, 1 row stationary (RowConv for Matmul)"},
    {"RS_ROWS", "rs_rows", &HwConfig::rs_rows, 6, 11, 6, 0, 32,
     "0 to 32; 0 with ENGINE 0, 2 to ROWS with ENGINE 1", "rows of the row-stationary array"},
    {"RS_COLS", "rs_cols", &HwConfig::rs_cols, 6, 17, 6, 0, 32,
     "0 to 32; 0 with ENGINE 0, 2 to COLS with ENGINE 1", "its columns"},
    {"IFMAP_SPAD", "ifmap_spad", &HwConfig::ifmap_spad, 6, 23, 6, 0, 32,
     "0, 4, 8, 16 or 32; 0 with ENGINE 0, 4 or more with ENGINE 1",
     "input words that each of its elements keeps"},
    {"WGT_SPAD", "wgt_spad", &HwConfig::wgt_spad, 1, 22, 10, 0, 1022,
     "an even number, 0 to 1022; 0 with ENGINE 0, 2 or more with ENGINE 1",
     "weights that each of its elements keeps, in two halves"},
    {"PSUM_SPAD", "psum_spad", &HwConfig::psum_spad, 4, 8, 8, 0, 31,
     "0 to 31; 0 with ENGINE 0, 1 or more with ENGINE 1", "sums that each of its elements keeps"},
};

}  // namespace systole
