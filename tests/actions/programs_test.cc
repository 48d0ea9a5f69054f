// Random programs: every action that the model counts, as often in the RTL; 0 differences. Each
// program runs with the memory at three latencies and with random stalls, which move no action.
#include <gtest/gtest.h>

#include "tb/rtl_library.h"
#include "tests/actions/counts.h"
#include "tests/systemc/tlm_fixture.h"

namespace systole {
namespace {

class ActionsOfPrograms : public ::testing::TestWithParam<int> {};

TEST_P(ActionsOfPrograms, EqualTheRtl) {
  const HwConfig config = testing::CountedShapes()[static_cast<size_t>(GetParam())];
  const auto rtl = OpenRtl(config, RtlVariant::kActions, {"+systole_any_program"});
  const std::vector<Observation> none;
  ActionCounts all, before = rtl->Actions();
  EXPECT_EQ(testing::Difference({}, before), "") << "before anything runs";
  for (const int latency : {1, 20, 100, 0}) {  // 0: stalls
    rtl->SetTiming({latency == 0 ? 5 : latency, latency == 0, 7});
    testing::WriteKtabAndData(rtl.get(), config, 1);
    for (uint32_t seed = 1; seed <= 40; ++seed) {
      const auto code = testing::RandomProgram(config, seed + static_cast<uint32_t>(latency) * 100)
                            .Make(10 + static_cast<int>(seed) * 3, testing::Tokens::kEarlier);
      rtl->Record(&code, &none);
      const testing::Outcome outcome = testing::Execute(rtl.get(), code);
      ASSERT_EQ(outcome.error, ErrorCode::kNone);
      const ActionCounts after = rtl->Actions(), model = testing::Sum(code, config);
      ASSERT_EQ(testing::Difference(model, after - before), "")
          << "latency " << latency << ", seed " << seed;
      before = after;
      all += model;
    }
  }
  // Tables and parameters are loaded by the networks' programs; every other action was there.
  for (int a = 0; a < kNumActions; ++a) {
    const auto action = static_cast<Action>(a);
    if (action == Action::weight_write || action == Action::param_write) continue;
    const bool of_sum = action == Action::row_sum || action == Action::correction;
    const bool built = action == Action::drain ? config.dataflows > 1 : config.row_sum || !of_sum;
    EXPECT_EQ(all[action] > 0, built) << kActions[a].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ActionsOfPrograms, ::testing::Range(0, 4));

}  // namespace
}  // namespace systole
