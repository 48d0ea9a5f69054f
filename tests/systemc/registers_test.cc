// The register port of the SystemC platform: a conversation, and mistakes on the bus.
#include <gtest/gtest.h>

#include <cstring>
#include <tlm>

#include "tests/systemc/tlm_fixture.h"

namespace systole {
namespace {

using testing::Execute;
using testing::Make;
using testing::MakePost;
using testing::Outcome;
using testing::Prepare;

class RegistersTest : public ::testing::Test {
 protected:
  HwConfig config_;
  TlmDevice device_{config_, MemoryTiming{20}};
};

TEST_F(RegistersTest, TellIdentityAndParameters) {
  EXPECT_EQ(device_.ReadReg(reg::kId), 0x53595354u);
  EXPECT_EQ(device_.ReadReg(reg::kVersion), 0x00010000u);
  EXPECT_EQ(device_.ReadReg(reg::kParam0), 16u | 16u << 8 | 1u << 16 | 8u << 24);
  EXPECT_EQ(device_.ReadReg(reg::kParam1), 32u | 4u << 16);
  EXPECT_EQ(device_.ReadReg(reg::kParam2), 128u | 8u << 16);
  EXPECT_EQ(device_.ReadReg(reg::kParam3), 128u | 4u << 16);
  EXPECT_EQ(device_.ReadReg(reg::kParam4), 64u | 32u << 16 | 4u << 24);
  EXPECT_EQ(device_.ReadReg(reg::kParam5), 8u | 8u << 8 | 0x3Fu << 16 | 1u << 24 | 1u << 25);
  EXPECT_EQ(device_.ReadReg(reg::kParam6), 3u | 1u << 8 | 1u << 9);
}

TEST_F(RegistersTest, StartFromZero) {
  for (uint32_t offset : {reg::kStatus, reg::kError, reg::kErrorPc, reg::kIrqEnable,
                          reg::kIrqStatus, reg::kProgLo, reg::kProgHi, reg::kProgLen,
                          reg::kWatchdog, reg::kRdBaseLo, reg::kWrLastHi, reg::kCntTotal}) {
    EXPECT_EQ(device_.ReadReg(offset), 0u) << offset;
    EXPECT_TRUE(device_.last_access_ok()) << offset;
  }
}

TEST_F(RegistersTest, KeepWhatIsWritten) {
  uint32_t value = 0x01020304;
  for (uint32_t offset : {reg::kProgLo, reg::kProgHi, reg::kProgLen, reg::kWatchdog, reg::kRdBaseLo,
                          reg::kRdBaseHi, reg::kRdLastLo, reg::kRdLastHi, reg::kWrBaseLo,
                          reg::kWrBaseHi, reg::kWrLastLo, reg::kWrLastHi}) {
    device_.WriteReg(offset, value += 0x11111111);
  }
  value = 0x01020304;
  for (uint32_t offset : {reg::kProgLo, reg::kProgHi, reg::kProgLen, reg::kWatchdog, reg::kRdBaseLo,
                          reg::kRdBaseHi, reg::kRdLastLo, reg::kRdLastHi, reg::kWrBaseLo,
                          reg::kWrBaseHi, reg::kWrLastLo, reg::kWrLastHi}) {
    EXPECT_EQ(device_.ReadReg(offset), value += 0x11111111) << offset;
  }
}

TEST_F(RegistersTest, HeedByteEnables) {
  device_.WriteReg(reg::kWatchdog, 0x11223344);
  uint8_t bytes[4] = {0xAA, 0xBB, 0xCC, 0xDD}, enables[4] = {0, 0xFF, 0, 0xFF};
  EXPECT_EQ(
      device_.HostTransport(true, TlmDevice::RegisterAddress(reg::kWatchdog), bytes, 4, enables),
      tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(device_.ReadReg(reg::kWatchdog), 0xDD22BB44u);
  // START lies in byte 0: without it nothing starts.
  uint8_t start[4] = {1, 0, 0, 0}, high[4] = {0, 0xFF, 0xFF, 0xFF};
  device_.HostTransport(true, TlmDevice::RegisterAddress(reg::kCtrl), start, 4, high);
  EXPECT_EQ(device_.ReadReg(reg::kStatus), 0u);
}

TEST_F(RegistersTest, MemoryHeedsByteEnables) {
  uint8_t bytes[6] = {1, 2, 3, 4, 5, 6}, enables[2] = {0xFF, 0};  // every other byte
  EXPECT_EQ(device_.HostTransport(true, 0x1001, bytes, 6, enables, 2), tlm::TLM_OK_RESPONSE);
  uint8_t got[8];
  device_.ReadMemory(0x1000, got, 8);
  const uint8_t want[8] = {0, 1, 0, 3, 0, 5, 0, 0};
  EXPECT_EQ(std::memcmp(got, want, 8), 0);
}

TEST_F(RegistersTest, RefuseReadOnlyAndUnknownOnes) {
  for (uint32_t offset : {reg::kId, reg::kStatus, reg::kParam3, reg::kCntTotal}) {
    device_.WriteReg(offset, 1);
    EXPECT_FALSE(device_.last_access_ok()) << offset;
  }
  for (uint32_t offset : {0x050u, reg::kParam0 + 4 * kParamWords, 0x1A0u, 0xFFCu}) {
    device_.ReadReg(offset);
    EXPECT_FALSE(device_.last_access_ok()) << offset;
    device_.WriteReg(offset, 1);
    EXPECT_FALSE(device_.last_access_ok()) << offset;
  }
  device_.ReadReg(reg::EngineCounter(3, reg::Cause::kEmpty) + 4);
  EXPECT_TRUE(device_.last_access_ok());
}

TEST_F(RegistersTest, AreLockedDuringARun) {
  Prepare(&device_, {MakePost(1000)});
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  EXPECT_EQ(device_.ReadReg(reg::kStatus), reg::kStatusBusy);
  device_.WriteReg(reg::kProgLen, 77);
  EXPECT_FALSE(device_.last_access_ok());
  device_.WriteReg(reg::kWatchdog, 5000);
  EXPECT_TRUE(device_.last_access_ok());
  ASSERT_TRUE(device_.WaitInterrupt(100000));
  EXPECT_EQ(device_.ReadReg(reg::kProgLen), 1u);
  device_.WriteReg(reg::kProgLen, 77);
  EXPECT_TRUE(device_.last_access_ok());
}

TEST_F(RegistersTest, InterruptIsALevelThatIsMaskedAndCleared) {
  Prepare(&device_, {Make(Opcode::kSyncLoad)});
  device_.WriteReg(reg::kIrqEnable, 0);
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  EXPECT_FALSE(device_.WaitInterrupt(1000));
  EXPECT_EQ(device_.ReadReg(reg::kStatus), reg::kStatusDone);
  EXPECT_EQ(device_.ReadReg(reg::kIrqStatus), reg::kIrqDone);
  device_.WriteReg(reg::kIrqEnable, reg::kIrqError);
  EXPECT_FALSE(device_.WaitInterrupt(10));
  device_.WriteReg(reg::kIrqEnable, reg::kIrqDone);
  EXPECT_TRUE(device_.WaitInterrupt(10));
  EXPECT_TRUE(device_.WaitInterrupt(10));
  device_.WriteReg(reg::kIrqStatus, reg::kIrqError);  // not this one
  EXPECT_TRUE(device_.WaitInterrupt(10));
  device_.WriteReg(reg::kIrqStatus, reg::kIrqDone);
  EXPECT_FALSE(device_.WaitInterrupt(10));
  EXPECT_EQ(device_.ReadReg(reg::kStatus), reg::kStatusDone);  // stays until the next start
}

TEST_F(RegistersTest, DoneIsSeenTwoCyclesAfterTheLastRetire) {
  // Post: issue 26 (latency 20), retire 26 + 5 + 10 = 41, total 43. START is accepted in the cycle
  // before cycle 0.
  Prepare(&device_, {MakePost(5)});
  const uint64_t before = device_.cycles();
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  ASSERT_TRUE(device_.WaitInterrupt(1000));
  EXPECT_EQ(device_.cycles() - before, 1u + 43u);
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal), 43u);
}

TEST_F(RegistersTest, LowWordLatchesTheHighOne) {
  Execute(&device_, {MakePost(5)});
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal), 43u);
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal + 4), 0u);
  EXPECT_EQ(device_.ReadReg(reg::EngineCounter(2, reg::Cause::kBusy)), 5u);
}

TEST_F(RegistersTest, SoftResetEndsARun) {
  Prepare(&device_, {MakePost(1000), MakePost(1000)});
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  device_.Idle(500);
  device_.WriteReg(reg::kCtrl, reg::kCtrlSoftReset);
  device_.Idle(100);
  EXPECT_EQ(device_.ReadReg(reg::kStatus), 0u);
  EXPECT_FALSE(device_.WaitInterrupt(5000));
  const Outcome again = Execute(&device_, {MakePost(5)});
  EXPECT_EQ(again.status, reg::kStatusDone);
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal), 43u);
}

TEST_F(RegistersTest, HardResetForgetsEverything) {
  Prepare(&device_, {MakePost(1000), MakePost(1000)});
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  device_.Idle(500);
  device_.Reset();
  EXPECT_EQ(device_.ReadReg(reg::kStatus), 0u);
  EXPECT_EQ(device_.ReadReg(reg::kProgLen), 0u);
  const Outcome again = Execute(&device_, {MakePost(5)});
  EXPECT_EQ(again.status, reg::kStatusDone);
}

TEST_F(RegistersTest, AStartDuringARunChangesNothing) {
  Prepare(&device_, {MakePost(1000)});
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  device_.Idle(500);
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  ASSERT_TRUE(device_.WaitInterrupt(10000));
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal), 26u + 1000 + 10 + 2);
  device_.WriteReg(reg::kIrqStatus, 3);
  EXPECT_FALSE(device_.WaitInterrupt(10000));
}

// ---- Mistakes on the bus

TEST_F(RegistersTest, BusMistakesBecomeResponses) {
  uint8_t bytes[8] = {};
  const uint64_t id = TlmDevice::RegisterAddress(reg::kId);
  EXPECT_EQ(device_.HostTransport(false, id, bytes, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(device_.HostTransport(false, id, bytes, 8), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(device_.HostTransport(false, id + 2, bytes, 4), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(device_.HostTransport(false, TlmDevice::RegisterAddress(0x060), bytes, 4),
            tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(device_.HostTransport(true, id, bytes, 4), tlm::TLM_COMMAND_ERROR_RESPONSE);
  EXPECT_EQ(device_.HostTransport(false, 0xFFFFFFFC, bytes, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(device_.HostTransport(false, 0xFFFFFFFC, bytes, 8), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(device_.HostTransport(true, uint64_t{1} << 32, bytes, 4),
            tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(device_.HostTransport(true, 0x1000, bytes, 0), tlm::TLM_BURST_ERROR_RESPONSE);
}

TEST_F(RegistersTest, MemoryIsSharedWithTheHostsBus) {
  const uint32_t word = 0xCAFEF00D;
  uint32_t back = 0;
  device_.WriteMemory(0x123456, &word, 4);
  EXPECT_EQ(device_.HostTransport(false, 0x123456, &back, 4), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(back, word);
}

}  // namespace
}  // namespace systole
