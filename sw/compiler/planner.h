// The compiler's decisions, from shapes alone: mapping, tiles, storage, schedule, instructions.
// Weights are packed afterwards (compiler.h); the cost of a design point
// (sw/explore/native/native_cost.h) does without.
#pragma once

#include <string>
#include <vector>

#include "sw/compiler/constants.h"
#include "sw/compiler/mapping_search.h"
#include "sw/compiler/schedule.h"
#include "sw/compiler/stage.h"
#include "sw/compiler/storage.h"
#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

// Plans one model for any number of configurations; keeps its memory from plan to plan, so one
// instance serves one thread.
class Planner {
 public:
  // `model`'s multipliers are chosen. Throws InputError where a sum could leave int32 or a
  // multiplier breaks the rules of its mode.
  explicit Planner(const Model& model);

  // The whole program but for constants and report. It and the decisions below hold until the next
  // call; after a MisfitError, those taken up to then. Throws MisfitError where the configuration
  // is not possible, lacks what a layer needs, or is too small.
  Program& Plan(const HwConfig& config, const ProgramOptions& options);

  const std::vector<PlannedStage>& stages() const { return stages_; }
  const Constants& constants() const { return constants_; }
  const Placement& placement() const { return placement_; }

 private:
  // `dataflows`: what is asked of the stages.
  Program& PlanAs(const HwConfig& config, const ProgramOptions& options,
                  const std::vector<Dataflow>& dataflows);
  // Stage by stage the dataflow with which the program takes fewer cycles.
  Program& PlanEach(const HwConfig& config, const ProgramOptions& options);
  void PlanStages(const HwConfig& config, const ProgramOptions& options,
                  const std::vector<Dataflow>& dataflows);
  void PlaceConstants(const HwConfig& config);
  void PlaceMemory();
  void EmitSetup();

  std::string name_;
  std::vector<Stage> fused_, unfused_;  // the model's stages with and without fused pooling
  std::vector<PlannedStage> stages_;
  int first_batched_ = 0;
  MappingSearch search_;
  Placement placement_;
  Constants constants_;
  JobScheduler scheduler_;
  Program program_;
};

}  // namespace systole
