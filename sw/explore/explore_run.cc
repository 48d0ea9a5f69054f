#include "sw/explore/explore_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "sw/base/error.h"
#include "sw/base/output_file.h"
#include "sw/explore/engine/csv.h"
#include "sw/explore/engine/engine.h"
#include "sw/explore/engine/interrupt.h"
#include "sw/explore/engine/progress_line.h"
#include "sw/explore/engine/sweep.h"
#include "sw/explore/html.h"
#include "sw/explore/method_run.h"
#include "sw/explore/summary.h"
#include "sw/explore/winner_rtl.h"

namespace systole::explore {
namespace {

// Refuses what cannot be meant, before anything is opened.
void Check(const Space& space, const RunOptions& options) {
  const bool exhaustive = space.method == "exhaustive",
             all = exhaustive || space.method == "bounded";
  if (all && options.overrides.budget) {
    throw InputError(fmt::format(
        "--budget is for searches; method {} decides every point, leave it out", space.method));
  }
  if (all && space.budget && !options.overrides.method) {
    throw InputError(
        fmt::format("{}: budget is for searches; method {} decides every point, take it out",
                    space.file, space.method));
  }
  if (exhaustive && space.grid.Points() > kMaxSweep) {
    throw InputError(fmt::format(
        "{}: has {} points, more than an exhaustive sweep can take; shorten axes, or search",
        space.file, Grouped(space.grid.Points())));
  }
  if (!all && !space.budget) {
    throw InputError(
        fmt::format("{}: method {} needs a budget of evaluations; add budget = N or --budget N",
                    space.file, space.method));
  }
  if (options.sharded && !exhaustive) {
    throw InputError(
        fmt::format("--shard is for exhaustive sweeps; method {} cannot be cut", space.method));
  }
  if (options.sharded && options.store.empty())
    throw InputError("--shard needs --store FILE.sqlite, to be merged");
  if (options.resume && options.store.empty())
    throw InputError("--resume needs --store FILE.sqlite, to go on with");
}

int Stopped(const RunOptions& options, int64_t points) {
  if (options.store.empty()) {
    fmt::print(stderr, "stopped after {} points; nothing is kept without --store FILE.sqlite\n",
               points);
  } else {
    fmt::print(stderr, "stopped; {} points are in {}. Go on with the same command and --resume\n",
               points, options.store);
  }
  return 128 + Interrupted();
}

}  // namespace

int RunExplore(const RunOptions& options) {
  const Space space = LoadSpace(options.space_file, options.overrides);
  Check(space, options);
  FileSet files;
  files.AddInput("SPACE.toml", options.space_file);
  for (const WorkloadSource& workload : space.workloads) files.AddInput("workload", workload.file);
  files.AddOutput("--store", options.store);
  files.AddOutput("--csv", options.csv);
  files.AddOutput("--json", options.json);
  files.AddOutput("--html", options.html);
  CatchSignals();
  Reasons reasons;
  Store store(space, {options.store, options.resume, options.shard});
  const auto start = std::chrono::steady_clock::now();
  Summary summary;
  summary.points = space.grid.Points();
  summary.threads = options.threads;
  summary.whole = options.shard.count == 1;
  std::optional<MethodResult> method;
  if (space.method == "exhaustive") {
    const SweepResult sweep = Sweep(space, &reasons, &store, options.shard, options.threads);
    summary.planned = sweep.planned;
    summary.evaluated = sweep.evaluated;
    summary.from_store = sweep.from_store;
    summary.complete = sweep.complete;
  } else {
    Engine engine(space, &reasons, store.Resumed() ? &store : nullptr, &store, options.threads);
    try {
      method =
          RunMethod(space, &engine, std::max(options.top, options.verify_rtl), options.threads);
      summary.hopeless = method->hopeless;
    } catch (const Interruption&) {
      summary.complete = false;
    }
    engine.Commit();
    summary.planned = space.method == "bounded" ? space.grid.Points()
                                                : std::min(space.budget, space.grid.Points());
    summary.from_store = engine.Replayed();
    summary.evaluated = engine.Evaluations() - engine.Replayed();
  }
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!summary.complete) return Stopped(options, summary.from_store + summary.evaluated);
  Summarise(space, store, std::max(options.top, options.verify_rtl), &summary);
  if (!options.csv.empty()) WriteCsv(store, options.csv);
  if (!options.json.empty()) WriteJson(space, store, summary, options.json);
  PrintSummary(space, store, summary, options.top);
  std::vector<PageTable> tables;
  int status = 0;
  try {
    if (options.verify_rtl) {
      status = VerifyWinners(space, summary, options.verify_rtl, options.threads, &tables);
      if (Interrupted()) throw Interruption();
    }
    if (!options.html.empty())
      WriteHtml(space, store, summary, method ? &*method : nullptr, tables, options.html);
  } catch (const Interruption&) {
    return Stopped(options, summary.from_store + summary.evaluated);
  }
  return status;
}

}  // namespace systole::explore
