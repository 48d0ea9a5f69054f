#include "sw/scalesim/user_reads.h"

#include <limits>

namespace systole::scalesim {

UserReads::UserReads(const Stream& stream, int64_t buffer_words, int64_t bandwidth, bool use_order)
    : s_(stream), list_(stream, use_order) {
  const int64_t active_words = CeilDiv(buffer_words, 2),
                prefetch_words = buffer_words - active_words;
  chunk_words_ = CeilDiv(buffer_words, 100);
  chunks_ = list_.words() / chunk_words_ + 1;
  active_ = std::min(CeilDiv(active_words, chunk_words_), chunks_);
  prefetch_ = std::min(CeilDiv(prefetch_words, chunk_words_), chunks_ - active_);
  list_rows_ = CeilDiv(list_.elements(), bandwidth);
  fill_rows_ = std::min(CeilDiv(active_words, bandwidth), list_rows_);
  prefetch_rows_ = CeilDiv(prefetch_words, bandwidth);
  window_words_ = std::min(list_.words(), active_ * chunk_words_);
}

bool UserReads::Next(Miss* miss) {
  if (!CanMiss()) return false;
  const Geometry& g = s_.g;
  for (; fold_ < g.folds; ++fold_, step_ = 0) {
    const int64_t block = s_.Block(fold_);
    if (s_.stationary) {
      const int64_t row_fold = fold_ % g.fr, used = g.UsedRows(row_fold);
      while (step_ < used) {
        const int64_t q = used - 1 - step_++;
        const int64_t rotations = ServeRow(block, row_fold * g.rows + q);
        if (rotations > 0) {
          *miss = {fold_ * g.fold_lines + g.rows - 1 - q, rotations};
          return true;
        }
      }
    } else {
      const int64_t last = s_.t + s_.Lanes(block) - 2;
      while ((step_ = FirstLoudStep(block, step_, last)) <= last) {
        const int64_t rotations = ServeDiagonal(block, step_++);
        if (rotations > 0) {
          *miss = {fold_ * g.fold_lines + s_.base + step_ - 1, rotations};
          return true;
        }
      }
    }
  }
  return false;
}

// The first step from `step` on whose diagonal of the list is not wholly in the window, or last
// + 1.
int64_t UserReads::FirstLoudStep(int64_t block, int64_t step, int64_t last) const {
  if (step > last) return last + 1;
  const int64_t end = start_ + active_;
  const int64_t position = list_.DiagonalStart(block, step);
  int64_t limit;
  if (position >= start_ * chunk_words_) {
    limit = end > chunks_ ? std::numeric_limits<int64_t>::max() : end * chunk_words_;
  } else if (end > chunks_ && position < (end - chunks_) * chunk_words_) {
    limit = (end - chunks_) * chunk_words_;
  } else {
    return step;
  }
  int64_t low = step, high = last + 1;  // the answer
  while (low < high) {
    const int64_t mid = (low + high) / 2;
    if (list_.DiagonalStart(block, mid + 1) > limit) {
      high = mid;
    } else {
      low = mid + 1;
    }
  }
  return low;
}

int64_t UserReads::ServeDiagonal(int64_t block, int64_t step) {
  const int64_t first = std::max<int64_t>(0, step - s_.t + 1),
                last = std::min(s_.Lanes(block) - 1, step);
  const int64_t x = block * s_.width;
  const int64_t position = list_.Position(block, step - first, first);
  int64_t rotations = 0;
  if (s_.Overhangs()) {
    int64_t p = position;
    for (int64_t j = first; j <= last; ++j) {
      if (s_.Address(x + j, step - j) >= 0) rotations += Request(p++, x + j, step - j);
    }
    return rotations;
  }
  for (int64_t j = first; j <= last;) {
    const int64_t p = position + j - first, chunk = p / chunk_words_;
    if (InWindow(chunk)) {
      j += (chunk + 1) * chunk_words_ - p;
    } else {
      rotations += Request(p, x + j, step - j);
      ++j;
    }
  }
  return rotations;
}

int64_t UserReads::ServeRow(int64_t block, int64_t y) {
  const int64_t lanes = s_.Lanes(block), x = block * s_.width;
  const int64_t position = list_.RowStart(block, y);
  int64_t rotations = 0;
  if (s_.Overhangs()) {
    int64_t p = position;
    for (int64_t j = 0; j < lanes; ++j) {
      if (s_.Address(x + j, y) >= 0) rotations += Request(p++, x + j, y);
    }
    return rotations;
  }
  for (int64_t j = 0; j < lanes;) {
    const int64_t p = position + j, chunk = p / chunk_words_;
    if (InWindow(chunk)) {
      j += (chunk + 1) * chunk_words_ - p;
    } else {
      rotations += Request(p, x + j, y);
      ++j;
    }
  }
  return rotations;
}

// One request whose own place in the list is `position`; rotates until its address is in the
// window.
int64_t UserReads::Request(int64_t position, int64_t x, int64_t step) {
  const int64_t chunk = position / chunk_words_;
  if (InWindow(chunk)) return 0;
  int64_t rotations = RotationsTo(chunk);
  if (!s_.Distinct()) rotations = RotationsToAny(x, step, rotations);
  Rotate(rotations);
  return rotations;
}

void UserReads::Rotate(int64_t rotations) {
  // Chunks first .. first + entering - 1 (cyclically) come in; all have E words but the last of the
  // list.
  const int64_t entering = rotations * prefetch_, first = (start_ + active_) % chunks_;
  const int64_t last_chunks = (first + entering) / chunks_;
  window_words_ += entering * chunk_words_ - last_chunks * (chunks_ * chunk_words_ - list_.words());
  start_ = (start_ + entering) % chunks_;
}

// The same ifmap word stands in the list once for every window that covers it: the nearest place
// counts. The neighbour that answered last time is asked first.
int64_t UserReads::RotationsToAny(int64_t x, int64_t step, int64_t own) {
  const Geometry& g = s_.g;
  int64_t m, k;
  s_.Element(x, step, &m, &k);
  k = g.DenseK(k);
  const int64_t own_er = m / g.ew, own_ec = m % g.ew, z = k % g.ch;
  const int64_t i = own_er * g.sh + k / (g.fw * g.ch), j = own_ec * g.sw + k / g.ch % g.fw;
  const int64_t er_begin = i < g.fh ? 0 : (i - g.fh) / g.sh + 1,
                er_end = std::min(g.eh, i / g.sh + 1);
  const int64_t ec_begin = j < g.fw ? 0 : (j - g.fw) / g.sw + 1,
                ec_end = std::min(g.ew, j / g.sw + 1);
  int64_t best = own;
  const auto hit = [&](int64_t er, int64_t ec) {
    int64_t kept = ((i - er * g.sh) * g.fw + j - ec * g.sw) * g.ch + z;
    if (g.Sparse()) {
      if (kept % g.keep_m >= g.keep_n) return false;
      kept = kept / g.keep_m * g.keep_n + kept % g.keep_m;
    }
    const int64_t chunk = PlaceOf(er * g.ew + ec, kept) / chunk_words_;
    if (InWindow(chunk)) return true;
    best = std::min(best, RotationsTo(chunk));
    return false;
  };
  const int64_t last_er = own_er + hint_er_, last_ec = own_ec + hint_ec_;
  if (last_er >= er_begin && last_er < er_end && last_ec >= ec_begin && last_ec < ec_end &&
      hit(last_er, last_ec))
    return 0;
  for (int64_t er = er_begin; er < er_end; ++er) {
    for (int64_t ec = ec_begin; ec < ec_end; ++ec) {
      if (!hit(er, ec)) continue;
      hint_er_ = er - own_er;
      hint_ec_ = ec - own_ec;
      return 0;
    }
  }
  return best;
}

// Position in the list of element k (of those kept) of window m.
int64_t UserReads::PlaceOf(int64_t m, int64_t k) const {
  if (s_.stationary) return list_.RowPosition(m / s_.width, k, m % s_.width);
  if (s_.g.dataflow == Dataflow::kOs) return list_.Position(m / s_.width, k, m % s_.width);
  return list_.Position(k / s_.width, m, k % s_.width);
}

}  // namespace systole::scalesim
