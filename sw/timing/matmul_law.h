// MATMUL's laws (docs/timing.md). A slot is the cycle in which control hands a vector on:
//
//   slot(i, v) = issue + 1 + i P + v            vector v of slice i, P = max(M, wl, 3)
//   slot + 1                                    its window is read from the activation buffer
//   slot + 3 + ROWS + c                         column c's accumulator entry is read
//   slot + 5 + ROWS + c                         and written
//   retire = last slot + 5 + ROWS + COLS        the row sum's entry is written
//
// The numbers stand in pipeline.h.
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// wl: cycles to shift the weights of `columns` columns in, which are the rows they take in the
// weight buffer: one row of each of the WPORT banks a cycle.
inline int64_t WeightLoadCycles(int64_t columns, int64_t columns_per_port) {
  return std::min(columns, columns_per_port);
}
inline int64_t WeightLoadCycles(int64_t columns, const HwConfig& c) {
  return WeightLoadCycles(columns, c.cols / c.wport);
}

// P: cycles from slice to slice.
inline int64_t SlicePeriod(int64_t vectors, int64_t load, const LawConfig& c) {
  return std::max({vectors, load, int64_t{c.shortest_period}});
}

// Column mode: column c's first TAP_ROWS rows take lane c.
inline bool InColumnMode(const Instruction& i) {
  return i.Get(field::kMmDataflow) == static_cast<uint64_t>(pipeline::kColumnMode);
}

// Lanes that slice `slice` gathers, of `rows`.
inline int64_t GatheredLanes(const Instruction& i, int64_t slice, int64_t rows) {
  if (InColumnMode(i)) return static_cast<int64_t>(i.Get(field::kMmWcols));
  const bool last = slice == AtLeastOne(i.Get(field::kMmKslices)) - 1;
  return last ? static_cast<int64_t>(i.Get(field::kMmKlast)) : rows;
}

struct MatmulShape {
  int64_t vectors = 1;  // M
  int64_t slices = 1;   // F
  int64_t load = 1;     // wl
  int64_t period = 1;   // P
  int64_t macs = 0;     // useful ones: valid lanes (column mode: taps) x columns, over all vectors

  // Cycles from issue until the next Matmul may issue: F P.
  int64_t Occupancy() const { return slices * period; }
};

// Without `macs`.
inline MatmulShape ShapeOfMatmul(int64_t vectors, int64_t slices, int64_t columns,
                                 const LawConfig& c) {
  MatmulShape s;
  s.vectors = vectors;
  s.slices = slices;
  s.load = WeightLoadCycles(columns, c.columns_per_port);
  s.period = SlicePeriod(vectors, s.load, c);
  return s;
}

inline MatmulShape ShapeOfMatmul(const Instruction& i, const LawConfig& c) {
  const int64_t columns = AtLeastOne(i.Get(field::kMmWcols));
  MatmulShape s = ShapeOfMatmul(AtLeastOne(i.Get(field::kMmNx)) * AtLeastOne(i.Get(field::kMmNy)) *
                                    AtLeastOne(i.Get(field::kMmNb)),
                                AtLeastOne(i.Get(field::kMmKslices)), columns, c);
  const int64_t klast = static_cast<int64_t>(i.Get(field::kMmKlast));
  s.macs = s.vectors * ((s.slices - 1) * (InColumnMode(i) ? klast : c.rows) + klast) * columns;
  return s;
}

inline Cycle MatmulSlot(Cycle issue, int64_t slice, int64_t vector, const MatmulShape& s,
                        const LawConfig& c) {
  return issue + c.pipeline.issue_to_work + slice * s.period + vector;
}
inline Cycle MatmulLastSlot(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  return MatmulSlot(issue, s.slices - 1, s.vectors - 1, s, c);
}

// Stamps of one slot.
inline Cycle ActivationRead(Cycle slot, const LawConfig& c) {
  return slot + c.pipeline.slot_to_activation_read;
}
// column = COLS: the row sum's.
inline Cycle AccumulatorRead(Cycle slot, int64_t column, const LawConfig& c) {
  return slot + c.pipeline.slot_to_array + c.rows + column;
}
inline Cycle AccumulatorWrite(Cycle slot, int64_t column, const LawConfig& c) {
  return AccumulatorRead(slot, column, c) + c.pipeline.accumulator_read_to_write;
}
// Is the sum of a slot still on its way into its entry when that of a later one is formed?
inline bool OnItsWay(Cycle slot, Cycle later, const LawConfig& c) {
  return AccumulatorRead(later, 0, c) <= AccumulatorWrite(slot, 0, c);
}

// pre(j): from when on the first slice's weights may be shifted in: when the previous Matmul's last
// slice begins. `previous_issue` < 0: there is no Matmul before.
inline Cycle MatmulPreload(Cycle head, Cycle previous_issue, const MatmulShape& previous,
                           const LawConfig& c) {
  return previous_issue < 0
             ? head
             : std::max(head, MatmulSlot(previous_issue, previous.slices - 1, 0, previous, c));
}

// issue(j), tokens left out. `free`: the previous Matmul's issue + occupancy.
inline Cycle MatmulIssue(Cycle preload, const MatmulShape& shape, Cycle free) {
  return std::max(preload + shape.load - 1, free);
}

inline Cycle MatmulRetire(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  return MatmulLastSlot(issue, s, c) + c.slot_to_retire;
}

// ---- When run control is told of an error.
inline Cycle MatmulErrorSeen(Cycle cycle, const LawConfig& c) {
  return cycle + c.pipeline.matmul_error_to_control;
}
// Of a slot whose lanes break the bank rule or leave the buffer.
inline Cycle LaneErrorSeen(Cycle slot, const LawConfig& c) {
  return MatmulErrorSeen(ActivationRead(slot, c), c);
}

}  // namespace systole
