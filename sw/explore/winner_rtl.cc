#include "sw/explore/winner_rtl.h"

#include <fmt/format.h>

#include <cstdio>

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

int VerifyNative(const Space& space, const std::vector<int64_t>& ids, const VerifySettings& settings,
                 std::vector<PageTable>* tables) {
  std::vector<RtlWorkload> workloads;
  for (const NativeWorkload& w : NativeWorkloads(*space.cost)) workloads.push_back({w.name, w.model});
  std::vector<RtlDesign> designs;
  std::vector<int64_t> parameters(space.cost->Parameters().size());
  const std::unique_ptr<Evaluator> evaluator = space.cost->NewEvaluator();
  for (size_t i = 0; i < ids.size(); ++i) {
    space.Parameters(ids[i], parameters.data());
    std::vector<WorkloadResult> results(workloads.size());
    std::string reason;
    evaluator->Evaluate(parameters.data(), results.data(), &reason);  // feasible: it is a winner
    RtlDesign design;
    design.name = NameOf(space, ids[i], i);
    design.config = NativeConfig(parameters.data());
    design.options.images = design.options.batch = static_cast<int>(NativeBatch(parameters.data()));
    design.options.fuse_pool = NativeFusesPool(parameters.data());
    design.memory.latency = NativeLatency(parameters.data());
    for (const WorkloadResult& result : results) design.predicted.push_back(result.cycles);
    designs.push_back(std::move(design));
  }
  const std::vector<RtlCheck> checks = VerifyRtl(designs, workloads, settings);
  PageTable table{"Designs as RTL",
                  "Cycles of one run: predicted, and of the verilated RTL.",
                  {"design", "workload", "predicted", "RTL", "difference", "bytes compared", "differences"},
                  {}};
  for (const RtlCheck& c : checks) {
    if (!c.Ran()) {
      table.rows.push_back({c.design, c.workload, c.why_not, "", "", "", ""});
    } else {
      table.rows.push_back({c.design, c.workload, std::to_string(c.predicted), std::to_string(c.rtl),
                            std::to_string(c.rtl - c.predicted), std::to_string(c.bytes),
                            std::to_string(c.differences)});
    }
  }
  tables->push_back(std::move(table));
  return PrintRtlChecks(checks, stdout);
}

int VerifyScaleSim(const Space& space, const std::vector<int64_t>& ids, const VerifySettings& settings,
                   std::vector<PageTable>* tables) {
  std::vector<ScaleSimWorkloadLayers> workloads;
  for (const ScaleSimWorkload& w : ScaleSimWorkloads(*space.cost)) workloads.push_back({w.name, w.layers});
  std::vector<ScaleSimDesign> designs;
  std::vector<int64_t> parameters(space.cost->Parameters().size());
  for (size_t i = 0; i < ids.size(); ++i) {
    space.Parameters(ids[i], parameters.data());
    ScaleSimDesign design;
    design.name = NameOf(space, ids[i], i);
    design.machine = ScaleSimMachine(parameters.data(), &design.each);
    designs.push_back(std::move(design));
  }
  const auto checks = RunScaleSimDesigns(designs, workloads, ScaleSimModelOptions(*space.cost), settings);
  PageTable table{"Designs as RTL",
                  "SCALE-Sim's cycles beside those of our RTL, which is another machine.",
                  {"design", "workload", "layer", "SCALE-Sim", "SCALE-Sim, ws", "RTL, array", "RTL, run"},
                  {}};
  for (const ScaleSimLayerCheck& c : checks) {
    table.rows.push_back({c.design, c.workload, c.layer, std::to_string(c.predicted), std::to_string(c.predicted_ws),
                          c.why_not.empty() ? std::to_string(c.rtl_array) : c.why_not,
                          c.why_not.empty() ? std::to_string(c.rtl_run) : ""});
  }
  tables->push_back(std::move(table));
  return PrintScaleSimChecks(checks, stdout);
}

}  // namespace

int VerifyWinners(const Space& space, const Summary& summary, int64_t count, int jobs, std::vector<PageTable>* tables) {
  std::vector<int64_t> ids = summary.winners;
  if (static_cast<int64_t>(ids.size()) > count) ids.resize(static_cast<size_t>(count));
  VerifySettings settings;
  settings.jobs = jobs;
  settings.seed = space.seed;
  settings.progress = [](const std::string& line) { fmt::print(stderr, "{}\n", line); };
  std::printf("\n");
  return space.cost_kind == CostKind::kNative ? VerifyNative(space, ids, settings, tables)
                                              : VerifyScaleSim(space, ids, settings, tables);
}

}  // namespace systole::explore
