#include "sw/scalesim/stream.h"

namespace systole::scalesim {
namespace {

// Whether any lane asks for something at `step` lines after the base of a fold.
bool AnyRequest(const Stream& s, int64_t fold, int64_t step) {
  const int64_t block = s.Block(fold), lanes = s.Lanes(block);
  if (s.stationary) {
    for (int64_t j = 0; j < lanes; ++j) {
      if (s.Address(block * s.width + j, fold % s.g.fr * s.g.rows + s.g.rows - 1 - step) >= 0)
        return true;
    }
    return false;
  }
  for (int64_t j = std::max<int64_t>(0, step - s.t + 1); j < lanes && j <= step; ++j) {
    if (s.Address(block * s.width + j, step - j) >= 0) return true;
  }
  return false;
}

}  // namespace

// Window 0 never overhangs, so the first possible request is one.
int64_t FirstLine(const Stream& s) { return s.stationary ? s.g.rows - s.g.UsedRows(0) : s.base; }

int64_t LastLine(const Stream& s) {
  const Geometry& g = s.g;
  for (int64_t fold = g.folds - 1; fold >= 0; --fold) {
    const int64_t first = s.stationary ? g.rows - g.UsedRows(fold % g.fr) : 0;
    const int64_t last = s.stationary ? g.rows - 1 : s.t + s.Lanes(s.Block(fold)) - 2;
    if (!s.Overhangs()) return fold * g.fold_lines + s.base + last;
    for (int64_t step = last; step >= first; --step) {
      if (AnyRequest(s, fold, step)) return fold * g.fold_lines + s.base + step;
    }
  }
  return FirstLine(s);
}

int64_t OfmapStream::WordsBeforeFold(int64_t fold) const {
  const int64_t col_fold = fold / g.fr, row_fold = fold % g.fr;
  const int64_t per_row_fold = g.dataflow == Dataflow::kOs ? g.rows : g.t;
  if (col_fold >= g.fc) return TotalWords();
  return col_fold * g.cols * ColumnWords() + row_fold * per_row_fold * g.UsedCols(col_fold);
}

int64_t OfmapStream::WordsBefore(int64_t line) const {
  if (line <= 0) return 0;
  const int64_t fold = line / g.fold_lines;
  if (fold >= g.folds) return TotalWords();
  return WordsBeforeFold(fold) +
         DiagonalCount(Steps(fold), Lanes(fold), line % g.fold_lines - Base(fold));
}

int64_t OfmapStream::LineOfWord(int64_t count) const {
  const int64_t index = count - 1;
  const int64_t col_fold = index / (g.cols * ColumnWords());
  const int64_t rest = index - col_fold * g.cols * ColumnWords();
  const int64_t per_row_fold = (g.dataflow == Dataflow::kOs ? g.rows : g.t) * g.UsedCols(col_fold);
  const int64_t row_fold = rest / per_row_fold;
  const int64_t fold = col_fold * g.fr + row_fold;
  return fold * g.fold_lines + Base(fold) +
         DiagonalOf(Steps(fold), Lanes(fold), rest - row_fold * per_row_fold + 1);
}

}  // namespace systole::scalesim
