// Drawings of the page that `systole map --html` writes, as SVG elements.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace systole::timeloop {

// Text with the characters that HTML reserves written as entities.
std::string Escape(const std::string& text);

// A bar, stacked of parts with a name each.
struct Bar {
  std::string name;
  std::vector<std::pair<std::string, double>> parts;
  double Sum() const;
};
std::string Bars(const std::vector<Bar>& bars, const std::string& unit,
                 const std::map<std::string, std::string>& colours);

// A design's cycles and uJ.
struct DesignPoint {
  std::string name;
  double cycles = 0, energy = 0;
};

// Which points no other one beats: by cycles, then energy, the first of equals.
std::vector<size_t> ParetoFront(const std::vector<DesignPoint>& points);

// Energy over cycles, both logarithmic; the front filled, named and joined by steps.
std::string FrontChart(const std::vector<DesignPoint>& points);

}  // namespace systole::timeloop
