// Actions of a RowConv (docs/row_stationary.md), closed forms of its fields.
//
// T steps, F sets of weights, P elements in use, D words of new windows: RC for the first and after
// every move of y, b or the slice, min(Ws, R1) C1 after one of x; V vectors bring a word.
//
//   mac = filter_read = T W P             filter_fill = F W P
//   ifmap_fill = D P                      ifmap_read = T RC P
//   psum_read = psum_write = T (W - M0) P
//   gather_read = D TAGS NH               vector = D V ROWS (RS_ROWS - 1)
//   weight_read = F M3 W ROWS             skew = F M3 W RS_ROWS (RS_ROWS - 1) / 2
//   sum_write = T J Q1 M3                 sum_read = (T - First T / F) J Q1 M3
//   chain_add = T M0 RS_COLS (rows in use)
//   chain_pass = T M0 RS_COLS (sum over m2 of RS_ROWS - S1 C2 m2)
//
// Control is a row's: all RS_COLS columns of a row in use do what it says, all rows take weights,
// and every element takes the vectors of its place. What elements outside the mapping do is idle_*.
// The first round of a filter's products reads no sum, the last one puts its sum into the chain.
#pragma once

#include "sw/timing/actions.h"

namespace systole {

void CountRowConv(const Instruction& instruction, const LawConfig& laws, ActionCounts* counts);

}  // namespace systole
