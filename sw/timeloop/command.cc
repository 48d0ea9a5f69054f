#include "sw/timeloop/command.h"

#include <cstdio>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
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
  std::string json;
  bool physical = false;
};

int Map(const MapRequest& request) {
  FileSet set;
  for (const auto* paths : {&request.files, &request.energy, &request.mapping}) {
    for (const std::string& path : *paths) set.AddInput("FILE", path);
  }
  set.AddOutput("--json", request.json);
  const Spec spec = ReadSpec(Load(request.files), Load(request.energy), Load(request.mapping));
  if (!spec.mapping) throw InputError("no 'mapping' in the files; give --mapping M.yaml");
  Evaluation evaluation;
  Evaluate(spec.problem, spec.arch, *spec.mapping,
           request.physical ? Rules::kPhysical : Rules::kTimeloop, &evaluation);
  std::fputs(EvaluationText(spec.problem, spec.arch, *spec.mapping, evaluation).c_str(), stdout);
  if (!request.json.empty()) {
    WriteFile(request.json,
              EvaluationJson(spec.problem, spec.arch, *spec.mapping, evaluation).dump(2) + "\n");
  }
  return evaluation.valid ? kAllEqual : kDifferent;
}

}  // namespace

int MapMain(int argc, const char* const* argv) {
  MapRequest request;
  CLI::App app("Timeloop's energy and cycles of a mapping, from Timeloop's files", "systole map");
  app.add_option("FILE", request.files,
                 "YAML of Timeloop v3: architecture, energy table (ERT), problem, constraints")
      ->required();
  app.add_option("--mapping", request.mapping, "YAML with 'mapping'; replaces that of the files");
  app.add_option("--energy", request.energy, "YAML with 'ERT'; replaces that of the files");
  app.add_flag("--physical", request.physical,
               "what hardware would move, instead of Timeloop's short cuts (docs/energy.md)");
  app.add_option("--json", request.json, "write the result");
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return static_cast<int>(kAllEqual);
    return Map(request);
  });
}

}  // namespace systole::timeloop
