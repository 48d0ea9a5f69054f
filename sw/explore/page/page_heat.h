// Heat maps of a page: the best value of a measure over all rows, for each pair of values of two
// axes.
#pragma once

#include <cstddef>
#include <vector>

#include "sw/explore/page/page.h"

namespace systole::explore {

struct PageHeat {
  size_t x = 0, y = 0, measure = 0;
  std::vector<double> best;  // [y * values of x + x]; not a number where there is no row
};

// Every pair of axes with more than one value, every objective; pairs with few cells first, as long
// as all cells together are at most `max_cells`.
std::vector<PageHeat> HeatMaps(const PageData& data, size_t max_cells);

}  // namespace systole::explore
