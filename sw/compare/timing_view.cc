#include "sw/compare/timing_view.h"

#include <stdexcept>

#include "sw/timing/timeline.h"

namespace systole {
namespace {

HardwareCounters ToHardware(const RunCounters& c, Cycle total) {
  HardwareCounters h;
  h.total = static_cast<uint64_t>(total);
  h.macs = static_cast<uint64_t>(c.macs);
  h.read_beats = static_cast<uint64_t>(c.read_beats);
  h.write_beats = static_cast<uint64_t>(c.write_beats);
  for (int e = 0; e < kNumEngines; ++e) {
    auto at = [&](int cause) { return static_cast<uint64_t>(c.cycles[e][cause]); };
    h.engine[e] = {at(0), at(1), at(2), at(3)};
  }
  return h;
}

}  // namespace

TimingView ModelTiming(const std::vector<Instruction>& code, const HwConfig& config,
                       const MemoryTiming& memory) {
  const Timeline t = Simulate(code, config, memory);
  if (!t.ok()) throw std::logic_error("cycle model: " + Describe(t));
  TimingView view;
  view.name = "model";
  view.total = static_cast<uint64_t>(t.total);
  view.counters = ToHardware(t.counters, t.total);
  for (size_t i = 0; i < code.size(); ++i) {
    view.stamps.push_back({static_cast<uint64_t>(t.issue[i]), static_cast<uint64_t>(t.retire[i])});
  }
  return view;
}

TimingView TimingOf(const std::string& name, const TargetRun& run) {
  return {name, run.record.stamps, run.counters.total, run.counters};
}

}  // namespace systole
