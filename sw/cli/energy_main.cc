// `systole energy`: a program of its own, which alone reads YAML.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/cli/commands.h"
#include "sw/cli/dataflow_option.h"
#include "sw/cli/rounding_option.h"
#include "sw/energy/energy_law.h"
#include "sw/energy/read_energy.h"
#include "sw/energy/report.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/range_proof.h"
#include "sw/tiling/network.h"
#include "sw/timeloop/design_files.h"
#include "sw/timeloop/network_layers.h"
#include "sw/timeloop/yaml_node.h"

namespace systole {
namespace {

struct EnergyRequest {
  std::string model, rounding, energy, write_energy, json, csv, dataflow = "auto";
  std::vector<std::string> designs;
  int batch = 1, latency = 20, jobs = 0;
  double scale = 1;
  ConfigOptions config;
};

energy::EnergyTable TableFor(const EnergyRequest& request, const HwConfig& config) {
  energy::EnergyTable table =
      request.energy.empty()
          ? energy::TableOf(energy::HorowitzLaw(), config)
          : energy::ReadEnergy(request.energy, timeloop::ReadText(request.energy), config);
  energy::ScaleEnergy(request.scale, &table);
  if (request.scale != 1) table.name += fmt::format(", on chip times {:g}", request.scale);
  return table;
}

std::vector<timeloop::NetworkAnswer> Beside(const EnergyRequest& request, const Model& model) {
  timeloop::NetworkRequest network;
  for (const std::string& design : request.designs)
    network.designs.push_back(timeloop::LoadDesign("--beside", design));
  network.layers = timeloop::LayersOf(model);
  if (network.layers.empty()) throw InputError("--beside: no layer of the model multiplies");
  network.batches = {request.batch};
  network.energy_scale = request.scale;
  network.jobs = request.jobs > 0
                     ? request.jobs
                     : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const bool bar = isatty(STDERR_FILENO) != 0;
  auto answers = timeloop::MapNetwork(network, [&](size_t done, size_t all) {
    if (bar) std::fprintf(stderr, "\r%zu of %zu shapes\033[K", done, all);
  });
  if (bar) std::fputs("\r\033[K", stderr);
  return answers;
}

int Energy(const EnergyRequest& request) {
  const HwConfig config = request.config.Parse();
  FileSet files;
  files.AddInput("the model", request.model);
  files.AddInput("--energy", request.energy);
  files.AddOutput("--json", request.json);
  files.AddOutput("--csv", request.csv);
  files.AddOutput("--write-energy", request.write_energy);
  const energy::EnergyTable table = TableFor(request, config);
  Model model = LoadModel(request.model);
  ChooseMultipliers(model, ChosenRounding(request.rounding, model));
  for (const std::string& warning : ProveRanges(model))
    fmt::print(stderr, "warning: {}\n", warning);
  ProgramOptions options;
  options.images = options.batch = request.batch;
  options.dataflow = ParseDataflow(request.dataflow, config);
  const energy::Account account =
      energy::AccountOf(CompileNetwork(model, config, options), MemoryTiming{request.latency});
  std::vector<timeloop::NetworkAnswer> beside;
  if (!request.designs.empty()) beside = Beside(request, model);

  std::fputs(energy::EnergyText(account, table).c_str(), stdout);
  if (!beside.empty()) std::fputs(energy::BesideText(beside, account, table).c_str(), stdout);
  if (!request.csv.empty()) WriteFile(request.csv, energy::EnergyCsv(account, table));
  if (!request.write_energy.empty()) WriteFile(request.write_energy, energy::EnergyYaml(table));
  if (!request.json.empty()) {
    energy::Json json =
        energy::EnergyJson(model.name.empty() ? request.model : model.name, account, table);
    if (!beside.empty()) json["beside"] = energy::BesideJson(beside);
    WriteFile(request.json,
              json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  return kAllEqual;
}

int EnergyMain(int argc, const char* const* argv) {
  EnergyRequest request;
  CLI::App app("every action of a model's program on the accelerator, counted, times a table",
               "systole energy");
  app.add_option("model", request.model, "ONNX file, TensorFlow Lite file, or folder of text files")
      ->required();
  app.add_option("--batch", request.batch, "images of the run, which share each weight")
      ->check(WholeNumber(1, kMostImages))
      ->capture_default_str();
  app.add_option("--energy", request.energy,
                 "YAML: energies of memories and arithmetic, or of every action; Horowitz's for "
                 "45 nm if not given (docs/energy.md)");
  app.add_option("--energy-scale", request.scale,
                 "times every energy on the chip: another node, voltage")
      ->check(CLI::Range(1e-6, 1e6));
  app.add_option("--write-energy", request.write_energy,
                 "write the energy of every action as YAML, to be edited and given as --energy");
  CLI::Option* beside = app.add_option(
      "--beside", request.designs,
      "[LABEL=]FILE,FILE: a design in Timeloop's files on the same layers; may be given again");
  app.add_option("--jobs", request.jobs, "threads for --beside; as many as cores if not given")
      ->check(WholeNumber(1, 1024))
      ->needs(beside);
  app.add_option("--memory-latency", request.latency,
                 "cycles from address to data: moves cycles, no action")
      ->check(WholeNumber(1, 100000))
      ->capture_default_str();
  app.add_option("--rounding", request.rounding, RoundingHelp());
  AddDataflowOption(&app, &request.dataflow);
  app.add_option("--json", request.json, "write counts and energies by layer, action and engine");
  app.add_option("--csv", request.csv, "write a row for each layer and action");
  request.config.AddTo(&app);
  return RunCommand([&] {
    if (!ParseOptions(&app, argc, argv)) return static_cast<int>(kAllEqual);
    return Energy(request);
  });
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) { return systole::EnergyMain(argc, argv); }
