#include "sw/scalesim/run.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <new>
#include <sstream>
#include <utility>

#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/scalesim/array_folds.h"
#include "sw/scalesim/config.h"
#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/trace.h"
#include "sw/scalesim/workload.h"

namespace systole::scalesim {
namespace {

std::string ReadFile(const std::string& path, const char* option) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || std::filesystem::is_directory(path) || !(text << in.rdbuf())) {
    if (in && in.peek() == std::ifstream::traits_type::eof() &&
        !std::filesystem::is_directory(path))
      return "";
    throw InputError(path + ": cannot be read; give the file with " + option);
  }
  return text.str();
}

std::string Banner(const RunRequest& request, const RunConfig& config) {
  const Machine& m = config.machine;
  const std::string line = "====================================================\n";
  std::string text;
  if (config.invalid_dataflow) text += "WARNING: Invalid dataflow\n";
  text += line + "******************* SCALE SIM **********************\n" + line;
  text += "Array Size: \t" + std::to_string(m.rows) + "x" + std::to_string(m.cols) + "\n";
  text += "SRAM IFMAP (kB): \t" + std::to_string(m.ifmap_kb) + "\n";
  text += "SRAM Filter (kB): \t" + std::to_string(m.filter_kb) + "\n";
  text += "SRAM OFMAP (kB): \t" + std::to_string(m.ofmap_kb) + "\n";
  text += std::string("Dataflow: \t") +
          (m.dataflow == Dataflow::kWs   ? "Weight Stationary"
           : m.dataflow == Dataflow::kIs ? "Input Stationary"
                                         : "Output Stationary") +
          "\n";
  if (request.options.compat == Compat::kV3) {
    text += "topology file path: \t" + request.topology_path + "\n";
    text += "layout file path: \t" + request.layout_path + "\n";
  } else {
    text += "CSV file path: \t" + request.topology_path + "\n";
  }
  if (m.user_bandwidth) {
    text += "Bandwidth: \t";
    for (size_t i = 0; i < config.bandwidths.size(); ++i) {
      text += (i ? "," : "") + std::to_string(config.bandwidths[i]);
    }
    text += "\nWorking in USE USER BANDWIDTH mode.\n";
  } else {
    text += "Working in ESTIMATE BANDWIDTH mode.\n";
  }
  return text + line;
}

// Calls `layer_done(id, named layer)` after each layer.
template <typename LayerDone>
RunResult Evaluate(const RunRequest& request, const RunConfig& config,
                   const std::vector<NamedLayer>& layers, LayerDone layer_done) {
  RunResult result;
  Options options = request.options;
  options.sparse = config.sparse;
  result.run_name = config.run_name;
  result.text = Banner(request, config);
  AppendHeaders(options, &result.reports);
  for (size_t i = 0; i < layers.size(); ++i) {
    LayerReport report;
    try {
      report = EvaluateLayer(config.machine, layers[i].layer, options);
    } catch (const InputError& error) {
      throw InputError(request.topology_path + ": layer " + std::to_string(i) + " (" +
                       layers[i].name + "): " + error.what());
    } catch (const std::bad_alloc&) {
      throw InputError(request.topology_path + ": layer " + std::to_string(i) + " (" +
                       layers[i].name + "): is too large for this machine's memory; cut it");
    }
    result.text += LayerSummary(i, report, options);
    AppendLayer(i, report, options, &result.reports);
    if (request.save_traces) result.text += "Saving traces: Done!\n";
    layer_done(i, layers[i].layer);
  }
  result.text += "************ SCALE SIM Run Complete ****************\n";
  return result;
}

}  // namespace

RunResult EvaluateRun(const RunRequest& request, const std::string& config_text,
                      const std::string& topology_text) {
  const RunConfig config = ParseConfig(config_text, request.config_path, request.options.compat);
  const std::vector<NamedLayer> layers = ParseTopology(topology_text, request.topology_path,
                                                       request.input_type, request.options.compat);
  return Evaluate(request, config, layers, [](size_t, const Layer&) {});
}

std::string ConvertWorkload(const RunRequest& request) {
  return ToTopologyText(
      ParseWorkload(ReadFile(request.workload_path, "-w"), request.workload_path));
}

void RunFiles(const RunRequest& given) {
  RunRequest request = given;
  std::string topology_text;
  if (request.workload_path.empty()) {
    topology_text = ReadFile(request.topology_path, "-t");
  } else {
    topology_text = ConvertWorkload(request);
    request.topology_path = request.workload_path;
    request.input_type = InputType::kConv;
  }
  const std::string config_text = ReadFile(request.config_path, "-c");
  const RunConfig config = ParseConfig(config_text, request.config_path, request.options.compat);
  const std::vector<NamedLayer> layers = ParseTopology(topology_text, request.topology_path,
                                                       request.input_type, request.options.compat);
  for (const std::string& warning : config.warnings)
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  std::string array;
  if (request.array_report) {
    if (config.sparse != SparseFormat::kNone)
      throw InputError("--array: not with SparsitySupport; the array has none");
    array = ArrayReport(config.machine, layers);
  }
  const std::string folder = request.log_path + "/" + config.run_name;
  for (const auto& part : std::filesystem::path(config.run_name)) {
    if (part == "..") {
      throw InputError(request.config_path + ": run_name = " + config.run_name +
                       " leads out of the folder of -p; leave out '..'");
    }
  }
  const RunResult result = Evaluate(request, config, layers, [&](size_t id, const Layer& layer) {
    if (!request.save_traces) return;
    const std::string layer_folder = folder + "/layer" + std::to_string(id);
    MakeFolder(layer_folder);
    Options options = request.options;
    options.sparse = config.sparse;
    WriteTraces(config.machine, layer, options, layer_folder);
  });
  MakeFolder(folder);
  const std::pair<const char*, const std::string*> reports[] = {
      {"/COMPUTE_REPORT.csv", &result.reports.compute},
      {"/BANDWIDTH_REPORT.csv", &result.reports.bandwidth},
      {"/DETAILED_ACCESS_REPORT.csv", &result.reports.detail},
      {"/SPARSE_REPORT.csv", &result.reports.sparse},
      {"/ARRAY_REPORT.csv", &array}};
  FileSet files;
  files.AddInput("-c", request.config_path);
  files.AddInput(request.workload_path.empty() ? "-t" : "-w", request.topology_path);
  for (const auto& [name, text] : reports) files.Claim("report", folder + name);
  for (const auto& [name, text] : reports) {
    if (!text->empty()) WriteFile(folder + name, *text);
  }
  std::fwrite(result.text.data(), 1, result.text.size(), stdout);
}

}  // namespace systole::scalesim
