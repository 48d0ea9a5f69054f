#include "sw/explore/page/page_heat.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sw/explore/page/page_rows.h"

namespace systole::explore {
namespace {

PageHeat HeatMap(const PageData& data, size_t x, size_t y, size_t measure) {
  PageHeat heat{x, y, measure, {}};
  const size_t axes = data.axes.size(), measures = data.measures.size(),
               width = data.axes[x].values.size();
  heat.best.assign(width * data.axes[y].values.size(), std::numeric_limits<double>::quiet_NaN());
  const bool maximise = data.measures[measure].maximise;
  for (size_t row = 0; row < RowCount(data); ++row) {
    double& cell = heat.best[data.points[row * axes + y] * width + data.points[row * axes + x]];
    const double value = data.values[row * measures + measure];
    if (std::isnan(cell) || (maximise ? value > cell : value < cell)) cell = value;
  }
  return heat;
}

}  // namespace

std::vector<PageHeat> HeatMaps(const PageData& data, size_t max_cells) {
  struct Pair {
    size_t x, y, cells;
  };
  std::vector<Pair> pairs;
  for (size_t x = 0; x < data.axes.size(); ++x) {
    for (size_t y = x + 1; y < data.axes.size(); ++y) {
      const size_t width = data.axes[x].values.size(), height = data.axes[y].values.size();
      if (width > 1 && height > 1) pairs.push_back({x, y, width * height});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.cells < b.cells; });
  std::vector<PageHeat> maps;
  size_t cells = 0;
  for (const Pair& pair : pairs) {
    for (size_t measure = 0; measure < data.measures.size(); ++measure) {
      if (!data.measures[measure].objective || cells + pair.cells > max_cells) continue;
      cells += pair.cells;
      maps.push_back(HeatMap(data, pair.x, pair.y, measure));
    }
  }
  std::stable_sort(maps.begin(), maps.end(), [](const PageHeat& a, const PageHeat& b) {
    return a.x != b.x ? a.x < b.x : a.y < b.y;
  });
  return maps;
}

}  // namespace systole::explore
