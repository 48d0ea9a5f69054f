// The one definition of utilization.
#pragma once

#include "sw/isa/config.h"

namespace systole {

// 0..1: the multiply-adds of the model (convolutions and fully connected layers; neither the zeros
// that packing adds nor the ones that pooling multiplies with) over those that `pes` elements
// could have done in these cycles. No cycles: 0.
inline double Utilization(double model_macs, double cycles, double pes) {
  return cycles == 0 ? 0 : model_macs / (cycles * pes);
}

// Elements of the array that is built.
inline double Elements(const HwConfig& c) {
  return c.engine == 0 ? double(c.rows) * c.cols : double(c.rs_rows) * c.rs_cols;
}

}  // namespace systole
