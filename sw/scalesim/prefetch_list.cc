#include "sw/scalesim/prefetch_list.h"

namespace systole::scalesim {

PrefetchList::PrefetchList(const Stream& stream, bool use_order)
    : s_(stream), use_order_(use_order) {
  elements_ = s_.blocks * s_.t * s_.width;
  words_ = s_.extent * s_.t;
  null_row_ = (s_.blocks - 1) * s_.t;
  null_lane_ = s_.Lanes(s_.blocks - 1);
  if (s_.Overhangs()) {
    CountOverhang();
    words_ -= overhang_.back();
  }
}

void PrefetchList::CountOverhang() {
  const Geometry& g = s_.g;
  overhang_.assign(s_.stationary ? s_.blocks * s_.t + 1 : s_.blocks * s_.t + s_.width, 0);
  for (int64_t m = 0; m < g.m; ++m) {
    const int64_t free_h = g.h - m / g.ew * g.sh, free_w = g.w - m % g.ew * g.sw;
    if (free_h >= g.fh && free_w >= g.fw) continue;
    for (int64_t k = 0; k < g.k; ++k) {
      if (IfmapAddress(g, m, k) >= 0) continue;
      const int64_t x = g.dataflow == Dataflow::kWs ? k : m,
                    step = g.dataflow == Dataflow::kWs ? m : k;
      const int64_t row = x / s_.width * s_.t + step;
      ++overhang_[s_.stationary ? row + 1 : row + x % s_.width + 1];
    }
  }
  for (size_t i = 1; i < overhang_.size(); ++i) overhang_[i] += overhang_[i - 1];
}

// Overhanging words on stacked diagonal d in lanes before `lane`.
int64_t PrefetchList::OverhangBefore(int64_t d, int64_t lane) const {
  int64_t count = 0;
  for (int64_t j = std::max<int64_t>(0, d - s_.blocks * s_.t + 1); j < lane; ++j) {
    const int64_t row = d - j, x = row / s_.t * s_.width + j;
    if (x < s_.extent && s_.Address(x, row % s_.t) < 0) ++count;
  }
  return count;
}

int64_t PrefetchList::DiagonalStart(int64_t block, int64_t step) const {
  if (use_order_) return block * s_.width * s_.t + DiagonalCount(s_.t, s_.Lanes(block), step);
  const int64_t d = block * s_.t + step;
  int64_t before = DiagonalCount(s_.blocks * s_.t, s_.width, d) -
                   DiagonalCount(s_.t, s_.width - null_lane_, d - null_row_ - null_lane_);
  if (!overhang_.empty()) before -= overhang_[std::min<int64_t>(d, overhang_.size() - 1)];
  return before;
}

int64_t PrefetchList::Position(int64_t block, int64_t t, int64_t lane) const {
  const int64_t start = DiagonalStart(block, t + lane);
  if (use_order_) return start + lane - std::max<int64_t>(0, t + lane - s_.t + 1);
  const int64_t d = block * s_.t + t + lane;
  const int64_t first = d - s_.blocks * s_.t + 1;
  const int64_t nulls = std::min(lane, d - null_row_ + 1) - std::max(null_lane_, first);
  const int64_t before = lane - std::max<int64_t>(0, first) - std::max<int64_t>(0, nulls);
  return start + before - (overhang_.empty() ? 0 : OverhangBefore(d, lane));
}

int64_t PrefetchList::RowStart(int64_t block, int64_t y) const {
  if (use_order_) {
    const int64_t first = y / s_.g.rows * s_.g.rows, used = std::min(s_.g.rows, s_.g.sr - first);
    return block * s_.t * s_.width + (first + used - 1 - (y - first)) * s_.Lanes(block);
  }
  const int64_t before = block * s_.t * s_.width + y * s_.Lanes(block);
  return overhang_.empty() ? before : before - overhang_[block * s_.t + y];
}

int64_t PrefetchList::RowPosition(int64_t block, int64_t y, int64_t lane) const {
  int64_t position = RowStart(block, y) + lane;
  if (overhang_.empty()) return position;
  for (int64_t j = 0; j < lane; ++j) {
    if (s_.Address(block * s_.width + j, y) < 0) --position;
  }
  return position;
}

}  // namespace systole::scalesim
