// Drawings of the page that `systole run --html` writes, as SVG elements.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace systole {

// Text with the characters that HTML reserves written as entities.
std::string Escaped(const std::string& text);

// A horizontal bar for each layer: cycles, and in a darker colour those that its multiply-adds
// alone would take.
struct LayerBar {
  std::string name;
  double cycles = 0, least = 0;
};
std::string LayerBars(const std::vector<LayerBar>& layers);

// One bar that is divided in shares of `total`.
struct Share {
  std::string name, colour;
  uint64_t value = 0;
};
std::string ShareBar(const std::string& name, const std::vector<Share>& shares, uint64_t total);

// Multiply-adds a cycle over multiply-adds a byte of memory traffic, both logarithmic; the roof is
// min(peak, bytes_per_cycle * x).
struct RooflinePoint {
  std::string name;
  double per_byte = 0, per_cycle = 0;
};
std::string Roofline(const std::vector<RooflinePoint>& points, double peak, double bytes_per_cycle);

}  // namespace systole
