// The mapper against every mapping there is, on layers small enough.
#include "sw/timeloop/mapper.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

struct Least {
  double edp = INFINITY, energy = INFINITY, cycles = INFINITY, energy_at_cycles = INFINITY;
  int64_t visited = 0, valid = 0;
};

// By evaluating all factors and orders, without any bound.
Least Enumerate(const Spec& spec) {
  Least least;
  Evaluation result;
  Evaluator evaluator(spec.problem, spec.arch, Rules::kTimeloop);
  VisitAll(spec, true, [&](const Mapping& mapping) {
    ++least.visited;
    evaluator.Evaluate(mapping, &result);
    if (!result.valid) return;
    ++least.valid;
    least.edp = std::min(least.edp, result.energy * result.cycles);
    least.energy = std::min(least.energy, result.energy);
    if (result.cycles < least.cycles ||
        (result.cycles == least.cycles && result.energy < least.energy_at_cycles)) {
      least.cycles = result.cycles;
      least.energy_at_cycles = result.energy;
    }
  });
  return least;
}

void ExpectOptimum(const Spec& spec) {
  const Least least = Enumerate(spec);
  ASSERT_GT(least.valid, 0);
  ::testing::Test::RecordProperty("mappings", std::to_string(least.visited));
  const MapResult edp = FindBest(spec, {Objective::kEdp, 0});
  EXPECT_TRUE(edp.proved);
  EXPECT_NEAR(edp.value, least.edp, 2e-12 * least.edp);  // what the certificate says
  EXPECT_EQ(edp.value, edp.evaluation.energy * edp.evaluation.cycles);
  const MapResult energy = FindBest(spec, {Objective::kEnergy, 0});
  EXPECT_NEAR(energy.value, least.energy, 2e-12 * least.energy);
  const MapResult cycles = FindBest(spec, {Objective::kCycles, 0});
  EXPECT_EQ(cycles.value, least.cycles);
  EXPECT_NEAR(cycles.evaluation.energy, least.energy_at_cycles, 2e-12 * least.energy_at_cycles);
}

class MapperTest : public ::testing::TestWithParam<std::tuple<const char*, const char*, bool>> {};

TEST_P(MapperTest, FindsWhatEnumerationFinds) {
  const auto [design, layer, split6] = GetParam();
  ExpectOptimum(SpecOf(design, layer, "", split6));
}

// Sliding windows, strides, dilations, neighbours (S and Q), wraps (R and P alike), batches.
INSTANTIATE_TEST_SUITE_P(
    Eyeriss, MapperTest,
    ::testing::Combine(::testing::Values("eyeriss_like"),
                       ::testing::Values("C: 2, M: 2, R: 3, S: 3, P: 2, Q: 2",
                                         "C: 2, M: 4, S: 3, Q: 8", "M: 4, R: 3, P: 8, S: 3",
                                         "C: 4, M: 2, R: 2, S: 2, P: 4", "N: 2, M: 4, S: 3, Q: 6",
                                         "C: 2, M: 2, R: 4, S: 4, P: 2, Q: 2, Wstride: 2",
                                         "M: 2, R: 2, S: 4, P: 2, Q: 4, Hdilation: 2, Hstride: 3",
                                         "C: 6, M: 10, Q: 4", "C: 32, M: 24"),
                       ::testing::Values(false)));
INSTANTIATE_TEST_SUITE_P(
    Simple, MapperTest,
    ::testing::Combine(::testing::Values("simple_weight_stationary", "simple_output_stationary"),
                       ::testing::Values("C: 2, M: 2, R: 2, P: 2", "C: 4, M: 2, P: 2",
                                         "R: 3, S: 2, P: 2, Q: 2", "M: 4, R: 2, P: 2",
                                         "N: 2, C: 2, P: 4", "C: 6, M: 6", "S: 2, Q: 4, M: 2"),
                       ::testing::Bool()));

TEST(Mapper, OrdersThatMatterAreEnough) {
  const Spec spec = SpecOf("eyeriss_like", "C: 2, M: 2, R: 2, S: 2, P: 4, Q: 2");
  double all = INFINITY, few = INFINITY;
  int64_t count_all = 0, count_few = 0;
  Evaluation result;
  const auto least = [&](double* energy, int64_t* count) {
    return [&, energy, count](const Mapping& mapping) {
      ++*count;
      Evaluate(spec.problem, spec.arch, mapping, Rules::kTimeloop, &result);
      if (result.valid) *energy = std::min(*energy, result.energy);
    };
  };
  VisitAll(spec, true, least(&all, &count_all));
  VisitAll(spec, false, least(&few, &count_few));
  EXPECT_EQ(all, few);
  EXPECT_GT(count_all, 2 * count_few);
}

TEST(Mapper, AnEndedSearchPrintsItsGap) {
  const Spec spec = SpecOf("eyeriss_like", "C: 64, M: 64, R: 3, S: 3, P: 28, Q: 28");
  const MapResult whole = FindBest(spec, {Objective::kEdp, 0});
  const MapResult part = FindBest(spec, {Objective::kEdp, 1500});
  ASSERT_TRUE(whole.proved);
  EXPECT_EQ(whole.value, whole.bound);
  ASSERT_TRUE(part.found);
  EXPECT_FALSE(part.proved);
  EXPECT_LE(part.bound, whole.value);
  EXPECT_GE(part.value, whole.value);
}

}  // namespace
}  // namespace systole::timeloop
