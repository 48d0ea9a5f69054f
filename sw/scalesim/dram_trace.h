// The DRAM side of the traces: what SCALE-Sim lists as fetched and written.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/scalesim/python_set.h"
#include "sw/scalesim/stream.h"
#include "sw/scalesim/trace_file.h"
#include "sw/scalesim/user_reads.h"
#include "sw/scalesim/write_buffer.h"

namespace systole::scalesim {

// USER reads: the rows of the prefetch list, stamp first. The first fill lists rows 0 .. n0 - 1.
// After it SCALE-Sim's "next row" never moves on: every prefetch lists the same rows again. With q
// = A mod bandwidth: if the fill is larger than A, the columns from q on of its last row are null,
// also in every later use of that row; so are, in every prefetch, the first q columns of its first
// row and (if it is larger than A) the columns from q on of its last.
class UserReadTrace {
 public:
  UserReadTrace(const Stream& stream, const UserReads& reads, int64_t buffer_words,
                int64_t bandwidth, int64_t offset, const std::string& path);
  void Prefetch(int64_t rotations);
  void Close() { file_.Close(); }

 private:
  void Row(int64_t stamp, int64_t row, bool first, bool last);
  int64_t Element(
      int64_t index) const;  // of the list, nulls included: address without offset, or -1

  Stream s_;
  int64_t bandwidth_, offset_, rows_, prefetch_rows_;
  int64_t start_row_;
  int64_t q_;    // A mod bandwidth
  bool nulled_;  // the fill is larger than A
  int64_t fill_rows_;
  int64_t clock_ = -1;
  TraceFile file_;
};

// CALC reads. The words of 50 sets stand in rows whose width is chosen so that they fit the cycles
// between two boundaries, set after set in the order of a CPython set; a prefetch is padded with
// -1, and rows narrower than the widest of the trace with 1 (SCALE-Sim's slip).
class CalcReadTrace {
 public:
  // `misses`: words fetched in all. `first_cycle`: of the first request. `boundary_cycles`: of all
  // boundaries.
  CalcReadTrace(const Stream& stream, int64_t buffer_words, int64_t offset, int64_t misses,
                int64_t first_cycle, const std::vector<int64_t>& boundary_cycles,
                const std::string& path);
  void Write();

 private:
  void Request(int64_t address);
  void EndSet();
  void Prefetch(int64_t nominal_words);
  int64_t PeriodStart(int64_t prefetch) const;

  Stream s_;
  int64_t set_words_, offset_, misses_;
  int64_t first_cycle_;
  const std::vector<int64_t>& boundaries_;
  int64_t width_ = 0;  // of the widest prefetch
  int64_t prefetches_ = 0;
  int64_t sets_ = 0;  // complete, since the last boundary
  PythonSet set_;
  std::vector<uint64_t> seen_;  // a bit per word of the operand
  std::vector<int64_t> words_;  // of the complete sets since the last boundary
  TraceFile file_;
};

// OFMAP writes: the words in the order of the array, row by row as the write buffer drains them; -1
// pads a row closed early.
class OfmapWriteTrace : public DrainSink {
 public:
  OfmapWriteTrace(const OfmapStream& stream, int64_t bandwidth, int64_t offset,
                  const std::string& path);
  void DrainedRow(int64_t cycle, int64_t words) override;
  void Close() { file_.Close(); }

 private:
  int64_t NextWord();

  OfmapStream s_;
  int64_t bandwidth_, offset_;
  int64_t fold_ = 0, step_ = 0, lane_ = 0;
  TraceFile file_;
};

}  // namespace systole::scalesim
