// What the timing laws depend on: parameters, the memory's latency, the depths of the pipelines.
//
// All times are cycles of one run, cycle 0 being the first. Counts that a legal instruction never
// has (zero) are taken as one: the laws judge nothing and cannot fail.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"
#include "sw/timing/pipeline.h"
#include "sw/timing/row_mapping.h"

namespace systole {

using Cycle = int64_t;

// The memory for which cycles are promised: in order, one beat a cycle, a read address accepted in
// cycle a gives its first beat in a + latency, a write burst's response comes latency cycles after
// its last beat. latency >= 1.
struct MemoryTiming {
  int64_t latency = 20;
  // A deliberately wrong law: cycles added to each engine's retire, to see comparisons fail
  // (`--inject law:...`).
  std::array<int, kNumEngines> law_fault{};
  // Other depths than the RTL's, to see that everything follows the one place that states them.
  Pipeline pipeline{};
};

using pipeline::kBurstBytes;
using pipeline::kFetchGroup;
using pipeline::kTokenMax;
inline constexpr int kMaxOutstanding = 32;            // HwConfig::outstanding never exceeds it
inline constexpr int64_t kMaxBursts = 1 << 24;        // of one instruction; more is no program
inline constexpr Cycle kMaxCycle = Cycle{1} << 60;    // of a run; more is no program
inline constexpr Cycle kUnanswered = Cycle{1} << 61;  // what waits for a bus that never answers

// The parameters in the form the laws use them.
struct LawConfig {
  int rows, cols, lanes, columns_per_port, beat_bytes, beat_shift, beats_per_instruction,
      outstanding, queue_depth;
  int64_t latency;
  std::array<int, kNumEngines> law_fault;
  Pipeline pipeline;
  // Slot -> write of the row sum's column, the last one (elaborated or not).
  int slot_to_retire;
  // An accumulator entry is read, written, and only then read again.
  int shortest_period;
  RowArray row;                    // with ENGINE = 1
  bool output_built, input_built;  // what is not, waits for its error weight stationary

  LawConfig(const HwConfig& c, const MemoryTiming& memory)
      : rows(c.rows),
        cols(c.cols),
        lanes(c.lanes),
        columns_per_port(c.cols / c.wport),
        beat_bytes(c.AxiBytes()),
        beat_shift(c.axi_data_width == 32   ? 2
                   : c.axi_data_width == 64 ? 3
                                            : 4),
        beats_per_instruction(kInstructionBytes / c.AxiBytes()),
        outstanding(std::min(std::max(c.outstanding, 1), kMaxOutstanding)),
        queue_depth(c.queue_depth),
        latency(std::max<int64_t>(memory.latency, 1)),
        law_fault(memory.law_fault),
        pipeline(memory.pipeline),
        slot_to_retire(pipeline.slot_to_array + rows + cols + pipeline.accumulator_read_to_write),
        shortest_period(pipeline.accumulator_read_to_write + 1),
        row{c.rs_rows, c.rs_cols, c.rows, c.ifmap_spad, c.wgt_spad, c.psum_spad},
        output_built((c.dataflows & 2) != 0),
        input_built((c.dataflows & 4) != 0) {}
};

// Of the two opcodes of MATMUL's work the one that the dispatcher does not know.
inline Opcode NotBuilt(const HwConfig& c) {
  return c.engine == 0 ? Opcode::kRowConv : Opcode::kMatmul;
}

// A token that is given in cycle `given`, or what it stands for, can be taken from then on.
inline Cycle TokenAvailable(Cycle given, const LawConfig& c) {
  return given + c.pipeline.give_to_take;
}

// The laws that a program is planned with, whatever memory it will meet: latency 20, addresses
// never held back by OUTSTANDING. The plan orders jobs and nothing else; wrong times cost cycles,
// not results.
inline LawConfig PlanningLaws(const HwConfig& config) {
  LawConfig laws(config, MemoryTiming{});
  laws.outstanding = kMaxOutstanding;
  return laws;
}

inline int64_t AtLeastOne(uint64_t count) { return count == 0 ? 1 : static_cast<int64_t>(count); }

}  // namespace systole
