// A space as a search method sees it: evaluates points on threads, keeps them in a store, and takes
// what the store has from there instead of evaluating it.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sw/explore/engine/progress_line.h"
#include "sw/explore/engine/store.h"
#include "sw/explore/search/problem.h"

namespace systole::explore {

class Engine : public Problem {
 public:
  // What is in `known` is not evaluated again; new points go to `store`. Both may be null.
  Engine(const Space& space, Reasons* reasons, const Store* known, Store* store, int threads);
  ~Engine() override;

  const std::vector<int>& Radix() const override { return space_.grid.Radix(); }
  int Objectives() const override { return static_cast<int>(space_.objectives.size()); }
  // Throws Interruption after Ctrl-C; InputError when the store cannot be written.
  std::vector<Evaluation> Evaluate(const std::vector<Point>& points) override;
  int64_t Evaluations() const override { return static_cast<int64_t>(known_.size()); }

  // No constraint keeps the point out. One thread at a time.
  bool Possible(const Point& point);

  // What no design at the point can be better than, in the form of Evaluation's objectives; false:
  // a constraint keeps it out, which is counted. One thread at a time. Throws InputError where the
  // cost model knows no bound.
  bool Bound(const Point& point, std::vector<double>* objectives);

  int64_t Replayed() const { return replayed_; }  // of them, from the store
  const std::map<std::string, int64_t>& Excluded() const { return excluded_; }  // reason, points
  void Commit();  // to be called at the end

 private:
  struct Threads;
  void Compute(const std::vector<int64_t>& ids);

  const Space& space_;
  Store* store_;
  std::unique_ptr<Threads> threads_;
  std::unordered_map<int64_t, Evaluation> stored_;  // of an earlier run
  std::unordered_map<int64_t, Evaluation> known_;   // asked for in this run
  std::map<std::string, int64_t> excluded_;
  std::unique_ptr<ProgressLine> progress_;
  int64_t replayed_ = 0;
  double committed_ = 0;
};

}  // namespace systole::explore
