#include "sw/energy/area.h"

#include <cmath>

#include "sw/isa/isa.h"

namespace systole::energy {
namespace {

// The array that is weight stationary, its accumulators.
Area ColumnsOf(const HwConfig& c) {
  const double rows = c.rows, cols = c.cols, sums = c.cols + c.row_sum;
  Area a;
  a.gates = 653 * rows * cols                             // systole_pe
            + 2.203 * rows * cols + 58.5 * (rows + cols)  // systole_array
            + 346 * sums;                                 // systole_accumulators
  a.flops =
      57.1 * rows * cols + 9.4 * (rows + cols) + 75 * sums + 4 * (1 + c.wport) * rows * (rows - 1);
  a.memory_bits = 2.0 * 32 * c.acc_depth * sums;
  return a;
}

// The row-stationary array, its accumulators, and what its control and checks take more. Spads of
// inputs and sums are flip-flops, those of weights memories.
Area RowsOf(const HwConfig& c) {
  const double rows = c.rs_rows, cols = c.rs_cols, elements = rows * cols, sums = c.cols,
               spad_bits = 8.0 * c.ifmap_spad + 24.0 * c.psum_spad,
               chain_bits = 24 + std::ceil(std::log2(rows));
  Area a;
  a.gates = (933 + 1.33 * spad_bits) * elements               // systole_rs_pe
            + 523 * rows                                      // systole_rs_row
            + 73.6 * cols                                     // systole_rs_array
            + 338 * sums + 300 + 63 * sums * std::log2(sums)  // systole_rs_accumulators
            + 5554;                                           // control, checks
  a.flops = (spad_bits + 24 + chain_bits) * elements          // a product, an input, a sum
            + (8.0 * c.rows + 175) * rows + 8.1 * cols        // vector; mapping, places
            + 4 * rows * (rows - 1) + 65 * sums + 54 + 381;
  a.memory_bits = 2.0 * 32 * c.acc_depth * sums + 8.0 * c.wgt_spad * elements;
  return a;
}

}  // namespace

Area AreaOf(const HwConfig& c) {
  const double rows = c.rows, cols = c.cols, lanes = c.lanes, banks = c.Banks(),
               groups = c.act_groups;
  constexpr double kChannelBits = 69, kQueueEntryBits = 296;
  const double queues = kNumEngines * kQueueEntryBits * c.queue_depth;
  Area a = c.engine == 0 ? ColumnsOf(c) : RowsOf(c);
  a.gates += 17811 * lanes + 32.84 * lanes * cols  // systole_post, its lanes
             + groups * (69 * banks + 112)         // systole_act_group
             + (33.5 + 22.2) * groups * banks      // systole_act_span, systole_act_buffer
             + 52 * banks * std::log2(banks)       // systole_rotate
             + 175.9 * rows                        // systole_gather
             + 0.935 * queues                      // systole_queue
             + 51060;                              // all else
  a.flops += 1033 * lanes + 4.25 * banks + 20.25 * rows + queues + 12796;
  a.memory_bits +=
      8.0 * (c.ActBytes() + 1024.0 * (c.wgt_kib + c.ktab_kib)) + c.ParRows() * lanes * kChannelBits;
  return a;
}

}  // namespace systole::energy
