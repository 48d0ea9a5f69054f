#include "sw/compare/run_view.h"

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

TimingView CodeTiming(const Program& program, const MemoryTiming& memory) {
  if (program.segments.empty()) return ModelTiming(program.code, program.config, memory);
  TimingView whole;
  whole.name = "model";
  for (const Segment& segment : program.segments) {
    if (segment.first == segment.last) continue;
    const TimingView run =
        ModelTiming({program.code.begin() + segment.first, program.code.begin() + segment.last},
                    program.config, memory);
    for (const Stamp& stamp : run.stamps)
      whole.stamps.push_back({whole.total + stamp.issue, whole.total + stamp.retire});
    whole.total += run.total;
    whole.counters += run.counters;
  }
  return whole;
}

TimingView TimingOf(const std::string& name, const TargetRun& run) {
  return {name, run.record.stamps, run.counters.total, run.counters};
}

std::vector<std::vector<int8_t>> TensorsOf(const Program& program, const TargetRun& run) {
  std::vector<std::vector<int8_t>> tensors;
  for (size_t i = 0; i < program.observations.size(); ++i)
    tensors.push_back(ToPlanes(run.record.tensors[i], program.observations[i].layout));
  tensors.insert(tensors.end(), run.stored.begin(), run.stored.end());
  return tensors;
}

}  // namespace systole
