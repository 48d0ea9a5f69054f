// Collisions on one-port memories, worked by hand from the pipelines' cycles
// (sw/functional/conflicts.h).
#include <gtest/gtest.h>

#include "sw/check/instruction_builder.h"
#include "sw/functional/conflicts.h"

namespace systole {
namespace {

using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::With;

// Groups of 8 KiB.
constexpr uint64_t kGroup = 8192;

class ConflictTest : public ::testing::Test {
 protected:
  ConflictTest() : ktab_(128 * 16) {
    for (size_t k = 0; k < ktab_.size(); ++k) ktab_[k] = static_cast<uint16_t>(k % 16);
  }
  std::optional<Conflict> Issue(uint32_t index, const Instruction& i, Cycle cycle) {
    return monitor_.Issue(index, i, cycle, ktab_.data());
  }
  static void Expect(const std::optional<Conflict>& c, Cycle cycle, int engine, uint32_t index) {
    ASSERT_TRUE(c.has_value());
    EXPECT_EQ(c->cycle, cycle);
    EXPECT_EQ(c->engine, engine);
    EXPECT_EQ(c->index, index);
  }
  // Reads one vector of 16 lanes at `base`, in issue + 2.
  static Instruction Matmul(uint64_t base) {
    return With(MakeMatmul(1, 1, 1),
                {{field::kMmBase, base}, {field::kMmKlast, 16}, {field::kMmFirst, 1}});
  }
  // One beat, read in issue + 1.
  static Instruction Store(uint64_t address) {
    return With(MakeTransfer(Opcode::kStore, 0, 8), {{field::kLsBuf, address}});
  }

  ConflictMonitor monitor_{HwConfig{}, MemoryTiming{1}};
  std::vector<uint16_t> ktab_;
};

TEST_F(ConflictTest, TwoReadersOfOneGroupInOneCycle) {
  EXPECT_FALSE(Issue(0, Matmul(100), 10).has_value());
  Expect(Issue(1, Store(8000), 11), 12, 1, 0);  // both in cycle 12
}

TEST_F(ConflictTest, ACycleApartIsNone) {
  EXPECT_FALSE(Issue(0, Matmul(100), 10).has_value());
  EXPECT_FALSE(Issue(1, Store(8000), 12).has_value());
}

TEST_F(ConflictTest, TheStoreMayIssueFirst) {
  EXPECT_FALSE(
      Issue(0, With(Store(0), {{field::kLsBytes, 64}}), 10).has_value());  // reads in 11..18
  Expect(Issue(1, Matmul(100), 16), 18, 1, 1);
}

TEST_F(ConflictTest, ARefusedBurstReadsNothing) {
  // Lines of one beat in group 0, read in 11, 12, 13; the Matmul reads there in 13.
  const Instruction lines = With(Store(0), {{field::kLsLines, 3}, {field::kLsBufStride, 8}});
  for (int64_t bursts : {0, 2, 3}) {
    ConflictMonitor monitor(HwConfig{}, MemoryTiming{1});
    EXPECT_FALSE(monitor.Issue(0, lines, 10, ktab_.data(), bursts).has_value());
    EXPECT_EQ(monitor.Issue(1, Matmul(100), 11, ktab_.data()).has_value(), bursts == 3) << bursts;
  }
}

TEST_F(ConflictTest, TwoGroupsAreNone) {
  EXPECT_FALSE(Issue(0, Matmul(kGroup - 16), 10).has_value());
  EXPECT_FALSE(Issue(1, Store(kGroup), 11).has_value());
}

TEST_F(ConflictTest, AnAccessMayTouchTwoGroups) {
  EXPECT_FALSE(Issue(0, Matmul(kGroup - 15), 10).has_value());
  Expect(Issue(1, Store(kGroup), 11), 12, 1, 0);
}

TEST_F(ConflictTest, UnusedLanesReadNothing) {
  EXPECT_FALSE(Issue(0, With(Matmul(kGroup - 15), {{field::kMmKlast, 15}}), 10).has_value());
  EXPECT_FALSE(Issue(1, Store(kGroup), 11).has_value());
}

TEST_F(ConflictTest, FarImagesAreInGroupsOfTheirOwn) {
  // Groups of 64 KiB; the second image lies in the third one and is read in 13.
  HwConfig config;
  config.act_kib = 256;
  const Instruction matmul = With(Matmul(100), {{field::kMmNb, 2}, {field::kMmStrideB, 2 * 65536}});
  for (uint64_t group : {1, 2}) {
    ConflictMonitor monitor(config, MemoryTiming{1});
    EXPECT_FALSE(monitor.Issue(0, matmul, 10, ktab_.data()).has_value());
    const std::optional<Conflict> c = monitor.Issue(1, Store(group * 65536), 12, ktab_.data());
    if (group == 2)
      Expect(c, 13, 1, 0);
    else
      EXPECT_FALSE(c.has_value());
  }
}

TEST_F(ConflictTest, ShortSlicesLeaveGaps) {
  // M = 1, P = 3: reads in 12, 15, 18.
  EXPECT_FALSE(Issue(0, With(Matmul(0), {{field::kMmKslices, 3}}), 10).has_value());
  EXPECT_FALSE(Issue(1, With(Store(0), {{field::kLsBytes, 16}}), 12).has_value());  // 13, 14
  Expect(Issue(2, Store(0), 14), 15, 1, 0);
}

TEST_F(ConflictTest, TwoWritersOfOneGroupInOneCycle) {
  // Latency 1: a = 11, beat in 12, written in 13. Post at 2: one tap, written in 2 + 10 + 1.
  EXPECT_FALSE(Issue(0, With(MakePost(1), {{field::kPoOut, 50}}), 2).has_value());
  Expect(Issue(1, MakeTransfer(Opcode::kLoadAct, 0, 8), 10), 13, 2, 0);
}

TEST_F(ConflictTest, ALastChunkWritesItsChannelsAlone) {
  for (uint64_t channels : {1, 2}) {
    // Written in 13 from the last byte of a group on; the load's beat behind it, too.
    ConflictMonitor monitor(HwConfig{}, MemoryTiming{1});
    const Instruction post =
        With(MakePost(1), {{field::kPoOut, kGroup - 1}, {field::kPoNchan, channels}});
    const Instruction load = With(MakeTransfer(Opcode::kLoadAct, 0, 8), {{field::kLsBuf, kGroup}});
    EXPECT_FALSE(monitor.Issue(0, post, 2, ktab_.data()).has_value());
    EXPECT_EQ(monitor.Issue(1, load, 10, ktab_.data()).has_value(), channels == 2) << channels;
  }
}

TEST_F(ConflictTest, PooledPixelsAreWrittenOncePerWindow) {
  // Four taps a pixel: written in 2 + 10 + 4 = 16 and 20. The load's beats are written in 17,
  // 18, 19.
  const Instruction post =
      With(MakePost(2), {{field::kPoNtx, 2}, {field::kPoNty, 2}, {field::kPoSx, 1}});
  EXPECT_FALSE(Issue(0, post, 2).has_value());
  EXPECT_FALSE(Issue(1, MakeTransfer(Opcode::kLoadAct, 0, 24), 14).has_value());
  ConflictMonitor another(HwConfig{}, MemoryTiming{1});
  EXPECT_FALSE(another.Issue(0, post, 2, ktab_.data()).has_value());
  Expect(another.Issue(1, MakeTransfer(Opcode::kLoadAct, 0, 32), 14, ktab_.data()), 20, 2, 0);
}

TEST_F(ConflictTest, FillWritesFromTheSecondCycleOn) {
  EXPECT_FALSE(Issue(0, MakeTransfer(Opcode::kFill, 0, 16), 10).has_value());  // 12, 13
  Expect(Issue(1, MakePost(1), 2), 13, 2, 1);
}

TEST_F(ConflictTest, RowLoadsWriteElsewhere) {
  EXPECT_FALSE(Issue(0, MakePost(100), 2).has_value());
  EXPECT_FALSE(Issue(1, MakeTransfer(Opcode::kLoadWgt, 0, 256), 10).has_value());
}

TEST_F(ConflictTest, TwoReadersOfOneAccumulatorHalf) {
  // Slot 11; column c is read in 11 + 3 + 16 + c = 30 + c, the row sum's (c = 16) in 46.
  const Instruction adds = With(Matmul(0), {{field::kMmFirst, 0}});
  for (Cycle issue : {28, 29, 45, 46}) {
    ConflictMonitor monitor(HwConfig{}, MemoryTiming{1});
    EXPECT_FALSE(monitor.Issue(0, adds, 10, ktab_.data()).has_value());
    const std::optional<Conflict> c =
        monitor.Issue(1, MakePost(1), issue, ktab_.data());  // reads in issue + 1
    EXPECT_EQ(c.has_value(), issue == 29 || issue == 45) << issue;
    if (c.has_value()) {
      EXPECT_EQ(c->engine, 1);
      EXPECT_EQ(c->index, 0u);
    }
  }
}

TEST_F(ConflictTest, SumsStillOnTheirWay) {
  // Entries 0..3 in slots 11..14; the next Matmul's first two slots are 15 and 16.
  const Instruction four = With(MakeMatmul(4, 1, 1), {{field::kMmFirst, 0}});
  for (int base = 0; base < 6; ++base) {
    ConflictMonitor monitor(HwConfig{}, MemoryTiming{1});
    EXPECT_FALSE(monitor.Issue(0, four, 10, ktab_.data()).has_value());
    const Instruction next = With(four, {{field::kMmAccBase, static_cast<uint64_t>(base)}});
    const std::optional<Conflict> c = monitor.Issue(1, next, 14, ktab_.data());
    // Slot 15 meets entry 3 (slot 14) or 2 (slot 13); slot 16 meets entry 3 (slot 14) where the
    // base is 2.
    EXPECT_EQ(c.has_value(), base == 2 || base == 3) << base;
    if (c.has_value()) Expect(c, 16, 1, 1);
    ConflictMonitor later(HwConfig{}, MemoryTiming{1});
    EXPECT_FALSE(later.Issue(0, four, 10, ktab_.data()).has_value());
    // A cycle later: slot 16 meets entry 3 alone, of slot 14.
    EXPECT_EQ(later.Issue(1, next, 15, ktab_.data()).has_value(), base == 3) << base;
  }
  EXPECT_FALSE(Issue(0, four, 10).has_value());
  EXPECT_FALSE(
      Issue(1, With(four, {{field::kMmFirst, 1}, {field::kMmAccBase, 3}}), 14).has_value());
}

TEST_F(ConflictTest, OtherHalfOrFirstSliceReadsNothing) {
  EXPECT_FALSE(Issue(0, With(Matmul(0), {{field::kMmFirst, 0}}), 10).has_value());
  EXPECT_FALSE(Issue(1, With(MakePost(100), {{field::kPoHalf, 1}}), 20).has_value());
  EXPECT_FALSE(Issue(2, With(Matmul(0), {{field::kMmHalf, 1}}), 60)
                   .has_value());  // First: writes without reading
  EXPECT_TRUE(
      Issue(3, With(Matmul(0), {{field::kMmHalf, 1}, {field::kMmFirst, 0}}), 63).has_value());
}

}  // namespace
}  // namespace systole
