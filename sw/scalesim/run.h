// A whole run: files in, folder of reports out, SCALE-Sim's lines on standard output.
#pragma once

#include <string>

#include "sw/scalesim/report.h"
#include "sw/scalesim/topology.h"

namespace systole::scalesim {

struct RunRequest {
  std::string config_path = "../configs/scale.cfg";
  std::string topology_path = "../topologies/conv_nets/test.csv";
  std::string log_path = "../test_runs";
  std::string layout_path =
      "./layouts/conv_nets/test.csv";  // v3 only, named in the banner; layouts are not modelled
  std::string workload_path;           // one of the project's own tables instead of the topology
  InputType input_type = InputType::kConv;
  bool save_traces = false;
  bool array_report = false;  // also ARRAY_REPORT.csv (array_folds.h)
  Options options;
};

struct RunResult {
  std::string run_name;
  std::string text;  // standard output
  Reports reports;
};

// Evaluates all layers of the two texts; the paths of the request only name the files. Writes
// nothing.
RunResult EvaluateRun(const RunRequest& request, const std::string& config_text,
                      const std::string& topology_text);

// SCALE-Sim's topology of the request's workload.
std::string ConvertWorkload(const RunRequest& request);

// Reads the files, prints, writes <log_path>/<run_name>/*.csv and, if asked for,
// layer<N>/*_TRACE.csv. Throws InputError when a file cannot be read or written.
void RunFiles(const RunRequest& request);

}  // namespace systole::scalesim
