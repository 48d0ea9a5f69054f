#include "sw/compiler/compiler.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/arith/range_proof.h"
#include "sw/arith/rounding.h"
#include "sw/base/error.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/schedule.h"

namespace systole {
namespace {

constexpr uint64_t kCodeAlignment = 256;

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

void CheckSupported(const Stage& stage, const HwConfig& config) {
  if (!(config.roundings >> static_cast<int>(stage.rounding) & 1)) {
    throw InputError(
        fmt::format("layer '{}': rounding mode {} is not in this accelerator (ROUNDINGS={:#x}); build it in "
                    "or choose another",
                    stage.name, RoundingName(stage.rounding), config.roundings));
  }
  if (stage.zw != 0 && config.row_sum == 0) {
    throw InputError(
        fmt::format("layer '{}': its weights are asymmetric (zero point {}) and ROW_SUM=0; build with "
                    "ROW_SUM=1",
                    stage.name, stage.zw));
  }
}

// From the first stage that leaves the array idle without it, stages work on whole batches: their tiles take several
// images.
int FirstBatched(const std::vector<PlannedStage>& stages, const HwConfig& config) {
  for (size_t s = 0; s < stages.size(); ++s) {
    const PlannedStage& p = stages[s];
    int wl = 3;
    for (const Fold& fold : p.mapping.folds) {
      wl = std::max(wl, std::min<int>(fold.columns.size(), config.cols / config.wport));
    }
    if (p.tiles.size() == 1 && p.tiles[0].vectors < wl) return static_cast<int>(s);
  }
  return static_cast<int>(stages.size());
}

// Images per tile of a batched stage: as many as fit in an accumulator half, evenly over the batch.
int ImagesPerTile(const PlannedStage& p, const HwConfig& config, int batch) {
  if (p.tiles.size() > 1) return 1;
  const int folds = p.mapping.joint ? static_cast<int>(p.mapping.folds.size()) : 1;
  const int most = std::max(1, std::min(config.acc_depth, 1023) / (p.tiles[0].vectors * folds));
  const int tiles = (batch + most - 1) / most;
  return (batch + tiles - 1) / tiles;
}

std::vector<PlannedStage> PlanStages(const Model& model, const HwConfig& config, const ProgramOptions& options) {
  std::vector<PlannedStage> stages;
  for (Stage& stage : LowerToStages(model, options.fuse_pool)) {
    CheckSupported(stage, config);
    PlannedStage p;
    p.stage = std::move(stage);
    p.mapping = ChooseMapping(p.stage, config);
    p.tiles = ChooseTiles(p.stage, p.mapping, config);
    if (p.tiles.empty()) {
      throw InputError(
          fmt::format("layer '{}': one pooling window needs more than the ACC_DEPTH={} accumulator entries",
                      p.stage.name, config.acc_depth));
    }
    stages.push_back(std::move(p));
  }
  return stages;
}

// Lines of a tensor in memory: whole beats.
TensorLayout MemoryLayout(const Storage& s, const HwConfig& config, uint64_t address) {
  return {address, s.h, s.w, s.c, AlignUp(static_cast<uint64_t>(s.w) * s.c, config.AxiBytes())};
}

// Loads the constants and gives every byte of every tensor's storage the value of its halo.
void EmitSetup(const Constants& constants, const Placement& placement, Program& program) {
  auto load = [&](Opcode opcode, const std::vector<uint8_t>& image) {
    if (image.empty()) return;
    const uint64_t at = AlignUp(program.constants.size(), kCodeAlignment);
    program.constants.resize(at);
    program.constants.insert(program.constants.end(), image.begin(), image.end());
    program.setup.push_back(LoadRowsInstruction(opcode, program.constants_address + at, image.size()));
  };
  load(Opcode::kLoadWgt, constants.WeightImage());
  load(Opcode::kLoadKtab, constants.OffsetImage());
  load(Opcode::kLoadPar, constants.ParameterImage());
  for (const Storage& s : placement.tensors) program.setup.push_back(FillInstruction(s));
}

}  // namespace

Program Compile(const Model& model, const HwConfig& config, const ProgramOptions& options) {
  Validate(config);
  ProveRanges(model);
  Program program;
  program.config = config;
  program.options = options;
  std::vector<PlannedStage> stages = PlanStages(model, config, options);
  const int batch = std::min(options.batch, options.images);
  const int first_batched = FirstBatched(stages, config);
  for (size_t s = first_batched; s < stages.size(); ++s) {
    stages[s].images_per_tile = ImagesPerTile(stages[s], config, batch);
  }

  std::vector<Storage> tensors;
  for (const PlannedStage& p : stages) tensors.push_back(ConsumerStorage(p.stage, p.mapping, p.tiles, config));
  tensors.push_back(OutputStorage(stages.back().stage));
  const Placement placement =
      PlaceTensors(std::move(tensors), first_batched, config, options.images, batch, model.name);

  Constants constants(config);
  for (size_t s = 0; s < stages.size(); ++s) {
    for (const Fold& fold : stages[s].mapping.folds) {
      stages[s].rows.push_back({constants.AddWeights(stages[s].stage, fold),
                                constants.AddOffsets(stages[s].stage, fold, placement.tensors[s].pitch)});
    }
  }

  const Storage &in = placement.tensors.front(), &out = placement.tensors.back();
  uint64_t at = AlignUp(options.base, kCodeAlignment);
  program.input = MemoryLayout(in, config, at);
  program.input_stride = program.input.line_stride * in.h;
  at = AlignUp(at + program.input_stride * options.images, kCodeAlignment);
  program.output = MemoryLayout(out, config, at);
  program.output_stride = program.output.line_stride * out.h;
  at = AlignUp(at + program.output_stride * options.images, kCodeAlignment);

  ScheduleProgram(stages, placement, constants, program);
  constants.CheckFit(model.name);

  program.constants_address = at;
  EmitSetup(constants, placement, program);
  program.setup_address = AlignUp(at + program.constants.size(), kCodeAlignment);
  program.code_address = AlignUp(program.setup_address + program.setup.size() * kInstructionBytes, kCodeAlignment);
  program.memory_end = program.code_address + program.code.size() * kInstructionBytes;

  for (const PlannedStage& p : stages) {
    Program::ReportLayer row;
    row.name = p.stage.name;
    row.first_layer = p.stage.first_layer;
    row.last_layer = p.stage.last_layer;
    row.macs = p.stage.macs;
    row.mapping =
        fmt::format("ws, {}, {} tile{}", p.mapping.Describe(), p.tiles.size(), p.tiles.size() == 1 ? "" : "s");
    if (p.images_per_tile > 1) row.mapping += fmt::format(" of {} images", p.images_per_tile);
    program.report.push_back(row);
  }
  return program;
}

}  // namespace systole
