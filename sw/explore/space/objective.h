// Objectives: numbers of a design that are made small (or large), over all workloads with their
// weights w.
//
//   cycles       sum of w * cycles / images
//   utilization  100 * sum of w * MACs / images over sum of w * cycles / images * the design's
//   elements: the
//                mean over time, percent
//   traffic      sum of w * bytes to and from memory / images
//   stalls       sum of w * stall cycles / images (scalesim)
//   energy       sum of w * pJ / images (native)
//   pes          elements: rows * cols, with engine row rs_rows * rs_cols
//   buffer       KiB of all buffers
//   area         gates, flip-flops and memories as gates (native)
//   silicon      um2 of a table of synthesised designs, or between them (native)
//   clock        ns, the longest path there
//   time         sum of w * cycles / images * clock, in us
// "cycles:NAME" and the like: of one workload alone, without its weight.
#pragma once

#include <string>
#include <vector>

#include "sw/explore/space/cost.h"

namespace systole::explore {

enum class Metric {
  kCycles,
  kUtilization,
  kTraffic,
  kStalls,
  kPes,
  kBuffer,
  kEnergy,
  kArea,
  kSilicon,
  kClock,
  kTime
};

struct Objective {
  std::string name;  // as in the file
  Metric metric = Metric::kCycles;
  int workload = -1;  // -1: all
  bool Maximise() const { return metric == Metric::kUtilization; }
};

// Throws InputError (without a place) for a name that is none.
Objective ParseObjective(const std::string& name, const std::vector<std::string>& workloads);

// Whether it needs the table of synthesised designs.
bool OfSilicon(Metric metric);

// As the reader sees it (not negated). Not for infeasible designs.
double ObjectiveValue(const Objective& objective, const CostModel& cost,
                      const std::vector<double>& weights, const int64_t* parameters,
                      const WorkloadResult* results);

// 100 * MACs / (cycles * pes), percent.
double Utilization(const WorkloadResult& result, int64_t pes);

}  // namespace systole::explore
