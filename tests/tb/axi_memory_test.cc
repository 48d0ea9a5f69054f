// The memory behind the AXI ports: the timing it promises, its faults, and that stalls lose
// nothing.
#include "tb/axi_memory.h"

#include <gtest/gtest.h>

#include <vector>

namespace systole {
namespace {

constexpr int kBeat = 8;

struct SeenBeat {
  uint64_t cycle;
  uint64_t value;
  bool last;
  uint32_t id;
  uint8_t response;
};

class ReadPortTest : public ::testing::Test {
 protected:
  ReadPortTest() {
    for (uint64_t i = 0; i < 512; ++i) memory_.Write(0x1000 + 8 * i, &i, 8);
  }
  // One cycle in which nothing is asked.
  void Cycle(bool ready = true) {
    if (port_.valid && ready) {
      uint64_t value;
      std::memcpy(&value, port_.data, 8);
      seen_.push_back({t_, value, port_.last, port_.id, port_.response});
      port_.Taken();
    }
    port_.Advance(t_++);
  }
  void Ask(uint64_t address, uint32_t beats, uint32_t id = 0) {
    ASSERT_TRUE(port_.ready);
    if (port_.valid) ADD_FAILURE() << "Ask() is for cycles without data";
    port_.AcceptAddress(t_, address, beats - 1, id);
    port_.Advance(t_++);
  }

  Memory memory_;
  AxiReadPort port_{&memory_, kBeat};
  uint64_t t_ = 0;
  std::vector<SeenBeat> seen_;
};

TEST_F(ReadPortTest, FirstBeatComesAfterTheLatencyThenOneACycle) {
  port_.Configure({5, false, 1}, {}, 0);
  Ask(0x1010, 3, 7);  // accepted in cycle 0
  while (t_ < 20) Cycle();
  ASSERT_EQ(seen_.size(), 3u);
  for (uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(seen_[i].cycle, 5 + i);
    EXPECT_EQ(seen_[i].value, 2 + i);
    EXPECT_EQ(seen_[i].last, i == 2);
    EXPECT_EQ(seen_[i].id, 7u);
  }
}

TEST_F(ReadPortTest, ASecondBurstFollowsWithoutAGap) {
  port_.Configure({4, false, 1}, {}, 0);
  Ask(0x1000, 4);
  Ask(0x1100, 2);  // accepted in cycle 1: ready in 5, but the first burst's last beat is in 7
  while (t_ < 20) Cycle();
  ASSERT_EQ(seen_.size(), 6u);
  EXPECT_EQ(seen_[3].cycle, 7u);
  EXPECT_EQ(seen_[4].cycle, 8u);
  EXPECT_EQ(seen_[4].value, 32u);
  EXPECT_EQ(seen_[5].cycle, 9u);
  EXPECT_TRUE(port_.Idle());
}

TEST_F(ReadPortTest, LatencyOneGivesDataInTheNextCycle) {
  port_.Configure({1, false, 1}, {}, 0);
  Ask(0x1000, 1);
  Cycle();
  ASSERT_EQ(seen_.size(), 1u);
  EXPECT_EQ(seen_[0].cycle, 1u);
}

TEST_F(ReadPortTest, DataHoldUntilTaken) {
  port_.Configure({2, false, 1}, {}, 0);
  Ask(0x1000, 2);
  for (int i = 0; i < 5; ++i) Cycle(false);
  EXPECT_TRUE(port_.valid);
  EXPECT_FALSE(port_.last);
  Cycle();
  Cycle();
  ASSERT_EQ(seen_.size(), 2u);
  EXPECT_EQ(seen_[0].value, 0u);
  EXPECT_EQ(seen_[1].value, 1u);
}

TEST_F(ReadPortTest, StallsDelayButKeepOrderAndBytes) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    port_.Configure({3, true, seed}, {}, 0);
    port_.Reset();
    seen_.clear();
    uint64_t asked = 0;
    for (int i = 0; i < 3000 && seen_.size() < 64; ++i) {
      if (asked < 16 && port_.ready && !port_.valid) {
        Ask(0x1000 + 32 * asked++, 4);
      } else {
        Cycle(i % 3 != 0);
      }
    }
    ASSERT_EQ(seen_.size(), 64u);
    for (uint64_t i = 0; i < 64; ++i) EXPECT_EQ(seen_[i].value, i);
  }
}

TEST_F(ReadPortTest, FaultsAnswerWithAnErrorOrNeverOrAreNeverReady) {
  port_.Configure({2, false, 1}, {AxiFault::Kind::kError, 0x1100, 0x11FF, 3}, 0);
  Ask(0x1000, 1);
  Ask(0x1100, 1);
  while (t_ < 20) Cycle();
  ASSERT_EQ(seen_.size(), 2u);
  EXPECT_EQ(seen_[0].response, 0);
  EXPECT_EQ(seen_[1].response, 3);

  port_.Configure({2, false, 1}, {AxiFault::Kind::kNoResponse}, 0);
  Ask(0x1000, 1);
  for (int i = 0; i < 1000; ++i) Cycle();
  EXPECT_EQ(seen_.size(), 2u);

  port_.Configure({2, false, 1}, {AxiFault::Kind::kNotReady}, 0);
  port_.Reset();
  EXPECT_FALSE(port_.ready);
}

class WritePortTest : public ::testing::Test {
 protected:
  uint64_t Word(uint64_t address) {
    uint64_t v;
    memory_.Read(address, &v, 8);
    return v;
  }
  void Cycle() {
    if (port_.response_valid) {
      responses_.push_back(t_);
      ids_.push_back(port_.response_id);
      port_.Taken();
    }
    port_.Advance(t_++);
  }

  Memory memory_;
  AxiWritePort port_{&memory_, kBeat};
  uint64_t t_ = 0;
  std::vector<uint64_t> responses_;
  std::vector<uint32_t> ids_;
};

TEST_F(WritePortTest, ResponseComesTheLatencyAfterTheLastBeat) {
  port_.Configure({6, false, 1}, {}, 0);
  const uint64_t a = 0x1111111111111111, b = 0x2222222222222222;
  port_.AcceptAddress(0x2000, 1, 9);
  port_.AcceptData(&a, 0xFF, false);
  Cycle();
  port_.AcceptData(&b, 0x0F, true);  // cycle 1
  Cycle();
  while (t_ < 20) Cycle();
  EXPECT_EQ(Word(0x2000), a);
  EXPECT_EQ(Word(0x2008), 0x22222222u);  // the strobes cut it
  ASSERT_EQ(responses_.size(), 1u);
  EXPECT_EQ(responses_[0], 7u);
  EXPECT_EQ(ids_[0], 9u);
  EXPECT_TRUE(port_.Idle());
}

TEST_F(WritePortTest, DataMayComeBeforeTheirAddress) {
  port_.Configure({1, false, 1}, {}, 0);
  const uint64_t a = 42;
  port_.AcceptData(&a, 0xFF, true);
  Cycle();
  EXPECT_EQ(Word(0x3000), 0u);
  port_.AcceptAddress(0x3000, 0, 0);
  Cycle();
  EXPECT_EQ(Word(0x3000), 42u);
  Cycle();
  EXPECT_EQ(responses_.size(), 1u);
}

TEST_F(WritePortTest, FaultsOnTheirAddresses) {
  port_.Configure({1, false, 1}, {AxiFault::Kind::kError, 0x5000, 0x5FFF, 2}, 0);
  const uint64_t a = 1;
  port_.AcceptAddress(0x5008, 0, 0);
  port_.AcceptData(&a, 0xFF, true);
  port_.Advance(t_++);
  EXPECT_TRUE(port_.response_valid);
  EXPECT_EQ(port_.response, 2);
}

TEST(MemoryTest, SparseAcrossPagesAndZeroElsewhere) {
  Memory memory;
  const uint64_t edge = 7 * Memory::kPageBytes - 3;
  const uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
  memory.Write(edge, bytes, 6);
  uint8_t back[8];
  memory.Read(edge - 1, back, 8);
  const uint8_t expected[] = {0, 1, 2, 3, 4, 5, 6, 0};
  EXPECT_EQ(0, std::memcmp(back, expected, 8));
  memory.Read(0xFFFFFFFF00000000, back, 8);
  EXPECT_EQ(back[0], 0);
}

}  // namespace
}  // namespace systole
