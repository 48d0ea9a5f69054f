#include "sw/explore/search/front.h"

#include <gtest/gtest.h>

#include <random>

namespace systole::explore {
namespace {

using Points = std::vector<std::vector<double>>;

bool Dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better = better || a[k] < b[k];
  }
  return better;
}

// Every pair compared.
std::vector<size_t> NaiveFront(const Points& points, Ties ties) {
  std::vector<size_t> front;
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].empty()) continue;
    bool kept = true;
    for (size_t j = 0; j < points.size() && kept; ++j) {
      if (points[j].empty()) continue;
      kept = !Dominates(points[j], points[i]) &&
             !(ties == Ties::kFirst && j < i && points[j] == points[i]);
    }
    if (kept) front.push_back(i);
  }
  return front;
}

// Share of a grid of small cubes that some point dominates, times the volume of the grid: exact
// where coordinates are whole numbers.
double NaiveVolume(const Points& points, const std::vector<double>& reference) {
  int64_t cells = 1, dominated = 0;
  for (double r : reference) cells *= static_cast<int64_t>(r);
  for (int64_t cell = 0; cell < cells; ++cell) {
    int64_t rest = cell;
    std::vector<double> corner;
    for (double r : reference) {
      corner.push_back(static_cast<double>(rest % static_cast<int64_t>(r)));
      rest /= static_cast<int64_t>(r);
    }
    bool inside = false;
    for (const auto& point : points) {
      bool below = !point.empty();
      for (size_t k = 0; k < point.size(); ++k) below = below && point[k] <= corner[k];
      inside = inside || below;
    }
    dominated += inside;
  }
  return static_cast<double>(dominated);
}

Points Random(std::mt19937* rng, size_t count, int objectives, int values) {
  Points points(count);
  for (auto& point : points) {
    if ((*rng)() % 10 == 0) continue;
    for (int k = 0; k < objectives; ++k) point.push_back(static_cast<double>((*rng)() % values));
  }
  return points;
}

TEST(FrontTest, EqualsTheComparisonOfAllPairs) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 rng(seed);
    for (int objectives = 1; objectives <= 4; ++objectives) {
      const Points points = Random(&rng, 60, objectives, seed % 2 ? 6 : 1000);
      EXPECT_EQ(ParetoFront(points), NaiveFront(points, Ties::kAll)) << "seed " << seed;
      EXPECT_EQ(ParetoFront(points, Ties::kFirst), NaiveFront(points, Ties::kFirst))
          << "seed " << seed;
    }
  }
}

TEST(FrontTest, HandWorkedFront) {
  const Points points = {{1, 5}, {2, 3}, {}, {3, 3}, {4, 1}, {2, 3}, {5, 1}};
  EXPECT_EQ(ParetoFront(points), (std::vector<size_t>{0, 1, 4, 5}));
  EXPECT_EQ(ParetoFront(points, Ties::kFirst), (std::vector<size_t>{0, 1, 4}));
  EXPECT_TRUE(ParetoFront({}).empty());
  EXPECT_TRUE(ParetoFront({{}, {}}).empty());
}

TEST(FrontTest, HandWorkedHypervolume) {
  // Below (6, 6): 5 x 1 + 4 x 2 + 2 x 2.
  EXPECT_DOUBLE_EQ(Hypervolume({{1, 5}, {2, 3}, {4, 1}}, {6, 6}), 17);
  EXPECT_DOUBLE_EQ(Hypervolume({{1, 5}, {2, 3}, {4, 1}, {3, 4}, {}, {7, 0}, {6, 0}}, {6, 6}), 17);
  EXPECT_DOUBLE_EQ(Hypervolume({{1, 2, 3}}, {2, 4, 6}), 1 * 2 * 3);
  EXPECT_DOUBLE_EQ(Hypervolume({{4}, {3}}, {10}), 7);
  EXPECT_DOUBLE_EQ(Hypervolume({}, {1, 1}), 0);
  EXPECT_DOUBLE_EQ(Hypervolume({{2, 2}}, {1, 1}), 0);
}

TEST(FrontTest, HypervolumeEqualsCountedCubes) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 rng(seed);
    for (int objectives = 2; objectives <= 4; ++objectives) {
      const Points points = Random(&rng, 12, objectives, 9);
      const std::vector<double> reference(objectives, 8);
      EXPECT_NEAR(Hypervolume(points, reference), NaiveVolume(points, reference), 1e-9)
          << "seed " << seed;
    }
  }
}

TEST(FrontTest, KneeIsNearestToTheIdeal) {
  // Scaled to the unit square: (0, 1), (0.2, 0.2), (0.5, 0.1), (1, 0).
  const Points points = {{9, 9}, {0, 100}, {20, 20}, {50, 10}, {100, 0}};
  EXPECT_EQ(Knee(points, {1, 2, 3, 4}), 2u);
  EXPECT_EQ(Knee(points, {1}), 1u);
  EXPECT_EQ(Knee({{1, 7, 0}, {2, 7, 0}}, {0, 1}), 0u);
}

}  // namespace
}  // namespace systole::explore
