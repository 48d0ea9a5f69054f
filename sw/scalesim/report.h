// The report files and the lines on standard output, byte for byte as Python writes them.
#pragma once

#include <string>
#include <vector>

#include "sw/scalesim/types.h"

namespace systole::scalesim {

// str() of a Python float: shortest digits that read back as `value`, exponent form outside 1e-4 ..
// 1e16.
void AppendPythonFloat(double value, std::string* out);

struct Reports {
  std::string compute;
  std::string bandwidth;
  std::string detail;
  std::string sparse;  // v3 with sparsity
};

// Headers and rows of COMPUTE_REPORT.csv, BANDWIDTH_REPORT.csv, DETAILED_ACCESS_REPORT.csv and
// SPARSE_REPORT.csv.
void AppendHeaders(const Options& options, Reports* reports);
void AppendLayer(int64_t layer_id, const LayerReport& report, const Options& options,
                 Reports* reports);

// What SCALE-Sim prints of a layer.
std::string LayerSummary(int64_t layer_id, const LayerReport& report, const Options& options);

}  // namespace systole::scalesim
