// A Problem as pagmo sees it. Every axis is continuous: [0, values], value floor(x), so that
// neighbouring values are neighbours to mutation, crossover and annealing steps (an integer of
// pagmo's mutates to any value alike).
#pragma once

#include <algorithm>
#include <cmath>
#include <pagmo/types.hpp>
#include <utility>
#include <vector>

#include "sw/explore/search/search_recorder.h"

namespace systole::explore {

inline Point PointOf(const double* x, const std::vector<int>& radix) {
  Point point(radix.size());
  for (size_t axis = 0; axis < radix.size(); ++axis) {
    point[axis] = std::clamp(static_cast<int>(std::floor(x[axis])), 0, radix[axis] - 1);
  }
  return point;
}

inline pagmo::vector_double CentreOf(const Point& point) {
  pagmo::vector_double x(point.size());
  for (size_t axis = 0; axis < point.size(); ++axis) x[axis] = point[axis] + 0.5;
  return x;
}

// pagmo asks default-made problems, too: one axis then.
inline std::pair<pagmo::vector_double, pagmo::vector_double> BoundsOf(
    const SearchRecorder* recorder) {
  if (!recorder) return {{0.0}, {1.0}};
  const std::vector<int>& radix = recorder->Radix();
  return {pagmo::vector_double(radix.size(), 0.0),
          pagmo::vector_double(radix.begin(), radix.end())};
}

// One objective. With `rehearsal` nothing is evaluated: the points asked for are only noted there.
struct SingleObjective {
  SearchRecorder* recorder = nullptr;
  std::vector<Point>* rehearsal = nullptr;

  pagmo::vector_double fitness(const pagmo::vector_double& x) const;
  std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    return BoundsOf(recorder);
  }
};

}  // namespace systole::explore
