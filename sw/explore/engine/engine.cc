#include "sw/explore/engine/engine.h"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>

#include "sw/base/error.h"
#include "sw/explore/engine/interrupt.h"

namespace systole::explore {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr double kCommitEvery = 0.2;  // seconds

}  // namespace

struct Engine::Threads {
  Threads(const Space& space, Reasons* reasons, int threads)
      : limit(tbb::global_control::max_allowed_parallelism, static_cast<size_t>(threads)),
        arena(threads),
        evaluators([&space, reasons] { return std::make_unique<PointEvaluator>(space, reasons); }) {
  }
  tbb::global_control limit;
  tbb::task_arena arena;
  tbb::enumerable_thread_specific<std::unique_ptr<PointEvaluator>> evaluators;
  Rows rows;
  std::vector<Outcome> outcomes;
};

Engine::Engine(const Space& space, Reasons* reasons, const Store* known, Store* store, int threads)
    : space_(space),
      store_(store),
      threads_(std::make_unique<Threads>(space, reasons, std::max(threads, 1))) {
  if (known) {
    known->ForEach([&](int64_t id, const char* reason, const double* objectives) {
      Evaluation& evaluation = stored_[id];
      evaluation.feasible = reason == nullptr;
      if (!evaluation.feasible) return;
      for (size_t o = 0; o < space_.objectives.size(); ++o) {
        evaluation.objectives.push_back(space_.objectives[o].Maximise() ? -objectives[o]
                                                                        : objectives[o]);
      }
    });
  }
  if (store_ && space_.budget)
    progress_ = std::make_unique<ProgressLine>(std::min(space_.budget, space_.grid.Points()), 0);
  committed_ = Now();
}

Engine::~Engine() = default;

std::vector<Evaluation> Engine::Evaluate(const std::vector<Point>& points) {
  if (Interrupted()) throw Interruption();
  std::vector<int64_t> ids, fresh;
  for (const Point& point : points) {
    ids.push_back(space_.grid.IdOf(point));
    const auto [at, first] = known_.try_emplace(ids.back());
    if (!first) continue;
    const auto stored = stored_.find(ids.back());
    if (stored == stored_.end()) {
      fresh.push_back(ids.back());
    } else {
      at->second = stored->second;
      ++replayed_;
    }
  }
  Compute(fresh);
  if (progress_) progress_->Advance(Evaluations() - progress_->done());
  std::vector<Evaluation> evaluations;
  evaluations.reserve(points.size());
  for (const int64_t id : ids) evaluations.push_back(known_[id]);
  return evaluations;
}

bool Engine::Possible(const Point& point) {
  const std::string* reason = nullptr;
  return !threads_->evaluators.local()->Excluded(space_.grid.IdOf(point), &reason);
}

bool Engine::Bound(const Point& point, std::vector<double>* objectives) {
  PointEvaluator& evaluator = *threads_->evaluators.local();
  const std::string* reason = nullptr;
  const int64_t id = space_.grid.IdOf(point);
  if (evaluator.Excluded(id, &reason)) {
    ++excluded_[*reason];
    return false;
  }
  objectives->resize(space_.objectives.size());
  if (!evaluator.Bound(id, objectives->data()))
    throw InputError("method bounded: this cost model knows no bounds; choose exhaustive");
  for (size_t o = 0; o < objectives->size(); ++o) {
    if (space_.objectives[o].Maximise()) (*objectives)[o] = -(*objectives)[o];
  }
  return true;
}

void Engine::Compute(const std::vector<int64_t>& ids) {
  const size_t n = ids.size(), workloads = space_.workloads.size(),
               objectives = space_.objectives.size();
  Rows& rows = threads_->rows;
  rows.ids = ids;
  rows.reasons.assign(n, nullptr);
  rows.results.assign(n * workloads, {});
  rows.objectives.assign(n * objectives, 0);
  threads_->outcomes.resize(n);
  const auto evaluate = [&](size_t i) {
    if (Interrupted()) throw Interruption();
    threads_->outcomes[i] = threads_->evaluators.local()->Evaluate(
        ids[i], &rows.results[i * workloads], &rows.objectives[i * objectives], &rows.reasons[i]);
  };
  threads_->arena.execute([&] {
    if (n < 2) {
      for (size_t i = 0; i < n; ++i) evaluate(i);
    } else {
      tbb::parallel_for(size_t{0}, n, evaluate);
    }
  });
  Rows kept;
  for (size_t i = 0; i < n; ++i) {
    Evaluation& evaluation = known_[ids[i]];
    evaluation.feasible = threads_->outcomes[i] == Outcome::kFeasible;
    const double* values = &rows.objectives[i * objectives];
    for (size_t o = 0; evaluation.feasible && o < objectives; ++o) {
      evaluation.objectives.push_back(space_.objectives[o].Maximise() ? -values[o] : values[o]);
    }
    if (threads_->outcomes[i] == Outcome::kExcluded) {
      ++excluded_[*rows.reasons[i]];
      continue;
    }
    kept.ids.push_back(ids[i]);
    kept.reasons.push_back(rows.reasons[i]);
    kept.results.insert(kept.results.end(), &rows.results[i * workloads],
                        &rows.results[(i + 1) * workloads]);
    kept.objectives.insert(kept.objectives.end(), values, values + objectives);
  }
  if (!store_) return;
  store_->Append(kept);
  if (Now() - committed_ < kCommitEvery) return;
  Commit();
}

void Engine::Commit() {
  if (!store_) return;
  store_->AddChunk(-1, excluded_);
  store_->Commit();
  committed_ = Now();
}

}  // namespace systole::explore
