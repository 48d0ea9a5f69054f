#include "sw/energy/area.h"

#include <cmath>

#include "sw/isa/isa.h"

namespace systole::energy {

Area AreaOf(const HwConfig& c) {
  const double rows = c.rows, cols = c.cols, lanes = c.lanes, banks = c.Banks(),
               groups = c.act_groups, sums = c.cols + c.row_sum;
  constexpr double kChannelBits = 69, kQueueEntryBits = 296;
  const double queues = kNumEngines * kQueueEntryBits * c.queue_depth;
  Area a;
  a.gates = 653 * rows * cols                             // systole_pe
            + 2.203 * rows * cols + 58.5 * (rows + cols)  // systole_array
            + 346 * sums                                  // systole_accumulators
            + 17811 * lanes + 32.84 * lanes * cols        // systole_post, its lanes
            + groups * (69 * banks + 112)                 // systole_act_group
            + (33.5 + 22.2) * groups * banks              // systole_act_span, systole_act_buffer
            + 52 * banks * std::log2(banks)               // systole_rotate
            + 175.9 * rows                                // systole_gather
            + 0.935 * queues                              // systole_queue
            + 51060;                                      // all else
  a.flops = 57.1 * rows * cols + 9.4 * (rows + cols) + 75 * sums + 1033 * lanes + 4.25 * banks +
            20.25 * rows + 4 * (1 + c.wport) * rows * (rows - 1) + queues + 12796;
  a.memory_bits = 8.0 * (c.ActBytes() + 1024.0 * (c.wgt_kib + c.ktab_kib)) +
                  2.0 * 32 * c.acc_depth * sums + c.ParRows() * lanes * kChannelBits;
  return a;
}

}  // namespace systole::energy
