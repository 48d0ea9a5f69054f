#include "sw/timeloop/command.h"

#include <fmt/format.h>

#include <cstdio>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/timeloop/mapper.h"
#include "sw/timeloop/report.h"
#include "sw/timeloop/spec.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {
namespace {

std::vector<SpecFile> Load(const std::vector<std::string>& paths) {
  std::vector<SpecFile> files;
  for (const std::string& path : paths) files.push_back({path, ReadText(path)});
  return files;
}

struct MapRequest {
  std::vector<std::string> files, energy, mapping;
  std::string json, objective = "edp";
  int64_t most_nodes = 0;
  bool physical = false;
};

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
  const Spec spec = ReadSpec(Load(request.files), Load(request.energy), Load(request.mapping));
  if (spec.mapping) return Answer(request, spec, *spec.mapping, nullptr);
  MapOptions options;
  options.most_nodes = request.most_nodes;
  if (request.objective == "energy") options.objective = Objective::kEnergy;
  if (request.objective == "cycles") options.objective = Objective::kCycles;
  const MapResult found = FindBest(spec, options);
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
  app.add_option("FILE", request.files,
                 "YAML of Timeloop v3: architecture, energy table (ERT), problem, constraints")
      ->required();
  CLI::Option* mapping = app.add_option("--mapping", request.mapping,
                                        "YAML with 'mapping'; replaces that of the files");
  app.add_option("--energy", request.energy, "YAML with 'ERT'; replaces that of the files");
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
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return static_cast<int>(kAllEqual);
    return Map(request);
  });
}

}  // namespace systole::timeloop
