// pagmo's nsga2; a generation is evaluated side by side. Started again, with the front so far in
// its population, once generations have brought nothing new.
#include <algorithm>
#include <iterator>
#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/batch_evaluators/member_bfe.hpp>
#include <pagmo/bfe.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>

#include "sw/explore/search/front.h"
#include "sw/explore/search/search_methods.h"
#include "sw/explore/search/search_pagmo.h"

namespace systole::explore {
namespace {

constexpr int kPopulation = 100;
constexpr int kStaleGenerations = 5;
constexpr double kCrossover = 0.9, kCrossoverIndex = 10.0, kMutationIndex = 10.0;

struct ManyObjectives {
  SearchRecorder* recorder = nullptr;
  int objectives = 2;

  size_t get_nobj() const { return objectives; }
  std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    return BoundsOf(recorder);
  }
  pagmo::vector_double fitness(const pagmo::vector_double& x) const { return batch_fitness(x); }

  pagmo::vector_double batch_fitness(const pagmo::vector_double& xs) const {
    const size_t axes = recorder->Radix().size();
    std::vector<Point> points;
    for (size_t at = 0; at < xs.size(); at += axes)
      points.push_back(PointOf(&xs[at], recorder->Radix()));
    pagmo::vector_double fitnesses;
    for (const Evaluation& evaluation : recorder->Evaluate(points)) {
      if (evaluation.feasible) {
        fitnesses.insert(fitnesses.end(), evaluation.objectives.begin(),
                         evaluation.objectives.end());
      } else {
        fitnesses.insert(fitnesses.end(), objectives, kInfeasible);
      }
    }
    return fitnesses;
  }
};

// Up to `count` points of the front of all points so far, spread over it.
std::vector<Point> SpreadFront(const SearchResult& result, size_t count) {
  std::vector<std::vector<double>> objectives;
  for (const Evaluation& evaluation : result.evaluations)
    objectives.push_back(evaluation.objectives);
  std::vector<size_t> front = ParetoFront(objectives, Ties::kFirst);
  std::sort(front.begin(), front.end(),
            [&](size_t a, size_t b) { return objectives[a] < objectives[b]; });
  std::vector<Point> points;
  const size_t kept = std::min(count, front.size());
  for (size_t i = 0; i < kept; ++i) points.push_back(result.points[front[i * front.size() / kept]]);
  return points;
}

}  // namespace

void RunNsga2(SearchRecorder* recorder, const SearchOptions& options, int objectives) {
  const int size = options.population > 0 ? options.population : kPopulation;
  const double mutation = 1.0 / static_cast<double>(recorder->Radix().size());
  std::mt19937_64 rng(MixSeed(options.seed, 3));
  for (;; ++recorder->result_.restarts) {
    std::vector<Point> first = SpreadFront(recorder->result_, size / 2);
    for (Point& point : recorder->FreshPoints(size - static_cast<int>(first.size()), &rng))
      first.push_back(point);
    for (size_t i = 0; static_cast<int>(first.size()) < size; ++i) first.push_back(first[i]);
    const ManyObjectives problem{recorder, objectives};
    pagmo::vector_double xs;
    for (const Point& point : first) {
      const pagmo::vector_double x = CentreOf(point);
      xs.insert(xs.end(), x.begin(), x.end());
    }
    const pagmo::vector_double fitnesses = problem.batch_fitness(xs);
    pagmo::population population{pagmo::problem{problem}, 0u, static_cast<unsigned>(rng())};
    for (size_t i = 0; i < first.size(); ++i) {
      const auto* f = &fitnesses[i * objectives];
      population.push_back(CentreOf(first[i]), pagmo::vector_double(f, f + objectives));
    }
    pagmo::nsga2 nsga2(1u, kCrossover, kCrossoverIndex, mutation, kMutationIndex,
                       static_cast<unsigned>(rng()));
    nsga2.set_bfe(pagmo::bfe{pagmo::member_bfe{}});
    for (int stale = 0; stale < kStaleGenerations; ++stale) {
      const int64_t before = recorder->Distinct();
      population = nsga2.evolve(population);
      if (recorder->Distinct() > before) stale = -1;
    }
  }
}

}  // namespace systole::explore
