// POST: taps, pairs, columns, chunks, zero points, clamps, addresses.
#include <fmt/format.h>

#include "sw/check/area_run.h"
#include "sw/check/tile.h"

namespace systole::check {

void CheckPost(AreaRun* run) {
  const HwConfig& c = run->config();
  if (c.row_sum == 0) run->Skip("weight zero points: the row sum is not built (ROW_SUM=0)");
  for (int k = 0; k < 30 && run->goes_on(); ++k) {
    ProgramBuilder b(c, fmt::format("post, program {}", k),
                     "systole_post_walker, systole_post, systole_post_lane, systole_param_buffer",
                     static_cast<uint64_t>(400 + k));
    // All columns and many entries are defined, to choose from.
    TileShape shape = RandomShape(&b, true);
    for (int attempt = 0; attempt < 50 && shape.columns < c.cols; ++attempt)
      shape = RandomShape(&b, true);
    const TileRows rows{0, 0, c.ParRows() - ParameterRows(c), b.area().in()};
    const Operands operands = k % 3 == 2 ? Operands::kFull : Operands::kSmall;
    b.Then(LoadTile(&b, shape, operands, rows));
    for (int p = 0; p < 12; ++p)
      b.Then(RandomPost(&b, shape, rows, b.area().out(), b.area().half()));
    run->Try(b.result());
  }
}

}  // namespace systole::check
