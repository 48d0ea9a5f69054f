#include "sw/explore/search/front.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <limits>
#include <map>
#include <pagmo/utils/hypervolume.hpp>

namespace systole::explore {
namespace {

// Points in lexicographic order: the first objective of whatever was taken is no larger, so it need
// not be looked at. Each says whether nothing taken dominates or equals a point, and takes it then.
class Front2 {
 public:
  bool Take(const std::vector<double>& point) {
    if (point.back() >= least_) return false;
    least_ = point.back();
    return true;
  }

 private:
  double least_ = std::numeric_limits<double>::infinity();
};

class Front3 {
 public:
  bool Take(const std::vector<double>& point) {
    const auto after = steps_.upper_bound(point[1]);
    if (after != steps_.begin() && std::prev(after)->second <= point[2]) return false;
    auto worse = steps_.lower_bound(point[1]);
    while (worse != steps_.end() && worse->second >= point[2]) worse = steps_.erase(worse);
    steps_[point[1]] = point[2];
    return true;
  }

 private:
  std::map<double, double>
      steps_;  // second objective to the least third one so far; falls strictly
};

// Any number of objectives: compares with all that was taken, what dominates much first.
class FrontN {
 public:
  bool Take(const std::vector<double>& point) {
    const size_t compared = point.size() - 1;
    for (size_t at = 0; at < taken_.size(); at += compared) {
      size_t k = 0;
      while (k < compared && taken_[at + k] <= point[k + 1]) ++k;
      if (k < compared) continue;
      const size_t earlier = at / compared / 2 * compared;
      std::swap_ranges(&taken_[at], &taken_[at] + compared, &taken_[earlier]);
      return false;
    }
    taken_.insert(taken_.end(), point.begin() + 1, point.end());
    return true;
  }

 private:
  std::vector<double> taken_;  // without the first objective
};

template <typename Front>
std::vector<size_t> FrontOf(const std::vector<std::vector<double>>& points,
                            const std::vector<size_t>& order, Ties ties) {
  Front taken;
  std::vector<size_t> front;
  for (size_t i : order) {
    const bool repeats = !front.empty() && points[front.back()] == points[i];
    if (repeats ? ties == Ties::kAll : taken.Take(points[i])) front.push_back(i);
  }
  return front;
}

}  // namespace

std::vector<size_t> ParetoFront(const std::vector<std::vector<double>>& points, Ties ties) {
  std::vector<size_t> order;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!points[i].empty()) order.push_back(i);
  }
  if (order.empty()) return {};
  // Whatever dominates a point comes before it.
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return points[a] < points[b]; });
  const size_t objectives = points[order[0]].size();
  std::vector<size_t> front = objectives <= 2   ? FrontOf<Front2>(points, order, ties)
                              : objectives == 3 ? FrontOf<Front3>(points, order, ties)
                                                : FrontOf<FrontN>(points, order, ties);
  std::sort(front.begin(), front.end());
  return front;
}

double Hypervolume(const std::vector<std::vector<double>>& points,
                   const std::vector<double>& reference) {
  std::vector<std::vector<double>> below;
  for (size_t i : ParetoFront(points, Ties::kFirst)) {
    assert(points[i].size() == reference.size());
    bool inside = true;
    for (size_t k = 0; k < reference.size(); ++k) inside = inside && points[i][k] < reference[k];
    if (inside) below.push_back(points[i]);
  }
  if (below.empty()) return 0.0;
  if (reference.size() == 1) return reference[0] - below[0][0];
  return pagmo::hypervolume(below, true).compute(reference);
}

size_t Knee(const std::vector<std::vector<double>>& points, const std::vector<size_t>& front) {
  assert(!front.empty());
  const size_t objectives = points[front[0]].size();
  std::vector<double> ideal = points[front[0]], nadir = points[front[0]];
  for (size_t i : front) {
    for (size_t k = 0; k < objectives; ++k) {
      ideal[k] = std::min(ideal[k], points[i][k]);
      nadir[k] = std::max(nadir[k], points[i][k]);
    }
  }
  size_t knee = front[0];
  double nearest = std::numeric_limits<double>::infinity();
  for (size_t i : front) {
    double distance = 0;
    for (size_t k = 0; k < objectives; ++k) {
      const double span = nadir[k] - ideal[k];
      const double share = span > 0 ? (points[i][k] - ideal[k]) / span : 0.0;
      distance += share * share;
    }
    if (distance < nearest) {
      nearest = distance;
      knee = i;
    }
  }
  return knee;
}

}  // namespace systole::explore
