// Resets in the middle of a run, hard and soft, and stalls on every channel: a correct run.
#include <random>

#include "tests/tb/faults_fixture.h"

namespace systole {
namespace {

// ---- Resets

TEST_P(FaultTest, ResetAtAnyCycleThenACorrectRun) {
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 40; ++trial) {
    const uint64_t cycle = 1 + random() % Cycles();
    for (FaultBench* bench : {static_cast<FaultBench*>(&rtl_), static_cast<FaultBench*>(&tlm_)}) {
      bench->Run(program_, images_, cycle);  // the host gives up after `cycle` cycles
      bench->Reset();
      ExpectCorrectRun(
          bench, fmt::format("{} reset after {} cycles", bench == &rtl_ ? "rtl" : "tlm", cycle));
    }
  }
}

TEST_P(FaultTest, SoftResetAtAnyCycleDrainsThenACorrectRun) {
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 40; ++trial) {
    const uint64_t cycle = 1 + random() % Cycles();
    for (FaultBench* bench : {static_cast<FaultBench*>(&rtl_), static_cast<FaultBench*>(&tlm_)}) {
      bench->Run(program_, images_, cycle);
      Driver(bench->device()).SoftReset();
      ExpectCorrectRun(bench, fmt::format("{} soft reset after {} cycles",
                                          bench == &rtl_ ? "rtl" : "tlm", cycle));
    }
  }
}

TEST_P(FaultTest, StallsOnEveryChannelKeepTheBytes) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    rtl_.rtl()->SetTiming({1 + static_cast<int>(seed % 30), true, seed});
    ExpectCorrectRun(&rtl_, fmt::format("stall seed {}", seed));
    Driver driver(rtl_.device());
    const HardwareCounters c = driver.ReadCounters();
    for (int e = 0; e < kNumEngines; ++e) {
      EXPECT_EQ(
          c.engine[e].busy + c.engine[e].wait_token + c.engine[e].wait_data + c.engine[e].empty,
          c.total)
          << EngineName(e) << ", seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, FaultTest,
                         ::testing::Values(FaultNet::kChain, FaultNet::kGraph, FaultNet::kTiles,
                                           FaultNet::kRow),
                         FaultNetName);

}  // namespace
}  // namespace systole
