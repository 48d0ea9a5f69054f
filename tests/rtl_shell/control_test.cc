// Start, interrupt, soft and hard reset, draining, watchdog.
#include <gtest/gtest.h>

#include "sw/timing/timeline.h"
#include "tests/rtl_shell/transfer_program.h"

namespace systole {
namespace {

using namespace testing;  // NOLINT

constexpr uint32_t kBusy = reg::kStatusBusy, kDone = reg::kStatusDone, kError = reg::kStatusError,
                   kDraining = reg::kStatusDraining;

class ShellControl : public ::testing::Test {
 protected:
  // A run whose cycles and bytes are known: 2000 bytes in, 2000 out.
  void ExpectWorks(int latency = 20) {
    bench.device->SetFaults({}, {}, {});
    bench.device->SetTiming({latency, false, 1});
    std::vector<uint8_t> bytes(2000), got(2000);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(random_());
    bench.device->WriteMemory(kData, bytes.data(), bytes.size());
    const std::vector<Instruction> code = Copy();
    ExpectDone(bench.Run(code));
    bench.device->ReadMemory(kOut, got.data(), got.size());
    EXPECT_EQ(got, bytes);
    const Timeline model = Simulate(code, bench.config, MemoryTiming{latency});
    EXPECT_EQ(bench.Get64(reg::kCntTotal), static_cast<uint64_t>(model.total));
    EXPECT_EQ(static_cast<int64_t>(bench.device->record().stamps[1].retire), model.retire[1]);
  }
  static std::vector<Instruction> Copy() {
    return {With(MakeTransfer(Opcode::kLoadAct, kData, 2000), {{field::kPush, kToStore}}),
            With(MakeTransfer(Opcode::kStore, kOut, 2000), {{field::kPopLoad, 1}})};
  }
  // Reads STATUS until `mask` is clear.
  uint32_t WaitUntilClear(uint32_t mask) {
    for (int i = 0; i < 50000; ++i) {
      const uint32_t status = bench.Status();
      if (!(status & mask)) return status;
    }
    ADD_FAILURE() << "status bits " << mask << " never clear";
    return 0;
  }

  Bench bench;
  std::mt19937 random_{5};
};

TEST_F(ShellControl, StartWhileBusyIsIgnored) {
  bench.device->SetTiming({50, false, 1});
  const std::vector<Instruction> code = TransferProgram(bench.config, 3).Make(40);
  const Timeline model = Simulate(code, bench.config, MemoryTiming{50});
  bench.Start(code);
  EXPECT_EQ(bench.Status(), kBusy);
  for (int i = 0; i < 5; ++i) bench.device->WriteReg(reg::kCtrl, reg::kCtrlStart);
  ExpectDone(bench.Finish());
  EXPECT_EQ(bench.Get64(reg::kCntTotal), static_cast<uint64_t>(model.total));
}

TEST_F(ShellControl, InterruptIsALevelMaskedAndClearedByWritingOnes) {
  bench.device->WriteReg(reg::kIrqEnable, 0);
  bench.Start(Copy());
  EXPECT_FALSE(bench.device->WaitInterrupt(5000));  // masked
  EXPECT_EQ(bench.Status(), kDone);
  EXPECT_EQ(bench.device->ReadReg(reg::kIrqStatus), reg::kIrqDone);
  bench.device->WriteReg(reg::kIrqEnable, reg::kIrqError);
  EXPECT_FALSE(bench.device->WaitInterrupt(5));
  bench.device->WriteReg(reg::kIrqEnable, reg::kIrqDone);
  EXPECT_TRUE(bench.device->WaitInterrupt(5));
  bench.device->WriteReg(reg::kIrqStatus, reg::kIrqError);  // the other bit
  EXPECT_TRUE(bench.device->WaitInterrupt(5));
  bench.device->WriteReg(reg::kIrqStatus, reg::kIrqDone);
  EXPECT_FALSE(bench.device->WaitInterrupt(5));
  EXPECT_EQ(bench.Status(), kDone);  // the status stays until the next start
  bench.Start(Copy());
  EXPECT_EQ(bench.Status(), kBusy);
  ExpectDone(bench.Finish());
}

TEST_F(ShellControl, SoftResetAtAnyTimeDrainsTheBusThenIdles) {
  for (int wait = 0; wait < 60; ++wait) {
    SCOPED_TRACE("wait " + std::to_string(wait));
    bench.device->SetFaults({}, {}, {});
    bench.device->SetTiming({40, wait % 2 == 1, static_cast<uint64_t>(wait) + 1});
    bench.Start(TransferProgram(bench.config, static_cast<uint32_t>(wait) + 100).Make(60));
    bench.device->Idle(static_cast<uint64_t>(wait * 13));
    bench.device->WriteReg(reg::kCtrl, reg::kCtrlSoftReset);
    EXPECT_EQ(WaitUntilClear(kBusy | kDraining), 0u);
    EXPECT_EQ(bench.device->ReadReg(reg::kError), 0u);
    EXPECT_EQ(bench.Get64(reg::kCntTotal), 0u);
    // Nothing comes afterwards: the bus checkers would tell.
    bench.device->Idle(200);
    if (wait % 6 == 0) ExpectWorks();
  }
  ExpectWorks(1);
}

TEST_F(ShellControl, SoftResetClearsAnError) {
  ExpectError(bench.Run({Instruction{}}), ErrorCode::kBadOpcode, 4, 0);
  bench.device->WriteReg(reg::kCtrl, reg::kCtrlSoftReset | reg::kCtrlStart);  // the reset wins
  EXPECT_EQ(WaitUntilClear(kBusy | kDraining), 0u);
  EXPECT_EQ(bench.device->ReadReg(reg::kError), 0u);
  EXPECT_EQ(bench.device->ReadReg(reg::kProgLo), kCode);  // configuration stays
  ExpectWorks();
}

TEST_F(ShellControl, HardResetAtAnyCycleThenARun) {
  for (int cycle = 1; cycle < 400; cycle += 7) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    bench.device->SetTiming({20, cycle % 2 == 0, 9});
    bench.Start(Copy());
    bench.device->Idle(static_cast<uint64_t>(cycle));
    bench.device->Reset(1 + cycle % 3);
    EXPECT_EQ(bench.Status(), 0u);
    EXPECT_EQ(bench.device->ReadReg(reg::kProgLo), 0u);
    EXPECT_EQ(bench.device->ReadReg(reg::kIrqEnable), 0u);
    EXPECT_FALSE(bench.device->WaitInterrupt(30));
    bench.Configure();
    if (cycle % 5 == 0) ExpectWorks();
  }
  ExpectWorks();
}

// Every register and counter as docs/registers.md has it after reset.
void ExpectResetValues(RtlDevice* device, const HwConfig& c) {
  const auto parameter = [&](int i) -> uint32_t {
    switch (i) {
      case 0:
        return c.rows | c.cols << 8 | c.wport << 16 | c.lanes << 24;
      case 1:
        return c.act_kib | c.act_groups << 16;
      case 2:
        return c.wgt_kib | c.par_kib << 16;
      case 3:
        return c.acc_depth | c.ktab_kib << 16;
      case 4:
        return c.axi_data_width | c.axi_addr_width << 16 | c.axi_id_width << 24;
      case 6:
        return c.taps | c.post_act << 8 | c.add_unit << 9;
      default:
        return c.queue_depth | c.outstanding << 8 | c.roundings << 16 | c.row_sum << 24 | 1u << 25;
    }
  };
  for (uint32_t at = 0; at < 0x1A0; at += 4) {
    if (at > reg::kWrLastHi && at < reg::kParam0) continue;
    if (at > reg::kParam6 && at < reg::kCntTotal) continue;
    uint32_t want = 0;
    if (at == 0x000) want = 0x53595354;
    if (at == 0x004) want = 0x00010000;
    if (at >= reg::kParam0 && at <= reg::kParam6)
      want = parameter(static_cast<int>(at - reg::kParam0) / 4);
    EXPECT_EQ(device->ReadReg(at), want) << "offset " << at;
  }
}

TEST_F(ShellControl, EveryRegisterAndCounterAfterReset) {
  for (const RtlVariant variant : {RtlVariant::kPlain, RtlVariant::kRandom}) {
    for (int seed = 1; seed <= (variant == RtlVariant::kRandom ? 5 : 1); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      bench.device = OpenRtl(bench.config, variant,
                             {"+systole_any_program", "+verilator+seed+" + std::to_string(seed)});
      ExpectResetValues(bench.device.get(), bench.config);  // power-up
      for (const char* when : {"in a run", "after a run", "after an error"}) {
        SCOPED_TRACE(when);
        bench.Configure();
        bench.device->WriteReg(reg::kWatchdog, 70000);
        if (std::string(when) == "after an error") {
          ExpectError(bench.Run({Make(Opcode::kSyncLoad), Instruction{}}), ErrorCode::kBadOpcode, 4,
                      1);
        } else {
          bench.Start(Copy());
          if (std::string(when) == "in a run") {
            bench.device->Idle(300);
          } else {
            ExpectDone(bench.Finish());
          }
          EXPECT_GT(bench.Get64(reg::kCntTotal), 200u);
          EXPECT_GT(bench.Get64(reg::kCntReadBeats), 50u);
        }
        bench.device->Reset(1);
        ExpectResetValues(bench.device.get(), bench.config);
      }
      bench.Configure();
      ExpectWorks();
    }
  }
}

struct Hang {
  const char* name;
  AxiFault::Kind kind;
  int port;  // 0 read, 1 fetch, 2 write
  uint32_t engine, index;
};

TEST_F(ShellControl, WatchdogNamesTheOldestUnfinishedInstruction) {
  using Kind = AxiFault::Kind;
  const AxiFault none;
  // Instruction 0 finishes, 1 is the load that hangs, 2 the store that waits for 0 alone and hangs.
  const std::vector<Instruction> code = {
      With(MakeTransfer(Opcode::kLoadAct, kData, 64), {{field::kPush, kToStore}}),
      MakeTransfer(Opcode::kLoadAct, kData + 0x1000, 700),
      With(MakeTransfer(Opcode::kStore, kOut, 64), {{field::kPopLoad, 1}})};
  const Hang hangs[] = {{"read without an answer", Kind::kNoResponse, 0, 0, 1},
                        {"read address never taken", Kind::kNotReady, 0, 0, 0},
                        {"fetch without an answer", Kind::kNoResponse, 1, 4, 0},
                        {"fetch address never taken", Kind::kNotReady, 1, 4, 0},
                        {"write without an answer", Kind::kNoResponse, 2, 3, 2},
                        {"write never taken", Kind::kNotReady, 2, 3, 2}};
  bench.device->WriteReg(reg::kWatchdog, 500);
  for (const Hang& h : hangs) {
    SCOPED_TRACE(h.name);
    AxiFault fault{h.kind};
    if (h.port == 0 && h.kind == Kind::kNoResponse)
      fault.first = kData + 0x1000, fault.last = kData + 0x1FFF;
    bench.device->SetFaults(h.port == 0 ? fault : none, h.port == 1 ? fault : none,
                            h.port == 2 ? fault : none);
    bench.device->SetTiming({20, false, 1});
    const Outcome o = bench.Run(code);
    EXPECT_TRUE(o.interrupted);
    EXPECT_EQ(o.status, kDone | kError | kDraining) << o;
    EXPECT_EQ(o.code, ErrorCode::kWatchdog) << o;
    EXPECT_EQ(o.engine, h.engine) << o;
    EXPECT_EQ(o.index, h.index) << o;

    // The bus never answers: a start waits, until the watchdog ends that too.
    bench.device->WriteReg(reg::kIrqStatus, 3);
    bench.device->WriteReg(reg::kCtrl, reg::kCtrlStart);
    EXPECT_EQ(bench.Status(), kBusy | kDraining);
    EXPECT_TRUE(bench.device->WaitInterrupt(2000));
    EXPECT_EQ(bench.Status(), kDone | kError | kDraining);
    EXPECT_EQ(bench.device->ReadReg(reg::kError),
              0x400u + static_cast<uint32_t>(ErrorCode::kWatchdog));

    // A hardware reset (of the bus as well) always works.
    bench.device->SetFaults(none, none, none);
    bench.device->Reset();
    bench.Configure();
    ExpectWorks();
    bench.device->WriteReg(reg::kWatchdog, 500);
  }
}

TEST_F(ShellControl, StartAfterAWatchdogWaitsForALateBus) {
  bench.device->SetTiming({3000, false, 1});
  bench.device->WriteReg(reg::kWatchdog, 0);
  bench.Start(Copy());
  bench.device->Idle(3100);  // fetched, the load's bursts are open
  bench.device->WriteReg(reg::kWatchdog, 200);
  EXPECT_TRUE(bench.device->WaitInterrupt(2000));
  EXPECT_EQ(bench.Status(), kDone | kError | kDraining);
  EXPECT_EQ(bench.device->ReadReg(reg::kErrorPc), 0u);
  bench.device->WriteReg(reg::kProgLen, 77);  // refused while the bus drains
  EXPECT_EQ(bench.device->ReadReg(reg::kProgLen), 2u);
  bench.device->WriteReg(reg::kWatchdog, 0);
  bench.Restart();
  EXPECT_EQ(bench.Status(), kBusy | kDraining);
  ExpectDone(bench.Finish());
  const Timeline model = Simulate(Copy(), bench.config, MemoryTiming{3000});
  EXPECT_EQ(bench.Get64(reg::kCntTotal),
            static_cast<uint64_t>(model.total));  // counted from the real start
}

TEST_F(ShellControl, ErrorWaitsForTheBusToDrain) {
  bench.device->SetTiming({1000, false, 1});
  // Loads in flight when the bad opcode (fetched with them) is found: BUSY and DRAINING until their
  // data have come.
  bench.Start(
      {MakeTransfer(Opcode::kLoadAct, kData, 1024), Make(Opcode::kSyncLoad), Instruction{}});
  bench.device->Idle(1100);
  EXPECT_EQ(bench.Status(), kBusy | kDraining);
  ExpectError(bench.Finish(), ErrorCode::kBadOpcode, 4, 2);
  ExpectWorks();
}

TEST_F(ShellControl, WatchdogLetsWorkThatProgressesRun) {
  // A Fill of 1024 cycles and a load of 1000 cycles' latency, with a watchdog between the two.
  bench.device->WriteReg(reg::kWatchdog, 400);
  bench.device->SetTiming({300, false, 1});
  ExpectDone(
      bench.Run({MakeTransfer(Opcode::kFill, 0, 8192), MakeTransfer(Opcode::kLoadAct, kData, 8)}));
  bench.device->SetTiming({500, false, 1});
  ExpectDone(bench.Run({}));
  const Outcome o = bench.Run({MakeTransfer(Opcode::kFill, 0, 8192)});
  EXPECT_EQ(o.code, ErrorCode::kWatchdog);  // the fetch takes 500 cycles
  EXPECT_EQ(o.engine, 4u);
}

TEST_F(ShellControl, TellsItsParameters) {
  const HwConfig& c = bench.config;
  EXPECT_EQ(bench.device->ReadReg(reg::kId), reg::kIdValue);
  EXPECT_EQ(bench.device->ReadReg(reg::kVersion), reg::kVersionValue);
  EXPECT_EQ(bench.device->ReadReg(reg::kParam0), 0x02010202u);  // LANES 2, WPORT 1, COLS 2, ROWS 2
  EXPECT_EQ(bench.device->ReadReg(reg::kParam1), 0x00040008u);  // ACT_GROUPS 4, ACT_KIB 8
  EXPECT_EQ(bench.device->ReadReg(reg::kParam2), 0x00010001u);
  EXPECT_EQ(bench.device->ReadReg(reg::kParam3), 0x00010004u);  // KTAB_KIB 1, ACC_DEPTH 4
  EXPECT_EQ(bench.device->ReadReg(reg::kParam4), 0x04200040u);  // IDs 4, addresses 32, data 64 bits
  EXPECT_EQ(bench.device->ReadReg(reg::kParam5),
            0x033F0804u);  // DATAFLOWS 1, ROW_SUM 1, 63, OUTSTANDING 8, QUEUE 4
  EXPECT_EQ(bench.device->ReadReg(reg::kParam6), 0x303u);  // ADD_UNIT, POST_ACT, TAPS 3
  EXPECT_EQ(c.queue_depth, 4);
}

}  // namespace
}  // namespace systole
