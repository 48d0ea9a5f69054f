// Searching on the proxy: a sample of the space is evaluated exactly and trained on, the search runs on predictions,
// and the best predicted points are evaluated exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sw/explore/problem.h"
#include "sw/explore/proxy.h"
#include "sw/explore/search.h"

namespace systole::explore {

struct ProxySearchOptions {
  SearchOptions search;         // seed, objective (whose values are > 0), budget: exact evaluations in all
  double training_share = 0.8;  // of the budget; the rest checks the best predictions
  int64_t predictions = 50000;  // budget of the search on the proxy
  Method method = Method::kGenetic;
  ProxyOptions proxy;
  std::vector<ProxyInput> inputs;  // what Describe gives; empty: an ordered input for each axis, its index
  std::function<std::vector<double>(const Point&)> describe;  // numbers of a design; empty: its indices
};

struct ProxySearchResult {
  SearchResult search;  // exact evaluations only: the training sample, then the checked points
  ProxyTraining training;
  ProxyError checked;                                          // error on the points that were not trained on
  std::vector<std::pair<double, double>> predicted_and_exact;  // of the checked points
};

// Infeasible points of the sample are not trained on; of the points searched, the exact problem says which are
// feasible. Throws InputError when the sample has fewer than 20 feasible points.
ProxySearchResult ProxySearch(Problem* problem, const ProxySearchOptions& options);

}  // namespace systole::explore
