// The exact cost of a network on a configuration of our own accelerator: the compiler's program,
// timed by the laws of docs/timing.md. What Evaluate() says is what Compile() (from memory:
// CompileTiled()) and Simulate() give, without moving a weight.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sw/compiler/misfit.h"
#include "sw/isa/config.h"
#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/timing/laws.h"
#include "sw/timing/timeline.h"

namespace systole::explore {

using systole::Misfit;  // why a point cannot be built or run

const char* MisfitName(Misfit misfit);

struct NativeResult {
  Misfit misfit = Misfit::kNone;
  std::string reason;  // one line naming layer and limit, empty where it fits; all figures below
                       // are then zero
  bool fits() const { return misfit == Misfit::kNone; }

  int64_t instructions = 0;  // of `code`
  Cycle cycles =
      0;  // of one run of `code`: options.images images from an idle machine, weights resident
  double cycles_per_image = 0;  // cycles / options.images; fill and drain of the run are in it
  int64_t macs = 0;             // of the model, for all images of the run
  double utilization = 0;       // 0..1, sw/timing/utilization.h
  RunCounters counters;  // what the array did (packing's zeros and pooling, too), beats, and for
                         // each engine the cause of every cycle (docs/timing.md)
  int64_t read_bytes = 0, write_bytes = 0;  // beats of the data ports times their width
};

// Holds scratch memory: one instance serves one thread; make one per thread (copies share nothing
// that changes).
class NativeCost {
 public:
  // The model's multipliers are chosen (ChooseMultipliers). `from_memory`: a graph of any size,
  // everything loaded in every run (sw/tiling); else a chain that stays on chip. Throws InputError
  // where the model itself is not possible (sums that leave int32, multipliers that break their
  // mode's rules). `model` must outlive it.
  explicit NativeCost(const Model& model, bool from_memory = false);
  ~NativeCost();
  NativeCost(NativeCost&&) noexcept;
  NativeCost& operator=(NativeCost&&) noexcept;

  // options.images images of one run; for a design point of batch B: images = batch = B.
  NativeResult Evaluate(const HwConfig& config, const ProgramOptions& options,
                        const MemoryTiming& memory);

  // The same in two steps, where points differ in the memory only: the program does not depend on
  // it. Plan: NativeResult with misfit and reason only. Time: of the last plan, which must have
  // fitted.
  NativeResult Plan(const HwConfig& config, const ProgramOptions& options);
  NativeResult Time(const MemoryTiming& memory);

  int64_t macs() const;  // of the model, an image

  // At least so many cycles take Time()'s, for any plan.
  Cycle Least(const HwConfig& config, const ProgramOptions& options);

  // The program of the last plan that fitted.
  const std::vector<Instruction>& code() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace systole::explore
