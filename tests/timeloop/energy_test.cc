// Energy tables: those that are written from published numbers, and scaling.
#include <gtest/gtest.h>

#include <cmath>

#include "sw/timeloop/evaluation.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

Architecture DesignWith(const std::string& design, const std::string& table) {
  const std::string folder = SYSTOLE_DESIGNS;
  return ReadSpec({FileOf(folder + "/" + design + ".yaml"),
                   FileOf(folder + "/energy/" + table + ".yaml"), ConvFile("C: 8")})
      .arch;
}

// pJ of `bits` of a memory of `bytes`, on the lines through 8 KiB, 32 KiB and 1 MiB.
double Horowitz(double bytes, double bits) {
  const double large = 20 * std::pow(bytes / 32768, std::log(5.0) / std::log(32.0));
  const double small = 10 * std::sqrt(bytes / 8192);
  return (bytes > 32768 ? large : small) * bits / 64;
}

void ExpectHorowitz(const Architecture& arch) {
  for (const Level& level : arch.levels) {
    if (!level.has_energy) continue;
    SCOPED_TRACE(level.name);
    EXPECT_EQ(level.read_energy, level.write_energy);
    double bytes = 2, bits = 16;  // a register
    if (level.name == "DRAM") {
      EXPECT_EQ(level.read_energy, 1300);
      continue;
    }
    if (level.name == "shared_glb") bytes = 131072, bits = 64;
    if (level.name == "pe_spad" || level.name == "weights_spad") bytes = 384;
    if (level.name == "ifmap_spad") bytes = 24;
    if (level.name == "psum_spad") bytes = 32;
    EXPECT_NEAR(level.read_energy, Horowitz(bytes, bits), 5e-6 * level.read_energy);
  }
  EXPECT_EQ(arch.mac_energy, 0.2 + 0.1 / 2);
}

TEST(Energy, HorowitzTablesAreHisNumbers) {
  ExpectHorowitz(DesignWith("eyeriss_like", "eyeriss_horowitz"));
  ExpectHorowitz(DesignWith("simple_weight_stationary", "simple_horowitz"));
  ExpectHorowitz(DesignWith("simple_output_stationary", "simple_horowitz"));
}

// An 8-bit multiplier and a 16-bit adder by the estimator's table: 12.68 pJ of 32 bits by the
// square, 0.21 pJ of 32 bits; times 0.65934 at 32 nm.
TEST(Energy, MultiplierTables) {
  const double both = 12.68 / 16 + 0.21 / 2;
  EXPECT_NEAR(DesignWith("simple_weight_stationary", "simple_multiplier").mac_energy, both, 1e-12);
  EXPECT_NEAR(DesignWith("eyeriss_like", "eyeriss_multiplier").mac_energy, both * 0.65934, 5e-7);
}

TEST(Energy, ScalingLeavesTheOutermostLevel) {
  Spec spec = SpecOf("eyeriss_like", "C: 8", R"(
- {target: psum_spad, type: bypass, bypass: [Weights, Inputs]}
- {target: weights_spad, type: bypass, bypass: [Inputs, Outputs]}
- {target: ifmap_spad, type: bypass, bypass: [Weights, Outputs]}
- {target: shared_glb, type: bypass, bypass: [Weights]}
- {target: DRAM, type: temporal, factors: C8}
)");
  Evaluation plain, scaled;
  Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &plain);
  spec.arch.ScaleEnergy(0.5);
  Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &scaled);
  const double outside = plain.levels.back().energy;
  EXPECT_GT(outside, 0);
  EXPECT_EQ(scaled.levels.back().energy, outside);
  EXPECT_NEAR(scaled.energy, outside + (plain.energy - outside) / 2, 1e-9 * plain.energy);
}

}  // namespace
}  // namespace systole::timeloop
