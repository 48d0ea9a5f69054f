// `systole explore`: a program of its own, which `systole` becomes. Exit status:
// sw/base/exit_status.h; 128 + signal after Ctrl-C.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <thread>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/base/parse_options.h"
#include "sw/explore/explore_run.h"
#include "sw/explore/merge.h"

namespace systole::explore {
namespace {

Shard ParseShard(const std::string& text) {
  Shard shard;
  char rest = 0;
  long long index = 0, count = 0;
  if (std::sscanf(text.c_str(), "%lld/%lld%c", &index, &count, &rest) != 2 || index < 1 ||
      index > count) {
    throw InputError(
        fmt::format("--shard {}: is no i/n with 1 <= i <= n; such as --shard 3/8", text));
  }
  shard.index = index;
  shard.count = count;
  return shard;
}

int MergeMain(int argc, char** argv) {
  CLI::App app("Puts the stores of shards together into one; what two of them have must be equal",
               "systole explore merge");
  std::string out;
  std::vector<std::string> stores;
  app.add_option("OUT", out, "new store")->required();
  app.add_option("STORES", stores, "stores of shards, finished or not")->required();
  app.footer(
      "Exit status: 0 every point is there; 1 shards are missing, which are named; 2 bad input.");
  if (!ParseOptions(&app, argc, argv)) return kAllEqual;
  return Merge(out, stores);
}

int ExploreMain(int argc, char** argv) {
  CLI::App app("Design-space exploration: evaluates the points of a space, or searches in it",
               "systole explore");
  RunOptions options;
  std::string shard;
  options.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  app.add_option("SPACE", options.space_file,
                 "axes, constraints, workloads, objectives (docs/explore.md)")
      ->required()
      ->type_name("SPACE.toml");
  const char* search = "Instead of what the file says";
  app.add_option("--method", options.overrides.method,
                 "exhaustive, bounded (which take no budget), random, genetic, nsga2, annealing or "
                 "mlp")
      ->group(search);
  app.add_option("--cost", options.overrides.cost, "native or scalesim")->group(search);
  app.add_option("--seed", options.overrides.seed, "of the search")
      ->check(WholeNumber(0, UINT64_MAX))
      ->group(search);
  app.add_option("--budget", options.overrides.budget, "evaluations of a search")
      ->check(WholeNumber(1, INT64_MAX))
      ->group(search);
  const char* run = "Run";
  app.add_option("--threads", options.threads, "results do not depend on it")
      ->check(WholeNumber(1, 1024))
      ->capture_default_str()
      ->group(run);
  app.add_option("--store", options.store,
                 "SQLite file for every point; without it nothing is kept")
      ->group(run);
  app.add_flag("--resume", options.resume, "go on with the store if it is there")->group(run);
  app.add_option("--shard", shard, "i/n: only the i-th of n parts of an exhaustive sweep")
      ->group(run);
  const char* output = "Output";
  app.add_option("--top", options.top, "designs in the printed table")
      ->check(WholeNumber(1, 1000000))
      ->capture_default_str()
      ->group(output);
  app.add_option("--csv", options.csv, "every point, sorted by id")->group(output);
  app.add_option("--json", options.json, "counts and the best designs, or the front")
      ->group(output);
  app.add_option("--html", options.html, "page with plots")->group(output);
  app.add_option("--verify-rtl", options.verify_rtl,
                 "K: build the K best as RTL and compare cycles")
      ->check(WholeNumber(1, 1000))
      ->group(output);
  app.footer(
      "systole explore merge OUT.sqlite A.sqlite B.sqlite ...  puts the stores of shards "
      "together.\n"
      "Exit status: 0; 1 RTL and prediction differ; 2 bad input or usage; 128 + signal after "
      "Ctrl-C.");
  if (!ParseOptions(&app, argc, argv)) return kAllEqual;
  options.sharded = !shard.empty();
  if (options.sharded) options.shard = ParseShard(shard);
  return RunExplore(options);
}

int Main(int argc, char** argv) {
  const bool merge = argc > 1 && std::string(argv[1]) == "merge";
  return merge ? MergeMain(argc - 1, argv + 1) : ExploreMain(argc, argv);
}

}  // namespace
}  // namespace systole::explore

int main(int argc, char** argv) {
  return systole::RunCommand([&] { return systole::explore::Main(argc, argv); });
}
