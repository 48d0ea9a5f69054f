// What an exploration found, as text and JSON: counts, and the best designs or the Pareto front.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/explore/engine/store.h"

namespace systole::explore {

struct Summary {
  int64_t points = 0;      // of the space
  int64_t hopeless = 0;    // of them, decided by their bound (method bounded)
  int64_t planned = 0;     // of the shard, or of the budget
  int64_t evaluated = 0;   // in this run
  int64_t from_store = 0;  // evaluated by earlier ones
  int64_t feasible = 0;
  std::map<std::string, int64_t> infeasible;  // reason, points
  double seconds = 0;
  int threads = 1;
  bool front = false;            // several objectives: `winners` are the Pareto front
  std::vector<int64_t> winners;  // ids, the best in the first objective first
  bool complete = true;
  bool whole = true;  // false: a shard
};

// Fills feasible, infeasible, front and winners. One objective: the best `top`.
void Summarise(const Space& space, const Store& store, int64_t top, Summary* summary);

// At most `top` rows of the front.
void PrintSummary(const Space& space, const Store& store, const Summary& summary, int64_t top);

void WriteJson(const Space& space, const Store& store, const Summary& summary,
               const std::string& path);

}  // namespace systole::explore
