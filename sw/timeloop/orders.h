// The orders of a list's loops that can matter.
#pragma once

#include <map>
#include <vector>

#include "sw/timeloop/problem.h"

namespace systole::timeloop {

// Orders of `dims` (the innermost first), among which is, for every tensor at once, one as good as
// any order at all. What a walk rewards is its beginning (docs/energy.md#the-search): its first
// loop, the run of loops that do not index a tensor, and loops of one axis next to each other.
std::vector<std::vector<int>> OrdersThatMatter(const Problem& problem,
                                               const std::vector<int>& dims);

// The same, each found once.
class OrderTable {
 public:
  explicit OrderTable(const Problem& problem) : problem_(problem) {}

  const std::vector<std::vector<int>>& Of(const std::vector<int>& dims) {
    const auto found = known_.find(dims);
    if (found != known_.end()) return found->second;
    return known_.emplace(dims, OrdersThatMatter(problem_, dims)).first->second;
  }

 private:
  const Problem& problem_;
  std::map<std::vector<int>, std::vector<std::vector<int>>> known_;
};

}  // namespace systole::timeloop
