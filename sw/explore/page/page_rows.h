// Which rows a page shows.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sw/explore/page/page.h"

namespace systole::explore {

struct PageRows {
  std::vector<size_t> rows;         // ascending
  std::vector<size_t> front;        // of all rows, one of equals; ascending
  std::vector<size_t> shown_front;  // those that are shown
  size_t knee = 0;                  // one of the front; only where there is a front
  std::string text;                 // "1,234 of 500,000: ..."
};

// Throws InputError when points and values do not fit axes and measures.
void CheckPage(const PageData& data);

// All rows, or the front, the best in each objective, and a sample drawn from `options.seed`.
PageRows SelectRows(const PageData& data, const PageOptions& options);

inline size_t RowCount(const PageData& data) { return data.points.size() / data.axes.size(); }

}  // namespace systole::explore
