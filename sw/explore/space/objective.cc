#include "sw/explore/space/objective.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sw/base/error.h"
#include "sw/timing/utilization.h"

namespace systole::explore {
namespace {

struct Known {
  const char* name;
  Metric metric;
  bool per_workload;
};
constexpr Known kKnown[] = {
    {"cycles", Metric::kCycles, true},    {"utilization", Metric::kUtilization, true},
    {"traffic", Metric::kTraffic, true},  {"stalls", Metric::kStalls, true},
    {"energy", Metric::kEnergy, true},    {"pes", Metric::kPes, false},
    {"buffer", Metric::kBuffer, false},   {"area", Metric::kArea, false},
    {"silicon", Metric::kSilicon, false}, {"clock", Metric::kClock, false},
    {"time", Metric::kTime, true},
};

std::string Choices() {
  std::vector<std::string> names;
  for (const Known& known : kKnown) names.push_back(known.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

int64_t Counted(const Objective& objective, const WorkloadResult& r) {
  switch (objective.metric) {
    case Metric::kTraffic:
      return r.traffic;
    case Metric::kStalls:
      return r.stalls;
    case Metric::kUtilization:
      return r.macs;
    default:
      return r.cycles;
  }
}

}  // namespace

Objective ParseObjective(const std::string& name, const std::vector<std::string>& workloads) {
  const size_t colon = name.find(':');
  const std::string stem = name.substr(0, colon);
  const auto known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                  [&](const Known& k) { return stem == k.name; });
  if (known == std::end(kKnown)) {
    throw InputError(fmt::format("objective '{}' is unknown; choose from {}", name, Choices()));
  }
  Objective objective{name, known->metric, -1};
  if (colon == std::string::npos) return objective;
  const std::string workload = name.substr(colon + 1);
  const auto at = std::find(workloads.begin(), workloads.end(), workload);
  if (!known->per_workload || at == workloads.end()) {
    throw InputError(
        fmt::format("objective '{}': there is no workload '{}' to take {} of; the workloads are {}",
                    name, workload, stem, fmt::join(workloads, ", ")));
  }
  objective.workload = static_cast<int>(at - workloads.begin());
  return objective;
}

bool OfSilicon(Metric metric) {
  return metric == Metric::kSilicon || metric == Metric::kClock || metric == Metric::kTime;
}

double Utilization(const WorkloadResult& result, int64_t pes) {
  return 100.0 * systole::Utilization(static_cast<double>(result.macs),
                                      static_cast<double>(result.cycles), static_cast<double>(pes));
}

double ObjectiveValue(const Objective& objective, const CostModel& cost,
                      const std::vector<double>& weights, const int64_t* parameters,
                      const WorkloadResult* results) {
  const int64_t pes = cost.Pes(parameters);
  if (objective.metric == Metric::kPes) return static_cast<double>(pes);
  if (objective.metric == Metric::kBuffer) return static_cast<double>(cost.BufferKib(parameters));
  if (objective.metric == Metric::kArea) return cost.Area(parameters);
  const SiliconFigures silicon =
      OfSilicon(objective.metric) ? cost.Silicon(parameters).value() : SiliconFigures{};
  if (objective.metric == Metric::kSilicon) return silicon.um2;
  if (objective.metric == Metric::kClock) return silicon.ns;
  double value = 0, cycles = 0;
  for (size_t w = 0; w < weights.size(); ++w) {
    if (objective.workload >= 0 && objective.workload != static_cast<int>(w)) continue;
    const WorkloadResult& r = results[w];
    const double weight = objective.workload >= 0 ? 1.0 : weights[w];
    const double number =
        objective.metric == Metric::kEnergy ? r.energy : static_cast<double>(Counted(objective, r));
    value += weight * number / static_cast<double>(r.images);
    cycles += weight * static_cast<double>(r.cycles) / static_cast<double>(r.images);
  }
  if (objective.metric == Metric::kTime) return value * silicon.ns / 1000;
  return objective.metric == Metric::kUtilization
             ? 100.0 * systole::Utilization(value, cycles, static_cast<double>(pes))
             : value;
}

}  // namespace systole::explore
