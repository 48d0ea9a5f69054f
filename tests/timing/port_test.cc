// What the ports do after a burst that is never answered, and the counters as registers have them.
#include <gtest/gtest.h>

#include "sw/timing/run_counters.h"
#include "sw/timing/transfer_law.h"

namespace systole {
namespace {

LawConfig TwoOutstanding() {
  HwConfig config;
  config.outstanding = 2;
  return LawConfig(config, MemoryTiming{});
}

// The burst that waits for it is the second behind it, whether it was in the first place of the
// two or in the last.
TEST(WritePortTest, ItsPlaceStaysTaken) {
  const LawConfig c = TwoOutstanding();
  for (int before : {0, 1, 2, 3}) {
    WritePort port;
    for (int i = 0; i <= before; ++i) port.Next(10, 4, c);
    EXPECT_LT(port.Retire(), kUnanswered);
    port.Hang(c);
    EXPECT_EQ(port.Retire(), kUnanswered);
    EXPECT_LT(port.Next(10, 4, c).buffer, kUnanswered) << before;
    EXPECT_GE(port.Next(10, 4, c).buffer, kUnanswered) << before;
  }
}

TEST(ReadPortTest, ItsPlaceStaysTaken) {
  const LawConfig c = TwoOutstanding();
  for (int before : {0, 1, 2, 3}) {
    ReadPort port;
    for (int i = 0; i <= before; ++i) port.Next(10, 4, c);
    EXPECT_LT(port.Retire(c), kUnanswered);
    port.Hang(c);
    EXPECT_GE(port.Retire(c), kUnanswered);
    const BurstTimes next = port.Next(10, 4, c);
    EXPECT_LT(next.address, kUnanswered) << before;
    EXPECT_GE(next.first_beat, kUnanswered) << before;
    EXPECT_GE(port.Next(10, 4, c).address, kUnanswered) << before;
  }
}

TEST(RunCountersTest, AsTheRegistersHaveThem) {
  RunCounters c;
  c.macs = 2;
  c.read_beats = 3;
  c.write_beats = 4;
  int64_t next = 10;
  for (auto& engine : c.cycles) {
    for (int64_t& cause : engine) cause = next++;
  }
  RunCounters twice = c;
  twice += c;
  const HardwareCounters h = AsHardware(twice, 7);
  EXPECT_EQ(h.total, 7u);
  EXPECT_EQ(h.macs, 4u);
  EXPECT_EQ(h.read_beats, 6u);
  EXPECT_EQ(h.write_beats, 8u);
  for (size_t e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& cause : kCauses) {
      EXPECT_EQ(h.engine[e].*cause.member,
                2 * (10 + e * reg::kNumCauses + static_cast<size_t>(cause.cause)));
    }
  }
}

}  // namespace
}  // namespace systole
