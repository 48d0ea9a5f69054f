// What `systole run` tells: the table on the terminal and the JSON of the same.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/cli/run_job.h"

namespace systole {

// Everything added up over the items of a job.
struct RunSummary {
  std::string model;
  HwConfig config;
  int batch = 1;
  int64_t images = 0;
  std::vector<std::string> backends;  // golden, tlm, rtl as given
  std::vector<Program::ReportLayer> layers;
  std::vector<int64_t> bytes, mismatches;   // per layer
  std::map<std::string, RowCycles> cycles;  // per backend and "model", over all runs of the images
  std::map<std::string, uint64_t> totals;
  std::map<std::string, uint64_t> batch_one;  // cycles of a run of one image
  std::map<std::string, RowCycles> batch_one_rows;
  std::map<std::string, double> steady;  // cycles per image
  std::map<std::string, double> seconds;
  bool cycles_compared = true;  // false with random stalls
  int64_t cycle_checks = 0;     // instructions whose stamps were compared
  Differences tensor_differences, cycle_differences;
  std::string within_one;  // where ONNX Runtime may differ by 1, and why; "": nowhere
  double accuracy = -1;    // < 0: no labels
  double wall_seconds = 0;

  int64_t Mismatches() const { return tensor_differences.count + cycle_differences.count; }
  bool Hardware() const { return !totals.empty(); }
};

void PrintReport(const RunSummary& summary);

// The form is docs/json.md's; written beside the target and renamed.
void WriteJson(const std::string& path, const RunSummary& summary);

}  // namespace systole
