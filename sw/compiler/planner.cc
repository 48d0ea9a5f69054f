#include "sw/compiler/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sw/compiler/instructions.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/output_mapping.h"
#include "sw/compiler/pack.h"
#include "sw/compiler/supported.h"
#include "sw/quant/range_proof.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

constexpr uint64_t kAlignment = 256;  // of everything in memory

uint64_t AlignUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

void CheckPossible(const HwConfig& config, const ProgramOptions& options) {
  for (const auto& [name, value] :
       {std::pair{"images", options.images}, {"batch", options.batch}}) {
    if (value < 1)
      throw MisfitError(Misfit::kParameter,
                        fmt::format("{}={} is not possible; allowed: 1 or more", name, value));
  }
  try {
    Validate(config);
  } catch (const InputError& e) {
    throw MisfitError(Misfit::kParameter, e.what());
  }
  if (config.engine != 0) {
    throw MisfitError(Misfit::kParameter,
                      "ENGINE=1 is not possible here; the row-stationary array has its own "
                      "compiler (sw/compiler/row_compiler.h)");
  }
}

// From the first stage that leaves the array idle without it, stages work on whole batches: their
// tiles take several images.
int FirstBatched(const std::vector<PlannedStage>& stages, const HwConfig& config) {
  for (size_t s = 0; s < stages.size(); ++s) {
    const PlannedStage& p = stages[s];
    if (p.tiles.size() > 1) continue;
    int wl = p.mapping.OutputStationary() ? 2 : 3;  // a pixel alone is a lane of ROWS
    for (const Fold& fold : p.mapping.folds) wl = std::max(wl, LoadCycles(fold, config));
    if (p.tiles[0].vectors < wl) return static_cast<int>(s);
  }
  return static_cast<int>(stages.size());
}

// Images per tile of a batched stage: as many as fit in an accumulator half, evenly over the batch.
int ImagesPerTile(const PlannedStage& p, const HwConfig& config, int batch) {
  if (p.tiles.size() > 1) return 1;
  const int folds = p.mapping.joint ? static_cast<int>(p.mapping.folds.size()) : 1;
  const int entries = p.tiles[0].vectors * folds * p.mapping.Blocks();
  int most = std::max(1, std::min(config.acc_depth, 1023) / entries);
  if (p.mapping.Blocks() > 1)  // AccInc has 8 bits
    most = std::max(1, std::min(most, 255 / p.tiles[0].vectors));
  if (p.mapping.OutputStationary())  // images are lanes
    most = p.tiles[0].vectors > 1 ? 1 : std::min(most, config.rows);
  const int tiles = (batch + most - 1) / most;
  return (batch + tiles - 1) / tiles;
}

// Lines of a tensor in memory: whole beats.
TensorLayout MemoryLayout(const Storage& s, const HwConfig& config, uint64_t address) {
  return {address, s.h, s.w, s.c, AlignUp(static_cast<uint64_t>(s.w) * s.c, config.AxiBytes())};
}

}  // namespace

Planner::Planner(const Model& model)
    : name_(model.name),
      fused_((ProveRanges(model), LowerToStages(model, true))),
      unfused_(LowerToStages(model, false)) {}

Program& Planner::Plan(const HwConfig& config, const ProgramOptions& options) {
  CheckPossible(config, options);
  const bool each = options.dataflow == Dataflow::kAuto;
  if (each && config.dataflows > 1) return PlanEach(config, options);
  return PlanAs(config, options,
                std::vector<Dataflow>(unfused_.size(), each ? Dataflow::kWs : options.dataflow));
}

Program& Planner::PlanEach(const HwConfig& config, const ProgramOptions& options) {
  RunTimer timer;
  const auto cycles = [&](const std::vector<Dataflow>& dataflows) {
    return timer.Time(PlanAs(config, options, dataflows).code, config, MemoryTiming{}).total;
  };
  std::vector<Dataflow> best(unfused_.size(), Dataflow::kWs);
  auto least = cycles(best);
  for (size_t s = 0; s < stages_.size(); ++s) {
    for (const Dataflow dataflow : {Dataflow::kOs, Dataflow::kIs}) {
      Stage asked = *stages_[s].stage;
      asked.dataflow = dataflow;
      if (!WhyWeightStationary(asked, config).empty()) continue;
      std::vector<Dataflow> other = best;
      other[s] = dataflow;
      try {
        const auto now = cycles(other);
        if (now >= least) continue;
        least = now;
        best = other;
      } catch (const MisfitError&) {  // it fits weight stationary
      }
    }
  }
  return PlanAs(config, options, best);
}

Program& Planner::PlanAs(const HwConfig& config, const ProgramOptions& options,
                         const std::vector<Dataflow>& dataflows) {
  program_.config = config;
  program_.options = options;
  for (auto* code : {&program_.setup, &program_.code}) code->clear();
  for (auto* marks : {&program_.layer_of, &program_.report_of}) marks->clear();
  program_.observations.clear();
  PlanStages(config, options, dataflows);

  placement_.tensors.clear();
  for (const PlannedStage& p : stages_) {
    Storage& in = placement_.tensors.emplace_back();
    in = ConsumerStorage(*p.stage, p.mapping, p.tiles, config);
    const int banks = config.Banks();
    if (p.mapping.OutputStationary() && p.images_per_tile > 1)
      in.slot_bytes += (banks + 1 - in.slot_bytes % banks) % banks;
  }
  placement_.tensors.push_back(OutputStorage(*stages_.back().stage));
  PlaceTensors(first_batched_, config, options.images, std::min(options.batch, options.images),
               name_, &placement_);
  PlaceConstants(config);
  constants_.CheckFit(name_);  // weights and offsets; parameters are added as pieces are planned
  PlaceMemory();
  scheduler_.Run(stages_, placement_, constants_, program_);
  constants_.CheckFit(name_);
  EmitSetup();
  return program_;
}

void Planner::PlanStages(const HwConfig& config, const ProgramOptions& options,
                         const std::vector<Dataflow>& dataflows) {
  std::vector<Stage>& stages = options.fuse_pool ? fused_ : unfused_;
  stages_.resize(stages.size());
  for (size_t s = 0; s < stages.size(); ++s) {
    PlannedStage& p = stages_[s];
    stages[s].dataflow = dataflows[s];
    p.stage = &stages[s];
    CheckSupported(*p.stage, config);
    search_.Choose(*p.stage, config, options.pack_pixels, &p.mapping, &p.tiles);
    if (p.tiles.empty()) {
      throw MisfitError(
          Misfit::kAccumulator,
          fmt::format("{}: one pooling window needs more than the ACC_DEPTH={} accumulator entries",
                      Label(*p.stage), config.acc_depth));
    }
    p.needs.Set(*p.stage, p.mapping);
    p.images_per_tile = 1;
  }
  first_batched_ = FirstBatched(stages_, config);
  for (size_t s = static_cast<size_t>(first_batched_); s < stages_.size(); ++s) {
    stages_[s].images_per_tile =
        ImagesPerTile(stages_[s], config, std::min(options.batch, options.images));
  }
}

void Planner::PlaceConstants(const HwConfig& config) {
  constants_.Clear(config);
  for (size_t s = 0; s < stages_.size(); ++s) {
    PlannedStage& p = stages_[s];
    p.rows.clear();
    p.lane_rows.clear();
    if (p.mapping.OutputStationary()) {
      const Storage& in = placement_.tensors[s];
      for (const Tile& tile : p.tiles) {
        p.lane_rows.push_back(p.images_per_tile > 1
                                  ? constants_.AddLanes(p.images_per_tile, in.slot_bytes)
                                  : constants_.AddLanes(tile.ny, p.mapping.lane_lines * in.pitch));
      }
      for (const Fold& fold : p.mapping.folds) p.rows.push_back({constants_.AddWeights(fold), {}});
      continue;
    }
    for (size_t f = 0; f < p.mapping.folds.size(); ++f) {
      const Fold& fold = p.mapping.folds[f];
      const int weight_row = constants_.AddWeights(fold);
      const bool same = f > 0 && fold.SamePattern(p.mapping.folds[f - 1]);
      p.rows.push_back(
          {weight_row, same ? p.rows.back().offsets
                            : constants_.AddOffsets(*p.stage, fold, placement_.tensors[s].pitch)});
    }
  }
}

// Where images, results and constants lie in memory.
void Planner::PlaceMemory() {
  const HwConfig& config = program_.config;
  const uint64_t images = static_cast<uint64_t>(program_.options.images);
  const Storage &in = placement_.tensors.front(), &out = placement_.tensors.back();
  program_.input = MemoryLayout(in, config, AlignUp(program_.options.base, kAlignment));
  program_.input_stride = program_.input.line_stride * in.h;
  const uint64_t at = AlignUp(program_.input.address + program_.input_stride * images, kAlignment);
  program_.output = MemoryLayout(out, config, at);
  program_.output_stride = program_.output.line_stride * out.h;
  program_.constants_address = AlignUp(at + program_.output_stride * images, kAlignment);
}

// Loads the constants and gives every byte of every tensor's storage the value of its halo.
void Planner::EmitSetup() {
  const HwConfig& config = program_.config;
  uint64_t end = program_.constants_address;
  auto load = [&](Opcode opcode, uint64_t bytes) {
    if (bytes == 0) return;
    const uint64_t at = AlignUp(end, kAlignment);
    SetLoadRows(opcode, at, bytes, &program_.setup.emplace_back());
    end = at + bytes;
  };
  load(Opcode::kLoadWgt,
       uint64_t(constants_.weight_rows()) * config.wport * WeightRowBytes(config));
  load(Opcode::kLoadKtab, uint64_t(constants_.offset_rows()) * OffsetRowBytes(config));
  load(Opcode::kLoadPar, uint64_t(constants_.parameter_rows()) * ParameterRowBytes(config));
  for (const Storage& s : placement_.tensors) SetFill(s, &program_.setup.emplace_back());
  program_.setup_address = AlignUp(end, kAlignment);
  program_.code_address =
      AlignUp(program_.setup_address + program_.setup.size() * kInstructionBytes, kAlignment);
  program_.memory_end = program_.code_address + program_.code.size() * kInstructionBytes;
}

}  // namespace systole
