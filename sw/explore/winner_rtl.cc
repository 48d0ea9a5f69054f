#include "sw/explore/winner_rtl.h"

#include <fmt/format.h>

#include <cstdio>

#include "sw/explore/engine/interrupt.h"
#include "sw/explore/rtl/verify_rtl.h"
#include "sw/explore/space/native_model.h"
#include "sw/explore/space/scalesim_cost.h"

namespace systole::explore {
namespace {

// "2: rows = 8, cols = 32": the rank and the axes that vary.
std::string NameOf(const Space& space, int64_t id, size_t rank) {
  std::string name = fmt::format("{}:", rank + 1);
  const Point point = space.grid.PointOf(id);
  for (size_t a = 0; a < space.axes.size(); ++a) {
    if (space.axes[a].values.size() > 1)
      name += fmt::format(" {}={}", space.axes[a].name, space.axes[a].labels[point[a]]);
  }
  return name;
}

// Rows that are taken one by one: what all of them add up to, for each design, where each of them
// ran.
void PrintSums(const std::vector<NativeWorkload>& workloads, const std::vector<RtlCheck>& checks,
               PageTable* table) {
  for (size_t at = 0; at < checks.size();) {
    for (const NativeWorkload& w : workloads) {
      int64_t predicted = 0, rtl = 0, bytes = 0, differences = 0, rows = 0;
      const std::string& design = checks[at].design;
      bool all = !w.parts.front().layer.empty();
      for (const NativePart& part : w.parts) {
        if (at == checks.size()) return;  // interrupted
        const RtlCheck& c = checks[at++];
        all = all && c.Ran();
        rows += part.times;
        predicted += part.times * c.predicted;
        rtl += part.times * c.rtl;
        bytes += c.bytes;
        differences += c.differences;
      }
      if (!all) continue;
      fmt::print("{}, {}: {} rows predicted {}, RTL {}, difference {}\n", design, w.name, rows,
                 predicted, rtl, rtl - predicted);
      table->rows.push_back({design, fmt::format("{}: sum of {} rows", w.name, rows),
                             std::to_string(predicted), std::to_string(rtl),
                             std::to_string(rtl - predicted), std::to_string(bytes),
                             std::to_string(differences)});
    }
  }
}

int VerifyNative(const Space& space, const std::vector<int64_t>& ids,
                 const VerifySettings& settings, std::vector<PageTable>* tables) {
  const std::vector<NativeWorkload>& native = NativeWorkloads(*space.cost);
  std::vector<RtlWorkload> workloads;
  for (const NativeWorkload& w : native) {
    for (const NativePart& part : w.parts) {
      std::string name = part.layer.empty() ? w.name : fmt::format("{}/{}", w.name, part.layer);
      if (part.times > 1) name += fmt::format(" x{}", part.times);
      workloads.push_back({std::move(name), part.model, part.from_memory});
    }
  }
  std::vector<RtlDesign> designs;
  std::vector<int64_t> parameters(space.cost->Parameters().size());
  for (size_t i = 0; i < ids.size(); ++i) {
    space.Parameters(ids[i], parameters.data());
    RtlDesign design;
    design.name = NameOf(space, ids[i], i);
    design.config = NativeConfig(parameters.data());
    design.options = NativeOptions(parameters.data());
    design.memory.latency = NativeLatency(parameters.data());
    for (const std::vector<int64_t>& parts : NativePartCycles(native, parameters.data())) {
      design.predicted.insert(design.predicted.end(), parts.begin(), parts.end());
    }
    designs.push_back(std::move(design));
  }
  const std::vector<RtlCheck> checks = VerifyRtl(designs, workloads, settings);
  PageTable table{
      "Designs as RTL",
      "Cycles of one run: predicted, and of the verilated RTL.",
      {"design", "workload", "predicted", "RTL", "difference", "bytes compared", "differences"},
      {}};
  for (const RtlCheck& c : checks) {
    if (!c.Ran()) {
      table.rows.push_back({c.design, c.workload, c.why_not, "", "", "", ""});
    } else {
      table.rows.push_back({c.design, c.workload, std::to_string(c.predicted),
                            std::to_string(c.rtl), std::to_string(c.rtl - c.predicted),
                            std::to_string(c.bytes), std::to_string(c.differences)});
    }
  }
  const int status = PrintRtlChecks(checks, stdout);
  PrintSums(native, checks, &table);
  tables->push_back(std::move(table));
  return status;
}

int VerifyScaleSim(const Space& space, const std::vector<int64_t>& ids,
                   const VerifySettings& settings, std::vector<PageTable>* tables) {
  std::vector<ScaleSimWorkloadLayers> workloads;
  for (const ScaleSimWorkload& w : ScaleSimWorkloads(*space.cost))
    workloads.push_back({w.name, w.layers});
  std::vector<ScaleSimDesign> designs;
  std::vector<int64_t> parameters(space.cost->Parameters().size());
  for (size_t i = 0; i < ids.size(); ++i) {
    space.Parameters(ids[i], parameters.data());
    ScaleSimDesign design;
    design.name = NameOf(space, ids[i], i);
    design.machine = ScaleSimMachine(parameters.data(), &design.each);
    designs.push_back(std::move(design));
  }
  const auto checks =
      RunScaleSimDesigns(designs, workloads, ScaleSimModelOptions(*space.cost), settings);
  PageTable table{
      "Designs as RTL",
      "SCALE-Sim's cycles beside those of our RTL, which is another machine.",
      {"design", "workload", "layer", "SCALE-Sim", "SCALE-Sim, ws", "RTL, array", "RTL, run"},
      {}};
  for (const ScaleSimLayerCheck& c : checks) {
    table.rows.push_back({c.design, c.workload, c.layer, std::to_string(c.predicted),
                          std::to_string(c.predicted_ws),
                          c.why_not.empty() ? std::to_string(c.rtl_array) : c.why_not,
                          c.why_not.empty() ? std::to_string(c.rtl_run) : ""});
  }
  tables->push_back(std::move(table));
  return PrintScaleSimChecks(checks, stdout);
}

}  // namespace

int VerifyWinners(const Space& space, const Summary& summary, int64_t count, int jobs,
                  std::vector<PageTable>* tables) {
  std::vector<int64_t> ids = summary.winners;
  if (static_cast<int64_t>(ids.size()) > count) ids.resize(static_cast<size_t>(count));
  VerifySettings settings;
  settings.jobs = jobs;
  settings.seed = space.seed;
  settings.progress = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  settings.stop = [] { return Interrupted() != 0; };
  std::printf("\n");
  return space.cost_kind == CostKind::kNative ? VerifyNative(space, ids, settings, tables)
                                              : VerifyScaleSim(space, ids, settings, tables);
}

}  // namespace systole::explore
