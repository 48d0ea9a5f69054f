#include "sw/scalesim/evaluate.h"

#include <string>

#include "sw/base/error.h"
#include "sw/scalesim/calc_reads.h"
#include "sw/scalesim/geometry.h"
#include "sw/scalesim/layer_sim.h"
#include "sw/scalesim/sparsity.h"
#include "sw/scalesim/stream.h"
#include "sw/scalesim/utilization.h"

namespace systole::scalesim {
namespace {

// A line whose cycle is wanted.
struct Probe {
  int64_t line;
  int64_t stalls_before = 0;
  int64_t ifmap_stall = 0;
  int64_t filter_stall = 0;
  int64_t ofmap_stall = 0;
  bool passed = false;
};

enum {
  kIfmapStart,
  kIfmapStop,
  kFilterStart,
  kFilterStop,
  kOfmapStart,
  kOfmapStop,
  kIfmapFlush,
  kFilterFlush,
  kProbes
};

void PassProbes(Probe (&probes)[kProbes], const LineEvent& event, int64_t stalls_after) {
  for (Probe& p : probes) {
    if (p.passed) continue;
    if (p.line < event.line) {
      p.passed = true;
    } else if (p.line == event.line) {
      p = {p.line, event.stalls_before, event.ifmap_stall, event.filter_stall, event.ofmap_stall,
           true};
    } else {
      p.stalls_before = stalls_after;
    }
  }
}

// SRAM accesses; overhanging elements count.
void CountSramAccesses(const Geometry& g, const Options& options, LayerReport* report) {
  switch (g.dataflow) {
    case Dataflow::kOs:
      report->ifmap_sram.words = g.m * g.k * g.fc;
      report->filter_sram.words = g.k * g.n * g.fr;
      report->ofmap_sram.words = g.m * g.n + (options.corrected ? 0 : g.folds * (g.rows + g.cols));
      break;
    case Dataflow::kWs:
      report->ifmap_sram.words = g.m * g.k * g.fc;
      report->filter_sram.words = g.k * g.n;
      report->ofmap_sram.words = g.m * g.n * g.fr;
      break;
    case Dataflow::kIs:
      report->ifmap_sram.words = g.m * g.k;
      report->filter_sram.words = g.n * g.k * g.fc;
      report->ofmap_sram.words = g.m * g.n * g.fr;
      break;
  }
}

// DRAM side of a CALC buffer. Its stamps carry the DRAM latency of 1.
Access CalcDramAccess(const CalcFetches& fetches, int64_t buffer_words, int64_t first_cycle,
                      int64_t last_boundary_cycle) {
  constexpr int64_t kBandwidth = 10;
  const int64_t set_words = buffer_words / 100;
  Access access;
  access.words = fetches.misses;
  if (fetches.boundaries == 0) {
    access.start = -CeilDiv(CeilDiv(fetches.misses, set_words) * set_words, kBandwidth);
    access.stop = -1;
  } else {
    access.start = first_cycle - CeilDiv(50 * set_words, kBandwidth);
    access.stop = last_boundary_cycle + 1;
  }
  return access;
}

void RefuseCrowdedLine(const CalcFetches& fetches, const char* operand, const Options& options) {
  if (fetches.crowded_line < 0 || options.corrected) return;
  throw InputError(std::string("the ") + operand + " buffer is filled twice in one cycle (line " +
                   std::to_string(fetches.crowded_line) +
                   "), where SCALE-Sim divides by zero; enlarge the buffer or use --corrected");
}

}  // namespace

LayerReport EvaluateLayer(const Machine& machine, const Layer& layer, const Options& options) {
  const Geometry g = MakeGeometry(machine, layer, options);
  const Stream ifmap = MakeStream(g, Operand::kIfmap), filter = MakeStream(g, Operand::kFilter);
  const OfmapStream ofmap{g};
  LayerReport report;
  CountSramAccesses(g, options, &report);

  CalcFetches ifmap_fetches, filter_fetches;
  if (!machine.user_bandwidth) {
    ifmap_fetches = CountCalcFetches(ifmap, machine.ifmap_kb * 1024);
    filter_fetches = CountCalcFetches(filter, machine.filter_kb * 1024);
    RefuseCrowdedLine(ifmap_fetches, "IFMAP", options);
    RefuseCrowdedLine(filter_fetches, "filter", options);
  }
  Probe probes[kProbes] = {};
  probes[kIfmapStart].line = FirstLine(ifmap);
  probes[kIfmapStop].line = LastLine(ifmap);
  probes[kFilterStart].line = FirstLine(filter);
  probes[kFilterStop].line = LastLine(filter);
  probes[kOfmapStart].line = ofmap.FirstLine();
  probes[kOfmapStop].line = ofmap.LastLine();
  probes[kIfmapFlush].line = ifmap_fetches.last_boundary_line;
  probes[kFilterFlush].line = filter_fetches.last_boundary_line;

  LayerSim sim(g, machine, options);
  LineEvent event;
  while (sim.Next(&event)) {
    PassProbes(probes, event, sim.stalls());
  }
  const auto cycle = [&](int probe) { return probes[probe].line + probes[probe].stalls_before; };
  report.total_cycles = sim.total_cycles() + (options.corrected ? 1 : 0);
  report.stall_cycles = sim.stalls();
  report.ifmap_sram.start = cycle(kIfmapStart) + 1 + probes[kIfmapStart].ifmap_stall;
  report.ifmap_sram.stop = cycle(kIfmapStop) + 1 + probes[kIfmapStop].ifmap_stall;
  report.filter_sram.start = cycle(kFilterStart) + 1 + probes[kFilterStart].filter_stall;
  report.filter_sram.stop = cycle(kFilterStop) + 1 + probes[kFilterStop].filter_stall;
  report.ofmap_sram.start = cycle(kOfmapStart) + probes[kOfmapStart].ofmap_stall;
  report.ofmap_sram.stop = cycle(kOfmapStop) + probes[kOfmapStop].ofmap_stall;
  if (machine.user_bandwidth) {
    const LayerSim::ReadSide i = sim.ifmap_reads(), f = sim.filter_reads();
    report.ifmap_dram = {i.start, i.stop, i.words};
    report.filter_dram = {f.start, f.stop, f.words};
  } else {
    report.ifmap_dram = CalcDramAccess(ifmap_fetches, machine.ifmap_kb * 1024, cycle(kIfmapStart),
                                       cycle(kIfmapFlush));
    report.filter_dram = CalcDramAccess(filter_fetches, machine.filter_kb * 1024,
                                        cycle(kFilterStart), cycle(kFilterFlush));
  }
  const WriteBuffer& writes = sim.write_buffer();
  report.ofmap_dram = {writes.first_cycle(),
                       options.compat == Compat::kV3 ? writes.latest_cycle() : writes.last_cycle(),
                       writes.words_written()};

  if (report.total_cycles == 0) {
    throw InputError(
        "the layer takes 0 cycles by SCALE-Sim's count, which makes it divide by zero; use "
        "--corrected");
  }
  FillUtilization(g, options, &report);
  if (options.sparse != SparseFormat::kNone) FillSparsity(g, layer, options, &report);
  return report;
}

int64_t EvaluateCycles(const Machine& machine, const Layer& layer, const Options& options) {
  const Geometry g = MakeGeometry(machine, layer, options);
  LayerSim sim(g, machine, options);
  LineEvent event;
  while (sim.Next(&event)) {
  }
  return sim.total_cycles() + (options.corrected ? 1 : 0);
}

}  // namespace systole::scalesim
