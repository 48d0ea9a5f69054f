// The options of `systole run`, and what they mean together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/cli/commands.h"
#include "sw/cli/run_job.h"

namespace systole {

struct RunOptions {
  std::string model, images, labels, classes, backends = "golden,tlm", dataflow = "auto";
  std::string rounding;  // empty: the model's own
  std::string outputs, outputs_dir, json, html, timeline, stamps, trace, trace_layer, trace_cycles,
      trace_from_reset, trace_on_difference, inject;
  int64_t first = -1;                             // -1: all images
  int batch = 16, memory_latency = 20, jobs = 0;  // jobs 0: one per core
  int segments = 1;
  uint64_t memory = 0;  // 0: not limited
  uint64_t stall = 0;
  bool no_fuse = false, no_pack = false;
  std::string rtl_variant = "plain";
  ConfigOptions config;
  // Whether they were given.
  CLI::Option *stall_given = nullptr, *variant_given = nullptr, *latency_given = nullptr,
              *dataflow_given = nullptr;

  void AddTo(CLI::App* command);

  // Throws InputError naming the option: for a value that is not possible, and for one that would
  // have no effect beside the others.
  JobOptions Job() const;
};

// Of "golden,tlm,rtl". Throws InputError.
std::vector<std::string> ParseBackends(const std::string& text);

}  // namespace systole
