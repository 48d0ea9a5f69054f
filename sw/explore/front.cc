#include "sw/explore/front.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <pagmo/utils/hypervolume.hpp>

namespace systole::explore {
namespace {

bool NowhereWorse(const std::vector<double>& a, const std::vector<double>& b) {
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
  }
  return true;
}

}  // namespace

std::vector<size_t> ParetoFront(const std::vector<std::vector<double>>& points, Ties ties) {
  std::vector<size_t> order;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!points[i].empty()) order.push_back(i);
  }
  // Lexicographic order: whatever dominates a point comes before it.
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return points[a] < points[b]; });
  std::vector<size_t> front;
  std::vector<size_t> members;  // of the front, without repetitions; those that dominate much come first
  double least = std::numeric_limits<double>::infinity();  // second objective of the front
  for (size_t i : order) {
    if (!front.empty() && points[front.back()] == points[i]) {
      if (ties == Ties::kAll) front.push_back(i);
      continue;
    }
    bool dominated = false;
    if (points[i].size() == 2) {
      dominated = points[i][1] >= least;
      if (!dominated) least = points[i][1];
    } else {
      const auto by = std::find_if(members.begin(), members.end(),
                                   [&](size_t member) { return NowhereWorse(points[member], points[i]); });
      dominated = by != members.end();
      if (dominated) {
        std::iter_swap(by, members.begin() + (by - members.begin()) / 2);
      } else {
        members.push_back(i);
      }
    }
    if (!dominated) front.push_back(i);
  }
  std::sort(front.begin(), front.end());
  return front;
}

double Hypervolume(const std::vector<std::vector<double>>& points, const std::vector<double>& reference) {
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
