#include "sw/nest/command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/cli/commands.h"
#include "sw/nest/nest_network.h"
#include "sw/timeloop/design_files.h"
#include "sw/timeloop/network_layers.h"

namespace systole::nest {
namespace {

// What run-nest's accelerator has where no option says otherwise: room for the spads of the design
// and for sums that wait.
const std::vector<std::string> kParameters = {"ENGINE=row",   "ACC_DEPTH=1024", "ACT_KIB=128",
                                              "ACT_GROUPS=8", "WGT_KIB=256",    "WGT_SPAD=768"};

struct Request {
  std::vector<std::string> files, energy, mapping, only, backends = {"tlm", "rtl"};
  std::string json, network, objective = "edp", by = "machine";
  bool row_stationary = false;
  uint32_t seed = 1;
  int latency = 20;
  int64_t evaluations = SearchOptions{}.evaluations;
  ConfigOptions config;
};

JobOptions OptionsOf(const Request& request) {
  JobOptions options;
  if (request.config.Parse({"ENGINE=row"}).engine != 1)
    throw InputError("ENGINE=array: nests run on ENGINE=row; leave it out");
  options.config = request.config.Parse(kParameters);
  options.search.machine = request.by == "machine";
  options.search.row_stationary = request.row_stationary;
  options.search.evaluations = request.evaluations;
  options.search.seed = request.seed;
  if (request.objective == "energy") options.search.objective = timeloop::Objective::kEnergy;
  if (request.objective == "cycles") options.search.objective = timeloop::Objective::kCycles;
  options.backends = request.backends;
  options.target.memory_latency = request.latency;
  options.target.rtl_variant = RtlVariant::kActions;
  options.seed = request.seed;
  for (const std::string& backend : request.backends) {
    if (backend == "rtl") CheckRtlBuilt(options.config, options.target.rtl_variant);
  }
  return options;
}

Json JsonOf(const Request& request, const NestJob& job) {
  Json json = NestJson(job.Report(), job.differences);
  if (job.found) {
    json["search"] = {{"objective", request.objective},      {"by", request.by},
                      {"value", job.found->value},           {"evaluations", request.evaluations},
                      {"executable", job.found->executable}, {"proved", false}};
  }
  return json;
}

std::string Verdict(int64_t differences) {
  return differences == 0 ? "all equal, every count explained\n"
                          : fmt::format("{} differences\n", differences);
}

int RunLayer(const Request& request, const JobOptions& options) {
  const timeloop::Spec spec =
      timeloop::ReadSpec(timeloop::LoadFiles(request.files), timeloop::LoadFiles(request.energy),
                         timeloop::LoadFiles(request.mapping));
  const NestJob job(spec, options);
  if (job.found) {
    fmt::print(
        "best executable nest by {} of {}'s counts: {:.8g}; {} nests looked at, {} "
        "executable; found, not proved\n",
        request.objective, request.by, job.found->value, request.evaluations,
        job.found->executable);
  }
  std::fputs(NestText(job.Report()).c_str(), stdout);
  for (const std::string& text : job.differences.told) fmt::print("{}\n", text);
  std::fputs(Verdict(job.differences.count).c_str(), stdout);
  if (!request.json.empty()) WriteFile(request.json, JsonOf(request, job).dump(1) + "\n");
  return job.differences.count == 0 ? kAllEqual : kDifferent;
}

int RunNetwork(const Request& request, const JobOptions& options) {
  const auto layers = DifferentLayers(timeloop::ReadNetwork(request.network), request.only);
  std::vector<timeloop::SpecFile> files = timeloop::LoadFiles(request.files);
  Json json = Json::object();
  int64_t differences = 0;
  std::fputs(NetworkHead().c_str(), stdout);
  for (const timeloop::NetworkLayer& layer : layers) {
    const NestJob job(timeloop::ReadSpec(files, ProblemOf(layer)), options);
    std::fputs(NetworkRow(layer.name, job).c_str(), stdout);
    std::fflush(stdout);
    differences += job.differences.count;
    json[layer.name] = JsonOf(request, job);
  }
  fmt::print("{} shapes on {}: {}", layers.size(), fmt::join(request.backends, ", "),
             Verdict(differences));
  if (!request.json.empty()) WriteFile(request.json, json.dump(1) + "\n");
  return differences == 0 ? kAllEqual : kDifferent;
}

int Run(const Request& request) {
  FileSet set;
  for (const auto* paths : {&request.files, &request.energy, &request.mapping}) {
    for (const std::string& path : *paths) set.AddInput("FILE", path);
  }
  set.AddInput("--network", request.network);
  set.AddOutput("--json", request.json);
  const JobOptions options = OptionsOf(request);
  return request.network.empty() ? RunLayer(request, options) : RunNetwork(request, options);
}

void AddSearchOptions(CLI::App* app, Request* request, CLI::Option* mapping) {
  app->add_option("--objective", request->objective,
                  "without a mapping the best is searched: edp (energy x cycles), energy, cycles")
      ->check(CLI::IsMember({"edp", "energy", "cycles"}))
      ->capture_default_str()
      ->excludes(mapping);
  app->add_option("--by", request->by, "whose energy and cycles the search goes by")
      ->check(CLI::IsMember({"machine", "timeloop"}))
      ->capture_default_str()
      ->excludes(mapping);
  app->add_flag("--row-stationary", request->row_stationary,
                "search nests with all of R in an element and all of S along Y")
      ->excludes(mapping);
  app->add_option("--evaluations", request->evaluations, "nests that the search looks at")
      ->check(WholeNumber(1, 1000000000))
      ->capture_default_str()
      ->excludes(mapping);
}

}  // namespace

int RunNestMain(int argc, const char* const* argv) {
  Request request;
  CLI::App app(
      "runs a Timeloop mapping of the Eyeriss-like design as it stands on the row-stationary "
      "array, and explains every count (docs/nest.md)",
      "systole run-nest");
  app.add_option("FILE", request.files,
                 "YAML of Timeloop v3: architecture, energy table (ERT), problem, mapping")
      ->required();
  CLI::Option* mapping = app.add_option("--mapping", request.mapping,
                                        "YAML with 'mapping'; replaces that of the files");
  CLI::Option* energy =
      app.add_option("--energy", request.energy, "YAML with 'ERT'; replaces that of the files");
  AddSearchOptions(&app, &request, mapping);
  CLI::Option* network =
      app.add_option("--network", request.network,
                     "layer table (*.csv), *.onnx or *.tflite: every different layer, a row each")
          ->excludes(mapping)
          ->excludes(energy);
  app.add_option("--only", request.only, "of the network these layers, by name")
      ->delimiter(',')
      ->needs(network);
  app.add_option("--backend", request.backends, "what to run it on: tlm, rtl")
      ->delimiter(',')
      ->check(CLI::IsMember({"tlm", "rtl"}))
      ->capture_default_str();
  app.add_option("--seed", request.seed, "of the random inputs and weights, and of the search")
      ->check(WholeNumber(0, 0xFFFFFFFF))
      ->capture_default_str();
  app.add_option("--memory-latency", request.latency, "cycles from address to data")
      ->check(WholeNumber(1, 100000))
      ->capture_default_str();
  app.add_option("--json", request.json, "write the result");
  request.config.AddTo(&app);
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return static_cast<int>(kAllEqual);
    return Run(request);
  });
}

}  // namespace systole::nest
