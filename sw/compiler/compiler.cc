#include "sw/compiler/compiler.h"

#include <fmt/format.h>

#include "sw/base/error.h"
#include "sw/compiler/check_program.h"
#include "sw/compiler/fit.h"
#include "sw/compiler/output_mapping.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/planner.h"
#include "sw/compiler/row_compiler.h"

namespace systole {
namespace {

// The bytes at program.constants_address, in the order in which `setup` loads them.
void PackConstants(const Planner& planner, Program* program) {
  const HwConfig& config = program->config;
  std::vector<uint8_t>* bytes = &program->constants;
  auto align = [bytes] { bytes->resize((bytes->size() + 255) / 256 * 256); };
  for (const PlannedStage& p : planner.stages()) {
    for (const Fold& fold : p.mapping.folds) PackWeights(*p.stage, p.mapping, fold, config, bytes);
  }
  align();
  PackOffsets(planner.constants(), config, bytes);
  align();
  for (const ParameterRun& run : planner.constants().parameters()) {
    PackParameters(run, *planner.stages()[run.stage].stage, config, bytes);
  }
}

void Report(const Planner& planner, Program* program) {
  const HwConfig& config = program->config;
  for (const PlannedStage& p : planner.stages()) {
    Program::ReportLayer row;
    row.name = p.stage->name;
    row.first_layer = p.stage->first_layer;
    row.last_layer = p.stage->last_layer;
    row.macs = p.stage->macs;
    row.mapping = fmt::format("{}, {} tile{}", DescribeOn(*p.stage, p.mapping, config),
                              p.tiles.size(), p.tiles.size() == 1 ? "" : "s");
    if (p.images_per_tile > 1) row.mapping += fmt::format(" of {} images", p.images_per_tile);
    program->report.push_back(row);
  }
}

// The memory that the program takes, within what the address lines reach.
void CheckAddresses(const Program& p) {
  const int bits = p.config.axi_addr_width;
  if (p.options.base % 256 != 0) {
    throw InputError(
        fmt::format("base address {:#x}: is no multiple of 256 bytes", p.options.base));
  }
  if (p.options.memory > 0 && p.memory_end - p.options.base > p.options.memory) {
    throw MisfitError(Misfit::kTooLarge,
                      fmt::format("it needs {} bytes of external memory, --memory allows {}",
                                  p.memory_end - p.options.base, p.options.memory));
  }
  if (p.memory_end < p.options.base || (bits < 64 && (p.memory_end - 1) >> bits != 0)) {
    throw InputError(
        fmt::format("base address {:#x}: the program ends at {:#x}, beyond what AXI_ADDR_WIDTH={} "
                    "reaches; choose a lower one",
                    p.options.base, p.memory_end, bits));
  }
}

}  // namespace

Program Compile(const Model& model, const HwConfig& config, const ProgramOptions& options) {
  Validate(config);
  Program program;
  if (config.engine != 0) {
    program = CompileRows(model, config, options);
  } else {
    Planner planner(model);
    program = std::move(planner.Plan(config, options));
    PackConstants(planner, &program);
    Report(planner, &program);
  }
  CheckAddresses(program);
  CheckProgram(program);
  return program;
}

Program CompileOrExplain(const Model& model, const HwConfig& config,
                         const ProgramOptions& options) {
  try {
    return Compile(model, config, options);
  } catch (const MisfitError& e) {
    if (e.misfit() == Misfit::kParameter || config.engine != 0) throw;
    RequireChain(model);
    Planner planner(model);
    throw MisfitError(e.misfit(), FindFit(planner, config, options).Text(model.name));
  }
}

}  // namespace systole
