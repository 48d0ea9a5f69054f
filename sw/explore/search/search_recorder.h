// What every search method shares: it asks for points here, and what is new is evaluated, counted
// and kept.
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <unordered_map>
#include <vector>

#include "sw/explore/search/search.h"

namespace systole::explore {

// Thrown through a library's evolve() when the budget is used up, the space is exhausted or `stop`
// says so.
struct SearchFinished {};

// Stands for the objective of an infeasible point: finite, because libraries subtract fitnesses.
constexpr double kInfeasible = 1e300;

uint64_t PointsInSpace(const std::vector<int>& radix);  // saturates at 2^63 - 1

// Another stream of the same seed.
uint64_t MixSeed(uint64_t seed, uint64_t stream);

class SearchRecorder {
 public:
  SearchRecorder(Problem* problem, const SearchOptions& options);

  // In the order of `points`. Throws SearchFinished when no new point can be asked for afterwards,
  // those that still fit having been kept.
  std::vector<Evaluation> Evaluate(const std::vector<Point>& points);
  // The objective the options name, kInfeasible where there is none.
  std::vector<double> Values(const std::vector<Point>& points);
  double Value(const Point& point) { return Values({point})[0]; }

  // A point that was not asked for yet: uniform, while those are not rare. There is one unless
  // SearchFinished was thrown.
  Point Fresh(std::mt19937_64* rng) const;
  // `count` different points: first those of options.start that are left, then fresh ones.
  std::vector<Point> FreshPoints(int count, std::mt19937_64* rng);

  const std::vector<int>& Radix() const { return radix_; }
  int64_t Distinct() const { return static_cast<int64_t>(result_.points.size()); }
  int64_t Limit() const { return limit_; }
  // Distinct() when the best point was last replaced.
  int64_t LastImprovement() const {
    return result_.convergence.empty() ? 0 : result_.convergence.back().first;
  }

  SearchResult result_;

 private:
  struct Hash {
    size_t operator()(const Point& point) const;
  };
  void Keep(const Point& point, Evaluation evaluation);

  Problem* problem_;
  const SearchOptions& options_;
  std::vector<int> radix_;
  int64_t limit_;
  size_t next_start_ = 0;
  std::unordered_map<Point, size_t, Hash> index_;
};

}  // namespace systole::explore
