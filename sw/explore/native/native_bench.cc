// How many distinct design points of a network the native cost model evaluates a second.
//   native_bench [points [model [threads]]]
// Draws points of the lattice (native_lattice.h) until `points` of them fit, twice: each point
// planned and timed on its own; then, of other points, each plan timed with all the latencies of
// the lattice. Nothing is kept from point to point but scratch memory. Wall time is of all threads,
// CPU time of the process.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "sw/base/error.h"
#include "sw/explore/native/native_cost.h"
#include "sw/explore/native/native_lattice.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"

namespace systole::explore {
namespace {

constexpr int64_t kChunk = 512;  // draws that a thread takes at a time

struct Outcome {
  std::vector<int64_t> points;  // of the lattice, in the order of drawing
  std::vector<Cycle> cycles;    // of each; 0: does not fit
  int64_t instructions = 0;     // of all programs timed
  double seconds = 0, cpu_seconds = 0;

  int64_t Fit() const {
    return static_cast<int64_t>(cycles.size()) - std::count(cycles.begin(), cycles.end(), 0);
  }
};

// The draws [begin, end) of a lattice, each point planned and timed on its own, or (share_plans)
// each draw a program, timed with all latencies.
int64_t EvaluateDraws(NativeCost& cost, int64_t begin, int64_t end, bool share_plans, Outcome* o) {
  int64_t instructions = 0;
  for (int64_t n = begin; n < end; ++n) {
    if (!share_plans) {
      o->points[n] = Draw(n, LatticeSize());
      const LatticePoint p = PointOfLattice(o->points[n]);
      const NativeResult result = cost.Evaluate(p.config, p.options, p.memory);
      o->cycles[n] = result.cycles;
      instructions += result.instructions;
      continue;
    }
    const int64_t first = Draw(n, LatticeSize() / kLatticeLatencies) * kLatticeLatencies;
    const LatticePoint shared = PointOfLattice(first);
    const bool fits = cost.Plan(shared.config, shared.options).fits();
    for (int64_t k = 0; k < kLatticeLatencies; ++k) {
      o->points[n * kLatticeLatencies + k] = first + k;
      if (!fits) continue;
      const NativeResult result = cost.Time(PointOfLattice(first + k).memory);
      o->cycles[n * kLatticeLatencies + k] = result.cycles;
      instructions += result.instructions;
    }
  }
  return instructions;
}

// Draws until `wanted` points fit (or a few more).
Outcome Evaluate(const Model& model, int64_t wanted, bool share_plans, int threads) {
  const int64_t per_draw = share_plans ? kLatticeLatencies : 1;
  std::vector<NativeCost> costs;
  for (int t = 0; t < threads; ++t) costs.emplace_back(model);
  Outcome o;
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  std::atomic<int64_t> instructions{0};
  int64_t fit = 0;
  for (int64_t begin = 0; fit < wanted; fit = o.Fit()) {
    const int64_t end = begin + (wanted - fit + per_draw - 1) / per_draw;
    if (end * per_draw > LatticeSize())
      throw InputError("the lattice has not so many points that fit; ask for fewer");
    o.points.resize(static_cast<size_t>(end * per_draw));
    o.cycles.resize(static_cast<size_t>(end * per_draw));
    std::atomic<int64_t> next{begin};
    auto work = [&](NativeCost& cost) {
      for (int64_t at = next.fetch_add(kChunk); at < end; at = next.fetch_add(kChunk)) {
        instructions += EvaluateDraws(cost, at, std::min(end, at + kChunk), share_plans, &o);
      }
    };
    std::vector<std::thread> workers;
    for (int t = 1; t < threads; ++t) workers.emplace_back([&work, &costs, t] { work(costs[t]); });
    work(costs[0]);
    for (std::thread& worker : workers) worker.join();
    begin = end;
  }
  o.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  o.cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  o.instructions = instructions;
  return o;
}

// All inputs of the model at a point.
std::array<int64_t, 16> Inputs(const LatticePoint& p) {
  const HwConfig& c = p.config;
  return {c.rows,          c.cols,        c.wport,          c.lanes,         c.act_kib,
          c.wgt_kib,       c.par_kib,     c.ktab_kib,       c.acc_depth,     c.axi_data_width,
          c.outstanding,   c.queue_depth, p.options.images, p.options.batch, p.options.fuse_pool,
          p.memory.latency};
}

bool AllDistinct(const std::vector<int64_t>& points) {
  std::vector<std::array<int64_t, 16>> inputs;
  for (const int64_t point : points) inputs.push_back(Inputs(PointOfLattice(point)));
  std::sort(inputs.begin(), inputs.end());
  return std::adjacent_find(inputs.begin(), inputs.end()) == inputs.end();
}

// Returns whether the points were distinct.
bool Measure(const char* what, const Model& model, int64_t wanted, bool share_plans, int threads) {
  const Outcome o = Evaluate(model, wanted, share_plans, threads);
  const int64_t fit = o.Fit();
  uint64_t checksum = 14695981039346656037ull;
  for (const Cycle cycles : o.cycles)
    checksum = (checksum ^ static_cast<uint64_t>(cycles)) * 1099511628211ull;
  const double points = static_cast<double>(o.points.size());
  const bool distinct = AllDistinct(o.points);
  fmt::print(
      "{}:\n"
      "  {} points evaluated, {}; {} fit, {} do not; {:.0f} instructions a point\n"
      "  {:.2f} s on {} threads, {:.2f} s of CPU time: {:.0f} points/s, {:.0f} points per CPU "
      "second ({:.1f} us each)\n"
      "  checksum of all cycles {:016x}\n",
      what, o.points.size(), distinct ? "no two with the same inputs" : "SOME WITH THE SAME INPUTS",
      fit, static_cast<int64_t>(o.points.size()) - fit,
      static_cast<double>(o.instructions) / static_cast<double>(fit), o.seconds, threads,
      o.cpu_seconds, points / o.seconds, points / o.cpu_seconds, o.cpu_seconds / points * 1e6,
      checksum);
  return distinct;
}

int Main(int argc, char** argv) {
  const int64_t points = argc > 1 ? std::atoll(argv[1]) : 500000;
  const std::string path = argc > 2 ? argv[2] : "models/lenet5-mnist/model.onnx";
  const int threads =
      argc > 3 ? std::atoi(argv[3]) : static_cast<int>(std::thread::hardware_concurrency());
  if (points < 1 || threads < 1)
    throw InputError("usage: native_bench [points [model [threads]]], both at least 1");
  Model model = LoadModel(path);
  ChooseMultipliers(model, Rounding::kFloat32);
  fmt::print("{}, lattice of {} points\n", path, LatticeSize());
  bool ok = Measure("every point planned and timed on its own", model, points, false, threads);
  ok &= Measure("a plan timed with 8 latencies", model, points, true, threads);
  return ok ? 0 : 1;
}

}  // namespace
}  // namespace systole::explore

int main(int argc, char** argv) {
  try {
    return systole::explore::Main(argc, argv);
  } catch (const systole::InputError& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return 2;
  }
}
