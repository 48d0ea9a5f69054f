// A layer as Timeloop poses it: dimensions with bounds, and tensors whose axes are sums of
// coefficient times dimension. No padding exists: an input is as large as the outputs need.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace systole::timeloop {

constexpr int kMaxDims = 10;
constexpr int kMaxTensors = 4;
constexpr int kMaxAxes = 6;  // of one tensor
constexpr int kMaxLevels = 12;

// One summand of an axis: `coefficient` x dimension `dim`.
struct AxisTerm {
  int dim = 0;
  int64_t coefficient = 1;
};

struct Tensor {
  std::string name;
  bool read_write = false;                  // results, which are read, added to and written again
  std::vector<std::vector<AxisTerm>> axes;  // at most kMaxAxes

  bool Indexed(int dim) const;            // does a loop over `dim` move the tile?
  int64_t Step(int axis, int dim) const;  // words along an axis for one iteration of `dim`
  // Words of a tile whose dimensions have extents[dim]: the bounding box, holes counted.
  int64_t Words(const int64_t* extents) const;
};

struct Problem {
  std::vector<std::string> dims;  // at most kMaxDims; their order is Timeloop's
  std::vector<int64_t> bounds;    // by dimension
  std::vector<Tensor> tensors;    // at most kMaxTensors

  int Dims() const { return static_cast<int>(dims.size()); }
  int Tensors() const { return static_cast<int>(tensors.size()); }
  int64_t Macs() const;                           // the product of all bounds
  int FindDim(const std::string& name) const;     // -1: there is none
  int FindTensor(const std::string& name) const;  // -1: there is none
};

}  // namespace systole::timeloop
