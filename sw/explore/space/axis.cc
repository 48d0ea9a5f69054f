#include "sw/explore/space/axis.h"

#include "sw/base/error.h"

namespace systole::explore {

Grid::Grid(const std::vector<Axis>& axes) {
  for (const Axis& axis : axes) {
    radix_.push_back(static_cast<int>(axis.values.size()));
    if (__builtin_mul_overflow(points_, static_cast<int64_t>(radix_.back()), &points_)) {
      throw InputError("the space has more than 2^63 points; shorten its axes");
    }
  }
}

int64_t Grid::IdOf(const Point& point) const {
  int64_t id = 0;
  for (size_t a = 0; a < radix_.size(); ++a) id = id * radix_[a] + point[a];
  return id;
}

void Grid::Decode(int64_t id, int* indices) const {
  for (size_t a = radix_.size(); a-- > 0;) {
    indices[a] = static_cast<int>(id % radix_[a]);
    id /= radix_[a];
  }
}

Point Grid::PointOf(int64_t id) const {
  Point point(radix_.size());
  Decode(id, point.data());
  return point;
}

}  // namespace systole::explore
