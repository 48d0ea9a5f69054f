// Which instructions a job's K-slices wait for, remembered from one judgement of the job to the
// next.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/planned_stage.h"
#include "sw/compiler/tensor_slots.h"
#include "sw/timing/laws.h"

namespace systole {

// Per slice group of a fold: the last instruction that writes what it reads (-1: none), and the
// first cycle after its estimated retirement.
struct Needs {
  int image = -1, tile = -1;  // of the job
  std::vector<int64_t> producer;
  std::vector<Cycle> ready;
  int64_t last_producer = -1;  // over all groups
  Cycle last_ready = 0;
};

// Keeps its memory from schedule to schedule.
class JobNeeds {
 public:
  void Clear(const std::vector<PlannedStage>& stages);

  // Of a fold of the job, whose input images are complete. retire: estimates by instruction. Holds
  // until the stage's next tile or images are asked for.
  const Needs& Of(const Job& job, const PlannedStage& stage, int fold, const TensorSlots& slots,
                  const std::vector<Cycle>& retire, const LawConfig& law);

 private:
  // The parts of the job's input images: those with the same ranges as one, written when the last
  // of them is.
  void CollectParts(const Job& job, const TensorSlots& slots);

  std::vector<size_t> first_;  // per stage: its first list in needs_
  std::vector<Needs> needs_;   // more than in use
  std::vector<Written> written_;
};

}  // namespace systole
