#include "sw/tiling/column_runs.h"

#include <algorithm>

namespace systole {

std::vector<ColumnRun> ColumnRuns(const Stage& stage, const Mapping& mapping, int pitch,
                                  int per_item) {
  constexpr int kMaxIncrement = 0xFFFF;
  std::vector<ColumnRun> runs;
  const int line = stage.dilation_h * pitch, lines = stage.kernel_h;
  for (size_t g = 0; g < mapping.tap_groups.size(); ++g) {
    const TapGroup& group = mapping.tap_groups[g];
    const int begin = static_cast<int>(g) * lines, end = begin + lines;
    for (int first = begin; first < end;) {
      ColumnRun run;
      run.first = first;
      run.last =
          line > kMaxIncrement ? first + 1 : std::min(end, (first / per_item + 1) * per_item);
      run.shift = group.offset * stage.cin + (first - begin) * line;
      run.base_inc = line;
      run.taps = group.kx1 - group.kx0;
      first = run.last;
      runs.push_back(run);
    }
  }
  return runs;
}

}  // namespace systole
