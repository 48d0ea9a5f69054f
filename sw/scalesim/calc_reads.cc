#include "sw/scalesim/calc_reads.h"

namespace systole::scalesim {
namespace {

// Collects boundaries.
class Boundaries {
 public:
  Boundaries(std::vector<int64_t>* lines, bool every) : every_(every || lines), lines_(lines) {}

  void Add(int64_t line) {
    if (result.boundaries >= 2 && result.last_boundary_line == line && result.crowded_line < 0) {
      result.crowded_line = line;
    }
    ++result.boundaries;
    result.last_boundary_line = line;
    if (lines_) lines_->push_back(line);
  }

  // `count` boundaries, the i-th (from 1) on line_of(i). All are looked at only if someone wants to
  // know.
  template <typename LineOf>
  void AddMany(int64_t count, LineOf line_of) {
    if (count == 0) return;
    if (every_) {
      for (int64_t i = 1; i <= count; ++i) Add(line_of(i));
    } else {
      result.boundaries += count - 1;
      Add(line_of(count));
    }
  }

  CalcFetches result;

 private:
  bool every_;
  std::vector<int64_t>* lines_;
};

// Line of the index-th request (from 0) of a stream without overhang.
int64_t LineOfRequest(const Stream& s, int64_t index) {
  const Geometry& g = s.g;
  int64_t block, fold, rest;
  if (s.by_cols) {  // os filter: each block Fr times; stationary: its Fr row folds
    const int64_t repeats = s.stationary ? 1 : g.fr;
    block = index / (s.t * s.width * repeats);
    rest = index - block * s.t * s.width * repeats;
    const int64_t lanes = s.Lanes(block);
    if (s.stationary) {
      const int64_t y = rest / lanes, row_fold = y / g.rows;
      fold = block * g.fr + row_fold;
      return fold * g.fold_lines + g.rows - g.UsedRows(row_fold) + y % g.rows;
    }
    fold = block * g.fr + rest / (s.t * lanes);
    rest %= s.t * lanes;
  } else {
    const int64_t pass = s.t * s.extent;
    rest = index % pass;
    block = rest / (s.t * s.width);
    fold = index / pass * g.fr + block;
    rest -= block * s.t * s.width;
  }
  return fold * g.fold_lines + s.base + DiagonalOf(s.t, s.Lanes(block), rest + 1);
}

// Every request is a miss: no word comes again within W misses.
void AllMiss(const Stream& s, int64_t window, Boundaries* b) {
  b->result.misses = s.t * s.extent * (s.stationary ? 1 : s.g.fc);
  b->AddMany(b->result.misses / window,
             [&](int64_t i) { return LineOfRequest(s, i * window - 1); });
}

// os filter: Fr equal passes over each block. Of a block smaller than W at most the first two
// passes miss.
void BlockwiseMisses(const Stream& s, int64_t window, Boundaries* b) {
  const Geometry& g = s.g;
  int64_t held = 0;  // misses since the last boundary
  for (int64_t block = 0; block < s.blocks; ++block) {
    const int64_t words = s.t * s.Lanes(block), first = block * s.t * s.width * g.fr;
    int64_t misses = words;
    if (words >= window) {
      misses *= g.fr;
    } else if (held + words >= window && g.fr > 1) {
      misses += window - held;  // those before the boundary were forgotten there
    }
    b->AddMany((held + misses) / window,
               [&](int64_t i) { return LineOfRequest(s, first + i * window - held - 1); });
    b->result.misses += misses;
    held = (held + misses) % window;
  }
}

// Ifmap with overlapping windows: a bit per word says whether it was asked for since the last
// boundary. Stretches of lines that cannot hold a boundary are marked in runs of consecutive k
// (consecutive addresses), 64 words at a time.
class OverlapCounter {
 public:
  OverlapCounter(const Stream& s, int64_t window, Boundaries* b)
      : s_(s), g_(s.g), window_(window), b_(b), bits_((g_.h * g_.w * g_.ch + 63) / 64, 0) {
    touched_.reserve(window);
  }

  void Run() {
    for (int64_t fold = 0; fold < g_.folds; ++fold) {
      const int64_t block = s_.Block(fold), lanes = s_.Lanes(block);
      const int64_t first = s_.stationary ? g_.rows - g_.UsedRows(fold % g_.fr) : 0;
      const int64_t end = s_.stationary ? g_.rows : s_.t + lanes - 1;
      for (int64_t step = first; step < end;) {
        const int64_t stretch = std::min((window_ - held_ - 1) / lanes, end - step);
        if (stretch >= 4 && !g_.Sparse()) {
          MarkStretch(fold, block, step, step + stretch);
          step += stretch;
        } else {
          MarkLine(fold, block, step++);
        }
      }
    }
    b_->result.misses = misses_;
  }

 private:
  void MarkStretch(int64_t fold, int64_t block, int64_t begin, int64_t end) {
    const int64_t lanes = s_.Lanes(block), x = block * s_.width;
    int64_t fresh = 0;
    if (s_.stationary) {
      const int64_t last = fold % g_.fr * g_.rows + g_.rows - 1;
      for (int64_t j = 0; j < lanes; ++j) fresh += MarkRun(x + j, last - end + 1, last - begin + 1);
    } else if (g_.dataflow == Dataflow::kOs) {
      for (int64_t j = 0; j < lanes; ++j) {
        fresh += MarkRun(x + j, std::max<int64_t>(0, begin - j), std::min(s_.t, end - j));
      }
    } else {
      for (int64_t t = std::max<int64_t>(0, begin - lanes + 1); t < std::min(s_.t, end); ++t) {
        fresh += MarkRun(t, x + std::max<int64_t>(0, begin - t), x + std::min(lanes, end - t));
      }
    }
    held_ += fresh;
    misses_ += fresh;
  }

  // Marks elements k_begin .. k_end - 1 of window m; the number of words not marked before.
  int64_t MarkRun(int64_t m, int64_t k_begin, int64_t k_end) {
    const int64_t i = m / g_.ew * g_.sh, j = m % g_.ew * g_.sw;
    const int64_t row_words = g_.fw * g_.ch, limit = std::min(row_words, (g_.w - j) * g_.ch);
    int64_t fresh = 0;
    int64_t r = k_begin / row_words;
    for (int64_t k = k_begin; k < k_end; ++r) {
      const int64_t row_begin = r * row_words;
      const int64_t low = k - row_begin, high = std::min({limit, k_end - row_begin});
      if (i + r < g_.h && low < high)
        fresh += MarkBits(((i + r) * g_.w + j) * g_.ch + low, high - low);
      k = row_begin + row_words;
    }
    return fresh;
  }

  int64_t MarkBits(int64_t address, int64_t count) {
    int64_t fresh = 0;
    while (count > 0) {
      const int64_t word = address >> 6, shift = address & 63,
                    n = std::min<int64_t>(64 - shift, count);
      const uint64_t mask = (n == 64 ? ~uint64_t{0} : (uint64_t{1} << n) - 1) << shift;
      fresh += Set(word, mask);
      address += n;
      count -= n;
    }
    return fresh;
  }

  int64_t Set(int64_t word, uint64_t mask) {
    const uint64_t old = bits_[word];
    if (old == 0) touched_.push_back(static_cast<uint32_t>(word));
    bits_[word] = old | mask;
    return __builtin_popcountll(mask & ~old);
  }

  void MarkLine(int64_t fold, int64_t block, int64_t step) {
    const int64_t lanes = s_.Lanes(block), x = block * s_.width;
    const int64_t line = fold * g_.fold_lines + s_.base + step;
    if (s_.stationary) {
      const int64_t y = fold % g_.fr * g_.rows + g_.rows - 1 - step;
      for (int64_t j = 0; j < lanes; ++j) MarkOne(s_.Address(x + j, y), line);
      return;
    }
    for (int64_t j = std::max<int64_t>(0, step - s_.t + 1); j < lanes && j <= step; ++j) {
      MarkOne(s_.Address(x + j, step - j), line);
    }
  }

  void MarkOne(int64_t address, int64_t line) {
    if (address < 0 || Set(address >> 6, uint64_t{1} << (address & 63)) == 0) return;
    ++misses_;
    if (++held_ < window_) return;
    b_->Add(line);
    held_ = 0;
    for (uint32_t word : touched_) bits_[word] = 0;
    touched_.clear();
  }

  const Stream& s_;
  const Geometry& g_;
  const int64_t window_;
  Boundaries* b_;
  std::vector<uint64_t> bits_;
  std::vector<uint32_t> touched_;  // words of bits_ that are not zero
  int64_t held_ = 0;
  int64_t misses_ = 0;
};

}  // namespace

CalcFetches CountCalcFetches(const Stream& s, int64_t buffer_words, std::vector<int64_t>* lines) {
  const Geometry& g = s.g;
  const int64_t window = 50 * (buffer_words / 100);
  const bool countable = s.operand == Operand::kFilter || !g.Sparse();  // in closed form
  const int64_t distinct = s.operand == Operand::kFilter ? g.n * g.k : DistinctIfmapWords(g);
  Boundaries boundaries(lines, s.width > window);
  if (countable && distinct < window) {
    boundaries.result.misses = distinct;
  } else if (countable && s.Distinct() && !s.Overhangs()) {
    if (s.by_cols && !s.stationary) {
      BlockwiseMisses(s, window, &boundaries);
    } else {
      AllMiss(s, window, &boundaries);
    }
  } else {
    OverlapCounter(s, window, &boundaries).Run();
  }
  return boundaries.result;
}

}  // namespace systole::scalesim
