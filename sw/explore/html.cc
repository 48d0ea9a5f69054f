#include "sw/explore/html.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "explore_version.h"
#include "sw/base/output_file.h"
#include "sw/base/version.h"
#include "sw/explore/engine/interrupt.h"
#include "sw/explore/engine/progress_line.h"

namespace systole::explore {
namespace {

std::string UnitOf(const Space& space, const Objective& objective) {
  switch (objective.metric) {
    case Metric::kCycles:
      return space.cost_kind == CostKind::kNative ? "per image" : "";
    case Metric::kUtilization:
      return "%";
    case Metric::kTraffic:
      return "bytes";
    case Metric::kStalls:
    case Metric::kPes:
      return "";
    case Metric::kBuffer:
      return "KiB";
    case Metric::kArea:
      return "gates";
    case Metric::kEnergy:
      return "pJ per image";
    case Metric::kSilicon:
      return "um2";
    case Metric::kClock:
      return "ns";
    case Metric::kTime:
      return "us per image";
  }
  return "";
}

PageCurve CurveOf(const Space& space, const std::string& method, uint64_t seed,
                  const SearchResult& search) {
  PageCurve curve;
  curve.method = method;
  curve.seed = seed;
  curve.best = search.convergence;
  curve.evaluations = static_cast<int64_t>(search.points.size());
  if (space.objectives[0].Maximise()) {
    for (auto& pair : curve.best) pair.second = -pair.second;
  }
  return curve;
}

// Searches on points that are all known: what they would have found, after how many evaluations.
void AddSearches(const Space& space, const Store& store, PageData* page) {
  Reasons reasons;
  for (const Method method : {Method::kRandom, Method::kGenetic, Method::kAnnealing}) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      Engine engine(space, &reasons, &store, nullptr, 1);
      SearchOptions options;
      options.seed = seed;
      options.budget = std::clamp<int64_t>(space.grid.Points() / 100, 200, 2000);
      page->curves.push_back(
          CurveOf(space, MethodName(method), seed, Search(&engine, method, options)));
    }
  }
}

}  // namespace

void WriteHtml(const Space& space, const Store& store, const Summary& summary,
               const MethodResult* method, std::vector<PageTable> tables, const std::string& path) {
  PageData page;
  page.title = fmt::format("Exploration of {}", space.file);
  page.space_points = space.grid.Points();
  page.space_text = space.text;
  page.tables = std::move(tables);
  const char* cost = space.cost_kind == CostKind::kNative ? "native" : "scalesim";
  page.summary =
      fmt::format("{} of {} points are feasible, by the {} cost model.", Grouped(summary.feasible),
                  Grouped(summary.evaluated + summary.from_store), cost);
  std::vector<std::string> names, objectives;
  for (const WorkloadSource& w : space.workloads)
    names.push_back(fmt::format("{} (weight {})", w.name, w.weight));
  for (const Objective& o : space.objectives) objectives.push_back(o.name);
  page.facts = {{"workloads", fmt::format("{}", fmt::join(names, ", "))},
                {"objectives", fmt::format("{}", fmt::join(objectives, ", "))},
                {"cost model", cost},
                {"method", space.method},
                {"seed", std::to_string(space.seed)},
                {"this run", fmt::format("{} points in {:.2f} s", Grouped(summary.evaluated),
                                         summary.seconds)}};
  if (summary.from_store > 0)
    page.facts.emplace_back("from the store",
                            fmt::format("{} points", Grouped(summary.from_store)));
  page.facts.emplace_back("version", fmt::format("systole {}, commit {}, store format {}",
                                                 SYSTOLE_VERSION, SYSTOLE_COMMIT, kStoreFormat));
  for (const std::string& note : space.cost->Notes()) page.facts.emplace_back("workload", note);
  for (const Axis& axis : space.axes) page.axes.push_back({axis.name, "", axis.labels});
  for (const Objective& o : space.objectives)
    page.measures.push_back({o.name, UnitOf(space, o), true, o.Maximise()});
  if (space.derived_cols) page.measures.push_back({"cols", "", false, false});
  std::vector<int> indices(space.axes.size());
  std::vector<int64_t> parameters(space.cost->Parameters().size());
  store.ForEach([&](int64_t id, const char* reason, const double* values) {
    if (reason) return;
    space.grid.Decode(id, indices.data());
    page.points.insert(page.points.end(), indices.begin(), indices.end());
    page.values.insert(page.values.end(), values, values + space.objectives.size());
    if (!space.derived_cols) return;
    space.Parameters(id, parameters.data());
    page.values.push_back(static_cast<double>(parameters[kCols]));
  });
  page.infeasible.assign(summary.infeasible.begin(), summary.infeasible.end());
  if (!method && summary.complete && summary.whole && summary.feasible > 0) {
    const std::vector<std::string> columns = store.Columns();
    const auto at =
        std::find(columns.begin(), columns.end(), space.objectives[0].name) - columns.begin();
    page.optimum = std::stod(store.TextOf(store.Best(0, 1).at(0)).at(static_cast<size_t>(at)));
    AddSearches(space, store, &page);
  }
  if (method) page.curves.push_back(CurveOf(space, space.method, space.seed, method->search));
  if (method && method->proxy) {
    page.proxy = PageProxy{method->proxy->training, method->proxy->checked,
                           method->proxy->predicted_and_exact,
                           fmt::format("Trained on {} points of the space, checked on {} others.",
                                       Grouped(method->proxy->training.training_rows),
                                       Grouped(method->proxy->checked.rows))};
  }
  if (Interrupted()) throw Interruption();
  std::ostringstream text;
  PageOptions options;
  options.seed = space.seed;
  WritePage(text, page, options);
  WriteFile(path, text.str());
}

}  // namespace systole::explore
