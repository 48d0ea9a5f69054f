#include "sw/explore/native/native_cost.h"

#include <optional>

#include "sw/compiler/compiler.h"
#include "sw/compiler/planner.h"
#include "sw/tiling/least_cycles.h"
#include "sw/tiling/tiling.h"
#include "sw/timing/utilization.h"

namespace systole::explore {

const char* MisfitName(Misfit misfit) {
  static const char* const kNames[] = {"fits",       "parameter", "unsupported", "accumulator",
                                       "activation", "weight",    "offset",      "parameters",
                                       "too large",  "tokens"};
  return kNames[static_cast<int>(misfit)];
}

struct NativeCost::State {
  State(const Model& of, bool memory) : model(of), from_memory(memory), least(of) {
    if (from_memory) {
      compiler.emplace(model);
    } else {
      planner.emplace(model);
    }
    for (size_t i = 0; i < model.layers.size(); ++i) {
      const Layer& l = model.layers[i];
      const Tensor& out = model.Output(i);
      const int64_t pixels = l.kind == LayerKind::kConv ? int64_t{out.h} * out.w : 1;
      macs += pixels * static_cast<int64_t>(l.weights.size());
    }
  }

  const Model& model;
  bool from_memory;
  LeastCycles least;
  int64_t macs = 0;                       // of an image
  std::optional<Planner> planner;         // of chains on chip
  std::optional<TiledCompiler> compiler;  // from memory
  Program tiled;
  const Program* program = nullptr;
  RunTimer timer;
};

NativeCost::NativeCost(const Model& model, bool from_memory)
    : state_(std::make_unique<State>(model, from_memory)) {}
NativeCost::~NativeCost() = default;
NativeCost::NativeCost(NativeCost&&) noexcept = default;
NativeCost& NativeCost::operator=(NativeCost&&) noexcept = default;

NativeResult NativeCost::Plan(const HwConfig& config, const ProgramOptions& options) {
  NativeResult r;
  try {
    if (state_->from_memory) {
      state_->tiled = state_->compiler->Compile(config, options, false, false);
      state_->program = &state_->tiled;
    } else if (config.engine != 0) {
      state_->tiled = Compile(state_->model, config, options);
      state_->program = &state_->tiled;
    } else {
      state_->program = &state_->planner->Plan(config, options);
    }
  } catch (const MisfitError& e) {
    r.misfit = e.misfit();
    r.reason = e.what();
  }
  return r;
}

NativeResult NativeCost::Time(const MemoryTiming& memory) {
  const Program& p = *state_->program;
  NativeResult r;
  for (const Segment& s : Segments(p)) {
    if (s.first == s.last) continue;
    const bool whole = s.first == 0 && s.last == p.code.size();
    std::vector<Instruction> part;
    if (!whole) part.assign(p.code.begin() + s.first, p.code.begin() + s.last);
    const RunTotals t = state_->timer.Time(whole ? p.code : part, p.config, memory);
    if (!t.ok()) {
      r.misfit = Misfit::kTokens;
      r.reason = Describe(t);
      return r;
    }
    r.cycles += t.total;
    r.counters += t.counters;
  }
  r.instructions = static_cast<int64_t>(p.code.size());
  r.cycles_per_image = static_cast<double>(r.cycles) / p.options.images;
  r.macs = state_->macs * p.options.images;
  r.utilization =
      Utilization(static_cast<double>(r.macs), static_cast<double>(r.cycles), Elements(p.config));
  r.read_bytes = r.counters.read_beats * p.config.AxiBytes();
  r.write_bytes = r.counters.write_beats * p.config.AxiBytes();
  return r;
}

int64_t NativeCost::macs() const { return state_->macs; }

Cycle NativeCost::Least(const HwConfig& config, const ProgramOptions& options) {
  return state_->least.Of(config, options.images);
}

NativeResult NativeCost::Evaluate(const HwConfig& config, const ProgramOptions& options,
                                  const MemoryTiming& memory) {
  NativeResult r = Plan(config, options);
  return r.fits() ? Time(memory) : r;
}

const std::vector<Instruction>& NativeCost::code() const { return state_->program->code; }

}  // namespace systole::explore
