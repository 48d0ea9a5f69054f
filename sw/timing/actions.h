// Actions of the hardware, and how many an instruction takes: closed forms of its fields.
//
// M vectors, F slices, wl rows of weights a bank (docs/timing.md), L lanes in use of a slice; T
// taps of POST, `pixels` counted over chunks of LANES channels:
//
//   pass = M F ROWS COLS                  mac as the counter MACs, idle_mac = pass - mac
//   weight_read = F wl WPORT ROWS         weight_shift = F WPORT ROWS wl (wl + 1) / 2
//   weight_swap = F ROWS COLS             skew = (M F + F wl WPORT) ROWS (ROWS - 1) / 2
//   gather_read = M (sum of L)            offset_read = 2 F ROWS
//   sum_write = M F (COLS + ROW_SUM)      sum_read = M (F - First) (COLS + ROW_SUM)
// Output stationary (F tiles, all L together):
//   weight_read = M F WPORT ROWS          weight_shift = 0
//   weight_swap = max(M, ROWS - 1) F ROWS COLS
//   drain = F COLS ROWS (ROWS - 1) / 2    skew = (P F + M F WPORT) ROWS (ROWS - 1) / 2
//   sum_write = L (COLS + ROW_SUM)        sum_read = (1 - First) L (COLS + ROW_SUM)
// Input stationary (M filters, F folds of X pixels, all L of all tiles' slices together; First of
// each of Nb tiles):
//   weight_read = M F ROWS                weight_shift = F ROWS X (X + 1) / 2
//   weight_swap = F ROWS COLS             skew = (M F + X F) ROWS (ROWS - 1) / 2
//   gather_read = X L                     sum_write = M F X
//   sum_read = M (F - First Nb) X
//
// Row stationary: sw/timing/row_actions.h.
//
//   tap_read = T (COLS + ROW_SUM)         tap = channels x pixels x taps of a pixel
//   param_read = (pixels + 3 of an addition) LANES
//   requantize = channels of all pixels, of an addition LANES for each pixel
#pragma once

#include <array>
#include <cstdint>

#include "sw/timing/law_config.h"

namespace systole {

enum class Action : int {
#define ACTION(name, engine, unit, meaning) name,
#include "sw/timing/actions.def"
};

struct ActionInfo {
  const char* name;
  int engine;  // 0 to 3 as enum Engine, 4 the fetch unit
  const char* unit;
  const char* meaning;
};
inline constexpr ActionInfo kActions[] = {
#define ACTION(name, engine, unit, meaning) {#name, engine, unit, meaning},
#include "sw/timing/actions.def"
};
inline constexpr int kNumActions = static_cast<int>(sizeof(kActions) / sizeof(kActions[0]));
inline constexpr int kFetchUnit = kNumEngines;

struct ActionCounts {
  std::array<int64_t, kNumActions> count{};

  int64_t& operator[](Action a) { return count[static_cast<size_t>(a)]; }
  int64_t operator[](Action a) const { return count[static_cast<size_t>(a)]; }
  ActionCounts& operator+=(const ActionCounts& o) {
    for (size_t i = 0; i < count.size(); ++i) count[i] += o.count[i];
    return *this;
  }
  ActionCounts operator-(const ActionCounts& o) const {
    ActionCounts d;
    for (size_t i = 0; i < count.size(); ++i) d.count[i] = count[i] - o.count[i];
    return d;
  }
  bool operator==(const ActionCounts& o) const { return count == o.count; }
};

// Of a legal instruction that ends well, its fetch included. Any words are safe to give.
ActionCounts CountActions(const Instruction& instruction, const HwConfig& config);

}  // namespace systole
