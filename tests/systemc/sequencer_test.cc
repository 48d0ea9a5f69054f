// The SystemC platform's sequencer without SystemC, on a memory of this file: stamps, ends and
// collisions against the cycle-by-cycle machines of tests/timing, with every depth of the pipelines
// as it is and changed alone. An offset that the sequencer kept for itself would stay behind.
#include "systemc/sequencer.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/timing/crowded_program.h"
#include "tests/timing/cycle_stepper.h"
#include "tests/timing/depth_changes.h"
#include "tests/timing/port_model.h"

namespace systole {
namespace {

using testing::Depths;
using testing::StepResult;

constexpr int kLatency = 7;

HwConfig Small() {
  HwConfig c;
  c.rows = 5, c.cols = 6, c.wport = 2, c.lanes = 4, c.queue_depth = 4, c.outstanding = 2;
  return c;
}

// Bytes never written are 0. A burst that touches `refuses` gets an error response.
class FakeBus : public BusPorts {
 public:
  void Put(uint64_t address, uint8_t byte) { bytes_[address] = byte; }
  uint64_t refuses = ~uint64_t{0};

 private:
  Answer Fetch(Cycle cycle, uint64_t address, uint8_t* data, size_t bytes) override {
    return Read(cycle, address, data, bytes);
  }
  Answer Read(Cycle, uint64_t address, uint8_t* data, size_t bytes) override {
    for (size_t b = 0; b < bytes; ++b) {
      const auto found = bytes_.find(address + b);
      data[b] = found == bytes_.end() ? 0 : found->second;
    }
    return address <= refuses && refuses < address + bytes ? Answer::kError : Answer::kOk;
  }
  Answer Write(Cycle, uint64_t address, const uint8_t* data, size_t bytes) override {
    for (size_t b = 0; b < bytes; ++b) bytes_[address + b] = data[b];
    return address <= refuses && refuses < address + bytes ? Answer::kError : Answer::kOk;
  }
  std::map<uint64_t, uint8_t> bytes_;
};

struct SequencerRun : RunObserver {
  std::vector<Cycle> issue, retire;
  RunResult result;

  SequencerRun(const std::vector<Instruction>& code, const MemoryTiming& timing, FakeBus bus = {})
      : issue(code.size(), -1), retire(code.size(), -1) {
    const HwConfig config = Small();
    for (size_t b = 0; b < code.size() * kInstructionBytes; ++b) {
      const uint32_t word = code[b / kInstructionBytes].word[b % kInstructionBytes / 4];
      bus.Put(testing::kCodeBase + b, static_cast<uint8_t>(word >> (8 * (b % 4))));
    }
    const int row = PaddedRowBytes(Opcode::kLoadKtab, config);
    for (int r = 0; r < testing::kKtabRows; ++r) {
      for (int j = 0; j < config.rows; ++j) {
        const int offset = r * config.Banks() + j;
        bus.Put(testing::kKtabBase + static_cast<uint64_t>(r * row + 2 * j),
                static_cast<uint8_t>(offset));
      }
    }
    RunSettings settings;
    settings.program = testing::kCodeBase;
    settings.length = static_cast<uint32_t>(code.size());
    settings.read_last = settings.write_last = ~uint64_t{0};
    Executor executor(config);
    Sequencer sequencer(timing, settings, &executor, &bus, this);
    while (sequencer.Next() != kForever && sequencer.Step()) {
    }
    result = sequencer.result();
  }
  void OnIssue(uint32_t index, Cycle cycle) override { issue[index] = cycle; }
  void OnRetire(uint32_t index, Cycle cycle) override { retire[index] = cycle; }
};

template <typename Body>
void ForEveryDepth(Body&& body) {
  body("none", MemoryTiming{kLatency}, Depths{});
  for (const testing::DepthChange& change : testing::DepthChanges())
    body(change.name, testing::Changed(kLatency, change), testing::Changed(change));
}

TEST(Sequencer, StampsAndEndsFollowEveryDepth) {
  ForEveryDepth([&](const std::string& name, const MemoryTiming& timing, const Depths& depths) {
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      const auto code = testing::RandomProgram(Small(), seed).Make(60, testing::Tokens::kEarlier);
      const StepResult want = testing::CycleStepper(code, Small(), kLatency, depths).Run();
      const SequencerRun got(code, timing);
      ASSERT_EQ(got.result.error, ErrorCode::kNone) << name << ", seed " << seed;
      ASSERT_EQ(got.issue, want.issue) << name << ", seed " << seed;
      ASSERT_EQ(got.retire, want.retire) << name << ", seed " << seed;
      ASSERT_EQ(got.result.end, want.total) << name << ", seed " << seed;
    }
  });
}

TEST(Sequencer, CollisionsFollowEveryDepth) {
  const HwConfig c = Small();
  std::vector<uint16_t> ktab(static_cast<size_t>(c.KtabRows() * c.rows));
  for (int r = 0; r < testing::kKtabRows; ++r) {
    for (int j = 0; j < c.rows; ++j)
      ktab[static_cast<size_t>(r * c.rows + j)] = static_cast<uint16_t>(r * c.Banks() + j);
  }
  ForEveryDepth([&](const std::string& name, const MemoryTiming& timing, const Depths& depths) {
    int collisions = 0;
    for (uint32_t seed = 1; seed <= 60; ++seed) {
      const std::vector<Instruction> code = testing::CrowdedProgram(c, seed);
      const StepResult steps = testing::CycleStepper(code, c, kLatency, depths).Run();
      const auto want = testing::FirstCollision(code, steps, c, depths, ktab);
      const SequencerRun got(code, timing);
      ASSERT_EQ(got.result.error, want.has_value() ? ErrorCode::kConflict : ErrorCode::kNone)
          << name << ", seed " << seed;
      if (!want.has_value()) continue;
      ASSERT_EQ(got.result.engine, want->engine) << name << ", seed " << seed;
      ASSERT_EQ(got.result.pc, want->index) << name << ", seed " << seed;
      // Everything up to the cycle in which run control is told has happened, nothing after it.
      for (size_t i = 0; i < code.size(); ++i) {
        ASSERT_EQ(got.retire[i], steps.retire[i] <= want->seen ? steps.retire[i] : -1)
            << name << ", seed " << seed << ", instruction " << i;
      }
      ++collisions;
    }
    EXPECT_GT(collisions, 20) << name;
  });
}

}  // namespace
}  // namespace systole
