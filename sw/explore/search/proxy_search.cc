#include "sw/explore/search/proxy_search.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "sw/explore/search/search_recorder.h"

namespace systole::explore {
namespace {

constexpr size_t kChecked = 64;  // points of a batch

std::vector<double> Describe(const ProxySearchOptions& options, const Point& point) {
  return options.describe ? options.describe(point)
                          : std::vector<double>(point.begin(), point.end());
}

// The space with predictions in place of evaluations.
class Predicted : public Problem {
 public:
  Predicted(const std::vector<int>& radix, const Proxy& proxy, const ProxySearchOptions& options)
      : radix_(radix), proxy_(proxy), options_(options) {}

  const std::vector<int>& Radix() const override { return radix_; }
  int Objectives() const override { return 1; }
  int64_t Evaluations() const override { return static_cast<int64_t>(seen_.size()); }

  std::vector<Evaluation> Evaluate(const std::vector<Point>& points) override {
    std::vector<std::vector<double>> rows;
    for (const Point& point : points) {
      seen_.insert(point);
      rows.push_back(Describe(options_, point));
    }
    const std::vector<double> predictions = proxy_.Predict(rows);
    std::vector<Evaluation> evaluations(points.size());
    for (size_t i = 0; i < points.size(); ++i) {
      if (options_.possible && !options_.possible(points[i])) continue;
      evaluations[i].feasible = true;
      evaluations[i].objectives = {predictions[i]};
    }
    return evaluations;
  }

 private:
  std::vector<int> radix_;
  const Proxy& proxy_;
  const ProxySearchOptions& options_;
  std::set<Point> seen_;
};

Proxy Train(const SearchResult& sample, const ProxySearchOptions& options, size_t axes) {
  std::vector<std::vector<double>> rows;
  std::vector<double> targets;
  for (size_t i = 0; i < sample.points.size(); ++i) {
    if (!sample.evaluations[i].feasible) continue;
    rows.push_back(Describe(options, sample.points[i]));
    targets.push_back(sample.evaluations[i].objectives[options.search.objective]);
  }
  std::vector<ProxyInput> inputs = options.inputs;
  if (inputs.empty()) inputs.resize(axes);
  return Proxy(std::move(inputs), rows, targets, options.proxy);
}

// Points of a search on the proxy, the best predicted first.
std::vector<std::pair<double, Point>> BestPredicted(const Proxy& proxy,
                                                    const std::vector<int>& radix,
                                                    const ProxySearchOptions& options) {
  Predicted predicted(radix, proxy, options);
  SearchOptions search;
  search.seed = options.search.seed;
  search.budget = options.predictions;
  search.stop = options.search.stop;
  const SearchResult found = Search(&predicted, options.method, search);
  std::vector<std::pair<double, Point>> best;
  for (size_t i = 0; i < found.points.size(); ++i) {
    if (found.evaluations[i].feasible)
      best.emplace_back(found.evaluations[i].objectives[0], found.points[i]);
  }
  std::stable_sort(best.begin(), best.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return best;
}

}  // namespace

ProxySearchResult ProxySearch(Problem* problem, const ProxySearchOptions& options) {
  ProxySearchResult result;
  const std::vector<int>& radix = problem->Radix();
  SearchOptions sampling = options.search;
  sampling.budget =
      std::max<int64_t>(1, static_cast<int64_t>(options.training_share * options.search.budget));
  const SearchResult sample = Search(problem, Method::kRandom, sampling);
  const Proxy proxy = Train(sample, options, radix.size());
  result.training = proxy.Training();
  const std::vector<std::pair<double, Point>> best = BestPredicted(proxy, radix, options);

  SearchRecorder recorder(problem, options.search);
  std::vector<std::vector<double>> rows;
  std::vector<double> exact;
  try {
    recorder.Evaluate(sample.points);  // known to the problem: counted, not evaluated again
    for (size_t at = 0; at < best.size(); at += kChecked) {
      std::vector<Point> points;
      for (size_t i = at; i < std::min(at + kChecked, best.size()); ++i)
        points.push_back(best[i].second);
      recorder.Evaluate(points);
    }
  } catch (const SearchFinished&) {
  }
  result.search = std::move(recorder.result_);
  for (size_t i = sample.points.size(); i < result.search.points.size(); ++i) {
    if (!result.search.evaluations[i].feasible) continue;
    rows.push_back(Describe(options, result.search.points[i]));
    exact.push_back(result.search.evaluations[i].objectives[options.search.objective]);
  }
  result.checked = proxy.Compare(rows, exact);
  const std::vector<double> predictions = proxy.Predict(rows);
  for (size_t i = 0; i < rows.size(); ++i)
    result.predicted_and_exact.emplace_back(predictions[i], exact[i]);
  return result;
}

}  // namespace systole::explore
