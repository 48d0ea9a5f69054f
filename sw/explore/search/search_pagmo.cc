#include "sw/explore/search/search_pagmo.h"

namespace systole::explore {

pagmo::vector_double SingleObjective::fitness(const pagmo::vector_double& x) const {
  const Point point = PointOf(x.data(), recorder->Radix());
  if (rehearsal) {
    rehearsal->push_back(point);
    return {0.0};
  }
  return {recorder->Value(point)};
}

}  // namespace systole::explore
