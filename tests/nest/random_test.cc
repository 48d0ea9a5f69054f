// Random Timeloop mappings through the whole machine: every output against the plain convolution,
// every stamp and counter of TLM and RTL against the cycle model.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sw/driver/parameters.h"
#include "sw/nest/nest_report.h"
#include "tests/nest/random_nest.h"

namespace systole::nest {
namespace {

using testing::RandomNest;
using timeloop::Spec;
using timeloop::SpecOf;

// SYSTOLE_NESTS: how many, in place of those of every run.
int Many() {
  const char* text = std::getenv("SYSTOLE_NESTS");
  return text != nullptr ? std::atoi(text) : 1000;
}

void RunRandom(const HwConfig& config, const std::vector<std::string>& backends,
               const TargetSettings& settings, int count) {
  const Spec design = SpecOf("eyeriss_like", "C: 1, M: 1");
  std::map<std::string, int> refused, rules;
  int64_t outputs = 0, cycles = 0;
  for (int seed = 1; seed <= count; ++seed) {
    RandomNest random(design, config, static_cast<uint32_t>(seed));
    const NestPlan plan = random.Draw(&refused);
    const Spec& spec = random.spec();
    const NestResult result = RunNest(plan, backends, static_cast<uint32_t>(seed), settings);
    timeloop::Evaluation evaluation;
    Evaluate(spec.problem, spec.arch, random.mapping(), timeloop::Rules::kTimeloop, &evaluation);
    const NestReport report{spec,
                            random.mapping(),
                            plan,
                            evaluation,
                            CountsOf(plan, spec.problem, evaluation),
                            ArrayCycles(plan, evaluation),
                            result};
    Differences differences = result.differences;
    CheckCounts(report, &differences);
    ASSERT_EQ(differences.count, 0) << "seed " << seed << ": " << differences.told.front() << "\n"
                                    << NestText(spec.problem, spec.arch, random.mapping());
    outputs += plan.nest.Outputs();
    cycles += static_cast<int64_t>(result.law.total);
    for (const Quantity& q : report.counts) {
      for (const Change& change : q.changes) ++rules[change.rule];
    }
    for (const Change& change : report.cycles.changes) ++rules[change.rule];
    rules["(positions)"] += plan.Positions() > 1;
    rules["(slices)"] += plan.slices.bound > 1;
    rules["(places)"] += plan.places > 1;
    rules["(both halves)"] += plan.both_halves;
    rules["(depthwise)"] += plan.nest.map.depthwise;
  }
  std::printf("%d nests, %lld outputs, %lld cycles, 0 different\n", count,
              static_cast<long long>(outputs), static_cast<long long>(cycles));
  for (const auto& [rule, times] : refused) std::printf("refused %5d: %s\n", times, rule.c_str());
  for (const auto& [rule, times] : rules) std::printf("%13d: %s\n", times, rule.c_str());
  rules["weights announced"] = count;  // of runs, not of nests
  for (const Rule& rule : Rules()) EXPECT_GT(rules[rule.name], 0) << rule.name;
  for (const char* shape : {"(positions)", "(slices)", "(places)", "(both halves)", "(depthwise)"})
    EXPECT_GT(rules[shape], 0) << shape;
}

TEST(RandomNests, Tlm) { RunRandom(ParseParameters({"ENGINE=row"}), {"tlm"}, {}, Many()); }

// Lines too long for the offsets of 16 rows: channels in planes.
TEST(WideNests, Tlm) {
  const Spec spec = SpecOf("eyeriss_like", "C: 64, M: 8, R: 3, S: 3, P: 70, Q: 28", R"(
- {target: psum_spad, type: temporal, factors: M4}
- {target: weights_spad, type: temporal, factors: C2 R3, permutation: CR}
- {target: inter_PE_spatial, type: spatial, factors: S3 C2 M2, permutation: SCM, split: 0}
- {target: inter_PE_column_spatial, type: spatial, factors: Q14, permutation: Q, split: 1}
- {target: shared_glb, type: temporal, factors: P70 C16, permutation: PC}
- {target: DRAM, type: temporal, factors: Q2, permutation: Q}
- {target: psum_spad, type: bypass, bypass: [Weights, Inputs]}
- {target: weights_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: ifmap_spad, type: bypass, bypass: [Weights, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Weights]}
)");
  const HwConfig config = ParseParameters({"ENGINE=row", "ACC_DEPTH=1024", "ACT_KIB=256"});
  const NestPlan plan = PlanNest(ReadNest(spec, *spec.mapping), config);
  EXPECT_EQ(plan.block, 4);
  EXPECT_EQ(plan.planes, 16);
  EXPECT_EQ(plan.places, 2);  // 70 positions are 2 x 35
  const NestResult result = RunNest(plan, {"tlm"}, 1, {});
  EXPECT_EQ(result.differences.count, 0) << result.differences.told.front();
}

// A program for other weights is told: the comparison can fail.
TEST(WrongNests, AreTold) {
  const HwConfig config = ParseParameters({"ENGINE=row"});
  const Spec design = SpecOf("eyeriss_like", "C: 1, M: 1");
  std::map<std::string, int> refused;
  RandomNest random(design, config, 1);
  NestPlan plan = random.Draw(&refused);
  plan.nest.shape.wstride = plan.nest.shape.wstride == 1 ? 2 : 1;  // not the instructions'
  plan.nest.map.ws = plan.nest.shape.wstride == 1 ? 2 : 1;
  EXPECT_GT(RunNest(plan, {"tlm"}, 1, {}).differences.count, 0);
}

TEST(RandomNests, Rtl) {
  const HwConfig config = ParseParameters({"ENGINE=row"});
  TargetSettings settings;
  settings.rtl_variant = RtlVariant::kActions;
  try {
    CheckRtlBuilt(config, settings.rtl_variant);
  } catch (const InputError& e) {
    GTEST_SKIP() << e.what();
  }
  RunRandom(config, {"tlm", "rtl"}, settings, Many());
}

}  // namespace
}  // namespace systole::nest
