// The OFMAP buffer: collects words in rows of `bandwidth` and drains half of its size when more
// than that is in it.
//
// A drain starts when no other is running and the words since stored exceed half; it closes the
// open row and writes ceil(half / bandwidth) rows, one a cycle. While it runs, words go on to be
// stored; when no space is left, the array stalls until the drain has ended. Rows closed early
// count as full later on, except as the last of a drain: so the books can hold more free space than
// there is. Only lines at which something happens are looked at.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/scalesim/stream.h"

namespace systole::scalesim {

// Hears of every row that is drained: its cycle and how many words are in it.
class DrainSink {
 public:
  virtual ~DrainSink() = default;
  virtual void DrainedRow(int64_t cycle, int64_t words) = 0;
};

class WriteBuffer {
 public:
  WriteBuffer(const OfmapStream& stream, int64_t buffer_words, int64_t bandwidth);

  // The next line from `from_line` on at which a drain starts or the array stalls, if no other
  // stall than the `stalls` so far comes; -1: none.
  int64_t NextLine(int64_t from_line, int64_t stalls) const;
  // Serves the words of `line`, reached at `cycle`, and those of the lines before it. Returns the
  // stall cycles.
  int64_t ServeLine(int64_t line, int64_t cycle);
  // Drains what is left from `cycle` on.
  void Finish(int64_t cycle);

  void set_sink(DrainSink* sink) { sink_ = sink; }

  int64_t drain_end() const { return drain_end_; }
  int64_t words_written() const { return written_; }
  int64_t first_cycle() const { return first_cycle_; }
  int64_t last_cycle() const {
    return last_cycle_;
  }  // of the last row; drains can overlap at the end
  int64_t latest_cycle() const { return latest_cycle_; }  // of all rows

 private:
  struct ShortRow {
    int64_t row;
    int64_t words;
  };
  // First in, first out; a few need no allocation.
  class ShortRows {
   public:
    size_t size() const { return near_count_ + far_.size(); }
    const ShortRow& operator[](size_t i) const {
      return i < near_count_ ? near_[i] : far_[i - near_count_];
    }
    void Push(const ShortRow& row);
    void Drop(size_t count);

   private:
    ShortRow near_[8] = {};
    size_t near_count_ = 0;
    std::vector<ShortRow> far_;
  };
  void Store(int64_t words);
  void CloseRow();
  void Drain(int64_t cycle);

  OfmapStream s_;
  int64_t total_, size_, half_, bandwidth_, drain_rows_;
  int64_t free_;
  int64_t stored_ = 0;      // words, of the layer
  int64_t open_words_ = 0;  // in the open row
  int64_t rows_ = 0;        // closed
  int64_t drained_rows_ = 0;
  int64_t drain_end_ = 0;
  int64_t written_ = 0;
  int64_t first_cycle_ = 0;
  int64_t last_cycle_ = 0;
  int64_t latest_cycle_ = 0;
  DrainSink* sink_ = nullptr;
  ShortRows short_rows_;  // closed early and not yet drained
};

}  // namespace systole::scalesim
