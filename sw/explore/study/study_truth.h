// A space evaluated at every point, and a Problem that looks points up there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/explore/search/problem.h"
#include "sw/explore/space/space.h"

namespace systole::explore {

struct Truth {
  int64_t points = 0, feasible = 0;
  int objectives = 0;
  std::vector<double> values;  // points x objectives, minimised; not a number where infeasible
  std::map<std::string, int64_t> infeasible;
  double seconds = 0;            // wall clock
  double microseconds = 0;       // of a feasible point, CPU time
  double best = 0;               // first objective
  int64_t within_1_percent = 0;  // points

  bool Feasible(int64_t id) const { return values[id * objectives] == values[id * objectives]; }
};

Truth Enumerate(const Space& space, int threads);

class TruthProblem : public Problem {
 public:
  TruthProblem(const Space& space, const Truth& truth)
      : space_(space), truth_(truth), seen_(static_cast<size_t>(truth.points)) {}

  const std::vector<int>& Radix() const override { return space_.grid.Radix(); }
  int Objectives() const override { return truth_.objectives; }
  std::vector<Evaluation> Evaluate(const std::vector<Point>& points) override;
  int64_t Evaluations() const override { return evaluations_; }

 private:
  const Space& space_;
  const Truth& truth_;
  std::vector<bool> seen_;
  int64_t evaluations_ = 0;
};

}  // namespace systole::explore
