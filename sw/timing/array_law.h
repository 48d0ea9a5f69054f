// What the scheduler asks of an instruction of MATMUL, whichever array is built: a Matmul
// (matmul_law.h) or a RowConv (row_conv_law.h).
#pragma once

#include "sw/timing/matmul_law.h"
#include "sw/timing/row_conv_law.h"

namespace systole {

// Cycles from the issue, but for `load`.
struct ArrayTimes {
  int64_t load = 1;       // slots of the first weights, which end with the issue at the latest
  int64_t last_load = 0;  // from then on the next instruction's weights may load
  int64_t occupancy = 1;
  bool input = false;   // input stationary, and
  int64_t settled = 0;  // from when on one that is not may issue
  int64_t retire = 0;
  int64_t macs = 0;
};

inline ArrayTimes TimesOf(const Instruction& i, const LawConfig& c) {
  if (i.opcode() == Opcode::kRowConv) {
    const RowConvShape s = ShapeOfRowConv(i, c);
    ArrayTimes t;
    t.load = s.load;
    t.last_load = s.last_load;
    t.occupancy = s.occupancy;
    t.retire = s.retire;
    t.macs = s.macs;
    return t;
  }
  const MatmulShape s = ShapeOfMatmul(i, c);
  ArrayTimes t;
  t.load = s.load;
  t.last_load = WeightsFree(0, s, c);
  t.occupancy = s.Occupancy();
  t.input = s.pixels > 0;
  t.settled = t.input ? Settled(0, s, c) : 0;
  t.retire = MatmulRetire(0, s, c);
  t.macs = s.macs;
  return t;
}

}  // namespace systole
