// What a search method sees of a design space: axes with so many values each, and an evaluation to
// call.
#pragma once

#include <cstdint>
#include <vector>

namespace systole::explore {

// Objectives are minimised (one to be maximised is negated). An infeasible point violates a
// constraint or does not fit the hardware; its objectives are empty.
struct Evaluation {
  bool feasible = false;
  std::vector<double> objectives;
};

using Point = std::vector<int>;  // the index of a value on each axis, in the order of the axes

class Problem {
 public:
  virtual ~Problem() = default;
  // Number of values of each axis; every one at least 1.
  virtual const std::vector<int>& Radix() const = 0;
  virtual int Objectives() const = 0;
  // Evaluates points side by side; the results are in the order of `points`, whatever the number of
  // threads. A point that was evaluated before is not evaluated (or counted) again.
  virtual std::vector<Evaluation> Evaluate(const std::vector<Point>& points) = 0;
  // Distinct points evaluated so far, infeasible ones included.
  virtual int64_t Evaluations() const = 0;
};

}  // namespace systole::explore
