#include "sw/explore/native/native_cost.h"

#include "sw/compiler/planner.h"
#include "sw/timing/utilization.h"

namespace systole::explore {

const char* MisfitName(Misfit misfit) {
  static const char* const kNames[] = {"fits",       "parameter", "unsupported", "accumulator",
                                       "activation", "weight",    "offset",      "parameters",
                                       "too large",  "tokens"};
  return kNames[static_cast<int>(misfit)];
}

struct NativeCost::State {
  explicit State(const Model& model) : planner(model) {}

  Planner planner;
  const Program* program = nullptr;
  RunTimer timer;
};

NativeCost::NativeCost(const Model& model) : state_(std::make_unique<State>(model)) {}
NativeCost::~NativeCost() = default;
NativeCost::NativeCost(NativeCost&&) noexcept = default;
NativeCost& NativeCost::operator=(NativeCost&&) noexcept = default;

NativeResult NativeCost::Plan(const HwConfig& config, const ProgramOptions& options) {
  NativeResult r;
  try {
    state_->program = &state_->planner.Plan(config, options);
  } catch (const MisfitError& e) {
    r.misfit = e.misfit();
    r.reason = e.what();
  }
  return r;
}

NativeResult NativeCost::Time(const MemoryTiming& memory) {
  const Program& p = *state_->program;
  NativeResult r;
  const RunTotals t = state_->timer.Time(p.code, p.config, memory);
  if (!t.ok()) {
    r.misfit = Misfit::kTokens;
    r.reason = Describe(t);
    return r;
  }
  r.instructions = static_cast<int64_t>(p.code.size());
  r.cycles = t.total;
  r.cycles_per_image = static_cast<double>(t.total) / p.options.images;
  r.counters = t.counters;
  for (const PlannedStage& s : state_->planner.stages())
    r.macs += static_cast<int64_t>(s.stage->macs) * p.options.images;
  r.utilization = Utilization(static_cast<double>(r.macs), static_cast<double>(t.total),
                              double(p.config.rows) * p.config.cols);
  r.read_bytes = t.counters.read_beats * p.config.AxiBytes();
  r.write_bytes = t.counters.write_beats * p.config.AxiBytes();
  return r;
}

NativeResult NativeCost::Evaluate(const HwConfig& config, const ProgramOptions& options,
                                  const MemoryTiming& memory) {
  NativeResult r = Plan(config, options);
  return r.fits() ? Time(memory) : r;
}

const std::vector<Instruction>& NativeCost::code() const { return state_->program->code; }

}  // namespace systole::explore
