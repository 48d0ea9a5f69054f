// The list from which SCALE-Sim prefetches an operand in USER mode, as positions of its non-null
// words.
//
// Streamed operands: the blocks (T rows x width lanes) stacked, read along anti-diagonals, row
// descending, lane ascending; because the blocks are stacked first, the list interleaves
// neighbouring blocks while the array does not. The stationary operand: per column fold its Sr
// rows, row by row, although the array takes the rows last first. With `use_order` (the corrected
// model) the list is the order in which the array asks.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/scalesim/stream.h"

namespace systole::scalesim {

class PrefetchList {
 public:
  PrefetchList(const Stream& stream, bool use_order);

  int64_t words() const { return words_; }  // non-null words
  int64_t elements() const {
    return elements_;
  }  // with the nulls of unused rows and columns and of overhanging windows

  // Streamed: position of the first word on the diagonal of the list that carries line `step` of a
  // block, of the first word of the next diagonal, and of one word. Lines of a block have
  // ascending, contiguous positions.
  int64_t DiagonalStart(int64_t block, int64_t step) const;
  int64_t Position(int64_t block, int64_t t, int64_t lane) const;
  // Stationary: position of the first word of row `y` of the operand in column fold `block`, and of
  // one word of it.
  int64_t RowStart(int64_t block, int64_t y) const;
  int64_t RowPosition(int64_t block, int64_t y, int64_t lane) const;

 private:
  void CountOverhang();
  int64_t OverhangBefore(int64_t d, int64_t lane) const;

  Stream s_;
  bool use_order_;
  int64_t elements_ = 0;
  int64_t words_ = 0;
  int64_t null_row_ =
      0;  // first stacked row of the last block, whose lanes from null_lane_ on are null
  int64_t null_lane_ = 0;
  std::vector<uint32_t>
      overhang_;  // words missing before each diagonal or row; empty if none overhangs
};

}  // namespace systole::scalesim
