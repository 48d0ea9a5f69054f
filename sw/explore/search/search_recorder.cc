#include "sw/explore/search/search_recorder.h"

#include <algorithm>
#include <unordered_set>

namespace systole::explore {

uint64_t PointsInSpace(const std::vector<int>& radix) {
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  uint64_t points = 1;
  for (int values : radix) {
    if (points > kMost / values) return kMost;
    points *= values;
  }
  return points;
}

// splitmix64
uint64_t MixSeed(uint64_t seed, uint64_t stream) {
  uint64_t z = seed + 0x9e3779b97f4a7c15ull * (stream + 1);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

size_t SearchRecorder::Hash::operator()(const Point& point) const {
  uint64_t hash = 0;
  for (int value : point) hash = MixSeed(hash, static_cast<uint64_t>(value));
  return static_cast<size_t>(hash);
}

SearchRecorder::SearchRecorder(Problem* problem, const SearchOptions& options)
    : problem_(problem), options_(options), radix_(problem->Radix()) {
  limit_ = static_cast<int64_t>(
      std::min<uint64_t>(PointsInSpace(radix_), static_cast<uint64_t>(options.budget)));
}

void SearchRecorder::Keep(const Point& point, Evaluation evaluation) {
  const int64_t position = Distinct();
  index_.emplace(point, static_cast<size_t>(position));
  result_.points.push_back(point);
  result_.evaluations.push_back(std::move(evaluation));
  const Evaluation& kept = result_.evaluations.back();
  if (!kept.feasible) return;
  const double value = kept.objectives[options_.objective];
  if (result_.best >= 0 &&
      !(value < result_.evaluations[result_.best].objectives[options_.objective]))
    return;
  result_.best = position;
  result_.convergence.emplace_back(position + 1, value);
}

std::vector<Evaluation> SearchRecorder::Evaluate(const std::vector<Point>& points) {
  if (Distinct() >= limit_ || (options_.stop && options_.stop())) throw SearchFinished();
  std::vector<Point> fresh;
  std::unordered_set<Point, Hash> seen;
  for (const Point& point : points) {
    if (Distinct() + static_cast<int64_t>(fresh.size()) >= limit_) break;
    if (index_.count(point) == 0 && seen.insert(point).second) fresh.push_back(point);
  }
  if (!fresh.empty()) {
    std::vector<Evaluation> evaluations = problem_->Evaluate(fresh);
    for (size_t i = 0; i < fresh.size(); ++i) Keep(fresh[i], std::move(evaluations[i]));
  }
  if (Distinct() >= limit_) throw SearchFinished();
  std::vector<Evaluation> answers;
  answers.reserve(points.size());
  for (const Point& point : points) answers.push_back(result_.evaluations[index_.at(point)]);
  return answers;
}

std::vector<double> SearchRecorder::Values(const std::vector<Point>& points) {
  std::vector<double> values;
  values.reserve(points.size());
  for (const Evaluation& evaluation : Evaluate(points)) {
    values.push_back(evaluation.feasible ? evaluation.objectives[options_.objective] : kInfeasible);
  }
  return values;
}

Point SearchRecorder::Fresh(std::mt19937_64* rng) const {
  Point point(radix_.size());
  for (int attempt = 0; attempt < 64; ++attempt) {
    for (size_t axis = 0; axis < radix_.size(); ++axis) {
      point[axis] = std::uniform_int_distribution<int>(0, radix_[axis] - 1)(*rng);
    }
    if (index_.count(point) == 0) return point;
  }
  // Nearly everything was asked for: count on from here to the next that was not.
  while (index_.count(point) != 0) {
    for (size_t axis = 0; axis < radix_.size(); ++axis) {
      if (++point[axis] < radix_[axis]) break;
      point[axis] = 0;
    }
  }
  return point;
}

std::vector<Point> SearchRecorder::FreshPoints(int count, std::mt19937_64* rng) {
  std::vector<Point> points;
  std::unordered_set<Point, Hash> seen;
  const int64_t left = static_cast<int64_t>(PointsInSpace(radix_)) - Distinct();
  count = static_cast<int>(std::min<int64_t>(count, left));
  while (static_cast<int>(points.size()) < count && next_start_ < options_.start.size()) {
    const Point& start = options_.start[next_start_++];
    if (index_.count(start) == 0 && seen.insert(start).second) points.push_back(start);
  }
  for (int attempt = 0; static_cast<int>(points.size()) < count && attempt < 16 * count;
       ++attempt) {
    const Point point = Fresh(rng);
    if (seen.insert(point).second) points.push_back(point);
  }
  return points;
}

}  // namespace systole::explore
