// RowConv's laws (docs/timing.md): an instruction's mapping, its loops, and the stamps that follow.
//
//   first step   issue + 1 + RC V
//   occupancy    last step + max(W + (M2 - 1) M0, RS_ROWS - 2) - issue
//   a channel    its accumulator is read SLOT_TO_ARRAY + RS_ROWS - 1 + START_TO_SUM + (RC - 1) M0 +
//   j
//                after its step, written two cycles later; the last one of all is the retire
#pragma once

#include <vector>

#include "sw/timing/law_config.h"
#include "sw/timing/row_law.h"

namespace systole {

inline RowMapping MappingOf(const Instruction& i) {
  RowMapping m;
  m.m0 = AtLeastOne(i.Get(field::kRcM0));
  m.m2 = AtLeastOne(i.Get(field::kRcM2));
  m.m3 = AtLeastOne(i.Get(field::kRcM3));
  m.c1 = AtLeastOne(i.Get(field::kRcC1));
  m.c2 = AtLeastOne(i.Get(field::kRcC2));
  m.r1 = AtLeastOne(i.Get(field::kRcR1));
  m.s1 = AtLeastOne(i.Get(field::kRcS1));
  m.q1 = AtLeastOne(i.Get(field::kRcQ1));
  m.hs = AtLeastOne(i.Get(field::kRcHs));
  m.ws = AtLeastOne(i.Get(field::kRcWs));
  m.depthwise = i.Get(field::kRcDepthwise) != 0;
  return m;
}

// x, y, b, slices.
inline std::vector<RowLoop> LoopsOf(const Instruction& i, const RowMapping& m) {
  return {{AtLeastOne(i.Get(field::kRcNx)), m.Slide(), false},
          {AtLeastOne(i.Get(field::kRcNy)), m.Words(), false},
          {AtLeastOne(i.Get(field::kRcNb)), m.Words(), false},
          {AtLeastOne(i.Get(field::kRcKslices)), m.Words(), true}};
}

// A step, and the vectors that are read for it, the first of them in slot `slot`: `words` words of
// V vectors each, word w in slot + w pace; word 0 begins at activation byte `base`. Cycles from the
// issue.
struct RowConvStep {
  int64_t start = 0;
  int64_t slot = 0, words = 0, pace = 0;
  uint64_t base = 0;
  int64_t slice = 0;
};

// In order, step by step: what the closed law sums up.
inline std::vector<RowConvStep> StepsOf(const Instruction& i, const RowArray& a) {
  const RowMapping m = MappingOf(i);
  const int64_t nx = AtLeastOne(i.Get(field::kRcNx)), ny = AtLeastOne(i.Get(field::kRcNy)),
                nb = AtLeastOne(i.Get(field::kRcNb)), slices = AtLeastOne(i.Get(field::kRcKslices)),
                vectors = m.Vectors(a.vector);
  const uint64_t pitch = i.Get(field::kRcPitch);
  std::vector<RowConvStep> steps;
  steps.reserve(static_cast<size_t>(slices * nb * ny * nx));
  int64_t start = FirstStep(m, a), load = 0;
  for (int64_t slice = 0; slice < slices; ++slice) {
    for (int64_t line = 0; line < nb * ny; ++line) {
      const uint64_t base = i.Get(field::kRcBase) +
                            static_cast<uint64_t>(slice) * i.Get(field::kRcBaseInc) +
                            static_cast<uint64_t>(line / ny) * i.Get(field::kRcStrideB) +
                            static_cast<uint64_t>(line % ny) * i.Get(field::kRcStrideY);
      for (int64_t x = 0; x < nx; ++x) {
        RowConvStep s;
        s.slice = slice;
        s.words = x == 0 ? m.Words() : m.Slide();
        const int64_t column = x == 0 ? 0 : x * m.ws + m.r1 - std::min(m.ws, m.r1);
        s.base = base + static_cast<uint64_t>(column) * pitch;
        if (steps.empty()) {
          s.slot = 1;
          s.pace = vectors;
        } else {
          s.slot = start;
          s.pace = std::max(m.m0, vectors);
          start += StepLength(m, s.words, a);
          if (slice != steps.back().slice) start = std::max(start, load + m.WeightRows());
        }
        if (steps.empty() || slice != steps.back().slice) load = start;
        s.start = start;
        steps.push_back(s);
      }
    }
  }
  return steps;
}

// Vector number `number` of a step: its slot; the byte that the offsets are added to.
inline int64_t VectorSlot(const RowConvStep& s, int64_t number, int64_t vectors) {
  return s.slot + number / vectors * s.pace + number % vectors;
}
inline uint64_t VectorBase(const RowConvStep& s, int64_t number, const RowMapping& m,
                           uint64_t pitch, int64_t vector) {
  const int64_t word = number / m.Vectors(vector),
                tag = number % m.Vectors(vector) / m.Phases(vector);
  return s.base + static_cast<uint64_t>(word / m.c1) * pitch +
         static_cast<uint64_t>(word % m.c1 + tag * m.c1);
}

// Cycles from the issue.
struct RowConvShape {
  int64_t load = 1;       // slots of a set of weights
  int64_t last_load = 0;  // first step with the last set
  int64_t last = 0;       // last step
  int64_t occupancy = 1;
  int64_t retire = 0;
  int64_t macs = 0;
};

// From a step to its channel j at its accumulator.
inline int64_t StepToAccumulator(const RowMapping& m, int64_t channel, const LawConfig& c) {
  return c.pipeline.slot_to_array + c.row.rows - 1 + c.pipeline.start_to_sum +
         (m.Words() - 1) * m.m0 + channel;
}

inline RowConvShape ShapeOfRowConv(const Instruction& i, const LawConfig& c) {
  const RowArray& a = c.row;
  const RowMapping m = MappingOf(i);
  const std::vector<RowLoop> loops = LoopsOf(i, m);
  const RowRun run = RunOfNest(m, loops, a);
  RowConvShape s;
  // Of an instruction that its check refuses, too: it loads before it would issue.
  s.load = AtLeastOne(i.Get(field::kRcM3) * i.Get(field::kRcM0) * i.Get(field::kRcR1) *
                      i.Get(field::kRcC1));
  s.last_load = FirstStep(m, a) + run.last_load;
  s.last = FirstStep(m, a) + run.last;
  s.occupancy = s.last + Settle(m, a);
  s.retire =
      s.last + StepToAccumulator(m, m.Channels() - 1, c) + c.pipeline.accumulator_read_to_write;
  s.macs = m.Cycles() * m.Elements();
  for (const RowLoop& loop : loops) s.macs *= loop.bound;
  return s;
}

}  // namespace systole
