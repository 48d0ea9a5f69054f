#include "sw/compare/timing_view.h"

#include <stdexcept>

#include "sw/timing/timeline.h"

namespace systole {
TimingView ModelTiming(const std::vector<Instruction>& code, const HwConfig& config,
                       const MemoryTiming& memory) {
  const Timeline t = Simulate(code, config, memory);
  if (!t.ok()) throw std::logic_error("cycle model: " + Describe(t));
  TimingView view;
  view.name = "model";
  view.total = static_cast<uint64_t>(t.total);
  view.counters = AsHardware(t.counters, t.total);
  for (size_t i = 0; i < code.size(); ++i) {
    view.stamps.push_back({static_cast<uint64_t>(t.issue[i]), static_cast<uint64_t>(t.retire[i])});
  }
  return view;
}

TimingView TimingOf(const std::string& name, const TargetRun& run) {
  return {name, run.record.stamps, run.counters.total, run.counters};
}

}  // namespace systole
