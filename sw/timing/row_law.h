// Cycle law of the row-stationary array (docs/row_stationary.md), from a mapping and the loops
// around its steps. Stamps count from the issue; the first vector comes in the next cycle.
//
//   len(D)  = max(W, J, D V, 3)   from a step to the next, which needs D new input words; each
//                                 comes in V vectors
//   first   = 1 + RC V            the first step: its whole window has come
//   last    = first + sum over the loops that change the weights, outside the run, of
//             N_j max(A + len(D_j), M3 W), + A
//   A       = sum over the loops of the run of N_j len(D_j), once through the run
//
// The run: the innermost loops up to the first that changes the weights. N_j: how often loop j
// moves on, (B_j - 1) times the bounds outside it (of the run's: within one run).
#pragma once

#include <vector>

#include "sw/timing/row_mapping.h"

namespace systole {

// A loop around steps. `words`: new input words when it moves on while the loops inside it begin
// again.
struct RowLoop {
  int64_t bound = 1;
  int64_t words = 0;
  bool weights = false;  // other weights then
};

inline int64_t StepLength(const RowMapping& m, int64_t words, const RowArray& a) {
  return std::max({m.Cycles(), m.Channels(), words * m.Vectors(a.vector), int64_t{3}});
}

// First step, from the issue.
inline int64_t FirstStep(const RowMapping& m, const RowArray& a) {
  return 1 + m.Words() * m.Vectors(a.vector);
}

struct RowRun {
  int64_t last = 0;       // last step, from the first
  int64_t last_load = 0;  // first step with the last weights, from the first
};

// `loops`: innermost first.
inline RowRun RunOfNest(const RowMapping& m, const std::vector<RowLoop>& loops, const RowArray& a) {
  std::vector<int64_t> outside(loops.size() + 1, 1);  // product of the bounds from loop j on
  for (size_t j = loops.size(); j > 0; --j) outside[j - 1] = outside[j] * loops[j - 1].bound;
  size_t run = 0;
  while (run < loops.size() && (loops[run].bound == 1 || !loops[run].weights)) ++run;
  int64_t within = 0;  // A
  for (size_t j = 0; j < run; ++j) {
    within +=
        (loops[j].bound - 1) * (outside[j + 1] / outside[run]) * StepLength(m, loops[j].words, a);
  }
  RowRun r;
  for (size_t j = run; j < loops.size(); ++j) {
    r.last_load += (loops[j].bound - 1) * outside[j + 1] *
                   std::max(within + StepLength(m, loops[j].words, a), m.WeightRows());
  }
  r.last = r.last_load + within;
  return r;
}

// From the last step until the next instruction may issue: every row has done its last step, and
// the last vector has passed all rows.
inline int64_t Settle(const RowMapping& m, const RowArray& a) {
  return std::max(m.Cycles() + (m.m2 - 1) * m.m0, a.rows - 2);
}

}  // namespace systole
