// The shell's cycles: fetch, dispatch, LOAD, Fill, STORE, Sync, the run's end and the counters,
// against cases worked by hand from docs/timing.md and against the cycle model, which shares no
// code with the RTL.
#include <gtest/gtest.h>

#include "sw/timing/timeline.h"
#include "tests/rtl_shell/transfer_program.h"

namespace systole {
namespace {

using namespace testing;  // NOLINT

void ExpectStamps(Bench& bench, const std::vector<Stamp>& expected) {
  const std::vector<Stamp>& got = bench.device->record().stamps;
  ASSERT_EQ(got.size(), expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].issue, expected[i].issue) << "issue of instruction " << i;
    EXPECT_EQ(got[i].retire, expected[i].retire) << "retire of instruction " << i;
  }
}

// 64-bit beats, an instruction has four. At latency 1: AR(0) = 1, first beat in 2, r(j) = 5 + 4j,
// D(j) = 6 + 4j, at its queue's output in 7 + 4j.
TEST(ShellCycles, LoadWorkedByHand) {
  Bench bench;
  bench.device->SetTiming({1, false, 1});
  // 600 bytes = 75 beats from an address 16 bytes below a 256-byte boundary: bursts of 2, 32, 32, 9
  // beats. issue 7; a = 8, 9, 10, 11; first beats max(8 + 1, -) = 9, then one a cycle without a
  // gap: the last in 9 + 74 = 83. retire 84. The second, at the output from 11, may issue in free =
  // 12: a = 13, its beats 84 .. 85 after 83; retire 86.
  ExpectDone(bench.Run({MakeTransfer(Opcode::kLoadAct, kData + 240, 600),
                        MakeTransfer(Opcode::kLoadAct, kData, 9)}));
  ExpectStamps(bench, {{7, 84}, {12, 86}});
  EXPECT_EQ(bench.Get64(reg::kCntTotal), 88u);  // max retire + 2
  EXPECT_EQ(bench.Get64(reg::kCntReadBeats), 77u);
}

TEST(ShellCycles, OneBurstAtATimeWorkedByHand) {
  Bench bench(SmallConfig(64, 1));
  bench.device->SetTiming({20, false, 1});
  // Latency 20: r(0) = 1 + 20 + 3 = 24, D = 25, issue 26. 512 aligned bytes, two bursts of 32, one
  // outstanding: a(0) = 27, e(0) = 27 + 20 + 31 = 78, a(1) = 79, e(1) = 79 + 51 = 130, retire 131.
  ExpectDone(bench.Run({MakeTransfer(Opcode::kLoadAct, kData, 512)}));
  ExpectStamps(bench, {{26, 131}});
}

TEST(ShellCycles, FillWorkedByHand) {
  Bench bench;
  bench.device->SetTiming({1, false, 1});
  // Load: issue 7, a = 8, one beat in 9, retire 10. Fill at the output from 11: issue 11, 2 lines x
  // ceil(17/8) = 6 beats: free 11 + 1 + 6 = 18 = retire 11 + 6 + 1. Second Fill, at the output from
  // 15: issue retire + 1 = 19; retire 19 + 2.
  ExpectDone(bench.Run({MakeTransfer(Opcode::kLoadAct, kData, 8),
                        MakeTransfer(Opcode::kFill, 0, 17, 2), MakeTransfer(Opcode::kFill, 0, 1)}));
  ExpectStamps(bench, {{7, 10}, {11, 18}, {19, 21}});
}

TEST(ShellCycles, StoreWorkedByHand) {
  Bench bench;
  bench.device->SetTiming({1, false, 1});
  // 40 bytes from 24 below a boundary: bursts of 3 and 2 beats. issue 7, u = 8, 11; data of the
  // last: 14, 15; response and retire 16. free = 11 + 2 = 13: the second (output from 11) issues in
  // 13, u = 14, data 17, retire 18.
  ExpectDone(bench.Run(
      {MakeTransfer(Opcode::kStore, kOut + 232, 40), MakeTransfer(Opcode::kStore, kOut, 3)}));
  ExpectStamps(bench, {{7, 16}, {13, 18}});
  EXPECT_EQ(bench.Get64(reg::kCntWriteBeats), 6u);
}

TEST(ShellCycles, TokenGivenInACycleIsTakenInTheNext) {
  Bench bench;
  bench.device->SetTiming({1, false, 1});
  // Load: issue 7, a 8, beats 9 .. 72, retire 73. The Store's Sync waits: 74. The Store behind it:
  // head 75.
  ExpectDone(bench.Run(
      {With(MakeTransfer(Opcode::kLoadAct, kData, 512), {{field::kPush, kToStore}}),
       Make(Opcode::kSyncStore, {{field::kPopLoad, 1}}), MakeTransfer(Opcode::kStore, kOut, 8)}));
  ExpectStamps(bench, {{7, 73}, {74, 74}, {75, 80}});  // u = 76, data 79, response 80
  // STORE's cycles: EMPTY 0 .. 10 (Sync at the output from 11), WAIT_TOKEN 11 .. 73, BUSY 74, 75,
  // 76, EMPTY to 81.
  const uint32_t base = reg::EngineCounter(3, reg::Cause::kBusy);
  EXPECT_EQ(bench.Get64(base), 3u);
  EXPECT_EQ(bench.Get64(base + 8), 63u);
  EXPECT_EQ(bench.Get64(base + 16), 0u);
  EXPECT_EQ(bench.Get64(base + 24), 82u - 66u);
}

TEST(ShellCycles, EmptyProgramTakesTwoCycles) {
  Bench bench;
  ExpectDone(bench.Run({}));
  EXPECT_EQ(bench.Get64(reg::kCntTotal), 2u);
  for (int e = 0; e < kNumEngines; ++e)
    EXPECT_EQ(bench.Get64(reg::EngineCounter(e, reg::Cause::kEmpty)), 2u);
}

struct Shape {
  int data_width, outstanding;
};

class ShellTiming : public ::testing::TestWithParam<Shape> {};

TEST_P(ShellTiming, RandomProgramsKeepTheLaws) {
  Bench bench(SmallConfig(GetParam().data_width, GetParam().outstanding));
  for (const int latency : {1, 20, 100}) {
    bench.device->SetTiming({latency, false, 1});
    for (uint32_t seed = 1; seed <= 12; ++seed) {
      SCOPED_TRACE("latency " + std::to_string(latency) + ", seed " + std::to_string(seed));
      const std::vector<Instruction> code =
          TransferProgram(bench.config, seed * 977 + latency).Make(80);
      const Timeline model = Simulate(code, bench.config, MemoryTiming{latency});
      ASSERT_TRUE(model.ok()) << Describe(model);
      ExpectDone(bench.Run(code));
      const std::vector<Stamp>& got = bench.device->record().stamps;
      for (size_t i = 0; i < code.size(); ++i) {
        ASSERT_EQ(static_cast<int64_t>(got[i].issue), model.issue[i])
            << "issue of instruction " << i;
        ASSERT_EQ(static_cast<int64_t>(got[i].retire), model.retire[i])
            << "retire of instruction " << i;
      }
      const HardwareCounters counters = AsHardware(model.counters, model.total);
      for (const CounterInfo& c : kCounters) {
        EXPECT_EQ(bench.Get64(c.offset), counters.*c.member) << "counter " << c.name;
      }
      for (int e = 0; e < kNumEngines; ++e) {
        uint64_t sum = 0;
        for (int c = 0; c < 4; ++c) {
          const uint64_t cycles = bench.Get64(reg::EngineCounter(e, static_cast<reg::Cause>(c)));
          EXPECT_EQ(cycles, static_cast<uint64_t>(model.counters.cycles[e][c]))
              << "engine " << e << " cause " << c;
          sum += cycles;
        }
        EXPECT_EQ(sum, static_cast<uint64_t>(model.total));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ports, ShellTiming,
                         ::testing::Values(Shape{32, 1}, Shape{32, 8}, Shape{64, 1}, Shape{64, 8},
                                           Shape{128, 1}, Shape{128, 8}),
                         [](const auto& info) {
                           return "Width" + std::to_string(info.param.data_width) + "Outstanding" +
                                  std::to_string(info.param.outstanding);
                         });

}  // namespace
}  // namespace systole
