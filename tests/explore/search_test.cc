#include "sw/explore/search/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <thread>

#include "sw/base/error.h"
#include "sw/explore/search/front.h"

namespace systole::explore {
namespace {

// A formula over a lattice; an empty answer is infeasible. Counts distinct points, and every call
// of the formula.
class Formula : public Problem {
 public:
  using Function = std::function<std::vector<double>(const Point&)>;
  Formula(std::vector<int> radix, int objectives, Function function, int threads = 1)
      : radix_(std::move(radix)),
        objectives_(objectives),
        function_(std::move(function)),
        threads_(threads) {}

  const std::vector<int>& Radix() const override { return radix_; }
  int Objectives() const override { return objectives_; }
  int64_t Evaluations() const override { return static_cast<int64_t>(seen_.size()); }

  std::vector<Evaluation> Evaluate(const std::vector<Point>& points) override {
    for (const Point& point : points) {
      for (size_t axis = 0; axis < radix_.size(); ++axis) {
        EXPECT_GE(point[axis], 0);
        EXPECT_LT(point[axis], radix_[axis]);
      }
      seen_.insert(point);
    }
    ++batches_;
    largest_batch_ = std::max(largest_batch_, points.size());
    std::vector<Evaluation> evaluations(points.size());
    std::vector<std::thread> pool;
    for (int t = 0; t < threads_; ++t) {
      pool.emplace_back([&, t] {
        for (size_t i = t; i < points.size(); i += threads_) {
          evaluations[i].objectives = function_(points[i]);
          evaluations[i].feasible = !evaluations[i].objectives.empty();
        }
      });
    }
    for (std::thread& thread : pool) thread.join();
    return evaluations;
  }

  size_t LargestBatch() const { return largest_batch_; }

 private:
  std::vector<int> radix_;
  int objectives_;
  Function function_;
  int threads_;
  std::set<Point> seen_;
  size_t largest_batch_ = 0;
  int batches_ = 0;
};

const std::vector<int> kRadix = {60, 60, 3, 9, 9};

// 262,440 points; least, 10, at (41, 7, 2, 8, 0) alone. Ruggedness: odd coordinates cost extra.
std::vector<double> Rugged(const Point& p) {
  const double bowl =
      0.02 * (p[0] - 41) * (p[0] - 41) + 0.1 * (p[1] - 7) * (p[1] - 7) + (8 - p[3]) + 2.0 * p[4];
  const double bumps = 3.0 * (p[0] % 4 != 1) + 3.0 * (p[1] % 4 != 3) + 6.0 * (2 - p[2]);
  return {10 + bowl + bumps};
}

// The same, feasible in about a fifth of the space only, the optimum at the edge of that.
std::vector<double> RuggedAndBounded(const Point& p) {
  if ((p[0] + 1) * (p[1] + 1) > 336) return {};
  return Rugged(p);
}

// Minimise both: the front is p[1] = p[2] = 0, 50 points.
std::vector<double> TwoEnds(const Point& p) {
  const double along = p[0] / 49.0, off = 1 + 0.5 * p[1] + 0.1 * p[2];
  return {along * off + 0.2 * (off - 1), (1 - std::sqrt(along)) * off + 0.2 * (off - 1)};
}

constexpr Method kMethods[] = {Method::kRandom, Method::kGenetic, Method::kAnnealing,
                               Method::kNsga2};

Formula::Function With(const Formula::Function& function, Method method) {
  if (method != Method::kNsga2) return function;
  return [function](const Point& p) {
    std::vector<double> values = function(p);
    if (!values.empty()) values.push_back(p[1]);
    return values;
  };
}

SearchResult Searched(Method method, const Formula::Function& function, uint64_t seed,
                      int64_t budget, int threads = 1) {
  Formula problem(kRadix, method == Method::kNsga2 ? 2 : 1, With(function, method), threads);
  SearchOptions options;
  options.seed = seed;
  options.budget = budget;
  SearchResult result = Search(&problem, method, options);
  EXPECT_EQ(problem.Evaluations(), budget) << MethodName(method) << " seed " << seed;
  EXPECT_EQ(static_cast<int64_t>(result.points.size()), budget);
  return result;
}

double BestOf(const SearchResult& result) {
  return result.best < 0 ? INFINITY : result.evaluations[result.best].objectives[0];
}

TEST(SearchTest, GeneticAndAnnealingFindTheOptimumThatRandomSearchMisses) {
  int found[3] = {0, 0, 0};
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    found[0] += BestOf(Searched(Method::kRandom, RuggedAndBounded, seed, 2600)) == 10;
    found[1] += BestOf(Searched(Method::kGenetic, RuggedAndBounded, seed, 2600)) == 10;
    found[2] += BestOf(Searched(Method::kAnnealing, RuggedAndBounded, seed, 2600)) == 10;
  }
  EXPECT_LE(found[0], 1);
  EXPECT_GE(found[1], 9);
  EXPECT_GE(found[2], 9);
}

TEST(SearchTest, BudgetIsUsedUpAndNeverExceededWhateverItIs) {
  for (Method method : kMethods) {
    for (int64_t budget : {1, 2, 29, 30, 41, 99, 100, 101, 777})
      Searched(method, Rugged, 3, budget);
  }
}

TEST(SearchTest, PointsAreDistinctAndEvaluationsAreTheirs) {
  for (Method method : kMethods) {
    const SearchResult result = Searched(method, RuggedAndBounded, 5, 1500);
    const std::set<Point> points(result.points.begin(), result.points.end());
    EXPECT_EQ(points.size(), result.points.size()) << MethodName(method);
    for (size_t i = 0; i < result.points.size(); ++i) {
      const std::vector<double> expected = With(RuggedAndBounded, method)(result.points[i]);
      EXPECT_EQ(result.evaluations[i].objectives, expected);
      EXPECT_EQ(result.evaluations[i].feasible, !expected.empty());
    }
  }
}

TEST(SearchTest, ConvergenceIsTheRunningMinimum) {
  for (Method method : kMethods) {
    const SearchResult result = Searched(method, RuggedAndBounded, 6, 1200);
    std::vector<std::pair<int64_t, double>> expected;
    int64_t best = -1;
    for (size_t i = 0; i < result.points.size(); ++i) {
      if (!result.evaluations[i].feasible) continue;
      const double value = result.evaluations[i].objectives[0];
      if (!expected.empty() && value >= expected.back().second) continue;
      expected.emplace_back(i + 1, value);
      best = static_cast<int64_t>(i);
    }
    EXPECT_EQ(result.convergence, expected) << MethodName(method);
    EXPECT_EQ(result.best, best);
  }
}

TEST(SearchTest, SameSeedSameSearchWhateverTheThreads) {
  for (Method method : kMethods) {
    const SearchResult one = Searched(method, RuggedAndBounded, 7, 900, 1);
    const SearchResult four = Searched(method, RuggedAndBounded, 7, 900, 4);
    EXPECT_EQ(one.points, four.points) << MethodName(method);
    EXPECT_NE(one.points, Searched(method, RuggedAndBounded, 8, 900, 1).points)
        << MethodName(method);
  }
}

TEST(SearchTest, PopulationsAreEvaluatedSideBySide) {
  for (Method method : {Method::kRandom, Method::kGenetic, Method::kNsga2}) {
    Formula problem(kRadix, method == Method::kNsga2 ? 2 : 1, With(Rugged, method));
    SearchOptions options;
    options.budget = 2000;
    options.population = 16;
    Search(&problem, method, options);
    EXPECT_GE(problem.LargestBatch(), 16u) << MethodName(method);
  }
}

TEST(SearchTest, AKnownPointOfTheProblemDoesNotChangeTheWay) {
  for (Method method : kMethods) {
    Formula problem(kRadix, method == Method::kNsga2 ? 2 : 1, With(Rugged, method));
    SearchOptions options;
    options.budget = 600;
    const SearchResult first = Search(&problem, method, options);
    const SearchResult again = Search(&problem, method, options);
    EXPECT_EQ(first.points, again.points) << MethodName(method);
    EXPECT_EQ(problem.Evaluations(), 600);
  }
}

TEST(SearchTest, ASmallSpaceIsExhausted) {
  for (Method method : kMethods) {
    const auto function = [](const Point& p) {
      return std::vector<double>{10.0 - p[0] + p[1] * p[2]};
    };
    Formula problem({5, 4, 1}, method == Method::kNsga2 ? 2 : 1, With(function, method));
    SearchOptions options;
    options.budget = 1000;
    const SearchResult result = Search(&problem, method, options);
    EXPECT_EQ(result.points.size(), 20u) << MethodName(method);
    EXPECT_EQ(BestOf(result), 6);
  }
}

TEST(SearchTest, ASpaceWithoutAnyFeasiblePointEnds) {
  for (Method method : kMethods) {
    const SearchResult result = Searched(
        method, [](const Point&) { return std::vector<double>(); }, 1, 500);
    EXPECT_EQ(result.best, -1) << MethodName(method);
    EXPECT_TRUE(result.convergence.empty());
  }
}

TEST(SearchTest, ObjectivesMayBeNegativeOrZero) {
  for (Method method : {Method::kGenetic, Method::kAnnealing}) {
    const auto shifted = [](const Point& p) { return std::vector<double>{Rugged(p)[0] - 40}; };
    EXPECT_EQ(BestOf(Searched(method, shifted, 2, 2600)), -30) << MethodName(method);
  }
}

TEST(SearchTest, TheNamedObjectiveIsMinimised) {
  Formula problem(kRadix, 2, [](const Point& p) {
    return std::vector<double>{-1.0 * p[0], Rugged(p)[0]};
  });
  SearchOptions options;
  options.budget = 2600;
  options.objective = 1;
  const SearchResult result = Search(&problem, Method::kGenetic, options);
  EXPECT_EQ(result.evaluations[result.best].objectives[1], 10);
}

TEST(SearchTest, StartingPointsComeFirst) {
  const Point optimum = {41, 7, 2, 8, 0};
  for (Method method : kMethods) {
    Formula problem(kRadix, method == Method::kNsga2 ? 2 : 1, With(Rugged, method));
    SearchOptions options;
    options.budget = 100;
    options.start = {optimum, {0, 0, 0, 0, 0}};
    const SearchResult result = Search(&problem, method, options);
    EXPECT_EQ(result.points[0], optimum) << MethodName(method);
    EXPECT_EQ(result.best, 0);
  }
}

TEST(SearchTest, StopEndsTheSearchWithWhatItHas) {
  for (Method method : kMethods) {
    Formula problem(kRadix, method == Method::kNsga2 ? 2 : 1, With(Rugged, method));
    SearchOptions options;
    options.budget = 100000;
    int asked = 0;
    options.stop = [&] { return ++asked > 3; };
    const SearchResult result = Search(&problem, method, options);
    EXPECT_GT(result.points.size(), 0u) << MethodName(method);
    EXPECT_LT(result.points.size(), 2000u) << MethodName(method);
    EXPECT_GE(result.best, 0);
  }
}

TEST(SearchTest, Nsga2FindsTheWholeFront) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    Formula problem({50, 40, 100}, 2, TwoEnds);
    SearchOptions options;
    options.seed = seed;
    options.budget = 4000;  // 2 % of 200,000
    const SearchResult result = Nsga2Search(&problem, options);
    std::vector<std::vector<double>> found, front;
    for (const Evaluation& evaluation : result.evaluations) found.push_back(evaluation.objectives);
    for (int i = 0; i < 50; ++i) front.push_back(TwoEnds({i, 0, 0}));
    const std::vector<double> reference = {1.1, 1.1};
    EXPECT_GE(Hypervolume(found, reference), 0.99 * Hypervolume(front, reference))
        << "seed " << seed;
    EXPECT_LE(Hypervolume(found, reference), Hypervolume(front, reference) * (1 + 1e-12));
  }
}

TEST(SearchTest, RefusesWhatCannotBeSearched) {
  Formula one(kRadix, 1, Rugged);
  Formula none(kRadix, 0, Rugged);
  SearchOptions options;
  EXPECT_THROW(Nsga2Search(&one, options), InputError);
  EXPECT_THROW(RandomSearch(&none, options), InputError);
  options.budget = 0;
  EXPECT_THROW(GeneticSearch(&one, options), InputError);
  options.budget = 10;
  options.objective = 1;
  EXPECT_THROW(GeneticSearch(&one, options), InputError);
  options.objective = 0;
  options.start = {{60, 0, 0, 0, 0}};
  EXPECT_THROW(AnnealingSearch(&one, options), InputError);
  EXPECT_THROW(ParseMethod("hillclimb"), InputError);
  for (Method method : kMethods) EXPECT_EQ(ParseMethod(MethodName(method)), method);
}

}  // namespace
}  // namespace systole::explore
