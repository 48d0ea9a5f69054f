#include "sw/timeloop/problem.h"

namespace systole::timeloop {

bool Tensor::Indexed(int dim) const {
  for (const auto& axis : axes) {
    for (const AxisTerm& term : axis) {
      if (term.dim == dim) return true;
    }
  }
  return false;
}

int64_t Tensor::Step(int axis, int dim) const {
  int64_t step = 0;
  for (const AxisTerm& term : axes[axis]) {
    if (term.dim == dim) step += term.coefficient;
  }
  return step;
}

int64_t Tensor::Words(const int64_t* extents) const {
  int64_t words = 1;
  for (const auto& axis : axes) {
    int64_t length = 1;
    for (const AxisTerm& term : axis) length += term.coefficient * (extents[term.dim] - 1);
    words *= length;
  }
  return words;
}

int64_t Problem::Macs() const {
  int64_t macs = 1;
  for (const int64_t bound : bounds) macs *= bound;
  return macs;
}

int Problem::FindDim(const std::string& name) const {
  for (int d = 0; d < Dims(); ++d) {
    if (dims[d] == name) return d;
  }
  return -1;
}

int Problem::FindTensor(const std::string& name) const {
  for (int t = 0; t < Tensors(); ++t) {
    if (tensors[t].name == name) return t;
  }
  return -1;
}

}  // namespace systole::timeloop
