// Searching on the proxy: a sample of the space is evaluated exactly and trained on, the search
// runs on predictions, and the best predicted points are evaluated exactly.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "sw/explore/search/problem.h"
#include "sw/explore/search/proxy.h"
#include "sw/explore/search/search.h"

namespace systole::explore {

struct ProxySearchOptions {
  SearchOptions
      search;  // seed, objective (whose values are > 0), budget: exact evaluations in all; stop
  double training_share = 0.8;  // of the budget; the rest checks the best predictions
  int64_t predictions = 50000;  // budget of the search on the proxy
  Method method = Method::kGenetic;
  ProxyOptions proxy;
  std::vector<ProxyInput>
      inputs;  // what `describe` gives; empty: an ordered input for each axis, its index
  std::function<std::vector<double>(const Point&)>
      describe;  // numbers of a design; empty: its indices
  // What is known without the cost model: constraints. Empty: the search on the proxy takes every
  // point for feasible.
  std::function<bool(const Point&)> possible;
};

struct ProxySearchResult {
  SearchResult search;  // exact evaluations only: the training sample, then the checked points
  ProxyTraining training;
  ProxyError checked;  // error on the feasible ones of the checked points
  std::vector<std::pair<double, double>> predicted_and_exact;  // of the same points
};

// The sample is random; its infeasible points count but are not trained on. Checked are the points
// with the best predictions, in batches, until the budget is used up. Throws InputError when the
// sample has fewer than 20 feasible points, or an objective that is not > 0.
ProxySearchResult ProxySearch(Problem* problem, const ProxySearchOptions& options);

}  // namespace systole::explore
