// Elaboration parameters of the accelerator: what the RTL is built with and every other description
// is told.
#pragma once

#include <cstdint>
#include <string>

namespace systole {

struct HwConfig {
  int rows = 16;            // array rows (K lanes), 2..64
  int cols = 16;            // array columns (filters), 2..64
  int wport = 1;            // weight columns loaded per cycle, divides cols
  int lanes = 8;            // requantize lanes, 1..cols
  int act_kib = 32;         // activation buffer, power of two
  int act_groups = 4;       // address groups, power of two: one reader and one writer each
  int wgt_kib = 128;        // weight buffer
  int par_kib = 8;          // parameter memory (16 bytes a channel)
  int ktab_kib = 4;         // offset table (2 bytes a lane)
  int acc_depth = 128;      // accumulator entries per half, 4..1024
  int axi_data_width = 64;  // bits: 32, 64 or 128
  int axi_addr_width = 32;  // bits: 32..64
  int axi_id_width = 4;     // bits: 1..16
  int outstanding = 8;      // read and write bursts in flight, 1..32
  int queue_depth = 8;      // instructions per engine queue, power of two, 2..64
  int roundings = 0x3F;     // bit r: rounding mode r is included
  int row_sum = 1;          // 1: the row-sum column (asymmetric weights) is included
  int dataflows = 1;        // bit 0 weight stationary (others refused for now)

  int AxiBytes() const { return axi_data_width / 8; }
  // Byte banks of the activation buffer: next power of two >= max(rows, lanes, AXI bytes).
  int Banks() const {
    int need = rows > lanes ? rows : lanes;
    if (AxiBytes() > need) need = AxiBytes();
    int b = 1;
    while (b < need) b *= 2;
    return b;
  }
  int ActBytes() const { return act_kib * 1024; }
  int GroupBytes() const { return ActBytes() / act_groups; }
  int WgtRows() const { return wgt_kib * 1024 / (rows * wport); }  // rows per weight bank
  int KtabRows() const { return ktab_kib * 1024 / (rows * 2); }
  int ParRows() const { return par_kib * 1024 / (16 * lanes); }
  // Folder-name form, e.g. "r16c16w1l8_a32g4_w128_p8_k4_d128_x64-32-4_o8_q8_m3f_s1_f1".
  std::string Key() const;
};

// Throws InputError naming the parameter, its value and what is allowed.
void Validate(const HwConfig& config);

}  // namespace systole
