// The search against enumeration, on layers whose whole space is small.
#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"
#include "sw/nest/nest_search.h"
#include "sw/timeloop/mapper.h"
#include "tests/timeloop/layer.h"

namespace systole::nest {
namespace {

using timeloop::Evaluation;
using timeloop::Mapping;
using timeloop::Spec;

const HwConfig& Config() {
  static const HwConfig config = ParseParameters({"ENGINE=row"});
  return config;
}

// The least energy x cycles of all nests that are executable, by whose counts; how many they are.
double Least(const Spec& spec, bool machine, int* executable) {
  double least = INFINITY;
  Evaluation evaluation;
  VisitAll(spec, true, [&](const Mapping& mapping) {
    Evaluate(spec.problem, spec.arch, mapping, timeloop::Rules::kTimeloop, &evaluation);
    if (!evaluation.valid) return;
    try {
      const NestPlan plan = PlanNest(ReadNest(spec, mapping), Config());
      ++*executable;
      const NestCost cost = machine ? MachineCost(plan, spec, evaluation)
                                    : NestCost{evaluation.energy, evaluation.cycles};
      least = std::min(least, cost.energy * cost.cycles);
    } catch (const InputError&) {
    }
  });
  return least;
}

TEST(NestSearch, FindsTheBestOfSmallSpaces) {
  for (const char* layer : {"C: 2, M: 2, R: 3, S: 1, P: 2, Q: 2", "C: 4, M: 3, P: 3",
                            "M: 2, R: 2, S: 2, P: 3, Q: 2, Wstride: 2"}) {
    const Spec spec = timeloop::SpecOf("eyeriss_like", layer);
    for (const bool machine : {false, true}) {
      int executable = 0;
      const double least = Least(spec, machine, &executable);
      EXPECT_GT(executable, 100) << layer;
      SearchOptions options;
      options.machine = machine;
      options.evaluations = 40000;
      const SearchResult found = SearchNests(spec, Config(), options);
      ASSERT_TRUE(found.mapping) << layer;
      EXPECT_NEAR(found.value, least, 1e-9 * least) << layer << (machine ? ", machine" : "");
    }
  }
}

TEST(NestSearch, KeepsConstraintsAndRows) {
  Spec spec = timeloop::SpecOf("eyeriss_like", "C: 8, M: 8, R: 3, S: 3, P: 8, Q: 14");
  spec.constraints.levels[0].temporal.factor[1] = 2;  // psum_spad: M 2
  SearchOptions options;
  options.row_stationary = true;
  options.evaluations = 20000;
  const SearchResult found = SearchNests(spec, Config(), options);
  ASSERT_TRUE(found.mapping);
  EXPECT_TRUE(Keeps(spec.constraints, *found.mapping));
  const ConvNest nest = ReadNest(spec, *found.mapping);
  EXPECT_EQ(nest.map.m0, 2);
  EXPECT_EQ(nest.map.r1, 3);
  EXPECT_EQ(nest.map.s1, 3);
  spec.constraints.levels[0].temporal.factor[1] = 3;  // divides no 8
  EXPECT_FALSE(SearchNests(spec, Config(), options).mapping);
}

}  // namespace
}  // namespace systole::nest
