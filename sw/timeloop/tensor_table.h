// A tensor's axes as flat tables, made once for many evaluations.
#pragma once

#include <array>
#include <cstdint>

#include "sw/timeloop/problem.h"

namespace systole::timeloop {

using Extents = std::array<int64_t, kMaxDims>;
using Vector = std::array<int64_t, kMaxAxes>;  // words along each axis of a tensor

struct TensorTable {
  explicit TensorTable(const Problem& problem, const Tensor& tensor);
  TensorTable() = default;

  // Words of a tile: the bounding box.
  int64_t Words(const Extents& extents) const {
    int64_t words = 1;
    for (int i = 0; i < lone_count; ++i) words *= extents[lone_dims[i]];
    for (int a = 0; a < sum_count; ++a) words *= Length(sum_axes[a], extents);
    return words;
  }

  int64_t Length(int axis, const Extents& extents) const {
    int64_t length = 1;
    for (int i = first[axis]; i < first[axis + 1]; ++i) {
      length += coefficient[i] * (extents[dim[i]] - 1);
    }
    return length;
  }

  int axes = 0;
  bool read_write = false;
  bool lone = true;                     // every axis is one dimension, each another one
  unsigned indexed = 0;                 // dimensions
  std::array<Vector, kMaxDims> step{};  // words along the axes for one iteration of a dimension

  int lone_count = 0, sum_count = 0;
  int lone_dims[kMaxAxes] = {};  // of axes that are one dimension, times 1
  int sum_axes[kMaxAxes] = {};   // the others
  int first[kMaxAxes + 1] = {};  // of an axis' terms
  int dim[kMaxAxes * kMaxDims] = {};
  int64_t coefficient[kMaxAxes * kMaxDims] = {};
};

}  // namespace systole::timeloop
