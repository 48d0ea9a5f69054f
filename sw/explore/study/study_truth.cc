#include "sw/explore/study/study_truth.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include "sw/explore/search/proxy_time.h"
#include "sw/explore/space/point_evaluator.h"

namespace systole::explore {
namespace {

constexpr int64_t kChunk = 1024;

struct Worker {
  std::map<std::string, int64_t> infeasible;
  int64_t feasible = 0;
  double seconds = 0;
};

void Work(const Space& space, Reasons* reasons, std::atomic<int64_t>* next, Truth* truth,
          Worker* worker) {
  PointEvaluator evaluator(space, reasons);
  std::vector<WorkloadResult> results(space.weights.size());
  const double start = ThreadSeconds();
  for (;;) {
    const int64_t first = next->fetch_add(kChunk), last = std::min(first + kChunk, truth->points);
    for (int64_t id = first; id < last; ++id) {
      double* objectives = &truth->values[id * truth->objectives];
      const std::string* reason = nullptr;
      if (evaluator.Evaluate(id, results.data(), objectives, &reason) == Outcome::kFeasible) {
        ++worker->feasible;
        for (int o = 0; o < truth->objectives; ++o) {
          if (space.objectives[o].Maximise()) objectives[o] = -objectives[o];
        }
      } else {
        objectives[0] = std::numeric_limits<double>::quiet_NaN();
        ++worker->infeasible[ReasonCategory(*reason)];
      }
    }
    if (last <= first) break;
  }
  worker->seconds = ThreadSeconds() - start;
}

}  // namespace

Truth Enumerate(const Space& space, int threads) {
  Truth truth;
  truth.points = space.grid.Points();
  truth.objectives = static_cast<int>(space.objectives.size());
  truth.values.assign(static_cast<size_t>(truth.points * truth.objectives), 0.0);
  const auto start = std::chrono::steady_clock::now();
  Reasons reasons;
  std::atomic<int64_t> next{0};
  std::vector<Worker> workers(std::max(1, threads));
  std::vector<std::thread> pool;
  for (Worker& worker : workers)
    pool.emplace_back(Work, std::cref(space), &reasons, &next, &truth, &worker);
  for (std::thread& thread : pool) thread.join();
  truth.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  double work = 0;
  for (const Worker& worker : workers) {
    truth.feasible += worker.feasible;
    work += worker.seconds;
    for (const auto& [reason, count] : worker.infeasible) truth.infeasible[reason] += count;
  }
  truth.microseconds = 1e6 * work / static_cast<double>(std::max<int64_t>(1, truth.feasible));
  truth.best = std::numeric_limits<double>::infinity();
  for (int64_t id = 0; id < truth.points; ++id) {
    if (truth.Feasible(id)) truth.best = std::min(truth.best, truth.values[id * truth.objectives]);
  }
  for (int64_t id = 0; id < truth.points; ++id) {
    truth.within_1_percent +=
        truth.Feasible(id) && truth.values[id * truth.objectives] <= 1.01 * truth.best;
  }
  return truth;
}

std::vector<Evaluation> TruthProblem::Evaluate(const std::vector<Point>& points) {
  std::vector<Evaluation> evaluations(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    const int64_t id = space_.grid.IdOf(points[i]);
    if (!seen_[id]) ++evaluations_;
    seen_[id] = true;
    if (!truth_.Feasible(id)) continue;
    const double* values = &truth_.values[id * truth_.objectives];
    evaluations[i].feasible = true;
    evaluations[i].objectives.assign(values, values + truth_.objectives);
  }
  return evaluations;
}

}  // namespace systole::explore
