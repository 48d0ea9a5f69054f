// How the row-stationary array shares a convolution out (docs/row_stationary.md).
//
//   element (y, x):  y = s + S1 (c2 + C2 m2)   x = q + Q1 m3
//   its input word k = r' C1 + c', its weight word k M0 + m'
//   its output channel of a step: j = m2 M0 + m'
//
// A step works on one output pixel p of Q1 rows q, on M0 M2 M3 filters, C1 C2 channels, R1 x S1
// taps. Depthwise: row groups m2 take channel m2 and make output m2; C1 = C2 = M0 = M3 = 1.
#pragma once

#include <algorithm>
#include <cstdint>

namespace systole {

// Sizes of the array and its scratch pads (words of a byte; partial sums).
struct RowArray {
  int64_t rows = 12, cols = 14;
  int64_t vector = 16;  // input rows in a vector, a power of two
  int64_t ifmap_spad = 32, wgt_spad = 64, psum_spad = 16;
};

// Products that an element's 24 bits hold before their sum leaves: 511 * 2^14 < 2^23.
inline constexpr int64_t kRowProducts = 511;

// Vectors that bring one input word, at most.
inline constexpr int64_t kRowVectors = 256;

// All counts are 1 or more.
struct RowMapping {
  int64_t m0 = 1;                  // filters in an element
  int64_t c1 = 1, r1 = 1;          // channels, taps along a row in an element
  int64_t s1 = 1, c2 = 1, m2 = 1;  // taps across rows, channels, filters along the array's rows
  int64_t q1 = 1, m3 = 1;          // output rows, filters along its columns
  int64_t hs = 1, ws = 1;          // strides across and along input rows
  bool depthwise = false;

  int64_t Words() const { return r1 * c1; }             // RC, of an input window
  int64_t Cycles() const { return m0 * Words(); }       // W, of a step
  int64_t Channels() const { return m2 * m0; }          // J, that a column delivers in a step
  int64_t Tags() const { return depthwise ? m2 : c2; }  // channels that rows tell apart
  int64_t InputRows() const { return (q1 - 1) * hs + s1; }
  int64_t Slide() const { return std::min(ws, r1) * c1; }  // new words of the next pixel's window
  int64_t RowsUsed() const { return s1 * c2 * m2; }
  int64_t ColumnsUsed() const { return q1 * m3; }
  int64_t Filters() const { return depthwise ? m2 : m0 * m2 * m3; }  // of a step
  int64_t Elements() const { return RowsUsed() * ColumnsUsed(); }
  int64_t Phases(int64_t vector) const { return (InputRows() + vector - 1) / vector; }
  // Vectors that bring one input word to all elements.
  int64_t Vectors(int64_t vector) const { return Tags() * Phases(vector); }
  // Rows of the weight buffer, a byte for each array row, that one set of weights takes.
  int64_t WeightRows() const { return m3 * Cycles(); }
};

// Whether the array has room for it. The ifmap rule: a word may be overwritten when the last group
// of rows, (M2 - 1) M0 cycles late, is done with it.
inline bool Fits(const RowMapping& m, const RowArray& a) {
  return m.RowsUsed() <= a.rows && m.ColumnsUsed() <= a.cols && m.m0 <= a.psum_spad &&
         2 * m.Cycles() <= a.wgt_spad && m.Words() + m.m2 <= a.ifmap_spad &&
         (!m.depthwise || (m.c1 == 1 && m.c2 == 1 && m.m0 == 1 && m.m3 == 1));
}

}  // namespace systole
