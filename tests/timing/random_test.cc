// The cycle model against a machine stepped cycle by cycle, on random programs and several
// configurations.
#include <gtest/gtest.h>

#include "sw/timing/timeline.h"
#include "tests/timing/cycle_stepper.h"
#include "tests/timing/random_program.h"

namespace systole {
namespace {

struct Case {
  const char* name;
  HwConfig config;
  int latency;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  cases.push_back({"default", HwConfig{}, 20});
  cases.push_back({"latency1", HwConfig{}, 1});
  cases.push_back({"latency100", HwConfig{}, 100});
  HwConfig c;
  c.rows = 8, c.cols = 8, c.wport = 2, c.lanes = 4, c.axi_data_width = 32, c.queue_depth = 2,
  c.outstanding = 1;
  cases.push_back({"small", c, 7});
  c = HwConfig{};
  c.rows = 5, c.cols = 6, c.wport = 3, c.lanes = 6, c.axi_data_width = 128, c.queue_depth = 4,
  c.outstanding = 3;
  c.acc_depth = 9;
  cases.push_back({"odd", c, 33});
  c.dataflows = 3;
  cases.push_back({"output_stationary", c, 20});
  c.wport = 1, c.acc_depth = 40;
  c.dataflows = 7;
  cases.push_back({"input_stationary", c, 20});
  c = HwConfig{};
  c.rows = 32, c.cols = 32, c.wport = 4, c.lanes = 16, c.axi_data_width = 128, c.queue_depth = 16,
  c.outstanding = 32;
  c.acc_depth = 512;
  cases.push_back({"large", c, 50});
  return cases;
}

void ExpectEqual(const std::vector<Instruction>& code, const Case& c, const std::string& what) {
  const Timeline t = Simulate(code, c.config, MemoryTiming{c.latency});
  const testing::StepResult s = testing::CycleStepper(code, c.config, c.latency).Run();
  ASSERT_EQ(t.error, s.error) << what;
  ASSERT_EQ(t.issue.size(), s.issue.size());
  if (!t.ok()) {
    EXPECT_EQ(t.error_engine, s.error_engine) << what;
    EXPECT_EQ(t.error_index, s.error_index) << what;
  }
  for (size_t j = 0; j < code.size(); ++j) {
    ASSERT_EQ(t.issue[j], s.issue[j]) << what << ", issue of " << j;
    ASSERT_EQ(t.retire[j], s.retire[j]) << what << ", retire of " << j;
  }
  if (!t.ok()) return;
  EXPECT_EQ(t.total, s.total) << what;
  EXPECT_EQ(t.counters.read_beats, s.read_beats) << what;
  EXPECT_EQ(t.counters.write_beats, s.write_beats) << what;
  for (int e = 0; e < kNumEngines; ++e) {
    int64_t sum = 0;
    for (int k = 0; k < 4; ++k) {
      EXPECT_EQ(t.counters.cycles[e][k], s.cause[e][k])
          << what << ", engine " << e << ", cause " << k;
      sum += t.counters.cycles[e][k];
    }
    EXPECT_EQ(sum, t.total) << what << ", engine " << e;
  }
}

TEST(TimelineAgainstStepper, ProgramsThatEndWell) {
  for (const Case& c : Cases()) {
    for (uint32_t seed = 1; seed <= 40; ++seed) {
      const auto code = testing::RandomProgram(c.config, seed)
                            .Make(3 + static_cast<int>(seed) * 5, testing::Tokens::kEarlier);
      const std::string what = std::string(c.name) + ", seed " + std::to_string(seed);
      ASSERT_TRUE(Simulate(code, c.config, MemoryTiming{c.latency}).ok()) << what;
      ExpectEqual(code, c, what);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(TimelineAgainstStepper, TokensOfLaterInstructionsAndDeadlocks) {
  int ended = 0, stuck = 0;
  for (const Case& c : Cases()) {
    for (uint32_t seed = 1001; seed <= 1120; ++seed) {
      const auto code = testing::RandomProgram(c.config, seed)
                            .Make(8 + static_cast<int>(seed % 28), testing::Tokens::kAnywhere);
      ++(Simulate(code, c.config, MemoryTiming{c.latency}).ok() ? ended : stuck);
      ExpectEqual(code, c, std::string(c.name) + ", seed " + std::to_string(seed));
      if (HasFatalFailure()) return;
    }
  }
  // Both kinds must occur for the test to mean what it says.
  EXPECT_GT(ended, 50);
  EXPECT_GT(stuck, 50);
}

// Tokens pile up: one engine gives many, another takes them late.
TEST(TimelineAgainstStepper, CounterOverflow) {
  const Case c{"default", HwConfig{}, 20};
  int overflows = 0;
  for (int giver_taps = 1; giver_taps <= 9; giver_taps += 4) {
    for (int taken = 0; taken <= 7; ++taken) {
      for (int distance : {20, 70, 100}) {
        std::vector<Instruction> code;
        for (int j = 0; j < 900; ++j) {
          code.push_back(testing::With(testing::MakePost(static_cast<uint64_t>(giver_taps)),
                                       {{field::kPush, testing::kToStore}}));
          if (j % distance == distance - 1) {
            code.push_back(testing::With(testing::MakeTransfer(Opcode::kStore, 0, 3000),
                                         {{field::kPopPost, static_cast<uint64_t>(taken)}}));
            for (int k = 0; k < distance / 10; ++k) {
              code.push_back(testing::Make(Opcode::kSyncStore,
                                           {{field::kPopPost, static_cast<uint64_t>(taken)}}));
            }
          }
        }
        const Timeline t = Simulate(code, c.config, MemoryTiming{c.latency});
        const testing::StepResult s = testing::CycleStepper(code, c.config, c.latency).Run();
        ASSERT_EQ(t.error, s.error) << giver_taps << " " << taken << " " << distance;
        ASSERT_EQ(t.error_index, s.error_index) << giver_taps << " " << taken << " " << distance;
        if (!t.ok()) ++overflows;
      }
    }
  }
  EXPECT_GT(overflows, 10);
  EXPECT_LT(overflows, 72);
}

// Any words at all: an answer, no crash, no endless loop.
TEST(Timeline, SurvivesGarbage) {
  std::mt19937 random(7);
  constexpr uint8_t kOpcodes[] = {
#define OPCODE(name, code) code,
#include "sw/isa/fields.def"
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Instruction> code(40);
    for (Instruction& i : code) {
      for (uint32_t& w : i.word) w = random() & (round % 3 == 0 ? 0xFFFFFFFF : random());
      if (round % 2 == 0) i.Set(field::kPush, 0);
      // Sizes that are walked burst by burst stay within what a test can wait for in most rounds.
      if (round % 10 != 0) i.Set(field::kLsLines, i.Get(field::kLsLines) & 15);
      i.Set(field::kOpcode, kOpcodes[random() % sizeof(kOpcodes)]);
    }
    const Timeline t = Simulate(code, HwConfig{}, MemoryTiming{static_cast<int64_t>(random())});
    EXPECT_EQ(t.issue.size(), code.size());
    EXPECT_EQ(t.total > 0, t.ok());
  }
}

}  // namespace
}  // namespace systole
