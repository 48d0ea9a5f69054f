// The lower bound against mappings drawn at random: it is never above one of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sw/timeloop/evaluation.h"
#include "sw/timeloop/lower_bound.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

class BoundTest : public ::testing::TestWithParam<std::tuple<const char*, const char*, bool>> {};

TEST_P(BoundTest, IsNeverAboveAMapping) {
  const auto [design, layer, split6] = GetParam();
  const Spec spec = SpecOf(design, layer, "", split6);
  const Problem& problem = spec.problem;
  const MapSpace space(spec);
  LowerBound bound(space);
  const std::vector<SpaceTask> tasks = space.Tasks();
  std::mt19937_64 random(1);
  Evaluation result;
  int valid = 0;
  for (int i = 0; i < 20000; ++i) {
    const SpaceTask& task = tasks[random() % tasks.size()];
    bound.SetTask(task);
    std::vector<int> dims(problem.Dims());
    for (int d = 0; d < problem.Dims(); ++d) dims[d] = d;
    std::shuffle(dims.begin(), dims.end(), random);
    std::vector<Bounds> prefixes(1);
    Partial partial = bound.Start();
    bound.Find(partial, &prefixes[0]);
    for (const int d : dims) {
      const auto splits = space.TemporalSplits(d, task.rest[d]);
      ASSERT_FALSE(splits.empty());
      bound.Decide(d, splits[random() % splits.size()], &partial);
      prefixes.emplace_back();
      bound.Find(partial, &prefixes.back());
    }
    Mapping mapping;
    mapping.levels.resize(spec.arch.Levels());
    for (int b = 0; b < spec.arch.Levels(); ++b) {
      std::vector<int> order;
      for (const int d : dims) {
        if ((space.Unordered(b) >> d & 1) != 0) order.push_back(d);
      }
      std::shuffle(order.begin(), order.end(), random);
      mapping.levels[b].keep = task.keep[b];
      mapping.levels[b].spatial = space.SpatialLoops(b, task);
      mapping.levels[b].temporal = space.TemporalLoops(b, order, partial.factor[b]);
    }
    Evaluate(problem, spec.arch, mapping, Rules::kTimeloop, &result);
    ASSERT_EQ(result.valid, prefixes.back().fits);
    if (!result.valid) continue;
    ++valid;
    const double most = 1 + 1e-12;
    for (const Bounds& one : prefixes) {
      ASSERT_TRUE(one.fits);
      ASSERT_LE(one.least, result.energy * most) << NestText(problem, spec.arch, mapping);
      ASSERT_LE(one.cycles, result.cycles * most);
    }
    const auto& inner = mapping.levels[bound.InnerList()].temporal;
    const auto& outer = mapping.levels[bound.OuterList()].temporal;
    if (inner.empty() || outer.empty()) continue;
    const int pair = bound.ClassOf(inner[0].dim) * bound.Classes() + bound.ClassOf(outer[0].dim);
    ASSERT_LE(prefixes.back().by_class[pair], result.energy * most)
        << NestText(problem, spec.arch, mapping);
  }
  EXPECT_GT(valid, 100);
}

INSTANTIATE_TEST_SUITE_P(
    All, BoundTest,
    ::testing::Combine(
        ::testing::Values("eyeriss_like", "simple_weight_stationary", "simple_output_stationary"),
        ::testing::Values("C: 4, M: 8, R: 3, S: 3, P: 8, Q: 12",
                          "N: 4, C: 2, M: 4, R: 4, S: 6, P: 12, Q: 12, Wstride: 2, Hstride: 3",
                          "C: 4, R: 6, S: 6, P: 8, Q: 8, Hdilation: 2, Wdilation: 3, Wstride: 3"),
        ::testing::Bool()));

}  // namespace
}  // namespace systole::timeloop
