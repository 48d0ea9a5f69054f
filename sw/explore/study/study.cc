// systole-explore-study SPACE.toml: how good search methods and the proxy are, measured against the
// truth of a space that can be enumerated.
#include <fmt/format.h>

#include <cstdio>
#include <sstream>
#include <thread>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/output_file.h"
#include "sw/base/parse_options.h"
#include "sw/explore/space/space.h"
#include "sw/explore/study/study_report.h"

namespace {

using namespace systole;
using namespace systole::explore;

// All feasible points, or every n-th, of what the study looked at.
PageData PageOf(const Space& space, const Truth& truth, int threads) {
  PageData page;
  page.facts = {{"method", "exhaustive; random, genetic, annealing to compare"},
                {"cost model", space.cost_kind == CostKind::kNative ? "native" : "scalesim"}};
  for (const WorkloadSource& workload : space.workloads)
    page.facts.emplace_back("workload", workload.name);
  page.facts.emplace_back(
      "time", fmt::format("{:.1f} s on {} threads, {:.1f} \u00b5s a feasible point", truth.seconds,
                          threads, truth.microseconds));
  page.title =
      "Search methods against the truth: " + space.file.substr(space.file.find_last_of('/') + 1);
  page.summary = "Every point of the space was evaluated; the searches looked them up.";
  for (const Axis& axis : space.axes) page.axes.push_back({axis.name, "", axis.labels});
  for (const Objective& objective : space.objectives) {
    const bool cycles = objective.metric == Metric::kCycles,
               traffic = objective.metric == Metric::kTraffic;
    page.measures.push_back({objective.name,
                             cycles    ? "cycles"
                             : traffic ? "bytes"
                                       : "",
                             true, objective.Maximise()});
  }
  for (int64_t id = 0; id < truth.points; ++id) {
    if (!truth.Feasible(id)) continue;
    for (int index : space.grid.PointOf(id)) page.points.push_back(index);
    for (int o = 0; o < truth.objectives; ++o) {
      const double value = truth.values[id * truth.objectives + o];
      page.values.push_back(space.objectives[o].Maximise() ? -value : value);
    }
  }
  page.infeasible.assign(truth.infeasible.begin(), truth.infeasible.end());
  page.space_points = truth.points;
  page.optimum = space.objectives[0].Maximise() ? -truth.best : truth.best;
  page.space_text = space.text;
  return page;
}

int Run(int argc, char** argv) {
  CLI::App app(
      "How good search methods and the proxy are, measured on a space that is enumerated.");
  std::string file, html;
  StudyOptions options;
  bool no_proxy = false, products = false;
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  app.add_option("space", file, "SPACE.toml")->required();
  app.add_option("--seeds", options.seeds, "searches of each method")->check(CLI::Range(1, 1000));
  app.add_option("--share", options.share, "share of the points that a search evaluates")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--front-share", options.front_share, "the same for nsga2")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--training-share", options.training_share,
                 "share of the points the proxy is trained on")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--hidden", options.proxy.hidden, "units of a hidden layer of the proxy")
      ->check(CLI::Range(1, 1024));
  app.add_option("--epochs", options.proxy.epochs, "epochs of the proxy at most")
      ->check(CLI::Range(1, 100000));
  app.add_option("--patience", options.proxy.patience,
                 "epochs without progress after which it stops")
      ->check(CLI::Range(1, 100000));
  app.add_option("--threads", threads, "threads of the enumeration")->check(CLI::Range(1, 1024));
  app.add_option("--html", html, "page to write");
  app.add_flag("--no-proxy", no_proxy, "search methods only");
  app.add_flag("--products", products, "the proxy of single products M, N, K, too");
  if (!ParseOptions(&app, argc, argv)) return kAllEqual;

  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const Space space = LoadSpace(file);
  const Truth truth = Enumerate(space, threads);
  if (truth.feasible == 0) throw InputError(file + ": no point is feasible; relax a constraint");
  fmt::print(
      "{} points, {} feasible; every one in {:.1f} s on {} threads, {:.1f} us a feasible point\n",
      truth.points, truth.feasible, truth.seconds, threads, truth.microseconds);
  for (const auto& [reason, count] : truth.infeasible) fmt::print("  {}: {}\n", reason, count);
  fmt::print("best {}: {}; {} points within 1 %\n", space.objectives[0].name, truth.best,
             truth.within_1_percent);
  PageData page = PageOf(space, truth, threads);
  page.curves = StudySearches(space, truth, options);
  if (truth.objectives > 1) StudyFronts(space, truth, options);
  if (!no_proxy) {
    page.proxy = StudyProxy(space, truth, options);
    StudyProxySearches(space, truth, options);
  }
  if (products) StudyProducts(options);
  if (!html.empty()) {
    std::ostringstream out;
    WritePage(out, page);
    WriteFile(html, out.str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return systole::RunCommand([&] { return Run(argc, argv); });
}
