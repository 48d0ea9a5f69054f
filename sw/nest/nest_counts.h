// What a nest moves, level by level: Timeloop's count, the machine's, and the rules that lead from
// one to the other (docs/nest.md). All closed forms of the loops; nothing is run.
#pragma once

#include <string>
#include <vector>

#include "sw/nest/nest_plan.h"
#include "sw/timeloop/evaluation.h"

namespace systole::nest {

// A rule and what it adds to Timeloop's count.
struct Change {
  std::string rule;
  int64_t amount = 0;
};

struct Quantity {
  std::string level, what;
  int64_t timeloop = 0, machine = 0;
  std::vector<Change> changes;  // amounts other than 0
  std::string action;           // the RTL's counter of it (sw/timing/actions.def)

  int64_t Left() const;  // what no rule explains
};

// Words (bytes; of sums 32-bit words) of all instances.
std::vector<Quantity> CountsOf(const NestPlan& plan, const timeloop::Problem& problem,
                               const timeloop::Evaluation& evaluation);

// Cycles: Timeloop's; with the array's own rules, what all RowConvs occupy it. The counters of a
// run go on from there to its total.
Quantity ArrayCycles(const NestPlan& plan, const timeloop::Evaluation& evaluation);

// The rules in one line each, for those who read the tables.
struct Rule {
  const char* name;
  const char* says;
};
const std::vector<Rule>& Rules();

}  // namespace systole::nest
