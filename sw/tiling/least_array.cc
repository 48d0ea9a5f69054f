#include "sw/tiling/least_array.h"

#include <algorithm>
#include <limits>

#include "sw/compiler/mapping_search.h"
#include "sw/timing/matmul_law.h"

namespace systole {
namespace {

struct Slices {
  int64_t all = 0;     // of a cell's folds
  int64_t cycles = 0;  // at least: of each max(wl, 3)
};

Slices SlicesOf(const DenseShape& d, const HwConfig& config, int ph, int pw) {
  const int64_t columns = int64_t{ph} * pw * d.outputs;
  struct Pixels {
    int64_t first, last;
  };
  const auto pixels_of = [&](int64_t first) {
    const int64_t end = std::min(columns, first + config.cols);
    return Pixels{first / d.outputs, (end - 1) / d.outputs};
  };
  // From the first to the last column of pixels; over several rows, all of the cell's.
  const auto wide = [&](const Pixels& p) {
    const bool one_row = p.first / pw == p.last / pw;
    return d.kernel_w + (one_row ? p.last - p.first : pw - 1) * d.stride_w;
  };
  int64_t window_w = 1;
  for (int64_t c = 0; c < columns; c += config.cols)
    window_w = std::max(window_w, wide(pixels_of(c)));
  Slices s;
  for (int64_t c = 0; c < columns; c += config.cols) {
    const Pixels p = pixels_of(c);
    const int64_t window_h = d.kernel_h + (p.last / pw - p.first / pw) * d.stride_h;
    const int64_t slices = (window_h * window_w * d.inputs + config.rows - 1) / config.rows;
    const int64_t load = WeightLoadCycles(std::min<int64_t>(columns - c, config.cols), config);
    s.all += slices;
    s.cycles += slices * std::max<int64_t>(load, 3);
  }
  return s;
}

}  // namespace

int64_t LeastArrayCycles(const DenseShape& shape, int64_t pixels, const HwConfig& config) {
  int64_t streamed = std::numeric_limits<int64_t>::max(), loaded = streamed;
  const auto consider = [&](int ph, int pw) {
    const int64_t cell = int64_t{ph} * pw;
    const Slices s = SlicesOf(shape, config, ph, pw);
    streamed = std::min(streamed, (pixels * s.all + cell - 1) / cell);
    loaded = std::min(loaded, s.cycles);
  };
  consider(1, 1);
  if (!shape.dilated) {
    for (int ph = 1; ph <= std::min(kMaxCellSide, shape.out_h); ++ph) {
      for (int pw = 1; pw <= std::min(kMaxCellSide, shape.out_w); ++pw) {
        if (ph * pw > 1 && MayShareColumns(ph * pw, shape.outputs, config)) consider(ph, pw);
      }
    }
  }
  return std::max(streamed, loaded);
}

}  // namespace systole
