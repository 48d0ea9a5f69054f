#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sw/explore/search/front.h"
#include "sw/explore/search/proxy_time.h"
#include "sw/explore/search/search.h"
#include "sw/explore/study/study_report.h"

namespace systole::explore {
namespace {

int64_t Budget(const Truth& truth, double share) {
  return std::max<int64_t>(1, static_cast<int64_t>(share * static_cast<double>(truth.points)));
}

// Evaluations until the first objective was within 1 % of the best; 0: never.
int64_t Reached(const SearchResult& result, double best) {
  for (const auto& [evaluations, value] : result.convergence) {
    if (value <= 1.01 * best) return evaluations;
  }
  return 0;
}

std::vector<std::vector<double>> FeasibleObjectives(const SearchResult& result) {
  std::vector<std::vector<double>> objectives;
  for (const Evaluation& evaluation : result.evaluations) {
    if (evaluation.feasible) objectives.push_back(evaluation.objectives);
  }
  return objectives;
}

// Hypervolume as a share of the true front's. The reference point lies a tenth of the front's
// extent beyond its worst values, so that the ends of the front count.
class Measure {
 public:
  Measure(const std::vector<std::vector<double>>& front, bool logarithmic)
      : logarithmic_(logarithmic) {
    const std::vector<std::vector<double>> points = Scaled(front);
    for (size_t o = 0; o < points[0].size(); ++o) {
      double least = INFINITY, most = -INFINITY;
      for (const auto& point : points) {
        least = std::min(least, point[o]);
        most = std::max(most, point[o]);
      }
      reference_.push_back(most + 0.1 * (most - least));
    }
    whole_ = Hypervolume(points, reference_);
  }

  double Share(const std::vector<std::vector<double>>& points) const {
    return Hypervolume(Scaled(points), reference_) / whole_;
  }

 private:
  std::vector<std::vector<double>> Scaled(std::vector<std::vector<double>> points) const {
    for (auto& point : points) {
      for (double& value : point) value = logarithmic_ ? std::log(value) : value;
    }
    return points;
  }

  bool logarithmic_;
  std::vector<double> reference_;
  double whole_ = 0;
};

}  // namespace

std::vector<PageCurve> StudySearches(const Space& space, const Truth& truth,
                                     const StudyOptions& options) {
  std::vector<PageCurve> curves;
  const int64_t budget = Budget(truth, options.share);
  fmt::print(
      "\n{}: {} evaluations ({:.3g} % of the points); gap to the optimum, evaluations until within "
      "1 %\n",
      space.objectives[0].name, budget, 100 * options.share);
  for (Method method : {Method::kRandom, Method::kGenetic, Method::kAnnealing}) {
    int reached = 0;
    double seconds = 0;
    fmt::print("{:10}", MethodName(method));
    for (int seed = 1; seed <= options.seeds; ++seed) {
      TruthProblem problem(space, truth);
      SearchOptions search;
      search.seed = static_cast<uint64_t>(seed);
      search.budget = budget;
      const double start = ThreadSeconds();
      const SearchResult result = Search(&problem, method, search);
      seconds += ThreadSeconds() - start;
      const double best =
          result.best < 0 ? INFINITY : result.evaluations[result.best].objectives[0];
      const int64_t at = Reached(result, truth.best);
      reached += at > 0;
      fmt::print("  {:.2f}%/{}", 100 * (best / truth.best - 1), at > 0 ? std::to_string(at) : "-");
      if (problem.Evaluations() > budget) fmt::print(" BUDGET EXCEEDED");
      curves.push_back(
          {MethodName(method), search.seed, result.convergence, problem.Evaluations()});
    }
    fmt::print("\n{:10}  within 1 % in {} of {} seeds; {:.3f} s a search, evaluations looked up\n",
               "", reached, options.seeds, seconds / options.seeds);
  }
  return curves;
}

void StudyFronts(const Space& space, const Truth& truth, const StudyOptions& options) {
  std::vector<std::vector<double>> all(static_cast<size_t>(truth.points));
  for (int64_t id = 0; id < truth.points; ++id) {
    const double* values = &truth.values[id * truth.objectives];
    if (truth.Feasible(id)) all[id].assign(values, values + truth.objectives);
  }
  const double start = ThreadSeconds();
  const std::vector<size_t> front = ParetoFront(all, Ties::kFirst);
  const double seconds = ThreadSeconds() - start;
  const int64_t budget = Budget(truth, options.front_share);
  fmt::print("\nfront of");
  for (const Objective& objective : space.objectives) fmt::print(" {}", objective.name);
  fmt::print(
      ": {} different points of {} feasible ones, found in {:.2f} s; share of its hypervolume "
      "after {} "
      "evaluations ({:.3g} %), of objectives and of their logarithms\n",
      front.size(), truth.feasible, seconds, budget, 100 * options.front_share);
  std::vector<std::vector<double>> truly;
  for (size_t i : front) truly.push_back(all[i]);
  const Measure plain(truly, false), logarithmic(truly, true);
  for (Method method : {Method::kRandom, Method::kNsga2}) {
    int reached[2] = {0, 0};
    fmt::print("{:10}", MethodName(method));
    for (int seed = 1; seed <= options.seeds; ++seed) {
      TruthProblem problem(space, truth);
      SearchOptions search;
      search.seed = static_cast<uint64_t>(seed);
      search.budget = budget;
      const std::vector<std::vector<double>> found =
          FeasibleObjectives(Search(&problem, method, search));
      const double shares[2] = {plain.Share(found), logarithmic.Share(found)};
      for (int i : {0, 1}) reached[i] += shares[i] >= 0.99;
      fmt::print("  {:.2f}%/{:.2f}%", 100 * shares[0], 100 * shares[1]);
      if (problem.Evaluations() > budget) fmt::print(" BUDGET EXCEEDED");
    }
    fmt::print("\n{:10}  99 % in {} of {} seeds, of the logarithms in {}\n", "", reached[0],
               options.seeds, reached[1]);
  }
}

}  // namespace systole::explore
