// POST's laws (docs/timing.md):
//
//   tap q reads its accumulator entry in issue + 1 + q, one a cycle, q < T
//   a pixel's bytes are written 10 cycles after its last tap's read
//   retire = issue + T + 10, the last pixel's write
//
// The numbers stand in pipeline.h.
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// T: accumulator reads, which are POST's occupancy.
inline int64_t PostTaps(const Instruction& i, const LawConfig& c) {
  const int chunks = (static_cast<int>(AtLeastOne(i.Get(field::kPoNchan))) + c.lanes - 1) / c.lanes;
  return int64_t{chunks} * AtLeastOne(i.Get(field::kPoNy)) * AtLeastOne(i.Get(field::kPoNx)) *
         AtLeastOne(i.Get(field::kPoNty)) * AtLeastOne(i.Get(field::kPoNtx));
}

inline Cycle PostTap(Cycle issue, int64_t tap, const LawConfig& c) {
  return issue + c.pipeline.issue_to_work + tap;
}

// Pixel n (counted over chunks, rows, columns) of `taps` taps each.
inline Cycle PostWrite(Cycle issue, int64_t n, int64_t taps, const LawConfig& c) {
  return PostTap(issue, (n + 1) * taps - 1, c) + c.pipeline.tap_to_write;
}

// `taps`: PostTaps.
inline Cycle PostRetire(Cycle issue, int64_t taps, const LawConfig& c) {
  return PostWrite(issue, 0, taps, c);
}

}  // namespace systole
