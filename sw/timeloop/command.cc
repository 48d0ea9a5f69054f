#include "sw/timeloop/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/timeloop/design_files.h"
#include "sw/timeloop/mapper.h"
#include "sw/timeloop/network_layers.h"
#include "sw/timeloop/network_report.h"
#include "sw/timeloop/report.h"
#include "sw/timeloop/spec.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {
namespace {

struct MapRequest {
  std::vector<std::string> files, energy, mapping, designs;
  std::string json, objective = "edp", network, csv, html;
  std::vector<int64_t> batches = {1};
  int64_t most_nodes = 0;
  double energy_scale = 1;
  int jobs = 0;
  bool physical = false;
};

MapOptions OptionsOf(const MapRequest& request) {
  MapOptions options;
  options.most_nodes = request.most_nodes;
  if (request.objective == "energy") options.objective = Objective::kEnergy;
  if (request.objective == "cycles") options.objective = Objective::kCycles;
  return options;
}

int MapTheNetwork(const MapRequest& request) {
  FileSet set;
  set.AddInput("--network", request.network);
  set.AddOutput("--json", request.json);
  set.AddOutput("--csv", request.csv);
  set.AddOutput("--html", request.html);
  NetworkRequest network;
  network.layers = ReadNetwork(request.network);
  network.options = OptionsOf(request);
  network.batches = request.batches;
  network.energy_scale = request.energy_scale;
  network.jobs = request.jobs > 0
                     ? request.jobs
                     : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  for (const std::string& design : request.designs)
    network.designs.push_back(LoadDesign("--design", design));
  if (network.designs.empty()) throw InputError("--network: no design; give --design FILE,FILE");
  const bool bar = isatty(STDERR_FILENO) != 0;
  const auto answers = MapNetwork(network, [&](size_t done, size_t all) {
    if (bar) std::fprintf(stderr, "\r%zu of %zu shapes\033[K", done, all);
  });
  if (bar) std::fputs("\r\033[K", stderr);
  const std::string name = std::filesystem::path(request.network).stem().string();
  std::fputs(NetworkText(answers).c_str(), stdout);
  if (!request.csv.empty()) WriteFile(request.csv, NetworkCsv(answers));
  if (!request.html.empty()) WriteFile(request.html, NetworkPage(name, request.objective, answers));
  if (!request.json.empty()) {
    WriteFile(request.json, NetworkJson(name, request.objective, answers).dump(1) + "\n");
  }
  return kAllEqual;
}

// The certificate: how far the best mapping is proved to be the best.
Json CertificateJson(const MapRequest& request, const MapResult& found) {
  return {{"objective", request.objective}, {"value", found.value},    {"bound", found.bound},
          {"proved", found.proved},         {"tasks", found.tasks},    {"nodes", found.nodes},
          {"evaluated", found.evaluated},   {"seconds", found.seconds}};
}

std::string CertificateText(const MapRequest& request, const MapResult& found) {
  const std::string gap =
      found.proved ? "no mapping is better"
                   : fmt::format("not proved: {:.3f} % may be left, give more --most-nodes",
                                 100 * (1 - found.bound / found.value));
  return fmt::format("best by {}: {:.8g}; {}; {} bounds, {} mappings evaluated\n\n",
                     request.objective, found.value, gap, found.nodes, found.evaluated);
}

int Answer(const MapRequest& request, const Spec& spec, const Mapping& mapping,
           const MapResult* found) {
  Evaluation evaluation;
  Evaluate(spec.problem, spec.arch, mapping, request.physical ? Rules::kPhysical : Rules::kTimeloop,
           &evaluation);
  Json json = EvaluationJson(spec.problem, spec.arch, mapping, evaluation);
  if (found != nullptr) {
    std::fputs(CertificateText(request, *found).c_str(), stdout);
    json["search"] = CertificateJson(request, *found);
  }
  std::fputs(EvaluationText(spec.problem, spec.arch, mapping, evaluation).c_str(), stdout);
  if (!request.json.empty()) WriteFile(request.json, json.dump(2) + "\n");
  return evaluation.valid ? kAllEqual : kDifferent;
}

int Map(const MapRequest& request) {
  FileSet set;
  for (const auto* paths : {&request.files, &request.energy, &request.mapping}) {
    for (const std::string& path : *paths) set.AddInput("FILE", path);
  }
  set.AddOutput("--json", request.json);
  Spec spec =
      ReadSpec(LoadFiles(request.files), LoadFiles(request.energy), LoadFiles(request.mapping));
  spec.arch.ScaleEnergy(request.energy_scale);
  if (spec.mapping) return Answer(request, spec, *spec.mapping, nullptr);
  const MapResult found = FindBest(spec, OptionsOf(request));
  if (found.found) return Answer(request, spec, found.mapping, &found);
  const std::string reason = found.proved ? "no mapping of the constraints fits"
                                          : "no mapping was found; give more --most-nodes";
  std::fputs(("not possible: " + reason + "\n").c_str(), stdout);
  const Json json = {{"valid", false}, {"reason", reason}};
  if (!request.json.empty()) WriteFile(request.json, json.dump(2) + "\n");
  return kDifferent;
}

}  // namespace

int MapMain(int argc, const char* const* argv) {
  MapRequest request;
  CLI::App app("Timeloop's energy and cycles of a mapping, or the best mapping, from its files",
               "systole map");
  CLI::Option* files =
      app.add_option("FILE", request.files,
                     "YAML of Timeloop v3: architecture, energy table (ERT), problem, constraints");
  CLI::Option* mapping = app.add_option("--mapping", request.mapping,
                                        "YAML with 'mapping'; replaces that of the files");
  app.add_option("--energy", request.energy, "YAML with 'ERT'; replaces that of the files");
  app.add_option("--energy-scale", request.energy_scale,
                 "times every energy of the table but the outermost level's: another node, voltage")
      ->check(CLI::Range(1e-6, 1e6));
  app.add_flag("--physical", request.physical,
               "what hardware would move, instead of Timeloop's short cuts (docs/energy.md)");
  app.add_option("--objective", request.objective,
                 "what the best mapping has least of: edp (energy x cycles), energy, cycles")
      ->check(CLI::IsMember({"edp", "energy", "cycles"}))
      ->capture_default_str()
      ->excludes(mapping);
  app.add_option("--most-nodes", request.most_nodes,
                 "end the search after so many bounds, and tell the gap")
      ->check(WholeNumber(1, 1000000000000))
      ->excludes(mapping);
  app.add_option("--json", request.json, "write the result");
  CLI::Option* network =
      app.add_option("--network", request.network,
                     "layer table (*.csv), *.onnx or *.tflite: the best mapping of every layer")
          ->excludes(mapping)
          ->excludes(files);
  app.add_option("--design", request.designs,
                 "[LABEL=]FILE,FILE: a design's files, for --network; may be given again")
      ->needs(network);
  app.add_option("--batch", request.batches, "images at once, for --network; may be several")
      ->check(CLI::Range(1, 65536))
      ->delimiter(',')
      ->needs(network)
      ->capture_default_str();
  app.add_option("--jobs", request.jobs, "threads for --network; as many as cores if not given")
      ->check(WholeNumber(1, 1024))
      ->needs(network);
  app.add_option("--csv", request.csv, "write a row for each design, batch and layer")
      ->needs(network);
  app.add_option("--html", request.html, "write a page with charts")->needs(network);
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return static_cast<int>(kAllEqual);
    if (!request.network.empty()) {
      if (request.physical) throw InputError("--physical: not for --network; give one layer");
      if (!request.energy.empty()) throw InputError("--energy: name the table in --design");
      return MapTheNetwork(request);
    }
    if (request.files.empty()) throw InputError("no FILE; give YAML files, see systole map -h");
    return Map(request);
  });
}

}  // namespace systole::timeloop
