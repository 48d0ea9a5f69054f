#include "sw/tiling/fold_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/misfit.h"
#include "sw/compiler/storage.h"

namespace systole {
namespace {

constexpr int kMaxOffset = 0xFFFF;

// Offsets of the lanes of a slice from the fold's window; unused lanes read on behind the used
// ones.
void SetOffsets(const Stage& stage, const Fold& fold, int pitch, int slice,
                std::vector<int>* offsets) {
  const int k0 = fold.FirstElement(slice), valid = fold.Valid(slice);
  offsets->resize(static_cast<size_t>(fold.rows));
  for (int j = 0; j < fold.rows; ++j) {
    (*offsets)[j] =
        j < valid ? LaneOffset(stage, fold, fold.Element(k0 + j), pitch) : (*offsets)[j - 1] + 1;
  }
}

[[noreturn]] void RefuseSpan(const Stage& stage, int span) {
  throw MisfitError(
      Misfit::kTooLarge,
      fmt::format("{}: a slice spans {} bytes on chip, more than {}; the layer is too large for "
                  "this accelerator",
                  Label(stage), span, kMaxOffset));
}

void AppendRow(const Stage& stage, const std::vector<int>& offsets, int origin, FoldRun* run) {
  for (const int offset : offsets) {
    if (offset - origin > kMaxOffset) RefuseSpan(stage, offset - origin);
    run->offsets.push_back(static_cast<uint16_t>(offset - origin));
  }
}

std::vector<FoldRun> UniformRuns(const Stage& stage, const Fold& fold, int pitch) {
  std::vector<FoldRun> runs;
  std::vector<int> row, next;
  int previous = 0;  // first offset of the slice before
  for (int i = 0; i < fold.slices; ++i) {
    SetOffsets(stage, fold, pitch, i, &next);
    bool extends = false;
    if (!runs.empty()) {
      FoldRun& run = runs.back();
      const int step = next[0] - previous;
      extends =
          step >= 0 && step <= kMaxOffset && (run.last - run.first == 1 || step == run.base_inc);
      for (int j = 0; extends && j < fold.Valid(i); ++j)
        extends = next[j] - next[0] == row[j] - row[0];
      if (extends) {
        run.base_inc = step;
        run.last = i + 1;
      }
    }
    if (!extends) {
      FoldRun run;
      run.first = i;
      run.last = i + 1;
      run.shift = next[0];
      row = next;
      AppendRow(stage, row, row[0], &run);
      runs.push_back(std::move(run));
    }
    previous = next[0];
  }
  return runs;
}

std::vector<FoldRun> TableRuns(const Stage& stage, const Fold& fold, int pitch, int table_rows) {
  std::vector<FoldRun> runs;
  std::vector<int> next;
  for (int i = 0; i < fold.slices; ++i) {
    SetOffsets(stage, fold, pitch, i, &next);
    const bool fresh = runs.empty() || runs.back().last - runs.back().first == table_rows ||
                       next.back() - runs.back().shift > kMaxOffset;
    if (fresh) {
      FoldRun run;
      run.first = i;
      run.shift = next[0];
      run.increment = true;
      runs.push_back(std::move(run));
    }
    runs.back().last = i + 1;
    AppendRow(stage, next, runs.back().shift, &runs.back());
  }
  return runs;
}

}  // namespace

std::vector<FoldRun> FoldRuns(const Stage& stage, const Fold& fold, int pitch, int table_rows) {
  std::vector<FoldRun> runs = UniformRuns(stage, fold, pitch);
  // Short runs are instructions more than rows of a table.
  if (runs.size() == 1 || runs.size() * 4 <= static_cast<size_t>(fold.slices)) return runs;
  std::vector<FoldRun> tables = TableRuns(stage, fold, pitch, std::max(1, table_rows));
  return tables.size() < runs.size() ? tables : runs;
}

}  // namespace systole
