#include "sw/explore/space/point_evaluator.h"

namespace systole::explore {

const std::string* Reasons::Intern(const std::string& text) {
  std::lock_guard<std::mutex> lock(mutex_);
  return &*texts_.insert(text).first;
}

std::string ReasonCategory(const std::string& reason) {
  if (reason.rfind("constraint: ", 0) == 0 || reason.rfind("pe_budget: ", 0) == 0) return reason;
  return reason.substr(0, reason.find(':'));
}

PointEvaluator::PointEvaluator(const Space& space, Reasons* reasons)
    : space_(space), reasons_(reasons), evaluator_(space.cost->NewEvaluator()) {
  const auto variables = space.Variables();
  const auto constants = ConstantsOf(space.cost->Parameters());
  for (const ConstraintText& constraint : space.constraints) {
    constraints_.emplace_back(constraint.expression, variables, constants);
    constraint_reasons_.push_back(reasons->Intern("constraint: " + constraint.name));
  }
  budget_reason_ = reasons->Intern(space.pe_exact ? "pe_budget: rows * cols is another number"
                                                  : "pe_budget: rows * cols is larger");
  parameters_.resize(space.cost->Parameters().size());
}

bool PointEvaluator::Excluded(int64_t id, const std::string** reason) {
  int64_t* p = parameters_.data();
  space_.Parameters(id, p);
  if (space_.has_budget) {
    const int64_t pes = p[kRows] * p[kCols];
    if (space_.pe_exact ? pes != p[kPeBudget] : pes > p[kPeBudget]) {
      *reason = budget_reason_;
      return true;
    }
  }
  for (size_t c = 0; c < constraints_.size(); ++c) {
    if (!constraints_[c].Holds(p)) {
      *reason = constraint_reasons_[c];
      return true;
    }
  }
  return false;
}

bool PointEvaluator::Bound(int64_t id, double* objectives) {
  int64_t* p = parameters_.data();
  space_.Parameters(id, p);
  bounds_.resize(space_.workloads.size());
  if (!evaluator_->Bound(p, bounds_.data())) return false;
  for (size_t o = 0; o < space_.objectives.size(); ++o) {
    objectives[o] =
        ObjectiveValue(space_.objectives[o], *space_.cost, space_.weights, p, bounds_.data());
  }
  return true;
}

Outcome PointEvaluator::Evaluate(int64_t id, WorkloadResult* results, double* objectives,
                                 const std::string** reason) {
  if (Excluded(id, reason)) return Outcome::kExcluded;
  const int64_t* p = parameters_.data();
  if (!evaluator_->Evaluate(p, results, &text_)) {
    *reason = reasons_->Intern(text_);
    return Outcome::kInfeasible;
  }
  *reason = nullptr;
  for (size_t o = 0; o < space_.objectives.size(); ++o) {
    objectives[o] = ObjectiveValue(space_.objectives[o], *space_.cost, space_.weights, p, results);
  }
  return Outcome::kFeasible;
}

}  // namespace systole::explore
