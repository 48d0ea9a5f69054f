// Axes of a design space, and the points between them as one 64-bit number each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/explore/search/problem.h"

namespace systole::explore {

struct Axis {
  std::string name;
  int parameter = 0;                // index into the cost model's parameters
  std::vector<int64_t> values;      // distinct, in the order of the file
  std::vector<std::string> labels;  // how each is spelled: "16", or a name such as "os"
};

// Mixed radix: the last axis varies fastest, id 0 has every index 0.
class Grid {
 public:
  Grid() = default;
  // Throws InputError when there are 2^63 points or more.
  explicit Grid(const std::vector<Axis>& axes);

  int64_t Points() const { return points_; }
  const std::vector<int>& Radix() const { return radix_; }
  int64_t IdOf(const Point& point) const;
  void Decode(int64_t id, int* indices) const;  // Radix().size() of them
  Point PointOf(int64_t id) const;

 private:
  std::vector<int> radix_;
  int64_t points_ = 1;
};

}  // namespace systole::explore
