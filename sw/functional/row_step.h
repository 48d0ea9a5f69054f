// What one step of the row-stationary array computes (sw/timing/row_mapping.h), whoever holds the
// operands:
//
//   sum(x, j) = sum over s, c2, k of  weight(y, k M0 + m', m3) * input(tag, q Hs + s, k)
//
// x = q + Q1 m3, j = m2 M0 + m', y = s + S1 (c2 + C2 m2), tag = c2 (depthwise: m2).
#pragma once

#include "sw/timing/row_mapping.h"

namespace systole {

// input(tag, row, word) and weight(row, word, group) give int8 values, add(column, channel, sum)
// takes the sums of at most 64 x 31 products each.
template <typename Input, typename Weight, typename Add>
void RowStep(const RowMapping& m, const Input& input, const Weight& weight, const Add& add) {
  for (int64_t m3 = 0; m3 < m.m3; ++m3) {
    for (int64_t q = 0; q < m.q1; ++q) {
      for (int64_t m2 = 0; m2 < m.m2; ++m2) {
        for (int64_t f = 0; f < m.m0; ++f) {
          int32_t sum = 0;
          for (int64_t c2 = 0; c2 < m.c2; ++c2) {
            for (int64_t s = 0; s < m.s1; ++s) {
              const int64_t y = s + m.s1 * (c2 + m.c2 * m2);
              for (int64_t k = 0; k < m.Words(); ++k) {
                sum += int32_t{weight(y, k * m.m0 + f, m3)} *
                       int32_t{input(m.depthwise ? m2 : c2, q * m.hs + s, k)};
              }
            }
          }
          add(q + m.q1 * m3, m2 * m.m0 + f, sum);
        }
      }
    }
  }
}

}  // namespace systole
