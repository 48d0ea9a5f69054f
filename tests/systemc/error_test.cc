// Every error code, with engine and instruction, on the SystemC platform; and that a new start
// works after it.
#include <gtest/gtest.h>

#include "sw/timing/laws.h"
#include "tests/systemc/tlm_fixture.h"

namespace systole {
namespace {

using testing::Execute;
using testing::kDataBase;
using testing::kToMatmul;
using testing::kToStore;
using testing::Make;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::Outcome;
using testing::Prepare;
using testing::StartAndWait;
using testing::With;
using testing::WriteReg64;

class ErrorTest : public ::testing::Test {
 protected:
  void Expect(const Outcome& o, ErrorCode code, int engine, uint32_t pc) {
    EXPECT_TRUE(o.interrupt);
    EXPECT_EQ(o.status & (reg::kStatusDone | reg::kStatusError | reg::kStatusBusy),
              reg::kStatusDone | reg::kStatusError);
    EXPECT_EQ(static_cast<int>(o.error), static_cast<int>(code)) << ErrorText(o.error);
    EXPECT_EQ(o.engine, engine);
    EXPECT_EQ(o.pc, pc);
    EXPECT_EQ(device_.ReadReg(reg::kIrqStatus), reg::kIrqDone | reg::kIrqError);
  }
  void ExpectWorks() {
    device_.SetFaults({}, {}, {});
    EXPECT_EQ(Execute(&device_, {load_, MakePost(5)}).status, reg::kStatusDone);
  }

  HwConfig config_;
  TlmDevice device_{config_, MemoryTiming{20}};
  const Instruction load_ = MakeTransfer(Opcode::kLoadAct, kDataBase, 600);
  const Instruction store_ = MakeTransfer(Opcode::kStore, kDataBase, 600);
};

TEST_F(ErrorTest, BadOpcode) {
  Expect(Execute(&device_, {load_, Instruction{}, load_}), ErrorCode::kBadOpcode, 4, 1);
  Instruction unknown;
  unknown.Set(field::kOpcode, 0x15);  // LOAD's digit, no opcode
  Expect(Execute(&device_, {unknown}), ErrorCode::kBadOpcode, 4, 0);
  ExpectWorks();
}

TEST_F(ErrorTest, BadField) {
  Expect(Execute(&device_, {load_, With(load_, {{field::kLsBytes, 0}})}), ErrorCode::kBadField, 0,
         1);
  Expect(Execute(&device_, {MakeMatmul(1, 1, 17)}), ErrorCode::kBadField, 1, 0);
  Expect(Execute(&device_, {With(MakePost(1), {{field::kPoRounding, 6}})}), ErrorCode::kBadField, 2,
         0);
  Expect(Execute(&device_, {load_, load_, With(store_, {{field::kLsAddr, kDataBase + 4}})}),
         ErrorCode::kBadField, 3, 2);
  Expect(Execute(&device_, {Make(Opcode::kSyncStore, {{field::kPush, 1}})}), ErrorCode::kBadField,
         3, 0);
  Expect(Execute(&device_, {With(load_, {{field::kPopLoad, 1}})}), ErrorCode::kBadField, 0, 0);
  ExpectWorks();
}

TEST_F(ErrorTest, BufferRange) {
  Expect(Execute(&device_, {With(load_, {{field::kLsBuf, 32 * 1024 - 599}})}),
         ErrorCode::kBufferRange, 0, 0);
  Expect(Execute(&device_, {MakeMatmul(129, 1, 1)}), ErrorCode::kBufferRange, 1, 0);
  // The entry is found while running: 120 + 8 taps reach 127, one more does not exist.
  const Instruction post = With(MakePost(8), {{field::kPoAccBase, 120}, {field::kPoEsX, 1}});
  EXPECT_EQ(Execute(&device_, {post}).status, reg::kStatusDone);
  Expect(Execute(&device_, {post, With(post, {{field::kPoNx, 9}})}), ErrorCode::kBufferRange, 2, 1);
  ExpectWorks();
}

TEST_F(ErrorTest, ConflictOfLanes) {
  // The offset table is empty: all lanes lie in one bank. One lane alone is no conflict.
  EXPECT_EQ(Execute(&device_, {MakeMatmul(1, 1, 1)}).status, reg::kStatusDone);
  Expect(Execute(&device_, {load_, With(MakeMatmul(1, 1, 1), {{field::kMmKlast, 2}})}),
         ErrorCode::kConflict, 1, 1);
  ExpectWorks();
}

TEST_F(ErrorTest, ConflictOfEngines) {
  // Matmul: at its output in 26, issue 26, reads 100 windows of one lane; the Store reads the same
  // group meanwhile.
  const Instruction matmul = MakeMatmul(100, 1, 1);
  Expect(Execute(&device_, {matmul, With(store_, {{field::kLsBuf, 1000}})}), ErrorCode::kConflict,
         1, 0);
  EXPECT_EQ(Execute(&device_, {matmul, With(store_, {{field::kLsBuf, 9000}})}).status,
            reg::kStatusDone);
  ExpectWorks();
}

TEST_F(ErrorTest, Windows) {
  Prepare(&device_, {load_, load_});
  WriteReg64(&device_, reg::kRdLastLo, kDataBase + 598);  // the last beat reaches 599
  Expect(StartAndWait(&device_), ErrorCode::kReadWindow, 0, 0);
  Prepare(&device_, {load_, store_});
  WriteReg64(&device_, reg::kWrBaseLo, kDataBase + 8);
  Expect(StartAndWait(&device_), ErrorCode::kWriteWindow, 3, 1);
  Prepare(&device_, std::vector<Instruction>(20, MakePost(1)));
  WriteReg64(&device_, reg::kRdLastLo, testing::kCodeBase + 20 * 32 - 2);
  Expect(StartAndWait(&device_), ErrorCode::kReadWindow, 4, 16);
  ExpectWorks();
}

TEST_F(ErrorTest, ARefusedBurstIsNotSent) {
  const std::vector<uint8_t> ones(600, 1);
  std::vector<uint8_t> memory(600);
  const Instruction fill =
      With(MakeTransfer(Opcode::kFill, 0, 600), {{field::kLsFill, 7}, {field::kPush, kToStore}});
  device_.WriteMemory(kDataBase, ones.data(), 600);
  Prepare(&device_, {fill, With(store_, {{field::kPopLoad, 1}})});
  WriteReg64(&device_, reg::kWrLastLo, kDataBase + 510);
  Expect(StartAndWait(&device_), ErrorCode::kWriteWindow, 3, 1);
  device_.ReadMemory(kDataBase, memory.data(), 600);
  for (int i = 0; i < 600; ++i) ASSERT_EQ(memory[i], i < 256 ? 7 : 1) << i;
}

TEST_F(ErrorTest, MisplacedProgram) {
  Prepare(&device_, {MakePost(1)});
  WriteReg64(&device_, reg::kProgLo, testing::kCodeBase + 32);
  Expect(StartAndWait(&device_), ErrorCode::kBadField, 4, 0);
  ExpectWorks();
}

TEST_F(ErrorTest, TokenThatNeverComes) {
  Expect(Execute(&device_, {MakePost(1), Make(Opcode::kSyncMatmul, {{field::kPopPost, 1}}), load_}),
         ErrorCode::kToken, 1, 1);
  ExpectWorks();
}

TEST_F(ErrorTest, TokenCounterOverflow) {
  const std::vector<Instruction> code(300, With(MakePost(1), {{field::kPush, kToStore}}));
  Expect(Execute(&device_, code), ErrorCode::kToken, 2, 255);
  ExpectWorks();
}

TEST_F(ErrorTest, ErrorResponses) {
  AxiFault fault;
  fault.kind = AxiFault::Kind::kError;
  fault.first = kDataBase + 256;
  fault.last = kDataBase + 300;
  device_.SetFaults(fault, {}, {});
  Expect(Execute(&device_, {store_, load_, load_}), ErrorCode::kReadResponse, 0, 1);
  device_.SetFaults({}, {}, fault);
  Expect(Execute(&device_, {load_, load_, store_}), ErrorCode::kWriteResponse, 3, 2);
  fault.first = testing::kCodeBase + 256;
  fault.last = testing::kCodeBase + 511;
  device_.SetFaults({}, fault, {});
  Expect(Execute(&device_, std::vector<Instruction>(20, MakePost(1))), ErrorCode::kReadResponse, 4,
         8);
  ExpectWorks();
}

// An address that the memory does not have: the TLM address error becomes an error response.
TEST_F(ErrorTest, AddressWithoutMemory) {
  HwConfig config;
  config.axi_addr_width = 40;
  TlmDevice device(config, MemoryTiming{20});
  const Instruction beyond = MakeTransfer(Opcode::kLoadAct, uint64_t{1} << 40, 8);
  Outcome o = Execute(&device, {beyond});
  EXPECT_EQ(o.error, ErrorCode::kReadWindow);  // the window ends with the address lines
  EXPECT_EQ(Execute(&device, {MakeTransfer(Opcode::kLoadAct, (uint64_t{1} << 40) - 8, 8)}).status,
            reg::kStatusDone);
}

TEST_F(ErrorTest, WatchdogEndsARunWhoseMemoryNeverAnswers) {
  AxiFault fault;
  fault.kind = AxiFault::Kind::kNoResponse;
  fault.first = kDataBase + 256;
  fault.last = kDataBase + 300;
  device_.SetFaults(fault, {}, {});
  const std::vector<Instruction> code{MakePost(1), load_, MakePost(3),
                                      With(load_, {{field::kPush, kToMatmul}}),
                                      Make(Opcode::kSyncMatmul, {{field::kPopLoad, 1}})};
  device_.Record(&code, nullptr);
  Expect(Execute(&device_, code, 1000), ErrorCode::kWatchdog, 0, 1);
  EXPECT_NE(device_.record().stamps[2].retire, kNever);  // nothing holds this one up
  EXPECT_EQ(device_.record().stamps[1].retire, kNever);
  EXPECT_EQ(device_.record().stamps[4].issue, kNever);
  // The bus still owes an answer: another start ends the same way, a reset helps.
  EXPECT_EQ(device_.ReadReg(reg::kStatus) & reg::kStatusDraining, reg::kStatusDraining);
  device_.WriteReg(reg::kIrqStatus, 3);
  Expect(StartAndWait(&device_), ErrorCode::kWatchdog, 4, 0);
  device_.Reset();
  ExpectWorks();
}

TEST_F(ErrorTest, WatchdogEndsAFetchThatIsNeverAnswered) {
  AxiFault fault;
  fault.kind = AxiFault::Kind::kNoResponse;
  fault.first = testing::kCodeBase + 256;
  fault.last = testing::kCodeBase + 511;
  device_.SetFaults({}, fault, {});
  Expect(Execute(&device_, std::vector<Instruction>(20, MakePost(1)), 1000), ErrorCode::kWatchdog,
         4, 8);
  device_.Reset();
  ExpectWorks();
}

TEST_F(ErrorTest, WatchdogIsShorterThanTheLatency) {
  // Fetch addresses in cycles 1 and 2, first beat in 21 (latency 20): 18 cycles without progress.
  Expect(Execute(&device_, std::vector<Instruction>(9, MakePost(1)), 18), ErrorCode::kWatchdog, 4,
         0);
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal), 2u + 18 + 1 + 1);
  EXPECT_EQ(Execute(&device_, std::vector<Instruction>(9, MakePost(1)), 19).status,
            reg::kStatusDone);
}

TEST_F(ErrorTest, NoWatchdogWaitsUntilASoftReset) {
  AxiFault fault;
  fault.kind = AxiFault::Kind::kNoResponse;
  device_.SetFaults(fault, {}, {});
  Prepare(&device_, {load_}, 0);
  device_.WriteReg(reg::kCtrl, reg::kCtrlStart);
  EXPECT_FALSE(device_.WaitInterrupt(1000000));
  EXPECT_EQ(device_.ReadReg(reg::kStatus), reg::kStatusBusy);
  device_.WriteReg(reg::kWatchdog, 100);
  device_.WriteReg(reg::kCtrl, reg::kCtrlSoftReset);
  device_.Idle(200);
  EXPECT_EQ(device_.ReadReg(reg::kStatus), reg::kStatusDraining);
  device_.Reset();
  ExpectWorks();
}

TEST_F(ErrorTest, DrainsBeforeDone) {
  // The Matmul is refused while the Load's data are on their way: DONE waits for the last beat.
  device_.Record(nullptr, nullptr);
  Expect(Execute(&device_, {load_, MakeMatmul(129, 1, 1)}), ErrorCode::kBufferRange, 1, 1);
  // Load: issue 26, data 47..121 (three bursts, a = 27..29); Matmul: head 30 is refused in 30; bus
  // idle from 122.
  EXPECT_EQ(device_.ReadReg(reg::kCntTotal), 123u);
}

}  // namespace
}  // namespace systole
