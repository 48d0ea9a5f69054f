// POST's laws (docs/timing.md):
//
//   tap q reads its source in issue + 1 + q, one a cycle, q < T
//   a pixel's bytes are written 10 cycles after its last tap's read, an addition's 5 cycles later
//   occupancy = T, of an addition T + 5
//   retire = issue + occupancy + 10, the last pixel's write
//
// The numbers stand in pipeline.h.
#pragma once

#include "sw/timing/law_config.h"

namespace systole {

// Does this instruction of POST read the activation buffer, not the accumulators?
inline bool PostReadsActivations(const Instruction& i) {
  return i.opcode() == Opcode::kPostAct || i.opcode() == Opcode::kPostActAdd;
}

inline int64_t PostChannels(const Instruction& i) {
  return AtLeastOne(i.Get(PostReadsActivations(i) ? field::kPaNchan : field::kPoNchan));
}

// Taps of a pixel; the two operands of an addition.
inline int64_t PostTapsOfPixel(const Instruction& i) {
  if (i.opcode() == Opcode::kPostActAdd) return 2;
  const bool act = i.opcode() == Opcode::kPostAct;
  return AtLeastOne(i.Get(act ? field::kPaNty : field::kPoNty)) *
         AtLeastOne(i.Get(act ? field::kPaNtx : field::kPoNtx));
}

// T: reads of the source.
inline int64_t PostTaps(const Instruction& i, const LawConfig& c) {
  const int64_t chunks = (PostChannels(i) + c.lanes - 1) / c.lanes;
  return chunks * AtLeastOne(i.Get(field::kPoNy)) * AtLeastOne(i.Get(field::kPoNx)) *
         PostTapsOfPixel(i);
}

// What an addition takes longer.
inline int PostExtra(const Instruction& i, const LawConfig& c) {
  return i.opcode() == Opcode::kPostActAdd ? c.pipeline.add_to_write : 0;
}

// Cycles from issue until the next instruction of POST may issue.
inline int64_t PostOccupancy(const Instruction& i, const LawConfig& c) {
  return PostTaps(i, c) + PostExtra(i, c);
}

// Waits until every earlier instruction of POST has retired?
inline bool PostWaits(const Instruction& i) {
  return PostReadsActivations(i) && i.Get(field::kPaAfter) != 0;
}

inline Cycle PostTap(Cycle issue, int64_t tap, const LawConfig& c) {
  return issue + c.pipeline.issue_to_work + tap;
}

// Pixel n, counted over chunks, rows, columns.
inline Cycle PostWrite(Cycle issue, int64_t n, const Instruction& i, const LawConfig& c) {
  return PostTap(issue, (n + 1) * PostTapsOfPixel(i) - 1, c) + c.pipeline.tap_to_write +
         PostExtra(i, c);
}

inline Cycle PostRetire(Cycle issue, const Instruction& i, const LawConfig& c) {
  return PostTap(issue, PostOccupancy(i, c) - 1, c) + c.pipeline.tap_to_write;
}

}  // namespace systole
