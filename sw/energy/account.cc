#include "sw/energy/account.h"

#include "sw/base/error.h"

namespace systole::energy {
namespace {

RunTotals Timed(const std::vector<Instruction>& code, const HwConfig& config,
                const MemoryTiming& memory, RunTimer* timer) {
  const RunTotals totals = timer->Time(code, config, memory);
  if (!totals.ok()) throw InputError("the program does not end: " + Describe(totals));
  return totals;
}

void Add(const RunCounters& run, RunCounters* sum) {
  for (int e = 0; e < kNumEngines; ++e) {
    for (size_t c = 0; c < reg::kNumCauses; ++c) sum->cycles[e][c] += run.cycles[e][c];
  }
  sum->macs += run.macs;
  sum->read_beats += run.read_beats;
  sum->write_beats += run.write_beats;
}

}  // namespace

Account AccountOf(const Program& p, const MemoryTiming& memory) {
  Account a;
  a.config = p.config;
  a.images = p.options.images;
  for (const Program::ReportLayer& row : p.report) {
    a.layers.push_back({row.name, static_cast<int64_t>(row.macs) * a.images, {}});
    a.macs += a.layers.back().macs;
  }
  a.layers.push_back({"", 0, {}});
  for (size_t i = 0; i < p.code.size(); ++i) {
    const ActionCounts counts = CountActions(p.code[i], p.config);
    LayerActions& layer =
        p.report_of[i] < 0 ? a.layers.back() : a.layers[static_cast<size_t>(p.report_of[i])];
    layer.counts += counts;
    a.code += counts;
  }
  for (const Instruction& i : p.setup) a.setup += CountActions(i, p.config);
  RunTimer timer;
  for (const Segment& segment : Segments(p)) {
    if (segment.first == segment.last) continue;
    const RunTotals t = Timed({p.code.begin() + segment.first, p.code.begin() + segment.last},
                              p.config, memory, &timer);
    a.cycles += t.total;
    Add(t.counters, &a.counters);
  }
  if (!p.setup.empty()) a.setup_cycles = Timed(p.setup, p.config, memory, &timer).total;
  return a;
}

double EnergyOf(const ActionCounts& counts, const EnergyTable& table, int engine) {
  double sum = 0;
  for (int a = 0; a < kNumActions; ++a) {
    if (engine >= 0 && kActions[a].engine != engine) continue;
    const auto action = static_cast<Action>(a);
    sum += static_cast<double>(counts[action]) * table[action];
  }
  return sum;
}

double EnergyOffChip(const ActionCounts& counts, const EnergyTable& table) {
  double sum = 0;
  for (int a = 0; a < kNumActions; ++a) {
    const auto action = static_cast<Action>(a);
    if (OffChip(action)) sum += static_cast<double>(counts[action]) * table[action];
  }
  return sum;
}

double EnergyOf(const Account& account, const EnergyTable& table) {
  return EnergyOf(account.code, table) + static_cast<double>(account.IdlePes()) * table.idle_pe +
         static_cast<double>(account.cycles) * table.cycle;
}

}  // namespace systole::energy
