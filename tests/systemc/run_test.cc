// Runs on the SystemC platform: every cycle as the cycle model says, every byte as the executor
// alone gives it.
#include "sw/functional/run.h"

#include <gtest/gtest.h>

#include <cstring>

#include "sw/device/memory.h"
#include "sw/timing/timeline.h"
#include "tests/systemc/tlm_fixture.h"

namespace systole {
namespace {

using testing::Execute;
using testing::MakePost;
using testing::Outcome;
using testing::ReadReg64;

struct Case {
  const char* name;
  HwConfig config;
  int latency;
};

std::vector<Case> Cases() {
  std::vector<Case> cases{{"default", HwConfig{}, 20}, {"latency1", HwConfig{}, 1}};
  HwConfig c;
  c.rows = 8, c.cols = 8, c.wport = 2, c.lanes = 4, c.axi_data_width = 32, c.queue_depth = 2,
  c.outstanding = 1;
  cases.push_back({"small", c, 7});
  c = HwConfig{};
  c.rows = 5, c.cols = 6, c.wport = 3, c.lanes = 6, c.axi_data_width = 128, c.queue_depth = 4,
  c.outstanding = 3;
  c.acc_depth = 40;
  cases.push_back({"odd", c, 33});
  return cases;
}

void ExpectAsModelled(TlmDevice* device, const std::vector<Instruction>& code, const Case& c,
                      const std::string& what) {
  const Timeline t = Simulate(code, c.config, MemoryTiming{c.latency});
  device->Record(&code, nullptr);
  const Outcome o = Execute(device, code);
  ASSERT_TRUE(o.interrupt) << what;
  ASSERT_EQ(o.error, t.error) << what;
  for (size_t j = 0; j < code.size(); ++j) {
    const Stamp s = device->record().stamps[j];
    ASSERT_EQ(static_cast<Cycle>(s.issue), t.issue[j]) << what << ", issue of " << j;
    ASSERT_EQ(static_cast<Cycle>(s.retire), t.retire[j]) << what << ", retire of " << j;
  }
  if (!t.ok()) {
    EXPECT_EQ(o.engine, t.error_engine) << what;
    EXPECT_EQ(o.pc, t.error_index) << what;
    EXPECT_EQ(o.status, reg::kStatusDone | reg::kStatusError) << what;
    return;
  }
  EXPECT_EQ(o.status, reg::kStatusDone) << what;
  const HardwareCounters model = AsHardware(t.counters, t.total);
  for (const CounterInfo& c : kCounters) {
    EXPECT_EQ(ReadReg64(device, c.offset), model.*c.member) << what << ", counter " << c.name;
  }
  for (int e = 0; e < kNumEngines; ++e) {
    for (int k = 0; k < 4; ++k) {
      EXPECT_EQ(ReadReg64(device, reg::EngineCounter(e, static_cast<reg::Cause>(k))),
                static_cast<uint64_t>(t.counters.cycles[e][k]))
          << what << ", engine " << e << ", cause " << k;
    }
  }
}

TEST(TlmRun, EveryStampAndCounterEqualsTheModel) {
  for (const Case& c : Cases()) {
    TlmDevice device(c.config, MemoryTiming{c.latency});
    testing::WriteKtabAndData(&device, c.config, 1);
    for (uint32_t seed = 1; seed <= 15; ++seed) {
      const auto code = testing::RandomProgram(c.config, seed)
                            .Make(4 + static_cast<int>(seed) * 6, testing::Tokens::kEarlier);
      ExpectAsModelled(&device, code, c, std::string(c.name) + ", seed " + std::to_string(seed));
      if (HasFatalFailure()) return;
    }
  }
}

TEST(TlmRun, DeadlocksAndLaterTokensToo) {
  int stuck = 0;
  for (const Case& c : Cases()) {
    TlmDevice device(c.config, MemoryTiming{c.latency});
    testing::WriteKtabAndData(&device, c.config, 1);
    for (uint32_t seed = 2001; seed <= 2040; ++seed) {
      const auto code = testing::RandomProgram(c.config, seed)
                            .Make(8 + static_cast<int>(seed % 28), testing::Tokens::kAnywhere);
      ExpectAsModelled(&device, code, c, std::string(c.name) + ", seed " + std::to_string(seed));
      if (HasFatalFailure()) return;
      if (device.ReadReg(reg::kStatus) & reg::kStatusError) ++stuck;
    }
  }
  EXPECT_GT(stuck, 10);
}

// The memory for the executor on its own.
class PlainMemory : public MemoryAccess {
 public:
  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t bytes) override {
    memory.Read(address, data, bytes);
    return ErrorCode::kNone;
  }
  ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t bytes) override {
    memory.Write(address, data, bytes);
    return ErrorCode::kNone;
  }
  Memory memory;
};

TEST(TlmRun, MemoryAndBuffersHoldWhatTheExecutorAloneGives) {
  for (const Case& c : Cases()) {
    TlmDevice device(c.config, MemoryTiming{c.latency});
    testing::WriteKtabAndData(&device, c.config, 5);
    PlainMemory plain;
    for (uint64_t base : {testing::kKtabBase, testing::kDataBase}) {
      std::vector<uint8_t> bytes(testing::kDataBytes);
      device.ReadMemory(base, bytes.data(), bytes.size());
      plain.memory.Write(base, bytes.data(), bytes.size());
    }
    Executor alone(c.config);
    const auto code = testing::RandomProgram(c.config, 77).Make(150, testing::Tokens::kEarlier);
    std::vector<uint8_t> last(static_cast<size_t>(c.config.ActBytes()));
    device.ObserveRetires([&](uint32_t, uint64_t, const Executor& buffers) {
      std::memcpy(last.data(), buffers.activations(), last.size());
    });
    ASSERT_EQ(Execute(&device, code).status, reg::kStatusDone) << c.name;
    ASSERT_EQ(RunFunctional(code, MemoryTiming{c.latency}, &alone, &plain).error, ErrorCode::kNone)
        << c.name;
    EXPECT_EQ(std::memcmp(last.data(), alone.activations(), last.size()), 0) << c.name;
    std::vector<uint8_t> tlm(testing::kDataBytes), expected(testing::kDataBytes);
    device.ReadMemory(testing::kDataBase, tlm.data(), tlm.size());
    plain.memory.Read(testing::kDataBase, expected.data(), expected.size());
    EXPECT_EQ(tlm, expected) << c.name;
  }
}

// Two Fills and a snapshot between them: an observation shows the buffer as it is at that retire.
TEST(TlmRun, ObservationsShowTheBufferAtARetire) {
  TlmDevice device(HwConfig{}, MemoryTiming{20});
  std::vector<Instruction> code;
  for (uint64_t value : {3, 9}) {
    Instruction fill = testing::MakeTransfer(Opcode::kFill, 0, 6, 2);
    fill.Set(field::kLsBuf, 100);
    fill.Set(field::kLsBufStride, 16);
    fill.Set(field::kLsFill, value);
    code.push_back(fill);
  }
  std::vector<Observation> observations(2);
  for (uint32_t i = 0; i < 2; ++i) observations[i] = {i, 1, 0, TensorLayout{100, 2, 3, 2, 16}};
  device.Record(&code, &observations);
  ASSERT_EQ(Execute(&device, code).status, reg::kStatusDone);
  EXPECT_EQ(device.record().tensors[0], std::vector<int8_t>(12, 3));
  EXPECT_EQ(device.record().tensors[1], std::vector<int8_t>(12, 9));
}

TEST(TlmRun, DevicesInOneProcessDoNotDisturbEachOther) {
  HwConfig small;
  small.rows = 8, small.cols = 8, small.lanes = 4;
  TlmDevice a(HwConfig{}, MemoryTiming{20}), b(small, MemoryTiming{1});
  for (int round = 0; round < 3; ++round) {
    testing::Prepare(&a, {MakePost(100)});
    testing::Prepare(&b, {MakePost(10)});
    a.WriteReg(reg::kCtrl, reg::kCtrlStart);
    b.WriteReg(reg::kCtrl, reg::kCtrlStart);
    EXPECT_TRUE(b.WaitInterrupt(1000));
    EXPECT_TRUE(a.WaitInterrupt(1000));
    EXPECT_EQ(a.ReadReg(reg::kCntTotal), 26u + 100 + 10 + 2);
    EXPECT_EQ(b.ReadReg(reg::kCntTotal), 7u + 10 + 10 + 2);
    EXPECT_EQ(a.ReadReg(reg::kParam0) & 0xFF, 16u);
    EXPECT_EQ(b.ReadReg(reg::kParam0) & 0xFF, 8u);
  }
}

TEST(TlmRun, AnEmptyProgramTakesTwoCycles) {
  TlmDevice device(HwConfig{}, MemoryTiming{20});
  EXPECT_EQ(Execute(&device, {}).status, reg::kStatusDone);
  EXPECT_EQ(device.ReadReg(reg::kCntTotal), 2u);
}

}  // namespace
}  // namespace systole
