#include "sw/scalesim/write_buffer.h"

namespace systole::scalesim {

WriteBuffer::WriteBuffer(const OfmapStream& stream, int64_t buffer_words, int64_t bandwidth)
    : s_(stream),
      total_(stream.TotalWords()),
      size_(buffer_words),
      half_(buffer_words - CeilDiv(buffer_words, 2)),
      bandwidth_(bandwidth),
      drain_rows_(CeilDiv(half_, bandwidth)),
      free_(buffer_words) {}

int64_t WriteBuffer::NextLine(int64_t from_line, int64_t stalls) const {
  const int64_t next = s_.WordsBefore(from_line) + 1;
  const int64_t drain_word = std::max(next, stored_ + free_ - (size_ - half_) + 1);
  if (drain_word > total_) return -1;
  const int64_t drain_line = s_.LineOfWord(drain_word);
  if (drain_line + stalls >= drain_end_) return drain_line;
  const int64_t full_word = std::max(next, stored_ + free_);
  if (full_word <= total_) {
    const int64_t full_line = s_.LineOfWord(full_word);
    if (full_line + stalls < drain_end_) return full_line;
  }
  const int64_t word = std::max(drain_word, s_.WordsBefore(drain_end_ - stalls) + 1);
  return word > total_ ? -1 : s_.LineOfWord(word);
}

int64_t WriteBuffer::ServeLine(int64_t line, int64_t cycle) {
  Store(s_.WordsBefore(line) - stored_);
  int64_t now = cycle;
  for (int64_t left = s_.WordsBefore(line + 1) - stored_; left > 0; --left) {
    Store(1);
    if (now < drain_end_) {
      if (free_ <= 0) now = drain_end_;
    } else if (free_ < size_ - half_) {
      CloseRow();
      Drain(now);
    }
  }
  return now - cycle;
}

void WriteBuffer::Store(int64_t words) {
  stored_ += words;
  free_ -= words;
  open_words_ += words;
  rows_ += open_words_ / bandwidth_;
  open_words_ %= bandwidth_;
}

void WriteBuffer::CloseRow() {
  if (open_words_ == 0) return;
  short_rows_.Push({rows_++, open_words_});
  open_words_ = 0;
}

void WriteBuffer::Drain(int64_t cycle) {
  if (drained_rows_ == 0) first_cycle_ = cycle;
  const int64_t end = std::min(drained_rows_ + drain_rows_, rows_);
  int64_t words = (end - drained_rows_) * bandwidth_;
  if (sink_) {
    size_t short_row = 0;
    for (int64_t row = drained_rows_; row < end; ++row) {
      const bool is_short = short_row < short_rows_.size() && short_rows_[short_row].row == row;
      sink_->DrainedRow(cycle + row - drained_rows_,
                        is_short ? short_rows_[short_row++].words : bandwidth_);
    }
  }
  size_t gone = 0;
  for (; gone < short_rows_.size() && short_rows_[gone].row < end; ++gone) {
    if (short_rows_[gone].row == end - 1) words -= bandwidth_ - short_rows_[gone].words;
  }
  short_rows_.Drop(gone);
  written_ += words;
  free_ += words;
  drain_end_ = last_cycle_ = cycle + end - drained_rows_ - 1;
  latest_cycle_ = std::max(latest_cycle_, last_cycle_);
  drained_rows_ = end;
}

void WriteBuffer::ShortRows::Push(const ShortRow& row) {
  if (far_.empty() && near_count_ < std::size(near_)) {
    near_[near_count_++] = row;
  } else {
    far_.push_back(row);
  }
}

void WriteBuffer::ShortRows::Drop(size_t count) {
  const size_t near = std::min(count, near_count_);
  std::copy(near_ + near, near_ + near_count_, near_);
  near_count_ -= near;
  far_.erase(far_.begin(), far_.begin() + (count - near));
}

void WriteBuffer::Finish(int64_t cycle) {
  Store(total_ - stored_);
  CloseRow();
  while (drained_rows_ < rows_) {
    Drain(cycle);
    cycle = drain_end_ + 1;
  }
}

}  // namespace systole::scalesim
