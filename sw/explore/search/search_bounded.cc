#include "sw/explore/search/search_bounded.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

constexpr int64_t kMostPoints = int64_t{1} << 26;

// What is known of the best so far, against which bounds are held.
class Best {
 public:
  explicit Best(int64_t keep) : keep_(static_cast<size_t>(keep)) {}

  void Add(int64_t id, const std::vector<double>& objectives) {
    if (objectives.size() == 1) {
      least_.insert({objectives[0], id});
      if (least_.size() > keep_) least_.erase(std::prev(least_.end()));
      return;
    }
    if (Hopeless(id, objectives)) return;
    const auto worse = [&](const Found& f) { return AtMost(objectives, f.objectives); };
    front_.erase(std::remove_if(front_.begin(), front_.end(), worse), front_.end());
    front_.push_back({id, objectives});
  }

  // Can a point that comes nowhere below `bound` not be among the best?
  bool Hopeless(int64_t id, const std::vector<double>& bound) const {
    if (bound.size() == 1)
      return least_.size() == keep_ && *least_.rbegin() < std::make_pair(bound[0], id);
    return std::any_of(front_.begin(), front_.end(), [&](const Found& f) {
      return AtMost(f.objectives, bound) && (f.id < id || f.objectives != bound);
    });
  }

 private:
  struct Found {
    int64_t id;
    std::vector<double> objectives;
  };
  static bool AtMost(const std::vector<double>& a, const std::vector<double>& b) {
    for (size_t o = 0; o < a.size(); ++o) {
      if (a[o] > b[o]) return false;
    }
    return true;
  }

  size_t keep_;
  std::set<std::pair<double, int64_t>> least_;
  std::vector<Found> front_;
};

// The last axis varies fastest.
Point PointOf(int64_t id, const std::vector<int>& radix) {
  Point point(radix.size());
  for (size_t a = radix.size(); a-- > 0; id /= radix[a]) point[a] = static_cast<int>(id % radix[a]);
  return point;
}

}  // namespace

BoundedResult BoundedSearch(Problem* problem, const BoundedOptions& options) {
  const std::vector<int>& radix = problem->Radix();
  int64_t points = 1;
  for (const int values : radix) {
    points *= values;
    if (points > kMostPoints) {
      throw InputError(
          fmt::format("bounded: the space has more than {} points; shorten axes", kMostPoints));
    }
  }
  BoundedResult result;
  std::vector<std::pair<double, int64_t>> order;  // bound in the first objective
  std::vector<double> bound;
  for (int64_t id = 0; id < points; ++id) {
    if (options.bound(PointOf(id, radix), &bound)) order.push_back({bound[0], id});
  }
  result.outside = points - static_cast<int64_t>(order.size());
  if (options.progress) options.progress(result.outside);
  std::sort(order.begin(), order.end());
  Best best(options.keep);
  std::vector<Point> batch;
  std::vector<int64_t> ids;
  const auto evaluate = [&] {
    const std::vector<Evaluation> evaluations = problem->Evaluate(batch);
    for (size_t i = 0; i < batch.size(); ++i) {
      SearchResult& s = result.search;
      if (evaluations[i].feasible) {
        best.Add(ids[i], evaluations[i].objectives);
        const double value = evaluations[i].objectives[0];
        if (s.best < 0 || value < s.evaluations[static_cast<size_t>(s.best)].objectives[0]) {
          s.best = static_cast<int64_t>(s.points.size());
          s.convergence.push_back({s.best + 1, value});
        }
      }
      s.points.push_back(batch[i]);
      s.evaluations.push_back(evaluations[i]);
    }
    if (options.progress) options.progress(static_cast<int64_t>(batch.size()));
    batch.clear();
    ids.clear();
  };
  for (const auto& [least, id] : order) {
    if (options.stop && options.stop()) return result;
    Point point = PointOf(id, radix);
    options.bound(point, &bound);
    if (best.Hopeless(id, bound)) {
      ++result.hopeless;
      if (options.progress) options.progress(1);
      continue;
    }
    batch.push_back(std::move(point));
    ids.push_back(id);
    if (batch.size() == static_cast<size_t>(options.batch)) evaluate();
  }
  if (!batch.empty()) evaluate();
  return result;
}

}  // namespace systole::explore
