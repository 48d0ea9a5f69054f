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
#include "sw/nest/nest_report.h"
#include "sw/timeloop/design_files.h"
#include "sw/timeloop/mapper.h"

namespace systole::nest {
namespace {

// What run-nest's accelerator has where no option says otherwise: room for the spads of the design
// and for sums that wait.
const std::vector<std::string> kParameters = {"ENGINE=row",   "ACC_DEPTH=1024", "ACT_KIB=128",
                                              "ACT_GROUPS=8", "WGT_KIB=256",    "WGT_SPAD=768"};

struct Request {
  std::vector<std::string> files, energy, mapping, backends = {"tlm", "rtl"};
  std::string json;
  uint32_t seed = 1;
  int latency = 20;
  ConfigOptions config;
};

int Run(const Request& request) {
  FileSet set;
  for (const auto* paths : {&request.files, &request.energy, &request.mapping}) {
    for (const std::string& path : *paths) set.AddInput("FILE", path);
  }
  set.AddOutput("--json", request.json);
  const HwConfig config = request.config.Parse(kParameters);
  if (config.engine != 1) throw InputError("ENGINE=array: nests run on ENGINE=row; leave it out");
  const timeloop::Spec spec =
      timeloop::ReadSpec(timeloop::LoadFiles(request.files), timeloop::LoadFiles(request.energy),
                         timeloop::LoadFiles(request.mapping));
  if (!spec.mapping)
    throw InputError("no mapping; give --mapping FILE, such as systole map --json's");
  const timeloop::Mapping& mapping = *spec.mapping;
  timeloop::Evaluation evaluation;
  Evaluate(spec.problem, spec.arch, mapping, timeloop::Rules::kTimeloop, &evaluation);
  if (!evaluation.valid) Refuse("design", evaluation.reason);
  const NestPlan plan = PlanNest(ReadNest(spec, mapping), config);
  TargetSettings settings;
  settings.memory_latency = request.latency;
  settings.rtl_variant = RtlVariant::kActions;
  for (const std::string& backend : request.backends) {
    if (backend == "rtl") CheckRtlBuilt(config, settings.rtl_variant);
  }
  const NestResult result = RunNest(plan, request.backends, request.seed, settings);
  const NestReport report{spec,
                          mapping,
                          plan,
                          evaluation,
                          CountsOf(plan, spec.problem, evaluation),
                          ArrayCycles(plan, evaluation),
                          result};
  Differences differences = result.differences;
  CheckCounts(report, &differences);
  std::fputs(NestText(report).c_str(), stdout);
  for (const std::string& text : differences.told) fmt::print("{}\n", text);
  fmt::print("{}\n", differences.count == 0 ? "all equal, every count explained"
                                            : fmt::format("{} differences", differences.count));
  if (!request.json.empty()) WriteFile(request.json, NestJson(report, differences).dump(1) + "\n");
  return differences.count == 0 ? kAllEqual : kDifferent;
}

}  // namespace

int RunNestMain(int argc, const char* const* argv) {
  Request request;
  CLI::App app(
      "runs a Timeloop mapping of the Eyeriss-like design as it stands on the "
      "row-stationary array, and explains every count (docs/nest.md)",
      "systole run-nest");
  app.add_option("FILE", request.files,
                 "YAML of Timeloop v3: architecture, energy table (ERT), problem, mapping")
      ->required();
  app.add_option("--mapping", request.mapping, "YAML with 'mapping'; replaces that of the files");
  app.add_option("--energy", request.energy, "YAML with 'ERT'; replaces that of the files");
  app.add_option("--backend", request.backends, "what to run it on: tlm, rtl")
      ->delimiter(',')
      ->check(CLI::IsMember({"tlm", "rtl"}))
      ->capture_default_str();
  app.add_option("--seed", request.seed, "of the random inputs and weights")
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
