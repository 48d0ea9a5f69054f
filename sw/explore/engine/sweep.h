// The exhaustive sweep: every point of a space, or of one shard of it, into a store.
//
// The ids are cut into chunks of equal length; shard i of n has every chunk c with c mod n = i - 1.
// Threads evaluate chunks side by side, the store takes them in order.
#pragma once

#include <cstdint>

#include "sw/explore/engine/store.h"

namespace systole::explore {

// Points of a chunk: a function of the space's size alone, so that stores of shards and resumed
// runs agree.
int64_t ChunkPoints(int64_t points);
int64_t ChunkCount(int64_t points);

// Beyond it a chunk would be too long.
inline constexpr int64_t kMaxSweep = int64_t{1} << 40;

struct SweepResult {
  int64_t planned = 0;     // points of this shard
  int64_t from_store = 0;  // of them, already there
  int64_t evaluated = 0;   // by this run, excluded and infeasible ones included
  bool complete = false;   // false: interrupted
};

// Throws InputError when the store cannot be written.
SweepResult Sweep(const Space& space, Reasons* reasons, Store* store, const Shard& shard,
                  int threads);

}  // namespace systole::explore
