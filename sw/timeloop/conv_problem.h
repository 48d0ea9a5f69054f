// Layers of a network as problems: a convolution's seven loops.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/timeloop/problem.h"

namespace systole::timeloop {

struct ConvShape {
  int64_t n = 1, c = 1, m = 1, r = 1, s = 1, p = 1, q = 1;
  int64_t wstride = 1, hstride = 1;
  int64_t wdilation = 1, hdilation = 1;

  bool operator<(const ConvShape& other) const;
  std::string Text() const;  // "N1 C64 M64 R3 S3 P56 Q56", strides and dilations where not 1
};

// R and P lie along the width, S and Q along the height. The shape is that of Timeloop's exercises.
Problem ConvProblem(const ConvShape& shape);

// One layer that multiplies: its groups run one after the other, `groups` times this shape.
struct NetworkLayer {
  std::string name;
  ConvShape shape;
  int64_t groups = 1;
};

}  // namespace systole::timeloop
