// pagmo's simulated annealing (Corana's), from the best of a few random points, again and again.
//
// A step moves one axis by up to the range of that axis, which follows the share of accepted steps.
// Temperatures are shares of the start's objective: a step that worsens it by a tenth is taken with
// probability exp(-1/3) at first, and with exp(-33) at the end. A run asks for 100 points an axis,
// about a third of them for the second time.
#include <algorithm>
#include <cmath>
#include <pagmo/algorithms/simulated_annealing.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>

#include "sw/explore/search/search_methods.h"
#include "sw/explore/search/search_pagmo.h"

namespace systole::explore {
namespace {

constexpr int kStartPoints = 30;
constexpr double kFirstTemperature = 0.3, kLastTemperature = 0.003;
constexpr unsigned kTemperatures = 10, kRangesEach = 1, kStepsEach = 10;
constexpr double kFirstRange = 0.3;  // of an axis

}  // namespace

void RunAnnealing(SearchRecorder* recorder, const SearchOptions& options) {
  const int count = options.population > 0 ? options.population : kStartPoints;
  std::mt19937_64 rng(MixSeed(options.seed, 2));
  for (;; ++recorder->result_.restarts) {
    const std::vector<Point> points = recorder->FreshPoints(count, &rng);
    const std::vector<double> values = recorder->Values(points);
    const size_t best = std::min_element(values.begin(), values.end()) - values.begin();
    if (values[best] >= kInfeasible) continue;
    const double scale = values[best] != 0 ? std::abs(values[best]) : 1.0;
    pagmo::population population{pagmo::problem{SingleObjective{recorder}}, 0u,
                                 static_cast<unsigned>(rng())};
    population.push_back(CentreOf(points[best]), {values[best]});
    const pagmo::simulated_annealing annealing(kFirstTemperature * scale, kLastTemperature * scale,
                                               kTemperatures, kRangesEach, kStepsEach, kFirstRange,
                                               static_cast<unsigned>(rng()));
    annealing.evolve(population);
  }
}

}  // namespace systole::explore
