// The parts of systole-explore-study; each prints what it measures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/explore/page/page.h"
#include "sw/explore/space/space.h"
#include "sw/explore/study/study_truth.h"

namespace systole::explore {

struct StudyOptions {
  int seeds = 10;       // 1 .. seeds
  double share = 0.01;  // of the points: evaluations of random search, genetic search and annealing
  double front_share = 0.02;     // of nsga2
  double training_share = 0.05;  // of the points the proxy is trained on
  ProxyOptions proxy;
};

// Returns the curve of each search, for the page.
std::vector<PageCurve> StudySearches(const Space& space, const Truth& truth,
                                     const StudyOptions& options);
void StudyFronts(const Space& space, const Truth& truth, const StudyOptions& options);
PageProxy StudyProxy(const Space& space, const Truth& truth, const StudyOptions& options);
// Searches on the proxy with the evaluations of StudySearches.
void StudyProxySearches(const Space& space, const Truth& truth, const StudyOptions& options);
// One product M x K x N on one array: inputs rows, cols, dataflow, buffers, M, N, K.
void StudyProducts(const StudyOptions& options);

}  // namespace systole::explore
