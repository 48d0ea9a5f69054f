#include "sw/timeloop/tensor_table.h"

namespace systole::timeloop {

TensorTable::TensorTable(const Problem& problem, const Tensor& tensor)
    : axes(static_cast<int>(tensor.axes.size())), read_write(tensor.read_write) {
  int terms = 0;
  for (int a = 0; a < axes; ++a) {
    first[a] = terms;
    for (const AxisTerm& term : tensor.axes[a]) {
      if ((indexed >> term.dim & 1) != 0) lone = false;
      indexed |= 1u << term.dim;
    }
    for (int d = 0; d < problem.Dims(); ++d) {  // equal dimensions of an axis as one
      const int64_t along = tensor.Step(a, d);
      if (along == 0) continue;
      step[d][a] = along;
      dim[terms] = d;
      coefficient[terms++] = along;
    }
    lone &= terms - first[a] <= 1;
    if (terms == first[a] + 1 && coefficient[first[a]] == 1) {
      lone_dims[lone_count++] = dim[first[a]];
    } else {
      sum_axes[sum_count++] = a;
    }
  }
  first[axes] = terms;
}

}  // namespace systole::timeloop
