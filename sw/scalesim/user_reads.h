// A read buffer with a given bandwidth (USER mode): which lines of the demand make it fetch, and
// how often.
//
// The non-null words of the prefetch list are cut into chunks of E = ceil(size / 100) words, nl of
// them (the last may be empty). The window of nA chunks starts at chunk 0; while a requested
// address is in no chunk of the window, the window moves on by nP chunks, cyclically: a rotation.
// Rotations depend on the order of the requests alone, not on time. Lines whose words all lie in
// the window are skipped by a search in the list's closed form.
#pragma once

#include <cstdint>

#include "sw/scalesim/prefetch_list.h"

namespace systole::scalesim {

class UserReads {
 public:
  struct Miss {
    int64_t line;
    int64_t rotations;
  };

  UserReads(const Stream& stream, int64_t buffer_words, int64_t bandwidth, bool use_order);

  bool CanMiss() const { return active_ < chunks_; }
  bool Next(Miss* miss);  // the next line that rotates the window; false at the end

  int64_t list_rows() const { return list_rows_; }          // of `bandwidth` words, nulls included
  int64_t fill_rows() const { return fill_rows_; }          // rows of the first fill
  int64_t prefetch_rows() const { return prefetch_rows_; }  // rows a rotation fetches
  int64_t window_words() const {
    return window_words_;
  }  // non-null words that came into the window so far

 private:
  bool InWindow(int64_t chunk) const {
    const int64_t x = chunk - start_;
    return (x < 0 ? x + chunks_ : x) < active_;
  }
  int64_t RotationsTo(int64_t chunk) const {  // for a chunk outside the window
    const int64_t x = chunk - start_;
    return ((x < 0 ? x + chunks_ : x) - active_) / prefetch_ + 1;
  }
  int64_t FirstLoudStep(int64_t block, int64_t step, int64_t last) const;
  int64_t ServeDiagonal(int64_t block, int64_t step);
  int64_t ServeRow(int64_t block, int64_t y);
  void Rotate(int64_t rotations);
  int64_t Request(int64_t position, int64_t x, int64_t step);
  int64_t RotationsToAny(int64_t x, int64_t step, int64_t own);
  int64_t PlaceOf(int64_t m, int64_t k) const;

  Stream s_;
  PrefetchList list_;
  int64_t chunk_words_, chunks_, active_, prefetch_;
  int64_t list_rows_, fill_rows_, prefetch_rows_;
  int64_t start_ = 0;
  int64_t window_words_ = 0;
  int64_t hint_er_ = 0, hint_ec_ = 0;
  int64_t fold_ = 0;
  int64_t step_ = 0;
};

}  // namespace systole::scalesim
