// pagmo's sga, started again with a new population once twenty generations brought nothing better.
#include <algorithm>
#include <numeric>
#include <pagmo/algorithms/sga.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>

#include "sw/explore/search/search_methods.h"
#include "sw/explore/search/search_pagmo.h"

namespace systole::explore {
namespace {

constexpr int kPopulation = 40;
constexpr int kStaleGenerations = 20;
constexpr double kCrossover = 0.9;       // binomial: each gene of the partner with this probability
constexpr double kMutationIndex = 10.0;  // polynomial
constexpr unsigned kTournament = 2;

pagmo::population Evaluated(SearchRecorder* recorder, const std::vector<Point>& points,
                            unsigned seed) {
  const std::vector<double> values = recorder->Values(points);
  pagmo::population population{pagmo::problem{SingleObjective{recorder}}, 0u, seed};
  for (size_t i = 0; i < points.size(); ++i) population.push_back(CentreOf(points[i]), {values[i]});
  return population;
}

// sga evaluates one child after the other, but all children of a generation are there before the
// first is evaluated. So a rehearsal with a copy of its random state tells which they are, and they
// are evaluated side by side.
void EvaluateChildren(SearchRecorder* recorder, pagmo::sga rehearsal,
                      const pagmo::population& parents) {
  std::vector<Point> children;
  pagmo::population noting{pagmo::problem{SingleObjective{recorder, &children}}, 0u, 0u};
  for (size_t i = 0; i < parents.size(); ++i)
    noting.push_back(parents.get_x()[i], parents.get_f()[i]);
  rehearsal.evolve(noting);
  recorder->Values(children);
}

}  // namespace

void RunGenetic(SearchRecorder* recorder, const SearchOptions& options) {
  const int size = options.population > 0 ? options.population : kPopulation;
  const double mutation = 1.0 / static_cast<double>(recorder->Radix().size());
  std::mt19937_64 rng(MixSeed(options.seed, 1));
  for (;; ++recorder->result_.restarts) {
    std::vector<Point> first = recorder->FreshPoints(size, &rng);
    for (size_t i = 0; static_cast<int>(first.size()) < size; ++i) first.push_back(first[i]);
    pagmo::population population = Evaluated(recorder, first, static_cast<unsigned>(rng()));
    const pagmo::sga sga(1u, kCrossover, 10.0, mutation, kMutationIndex, kTournament, "binomial",
                         "polynomial", "tournament", static_cast<unsigned>(rng()));
    double best = population.champion_f()[0];
    for (int stale = 0; stale < kStaleGenerations; ++stale) {
      EvaluateChildren(recorder, sga, population);
      population = sga.evolve(population);
      if (population.champion_f()[0] < best) stale = -1;
      best = population.champion_f()[0];
    }
  }
}

}  // namespace systole::explore
