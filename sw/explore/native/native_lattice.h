// A lattice of design points for measuring how fast the native cost model is: every combination of
// the values below.
#pragma once

#include <cstdint>

#include "sw/isa/config.h"
#include "sw/program/program.h"
#include "sw/timing/laws.h"

namespace systole::explore {

struct LatticePoint {
  HwConfig config;
  ProgramOptions options;  // images = batch: one run of one batch, from an idle machine
  MemoryTiming memory;
};

// Arrays of 8 to 64 rows and columns: smaller ones need many more instructions an image, so take
// longer. Buffers are ones that LeNet-5 mostly fits. The memory's latencies are the fastest axis,
// the others those that change the program.
namespace lattice {
inline constexpr int kLatency[] = {5, 10, 20, 30, 50, 75, 100, 150};
inline constexpr int kOutstanding[] = {2, 4, 8, 16};
inline constexpr int kQueueDepth[] = {4, 8, 16};
inline constexpr int kAxiDataWidth[] = {32, 64, 128};
inline constexpr int kRows[] = {8, 10, 12, 14, 16, 20, 24, 25, 28, 30, 32, 40, 48, 50, 56, 64};
inline constexpr int kCols[] = {8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64};
inline constexpr int kWport[] = {1, 2, 4};
inline constexpr int kLanes[] = {2, 4, 8};
inline constexpr int kAccDepth[] = {64, 96, 128, 192, 256};
inline constexpr int kActKib[] = {32, 64};
inline constexpr int kWgtKib[] = {128, 256};
inline constexpr int kBatch[] = {1, 2, 4, 8};
inline constexpr bool kFusePool[] = {true, false};
}  // namespace lattice

int64_t LatticeSize();
inline constexpr int kLatticeLatencies = 8;
// Points [i * kLatticeLatencies, (i + 1) * kLatticeLatencies) differ in the memory's latency only.
LatticePoint PointOfLattice(int64_t index);

// The `n`th draw of 0 .. size - 1: a permutation (multiplication by a number that has no factor in
// common with size), so no two draws are the same. 0 <= n < size.
int64_t Draw(int64_t n, int64_t size);

}  // namespace systole::explore
