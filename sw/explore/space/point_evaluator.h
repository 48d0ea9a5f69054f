// One point of a space: constraints first, then the cost model.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "sw/explore/space/constraint.h"
#include "sw/explore/space/space.h"

namespace systole::explore {

// Reasons why points are infeasible; a text that was seen before has the same address.
class Reasons {
 public:
  const std::string* Intern(const std::string& text);

 private:
  std::mutex mutex_;
  std::unordered_set<std::string> texts_;
};

// "constraint: rows <= cols" and "pe_budget: ..." whole, of any other reason the word before the
// first colon.
std::string ReasonCategory(const std::string& reason);

enum class Outcome {
  kFeasible,
  kInfeasible,  // the cost model says it cannot be
  kExcluded     // a constraint or the PE budget says it is not in the space
};

// Serves one thread; space and reasons must outlive it.
class PointEvaluator {
 public:
  PointEvaluator(const Space& space, Reasons* reasons);

  // True: a constraint or the PE budget keeps the point out of the space.
  bool Excluded(int64_t id, const std::string** reason);

  // Fills `objectives` with what no design at this point can be better than; false: nothing is
  // known (Evaluator::Bound()).
  bool Bound(int64_t id, double* objectives);

  // `results`: one for each workload, `objectives`: one for each objective, as the reader sees
  // them; both are filled where the point is feasible. `reason` otherwise.
  Outcome Evaluate(int64_t id, WorkloadResult* results, double* objectives,
                   const std::string** reason);

 private:
  const Space& space_;
  Reasons* reasons_;
  std::unique_ptr<Evaluator> evaluator_;
  std::vector<Constraint> constraints_;
  std::vector<const std::string*> constraint_reasons_;
  const std::string* budget_reason_;
  std::vector<int64_t> parameters_;
  std::vector<WorkloadResult> bounds_;
  std::string text_;
};

}  // namespace systole::explore
