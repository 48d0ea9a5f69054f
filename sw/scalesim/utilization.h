// The three percentages of COMPUTE_REPORT, in the floating-point arithmetic of SCALE-Sim, to the
// last bit.
#pragma once

#include "sw/scalesim/geometry.h"

namespace systole::scalesim {

// a / b rounded once, as Python divides integers. b > 0.
double TrueDivide(int64_t a, int64_t b);

// Overall Util % = M N K 100 / (Total R C), from report->total_cycles; K without sparsity.
// Mapping Efficiency % = mean over folds of ur uc / (R C), times 100.
// Compute Util % = mean over folds of ur uc T / (R C cyc), times 100; cyc = L for os, but L + C - 1
// for ws and is, whose length already has the skew of C - 1 (corrected: L). The means are sums in
// fold order, plain or compensated (Neumaier) as Python >= 3.12 adds.
void FillUtilization(const Geometry& g, const Options& options, LayerReport* report);

}  // namespace systole::scalesim
