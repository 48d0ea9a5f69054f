// MATMUL's laws (docs/timing.md). A slot is the cycle in which control hands a vector on:
//
//   slot(i, v) = issue + 1 + i P + v            vector v of slice i, P = max(M, wl, 3)
//   slot + 1                                    its window is read from the activation buffer
//   slot + 3 + ROWS + c                         column c's accumulator entry is read
//   slot + 5 + ROWS + c                         and written
//   retire = last slot + 5 + ROWS + COLS        the row sum's entry is written
//
// Output stationary a slice is a tile of ROWS pixels, P = max(M, ROWS - 1) + ROWS - 1; lane j has
// the stamps of accumulators of a slot P - 1 - j of its tile, and the last slot is the last tile's
// P - 1.
//
// Input stationary a slice of a tile is a fold, and a vector a filter (M of them); its X pixels are
// read in load slots, of the first fold before its vectors, of the others during the fold before:
//
//   slot(g, f) = issue + 1 + max(X, 3) + g P + f          fold g, P = max(M, X, 3)
//   read(0, x) = issue + 1 + x,  read(g, x) = slot(g - 1, x)
//   slot + 2 + ROWS + COLS                                all pixels' entries are read
//   slot + 4 + ROWS + COLS                                and written
//
// and the sums of another Matmul, which meet their entries column by column, come after that.
//
// The numbers stand in pipeline.h.
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// Built in: an array of any other dataflow refuses its Matmuls.
inline bool HasOutputStationary(const HwConfig& c) { return (c.dataflows & 2) != 0; }
inline bool HasInputStationary(const HwConfig& c) { return (c.dataflows & 4) != 0; }

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

// A slice is a tile, whose sums stay in the array.
inline bool IsOutputStationary(const Instruction& i) {
  return i.Get(field::kMmDataflow) == static_cast<uint64_t>(pipeline::kOutputStationary);
}

// A fold is a tile's slice, whose pixels stay in the array.
inline bool IsInputStationary(const Instruction& i) {
  return i.Get(field::kMmDataflow) == static_cast<uint64_t>(pipeline::kInputStationary);
}

// Lanes that slice (input stationary: fold) `slice` gathers, of `rows`.
inline int64_t GatheredLanes(const Instruction& i, int64_t slice, int64_t rows) {
  if (InColumnMode(i)) return static_cast<int64_t>(i.Get(field::kMmWcols));
  const int64_t slices = AtLeastOne(i.Get(field::kMmKslices));
  const bool last = slice % slices == slices - 1;
  return last ? static_cast<int64_t>(i.Get(field::kMmKlast)) : rows;
}

struct MatmulShape {
  int64_t vectors = 1;  // M
  int64_t slices = 1;   // F
  int64_t load = 1;     // wl; 1 where weights come with their vectors, 0 input stationary
  int64_t period = 1;   // P
  int64_t macs = 0;     // useful ones: valid lanes (column mode: taps) x columns, over all vectors
  int64_t idle = 0;     // slots of a tile after its vectors; 0: not output stationary
  int64_t pixels = 0;   // X; 0: not input stationary
  int64_t lead = 0;     // slots before the first vector: of its first pixels
  int64_t end = 0;      // period of the last fold, which loads no pixels

  // Cycles from issue until the next Matmul may issue: F P.
  int64_t Occupancy() const {
    return pixels == 0 ? slices * period : lead + (slices - 1) * period + end;
  }
};

// Without `macs`: output stationary, `tiles` of them.
inline MatmulShape ShapeOfTiles(int64_t vectors, int64_t tiles, const LawConfig& c) {
  MatmulShape s;
  s.vectors = vectors;
  s.slices = tiles;
  s.period = std::max<int64_t>(vectors, c.rows - 1) + c.rows - 1;
  s.idle = s.period - vectors;
  return s;
}

// Without `macs`: input stationary, `folds` of them.
inline MatmulShape ShapeOfInput(int64_t filters, int64_t pixels, int64_t folds,
                                const LawConfig& c) {
  MatmulShape s;
  s.vectors = filters;
  s.slices = folds;
  s.load = 0;
  s.pixels = pixels;
  s.lead = std::max<int64_t>(pixels, c.shortest_period);
  s.end = std::max<int64_t>(filters, c.shortest_period);
  s.period = std::max(s.lead, s.end);
  return s;
}

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
  const int64_t pixels = AtLeastOne(i.Get(field::kMmNx)) * AtLeastOne(i.Get(field::kMmNy)),
                images = AtLeastOne(i.Get(field::kMmNb)), vectors = pixels * images;
  const int64_t slices = AtLeastOne(i.Get(field::kMmKslices));
  if (c.input_built && IsInputStationary(i)) {
    MatmulShape s = ShapeOfInput(columns, pixels, images * slices, c);
    s.macs =
        vectors * columns * ((slices - 1) * c.rows + static_cast<int64_t>(i.Get(field::kMmKlast)));
    return s;
  }
  MatmulShape s = c.output_built && IsOutputStationary(i)
                      ? ShapeOfTiles(vectors, slices, c)
                      : ShapeOfMatmul(vectors, slices, columns, c);
  const int64_t klast = static_cast<int64_t>(i.Get(field::kMmKlast));
  s.macs = s.vectors * ((s.slices - 1) * (InColumnMode(i) ? klast : c.rows) + klast) * columns;
  return s;
}

inline Cycle MatmulSlot(Cycle issue, int64_t slice, int64_t vector, const MatmulShape& s,
                        const LawConfig& c) {
  return issue + c.pipeline.issue_to_work + s.lead + slice * s.period + vector;
}
// When window `window` of a slice is asked for: in its vector's slot, input stationary a fold
// ahead.
inline Cycle WindowSlot(Cycle issue, int64_t slice, int64_t window, const MatmulShape& s,
                        const LawConfig& c) {
  if (s.pixels == 0) return MatmulSlot(issue, slice, window, s, c);
  return slice == 0 ? issue + c.pipeline.issue_to_work + window
                    : MatmulSlot(issue, slice - 1, window, s, c);
}
// Of a slice, or of a tile's slice.
inline int64_t WindowsOf(const MatmulShape& s) { return s.pixels == 0 ? s.vectors : s.pixels; }
inline Cycle MatmulLastSlot(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  return MatmulSlot(issue, s.slices - 1, s.vectors - 1, s, c);
}

// Sums that meet their entries one a slot, those of a slice or tile: when, where from the
// instruction's first entry, and in which order.
struct SumSlots {
  Cycle first;
  int64_t count, first_entry, step;
  Cycle Last() const { return first + count - 1; }
  Cycle Slot(int64_t k) const { return first + k; }
  int64_t Entry(int64_t k) const { return first_entry + k * step; }
};
inline SumSlots SumSlotsOf(const Instruction& i, Cycle issue, int64_t slice, const MatmulShape& s,
                           const LawConfig& c) {
  if (s.idle == 0) return {MatmulSlot(issue, slice, 0, s, c), s.vectors, 0, 1};
  const int64_t lanes = GatheredLanes(i, slice, c.rows);
  return {MatmulSlot(issue, slice, s.period - lanes, s, c), lanes, slice * c.rows + lanes - 1, -1};
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
// Input stationary all columns meet their entries with the last one.
inline Cycle LevelRead(Cycle slot, const LawConfig& c) {
  return AccumulatorRead(slot, c.cols - 1, c);
}
// Is the sum of a slot still on its way into its entry when that of a later one is formed?
inline bool OnItsWay(Cycle slot, Cycle later, const LawConfig& c) {
  return AccumulatorRead(later, 0, c) <= AccumulatorWrite(slot, 0, c);
}

// From when on a Matmul leaves the weight buffer to the next one: when its last slice begins or,
// output or input stationary, after its last vector.
inline Cycle WeightsFree(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  const bool rows = s.idle > 0 || s.pixels > 0;  // that come with the vectors
  return MatmulSlot(issue, s.slices - 1, rows ? s.vectors : 0, s, c);
}

// From when on one that is not input stationary may issue behind an input-stationary one: its first
// sum meets column 0's entry after the last sums of all columns have been written.
inline Cycle Settled(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  return MatmulLastSlot(issue, s, c) + c.cols + c.pipeline.accumulator_read_to_write -
         c.pipeline.issue_to_work;
}

// pre(j): from when on the first slice's weights may be shifted in. `previous_issue` < 0: there is
// no Matmul before.
inline Cycle MatmulPreload(Cycle head, Cycle previous_issue, const MatmulShape& previous,
                           const LawConfig& c) {
  return previous_issue < 0 ? head : std::max(head, WeightsFree(previous_issue, previous, c));
}

// issue(j), tokens left out. `free`: the previous Matmul's issue + occupancy.
inline Cycle MatmulIssue(Cycle preload, const MatmulShape& shape, Cycle free) {
  return std::max(preload + shape.load - 1, free);
}

inline Cycle MatmulRetire(Cycle issue, const MatmulShape& s, const LawConfig& c) {
  return MatmulLastSlot(issue, s, c) + s.idle + c.slot_to_retire;
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
