#include "sw/nest/nest_report.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "sw/nest/nest_energy.h"
#include "sw/timeloop/report.h"

namespace systole::nest {
namespace {

const BackendResult* Rtl(const NestResult& result) {
  for (const BackendResult& backend : result.backends) {
    if (backend.name == "rtl") return &backend;
  }
  return nullptr;
}

// The RTL's counter of a quantity.
std::optional<int64_t> Counted(const NestReport& r, const Quantity& q) {
  const BackendResult* rtl = Rtl(r.result);
  if (rtl == nullptr) return {};
  for (int a = 0; a < kNumActions; ++a) {
    if (q.action == kActions[a].name) return rtl->actions.count[static_cast<size_t>(a)];
  }
  return {};
}

int64_t ArrayBusy(const BackendResult& backend) {
  return static_cast<int64_t>(backend.counters.engine[static_cast<size_t>(Engine::kMatmul)].busy) -
         backend.lone_syncs;
}

// From the array's busy cycles to the run's total, by the counters of the law.
Quantity TotalCycles(const NestReport& r) {
  const HardwareCounters& counters = r.result.law.counters;
  const HardwareCounters::EngineCycles& matmul =
      counters.engine[static_cast<size_t>(Engine::kMatmul)];
  Quantity q = r.cycles;
  q.what = "all";
  q.machine = static_cast<int64_t>(counters.total);
  const auto add = [&](const char* rule, uint64_t cycles) {
    if (cycles != 0) q.changes.push_back({rule, static_cast<int64_t>(cycles)});
  };
  add("weights announced", static_cast<uint64_t>(r.result.lone_syncs));
  add("waiting for LOAD or POST", matmul.wait_token);
  add("waiting for weights to load", matmul.wait_data);
  add("no instruction for MATMUL", matmul.empty);
  return q;
}

std::string Changes(const Quantity& q) {
  std::string text;
  for (const Change& change : q.changes)
    text += fmt::format("{}{} {:+}", text.empty() ? "" : ", ", change.rule, change.amount);
  if (q.Left() != 0) text += fmt::format(", not explained {:+}", q.Left());
  return text.empty() ? "equal" : text;
}

std::string Row(const Quantity& q, const std::string& rtl) {
  return fmt::format("{:<14} {:<24} {:>13} {:>13} {:>13}   {}\n", q.level, q.what, q.timeloop,
                     q.machine, rtl, Changes(q));
}

std::string Loops(const std::vector<StepLoop>& loops, bool memory) {
  std::string text;
  for (const StepLoop& loop : loops) {
    if (loop.memory == memory) text += fmt::format(" {}{}", kDimNames[loop.dim], loop.bound);
  }
  return text.empty() ? " -" : text;
}

Json QuantityJson(const NestReport& r, const Quantity& q) {
  Json rules = Json::object();
  for (const Change& change : q.changes) rules[change.rule] = change.amount;
  Json json = {{"level", q.level},     {"what", q.what},   {"timeloop", q.timeloop},
               {"machine", q.machine}, {"left", q.Left()}, {"rules", rules}};
  if (const auto rtl = Counted(r, q)) json["rtl"] = *rtl;
  return json;
}

}  // namespace

std::string DescribeNest(const ConvNest& n) {
  const RowMapping& m = n.map;
  return fmt::format("element M{} C{} R{}; Y S{} C{} M{}; X Q{} M{}; shared_glb{}; DRAM{}", m.m0,
                     m.c1, m.r1, m.s1, m.c2, m.m2, m.q1, m.m3, Loops(n.loops, false),
                     Loops(n.loops, true));
}

void CheckCounts(const NestReport& r, Differences* differences) {
  const auto explained = [&](const Quantity& q) {
    if (q.Left() == 0) return;
    differences->Add(1,
                     fmt::format("machine: {}, {}: {:+} not explained", q.level, q.what, q.Left()));
  };
  explained(r.cycles);
  for (const Quantity& q : r.counts) {
    explained(q);
    const auto rtl = Counted(r, q);
    if (!rtl || *rtl == q.machine) continue;
    differences->Add(1, fmt::format("rtl: {}, {}: {} counted, the machine's closed form is {}",
                                    q.level, q.what, *rtl, q.machine));
  }
  for (const BackendResult& backend : r.result.backends) {
    if (ArrayBusy(backend) == r.cycles.machine) continue;
    differences->Add(1, fmt::format("{}: the array busy for {} cycles, the closed form is {}",
                                    backend.name, ArrayBusy(backend), r.cycles.machine));
  }
}

std::string NestText(const NestReport& r) {
  const NestPlan& p = r.plan;
  std::string text = DescribeNest(p.nest) + "\n";
  text += fmt::format(
      "{} RowConvs of {} positions x {} set{} of weights; {} job{} of {} place{}; {} "
      "instructions\n\n",
      p.Instructions(), p.Positions(), p.slices.bound, p.slices.bound == 1 ? "" : "s", p.Jobs(),
      p.Jobs() == 1 ? "" : "s", p.places, p.places == 1 ? "" : "s",
      r.result.made.program.code.size());
  text += fmt::format("{:<14} {:<24} {:>13} {:>13} {:>13}   {}\n", "level", "what", "Timeloop",
                      "machine", "rtl", "from Timeloop to the machine");
  std::set<std::string> used;
  const auto row = [&](const Quantity& q, const std::string& rtl) {
    text += Row(q, rtl);
    for (const Change& change : q.changes) used.insert(change.rule);
  };
  for (const Quantity& q : r.counts) {
    const auto rtl = Counted(r, q);
    row(q, rtl ? std::to_string(*rtl) : "-");
  }
  const BackendResult* rtl = Rtl(r.result);
  row(r.cycles, rtl == nullptr ? "-" : std::to_string(ArrayBusy(*rtl)));
  row(TotalCycles(r), rtl == nullptr ? "-" : std::to_string(rtl->counters.total));
  text +=
      fmt::format("energy by the table: {:.1f} pJ, at the machine's counts {:.1f} pJ\n\n",
                  r.evaluation.energy, MachineEnergy(r.counts, r.spec.arch, r.spec.problem.Macs()));
  for (const Rule& rule : Rules()) {
    if (used.count(rule.name) != 0) text += fmt::format("{}: {}\n", rule.name, rule.says);
  }
  text += fmt::format("\n{:<8} {:>12} {:>10} {:>12} {:>12}\n", "backend", "bytes equal",
                      "different", "cycles", "cycle model");
  const int64_t outputs = p.nest.Outputs();
  for (const BackendResult& b : r.result.backends) {
    text += fmt::format("{:<8} {:>12} {:>10} {:>12} {:>12}\n", b.name, outputs - b.wrong, b.wrong,
                        b.cycles, r.result.law.total);
  }
  return text;
}

Json NestJson(const NestReport& r, const Differences& differences) {
  const NestPlan& p = r.plan;
  Json json = {{"nest", DescribeNest(p.nest)},
               {"macs", r.spec.problem.Macs()},
               {"instructions", p.Instructions()},
               {"positions", p.Positions()},
               {"slices", p.slices.bound},
               {"jobs", p.Jobs()},
               {"places", p.places},
               {"outputs", p.nest.Outputs()},
               {"differences", differences.count},
               {"energy_pJ",
                {{"timeloop", r.evaluation.energy},
                 {"machine", MachineEnergy(r.counts, r.spec.arch, r.spec.problem.Macs())}}}};
  Json counts = Json::array();
  for (const Quantity& q : r.counts) counts.push_back(QuantityJson(r, q));
  json["counts"] = counts;
  json["cycles"] = {QuantityJson(r, r.cycles), QuantityJson(r, TotalCycles(r))};
  Json backends = Json::object();
  for (const BackendResult& b : r.result.backends) {
    backends[b.name] = {{"cycles", b.cycles}, {"array_busy", ArrayBusy(b)}, {"different", b.wrong}};
  }
  json["backends"] = backends;
  json["mapping"] = timeloop::MappingJson(r.spec.problem, r.spec.arch, r.mapping);
  return json;
}

}  // namespace systole::nest
