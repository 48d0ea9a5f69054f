// Everything that `systole run` tells, added up over the items of its job.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/cli/run_job.h"
#include "sw/program/traffic.h"

namespace systole {

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
  bool from_memory = false;   // nothing stays on chip from run to run; no setup, no steady state
  int64_t runs = 0;           // from START to DONE, of the images
  bool side_by_side = false;  // each in a process of its own
  int64_t setup_instructions = 0;
  std::map<std::string, uint64_t> setup;      // cycles of setup: constants into the chip, once
  std::map<std::string, uint64_t> batch_one;  // cycles of a run of one image; not from memory
  std::map<std::string, RowCycles> batch_one_rows;
  std::map<std::string, double> steady;  // cycles per image; from memory those of the runs
  std::map<std::string, double> seconds;
  bool cycles_compared = true;  // false with random stalls
  int64_t cycle_checks = 0;     // instructions whose stamps were compared
  Differences tensor_differences, cycle_differences;
  std::string within_one;        // where ONNX Runtime may differ by 1, and why; "": nowhere
  HardwareCounters counters;     // of all runs of the images, by the last of model, tlm, rtl
  std::vector<Traffic> traffic;  // per layer, of all runs of the images; then of none
  double accuracy = -1;          // < 0: no labels
  double wall_seconds = 0;

  int64_t Mismatches() const { return tensor_differences.count + cycle_differences.count; }
  bool Hardware() const { return !totals.empty(); }

  // results: of job.items(), in their order, so that what is told first is of the smallest image.
  void Add(const Job& job, const std::vector<ItemResult>& results);

 private:
  void AddImages(const ItemResult& result);
  void AddTraffic(const Program& program);
};

}  // namespace systole
