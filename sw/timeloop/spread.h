// How one step's words reach the children of a level: one read serves all that want the same
// words (multicast; of results: their sum), and a neighbour may pass on what it had.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/timeloop/walk.h"

namespace systole::timeloop {

struct SpreadLoop {
  int64_t bound;
  bool y;
  Vector step;  // along the tensor's axes
};

// Over the whole run of one parent instance.
struct Spread {
  double parent = 0;    // words read from (of results: written to) the parent
  double children = 0;  // words that arrive at children from it
  double links = 0;     // words that arrive from neighbours
};

// The children of one instance. Reused from call to call it allocates nothing.
class Children {
 public:
  // `loops`: the spatial loops, the innermost first, bounds above 1. `fanout_x`, `fanout_y`: of the
  // level, which say who is a neighbour.
  void Set(const SpreadLoop* loops, int count, int64_t fanout_x, int64_t fanout_y, int axes);

  // All children want every step's words from the parent, and equal ones where the loops between
  // them do not index the tensor: for walks by Timeloop's rules. False where neighbours may help or
  // loops overlap.
  bool Simple(const WalkLoop* loops, int count, const Vector& lengths) const;
  Spread SimpleSpread(double words) const { return {words * groups_, words * all_, 0}; }

  Spread Deliver(const Walk& walk);

 private:
  bool MayLink(const Vector& move) const;
  void FindKeys();
  int64_t MarkLinked(const Vector& move);
  int64_t CountGroups();

  const SpreadLoop* loops_ = nullptr;
  int count_ = 0, axes_ = 0;
  int64_t across_ = 1, down_ = 1;
  bool uniform_ = true;  // no two loops step along the same axis
  bool shared_ = false;  // a loop does not index the tensor
  double groups_ = 1, all_ = 1;
  Vector reach_{}, radix_{};
  // Every child's offset as one number, the same for equal offsets alone; differences of offsets
  // are differences of these numbers. Its rank among the different ones, and whether it is linked.
  std::vector<int64_t> keys_, different_;
  std::vector<int32_t> rank_;
  std::vector<uint8_t> linked_, seen_;
};

}  // namespace systole::timeloop
