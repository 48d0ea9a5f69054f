// Scheduling: the jobs of all stages and images in one program order, with tokens.
//
// A job is one tile of one stage (all its column folds where they meet in the pooling, else one of
// them): Matmul instructions into one accumulator half, then the Post instructions that empty it.
// At every step the schedule takes, among the next jobs of the stages, the one that would keep the
// array waiting least (estimated with the timing laws), the deepest stage where several would not;
// so the next image's first layer hides the drain of this image's last.
#pragma once

#include <memory>
#include <vector>

#include "sw/compiler/constants.h"
#include "sw/compiler/planned_stage.h"
#include "sw/compiler/storage.h"
#include "sw/program/program.h"

namespace systole {

// Keeps its memory from program to program.
class JobScheduler {
 public:
  JobScheduler();
  ~JobScheduler();

  // Fills program.code, observations, layer_of and report_of, which are to be empty. Program
  // configuration, options, input and output must be set.
  void Run(const std::vector<PlannedStage>& stages, const Placement& placement,
           Constants& constants, Program& program);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace systole
