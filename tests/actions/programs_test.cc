// Random programs: every action that the model counts, as often in the RTL; 0 differences. Each
// program runs with the memory at three latencies and with random stalls, which move no action.
#include <gtest/gtest.h>

#include "tb/rtl_library.h"
#include "tests/actions/counts.h"
#include "tests/rtl_row/row_reference.h"
#include "tests/systemc/tlm_fixture.h"

namespace systole {
namespace {

class ActionsOfPrograms : public ::testing::TestWithParam<int> {};

TEST_P(ActionsOfPrograms, EqualTheRtl) {
  const HwConfig config = testing::CountedShapes()[static_cast<size_t>(GetParam())];
  std::unique_ptr<RtlDevice> rtl;
  const std::vector<Observation> none;
  ActionCounts all, before;
  int conflicts = 0;
  for (const int latency : {1, 20, 100, 0}) {  // 0: stalls
    for (uint32_t seed = 1; seed <= 40; ++seed) {
      if (!rtl || seed == 1) {
        if (!rtl) {
          rtl = OpenRtl(config, RtlVariant::kActions, {"+systole_any_program"});
          before = rtl->Actions();
          EXPECT_EQ(testing::Difference({}, before), "") << "before anything runs";
        }
        rtl->SetTiming({latency == 0 ? 5 : latency, latency == 0, 7});
        testing::WriteKtabAndData(rtl.get(), config, 1);
      }
      auto code = testing::RandomProgram(config, seed + static_cast<uint32_t>(latency) * 100)
                      .Make(10 + static_cast<int>(seed) * 3, testing::Tokens::kEarlier);
      if (config.engine != 0) {
        rtl_row::RandomRows random(config, seed);
        code = rtl_row::WithRows(code, &random);
      }
      rtl->Record(&code, &none);
      const testing::Outcome outcome = testing::Execute(rtl.get(), code);
      // A RowConv is longer than the Matmul in its place and may meet a POST in the accumulators.
      if (config.engine != 0 && outcome.error == ErrorCode::kConflict) {
        ++conflicts;
        rtl.reset();
        continue;
      }
      ASSERT_EQ(outcome.error, ErrorCode::kNone);
      const ActionCounts after = rtl->Actions(), model = testing::Sum(code, config);
      ASSERT_EQ(testing::Difference(model, after - before), "")
          << "latency " << latency << ", seed " << seed;
      before = after;
      all += model;
    }
  }
  EXPECT_LT(conflicts, 40);  // of 160
  // Tables and parameters are loaded by the networks' programs; every other action was there.
  for (int a = 0; a < kNumActions; ++a) {
    const auto action = static_cast<Action>(a);
    if (action == Action::weight_write || action == Action::param_write) continue;
    EXPECT_EQ(all[action] > 0, testing::Built(action, config)) << kActions[a].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ActionsOfPrograms, ::testing::Range(0, testing::kCountedShapes));

}  // namespace
}  // namespace systole
