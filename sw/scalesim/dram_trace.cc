#include "sw/scalesim/dram_trace.h"

namespace systole::scalesim {

UserReadTrace::UserReadTrace(const Stream& stream, const UserReads& reads, int64_t buffer_words,
                             int64_t bandwidth, int64_t offset, const std::string& path)
    : s_(stream),
      bandwidth_(bandwidth),
      offset_(offset),
      rows_(reads.list_rows()),
      prefetch_rows_(reads.prefetch_rows()),
      fill_rows_(reads.fill_rows()),
      file_(path) {
  const int64_t active = CeilDiv(buffer_words, 2);
  q_ = active % bandwidth;
  nulled_ = fill_rows_ * bandwidth > active;
  start_row_ = (nulled_ ? fill_rows_ : fill_rows_ + 1) % rows_;
  for (int64_t row = 0; row < fill_rows_; ++row) Row(row - fill_rows_, row, false, false);
}

void UserReadTrace::Prefetch(int64_t rotations) {
  for (; rotations > 0; --rotations) {
    for (int64_t i = 0; i < prefetch_rows_; ++i) {
      Row(clock_ + 2 + i, (start_row_ + i) % rows_, i == 0, i == prefetch_rows_ - 1);
    }
    clock_ += prefetch_rows_ + 1;
  }
}

void UserReadTrace::Row(int64_t stamp, int64_t row, bool first, bool last) {
  const int64_t begin = nulled_ && first ? q_ : 0;
  const int64_t end = nulled_ && (last || row == fill_rows_ - 1) ? q_ : bandwidth_;
  file_.Real(stamp);
  for (int64_t col = 0; col < bandwidth_; ++col) {
    const int64_t address = col >= begin && col < end ? Element(row * bandwidth_ + col) : -1;
    file_.Real(address < 0 ? -1 : address + offset_);
  }
  file_.EndRow();
}

int64_t UserReadTrace::Element(int64_t index) const {
  const int64_t rows = s_.blocks * s_.t;
  if (index >= rows * s_.width) return -1;
  int64_t row, col;
  if (s_.stationary) {
    row = index / s_.width;
    col = index % s_.width;
  } else {
    const int64_t d = DiagonalOf(rows, s_.width, index + 1);
    col = std::max<int64_t>(0, d - rows + 1) + index - DiagonalCount(rows, s_.width, d);
    row = d - col;
  }
  const int64_t x = row / s_.t * s_.width + col;
  return x < s_.extent ? s_.Address(x, row % s_.t) : -1;
}

CalcReadTrace::CalcReadTrace(const Stream& stream, int64_t buffer_words, int64_t offset,
                             int64_t misses, int64_t first_cycle,
                             const std::vector<int64_t>& boundary_cycles, const std::string& path)
    : s_(stream),
      set_words_(buffer_words / 100),
      offset_(offset),
      misses_(misses),
      first_cycle_(first_cycle),
      boundaries_(boundary_cycles),
      file_(path) {
  const Geometry& g = s_.g;
  const int64_t words = s_.operand == Operand::kFilter ? g.n * g.dense_k : g.h * g.w * g.ch;
  seen_.assign((words + 63) / 64, 0);
}

namespace {

// Calls request(address, line) for all requests in their order.
template <typename Visit>
void ForEachRequest(const Stream& s, Visit visit) {
  const Geometry& g = s.g;
  for (int64_t fold = 0; fold < g.folds; ++fold) {
    const int64_t block = s.Block(fold), lanes = s.Lanes(block), x = block * s.width;
    if (s.stationary) {
      const int64_t first = fold % g.fr * g.rows;
      for (int64_t q = g.UsedRows(fold % g.fr) - 1; q >= 0; --q) {
        for (int64_t j = 0; j < lanes; ++j) visit(s.Address(x + j, first + q));
      }
      continue;
    }
    for (int64_t step = 0; step < s.t + lanes - 1; ++step) {
      for (int64_t j = std::max<int64_t>(0, step - s.t + 1); j < lanes && j <= step; ++j) {
        visit(s.Address(x + j, step - j));
      }
    }
  }
}

}  // namespace

// Cycle at which the words of a prefetch other than the first begin to be fetched.
int64_t CalcReadTrace::PeriodStart(int64_t prefetch) const {
  return (prefetch == 1 ? first_cycle_ - 2 : boundaries_[prefetch - 2]) + 1;
}

void CalcReadTrace::Write() {
  const int64_t count = static_cast<int64_t>(boundaries_.size()), full = 50 * set_words_;
  width_ = 10;
  for (int64_t i = 1; i <= count; ++i) {  // those that end at boundary i: full ones, then the tail
    const int64_t words =
        i < count ? full : CeilDiv(misses_ - count * full, set_words_) * set_words_;
    width_ = std::max(width_, CeilDiv(words, boundaries_[i - 1] - PeriodStart(i) + 1));
  }
  ForEachRequest(s_, [this](int64_t address) {
    if (address >= 0) Request(address);
  });
  if (set_.size() > 0) EndSet();
  Prefetch(sets_ * set_words_);
  file_.Close();
}

void CalcReadTrace::Request(int64_t address) {
  uint64_t& bits = seen_[address >> 6];
  const uint64_t bit = uint64_t{1} << (address & 63);
  if (bits & bit) return;
  bits |= bit;
  set_.Insert(address + offset_);
  if (set_.size() < set_words_) return;
  EndSet();
  if (sets_ < 50) return;
  Prefetch(50 * set_words_);
  std::fill(seen_.begin(), seen_.end(), 0);
}

void CalcReadTrace::EndSet() {
  set_.ForEach([this](int64_t value) { words_.push_back(value); });
  set_.Clear();
  ++sets_;
}

void CalcReadTrace::Prefetch(int64_t nominal_words) {
  const int64_t count = static_cast<int64_t>(boundaries_.size());
  int64_t begin, end, width;  // cycles before latency, words a row
  if (prefetches_ == 0) {
    end = (count > 0 ? first_cycle_ : 0) - 2;
    begin = end - CeilDiv(nominal_words, 10) + 1;
    width = 10;
  } else {
    begin = PeriodStart(prefetches_);
    end = boundaries_[prefetches_ - 1];
    width = CeilDiv(nominal_words, end - begin + 1);
  }
  const int64_t all = static_cast<int64_t>(words_.size());
  int64_t next = 0;
  for (int64_t cycle = begin; cycle <= end; ++cycle) {
    file_.Real(cycle + 1);
    for (int64_t col = 0; col < width; ++col) file_.Real(next < all ? words_[next++] : -1);
    for (int64_t col = width; col < width_; ++col) file_.Real(1);
    file_.EndRow();
  }
  words_.clear();
  sets_ = 0;
  ++prefetches_;
}

OfmapWriteTrace::OfmapWriteTrace(const OfmapStream& stream, int64_t bandwidth, int64_t offset,
                                 const std::string& path)
    : s_(stream), bandwidth_(bandwidth), offset_(offset), file_(path) {}

void OfmapWriteTrace::DrainedRow(int64_t cycle, int64_t words) {
  file_.Real(cycle);
  for (int64_t i = 0; i < bandwidth_; ++i) file_.Real(i < words ? NextWord() + offset_ : -1);
  file_.EndRow();
}

int64_t OfmapWriteTrace::NextWord() {
  for (;;) {
    const int64_t steps = s_.Steps(fold_), lanes = s_.Lanes(fold_);
    lane_ = std::max(lane_, step_ - steps + 1);
    if (lane_ < lanes && lane_ <= step_) {
      const int64_t lane = lane_++;
      return s_.Address(fold_, step_ - lane, lane);
    }
    lane_ = 0;
    if (++step_ == steps + lanes - 1) {
      step_ = 0;
      ++fold_;
    }
  }
}

}  // namespace systole::scalesim
