// The SystemC platform and the verilated RTL side by side, each driven by the same register writes:
// random programs (every stamp, every counter; their bytes are not compared, as they read
// accumulators that nothing defined) and programs that fail (code, engine, instruction). Skipped,
// with the command that builds it, where the configuration's RTL library does not exist.
#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "tb/rtl_library.h"
#include "tests/systemc/tlm_fixture.h"

namespace systole {
namespace {

using testing::Execute;
using testing::kCodeBase;
using testing::kDataBase;
using testing::kToMatmul;
using testing::kToPost;
using testing::kToStore;
using testing::Make;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::Outcome;
using testing::Prepare;
using testing::ReadReg64;
using testing::StartAndWait;
using testing::With;

class AgainstRtl : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    switch (GetParam()) {
      case 1:
        config_.rows = 12, config_.cols = 14;
        break;
      case 2:
        config_.rows = 5, config_.cols = 7, config_.lanes = 7;
        break;
      case 3:
        config_.rows = 8, config_.cols = 8, config_.wport = 2, config_.lanes = 4;
        break;
      case 4:
        config_.rows = 5, config_.cols = 7, config_.lanes = 7, config_.dataflows = 7;
        break;
      default:
        break;
    }
    try {
      rtl_ = OpenRtl(config_, RtlVariant::kPlain, {"+systole_any_program"});
    } catch (const InputError& e) {
      GTEST_SKIP() << e.what();
    }
  }

  void Open(int latency) {
    rtl_->SetFaults({}, {}, {});
    rtl_->SetTiming({latency, false, 1});
    tlm_ = std::make_unique<TlmDevice>(config_, MemoryTiming{latency});
    testing::WriteKtabAndData(rtl_.get(), config_, 1);
    testing::WriteKtabAndData(tlm_.get(), config_, 1);
  }

  void ExpectSame(const Outcome& rtl, const Outcome& tlm, const std::string& what) {
    ASSERT_TRUE(rtl.interrupt) << what;
    ASSERT_TRUE(tlm.interrupt) << what;
    EXPECT_EQ(static_cast<int>(rtl.error), static_cast<int>(tlm.error)) << what;
    EXPECT_EQ(rtl.engine, tlm.engine) << what;
    EXPECT_EQ(rtl.pc, tlm.pc) << what;
    const uint32_t bits = reg::kStatusDone | reg::kStatusError | reg::kStatusBusy;
    EXPECT_EQ(rtl.status & bits, tlm.status & bits) << what;
  }

  // Both run `code`; a program that ends well must agree in everything.
  void RunBoth(const std::vector<Instruction>& code, const std::string& what) {
    const std::vector<Observation> none;
    rtl_->Idle(300);  // what a failed run left in the pipelines retires before anything is recorded
    rtl_->Record(&code, &none);
    tlm_->Record(&code, &none);
    const Outcome rtl = Execute(rtl_.get(), code), tlm = Execute(tlm_.get(), code);
    ExpectSame(rtl, tlm, what);
    if (HasFatalFailure() || rtl.error != ErrorCode::kNone) return;
    for (size_t j = 0; j < code.size(); ++j) {
      ASSERT_EQ(rtl_->record().stamps[j].issue, tlm_->record().stamps[j].issue)
          << what << ", issue of " << j;
      ASSERT_EQ(rtl_->record().stamps[j].retire, tlm_->record().stamps[j].retire)
          << what << ", retire of " << j;
    }
    for (uint32_t offset = reg::kCntFirst; offset < reg::kCntEnd; offset += 8) {
      ASSERT_EQ(ReadReg64(rtl_.get(), offset), ReadReg64(tlm_.get(), offset))
          << what << ", counter 0x" << std::hex << offset;
    }
  }

  HwConfig config_;
  std::unique_ptr<RtlDevice> rtl_;
  std::unique_ptr<TlmDevice> tlm_;
};

TEST_P(AgainstRtl, RandomPrograms) {
  for (int latency : {1, 20, 100}) {
    Open(latency);
    // The activation buffer is defined before it is read.
    std::vector<Instruction> fill;
    for (int half = 0; half < 2; ++half) {
      fill.push_back(
          With(MakeTransfer(Opcode::kFill, 0, static_cast<uint64_t>(config_.ActBytes() / 2)),
               {{field::kLsBuf, static_cast<uint64_t>(half * config_.ActBytes() / 2)},
                {field::kLsFill, 3}}));
    }
    RunBoth(fill, "fill");
    for (uint32_t seed = 1; seed <= 12; ++seed) {
      const auto code = testing::RandomProgram(config_, seed)
                            .Make(10 + static_cast<int>(seed) * 6, testing::Tokens::kEarlier);
      RunBoth(code, "latency " + std::to_string(latency) + ", seed " + std::to_string(seed));
      if (HasFailure()) return;
    }
  }
}

TEST_P(AgainstRtl, DeadlocksAndLaterTokens) {
  Open(20);
  for (uint32_t seed = 3001; seed <= 3060; ++seed) {
    const auto code = testing::RandomProgram(config_, seed)
                          .Make(8 + static_cast<int>(seed % 28), testing::Tokens::kAnywhere);
    RunBoth(code, "seed " + std::to_string(seed));
    if (HasFailure()) return;
  }
}

TEST_P(AgainstRtl, Errors) {
  Open(20);
  const Instruction load = MakeTransfer(Opcode::kLoadAct, kDataBase, 600);
  const Instruction store =
      With(MakeTransfer(Opcode::kStore, kDataBase, 600), {{field::kLsBuf, 9000}});
  Instruction unknown;
  unknown.Set(field::kOpcode, 0x25);
  const Instruction post =
      With(MakePost(8),
           {{field::kPoAccBase, static_cast<uint64_t>(config_.acc_depth - 8)}, {field::kPoEsX, 1}});
  const std::vector<std::vector<Instruction>> programs{
      {load, Instruction{}, load},
      {load, unknown},
      {load, With(load, {{field::kLsBytes, 0}})},
      {load, store, With(store, {{field::kLsAddr, kDataBase + 4}})},
      {load, With(load, {{field::kPopLoad, 1}})},
      {Make(Opcode::kSyncPost, {{field::kPush, 1}})},
      {Make(Opcode::kSyncMatmul, {{field::kPush, 1}})},
      {MakeMatmul(1, 1, static_cast<uint64_t>(config_.cols + 1))},
      {MakeMatmul(1, 1, 1), With(MakeMatmul(1, 1, 1), {{field::kMmDataflow, 1}})},
      {MakeMatmul(1, 1, 1), With(MakeMatmul(1, 1, 1), {{field::kMmDataflow, 2}})},
      {MakeMatmul(static_cast<uint64_t>(config_.acc_depth + 1), 1, 1)},
      {With(MakePost(1), {{field::kPoRounding, 6}})},
      {With(MakePost(1), {{field::kPoNchan, static_cast<uint64_t>(config_.cols + 1)}})},
      {With(load, {{field::kLsBuf, static_cast<uint64_t>(config_.ActBytes() - 599)}})},
      {With(load, {{field::kLsBuf, static_cast<uint64_t>(config_.ActBytes() - 600)}})},
      {post, With(post, {{field::kPoNx, 9}})},
      {load, MakePost(1), Make(Opcode::kSyncMatmul, {{field::kPopPost, 1}})},
      {Make(Opcode::kSyncStore, {{field::kPopLoad, 1}}), With(load, {{field::kPush, kToStore}})},
      std::vector<Instruction>(300, With(MakePost(1), {{field::kPush, kToStore}})),
      {MakeMatmul(100, 1, 1), With(store, {{field::kLsBuf, 1000}})},
      {MakeMatmul(100, 1, 1), store},
      {With(MakePost(100), {{field::kPoOut, 50}, {field::kPoSx, 1}}), load},
      {With(MakePost(100), {{field::kPoOut, 9000}, {field::kPoSx, 1}}), load},
      {With(MakeMatmul(50, 2, 1), {{field::kMmFirst, 1}}), MakePost(200)},
      {With(MakeMatmul(50, 2, 1), {{field::kMmFirst, 1}}),
       With(MakePost(200), {{field::kPoHalf, 1}})},
      {With(MakeMatmul(2, 1, 1),
            {{field::kMmKlast, 2}, {field::kMmKtab, 5}})},  // empty offset row: lanes in one bank
      {With(MakeMatmul(10, 1, 1), {{field::kMmBase, static_cast<uint64_t>(config_.ActBytes() - 10)},
                                   {field::kMmStrideX, 1},
                                   {field::kMmKtab, 5}})},
      {With(MakeMatmul(10, 1, 1), {{field::kMmBase, static_cast<uint64_t>(config_.ActBytes() - 9)},
                                   {field::kMmStrideX, 1},
                                   {field::kMmKtab, 5}})},
      {With(MakeMatmul(20, 1, 1), {{field::kMmFirst, 1}}),
       With(MakeMatmul(20, 1, 1), {{field::kMmAccBase, 18}})},
      {With(MakeMatmul(20, 1, 1), {{field::kMmFirst, 1}}),
       With(MakeMatmul(20, 1, 1), {{field::kMmAccBase, 17}})},
      {},
  };
  int failed = 0;
  for (size_t k = 0; k < programs.size(); ++k) {
    // Good offset rows from 0, row 5 is zero.
    const uint64_t row = static_cast<uint64_t>(PaddedRowBytes(Opcode::kLoadKtab, config_));
    const std::vector<Instruction> rows{
        MakeTransfer(Opcode::kLoadKtab, testing::kKtabBase, testing::kKtabRows * row),
        With(MakeTransfer(Opcode::kLoadKtab, 0x40000000, row), {{field::kLsBuf, 5}})};
    RunBoth(rows, "offset rows");
    RunBoth(programs[k], "program " + std::to_string(k));
    if (tlm_->ReadReg(reg::kStatus) & reg::kStatusError) ++failed;
  }
  // Output- and input-stationary Matmuls are refused where they are not built.
  EXPECT_EQ(failed, config_.dataflows > 1 ? 21 : 23);
}

TEST_P(AgainstRtl, Windows) {
  Open(20);
  const Instruction load = MakeTransfer(Opcode::kLoadAct, kDataBase, 600);
  const Instruction store =
      With(MakeTransfer(Opcode::kStore, kDataBase, 600), {{field::kLsBuf, 9000}});
  struct Case {
    std::vector<Instruction> code;
    uint32_t low_register;
    uint64_t value;
  };
  const std::vector<Case> cases{
      {{load, load}, reg::kRdLastLo, kDataBase + 598},
      {{load, load}, reg::kRdLastLo, kDataBase + 599},
      {{load, store}, reg::kWrBaseLo, kDataBase + 8},
      {{load, store}, reg::kWrLastLo, kDataBase + 598},
      {{load, store}, reg::kWrLastLo, kDataBase + 599},
      {std::vector<Instruction>(20, MakePost(1)), reg::kRdLastLo, kCodeBase + 20 * 32 - 2},
      {std::vector<Instruction>(20, MakePost(1)), reg::kRdLastLo, kCodeBase + 20 * 32 - 1},
      {std::vector<Instruction>(20, MakePost(1)), reg::kRdBaseLo, kCodeBase + 1},
      {{MakePost(1)}, reg::kProgLo, kCodeBase + 32},
  };
  for (size_t k = 0; k < cases.size(); ++k) {
    Outcome outcome[2];
    Device* const devices[2] = {rtl_.get(), tlm_.get()};
    const std::vector<Observation> none;
    rtl_->Record(&cases[k].code, &none);
    for (int d = 0; d < 2; ++d) {
      Prepare(devices[d], cases[k].code);
      testing::WriteReg64(devices[d], cases[k].low_register, cases[k].value);
      outcome[d] = StartAndWait(devices[d]);
    }
    ExpectSame(outcome[0], outcome[1], "case " + std::to_string(k));
  }
}

TEST_P(AgainstRtl, ErrorResponsesAndSilence) {
  Open(20);
  const Instruction load = MakeTransfer(Opcode::kLoadAct, kDataBase, 600);
  const Instruction store =
      With(MakeTransfer(Opcode::kStore, kDataBase, 600), {{field::kLsBuf, 9000}});
  for (AxiFault::Kind kind : {AxiFault::Kind::kError, AxiFault::Kind::kNoResponse}) {
    AxiFault data, code;
    data.kind = code.kind = kind;
    data.first = kDataBase + 256, data.last = kDataBase + 300;
    code.first = kCodeBase + 256, code.last = kCodeBase + 511;
    const AxiFault none;
    struct Case {
      std::vector<Instruction> program;
      AxiFault read, fetch, write;
    };
    const std::vector<Case> cases{
        {{store, load, load}, data, none, none},
        {{load, load, store}, none, none, data},
        {std::vector<Instruction>(20, MakePost(1)), none, code, none},
        {{MakePost(1), load, MakePost(3), With(load, {{field::kPush, kToMatmul}}),
          Make(Opcode::kSyncMatmul, {{field::kPopLoad, 1}})},
         data,
         none,
         none}};
    for (size_t k = 0; k < cases.size(); ++k) {
      rtl_->SetFaults(cases[k].read, cases[k].fetch, cases[k].write);
      tlm_->SetFaults(cases[k].read, cases[k].fetch, cases[k].write);
      const std::vector<Observation> no;
      rtl_->Record(&cases[k].program, &no);
      const Outcome rtl = Execute(rtl_.get(), cases[k].program, 1000),
                    tlm = Execute(tlm_.get(), cases[k].program, 1000);
      ExpectSame(rtl, tlm,
                 "kind " + std::to_string(static_cast<int>(kind)) + ", case " + std::to_string(k));
      EXPECT_NE(tlm.status & reg::kStatusError, 0u);
      EXPECT_EQ(rtl.status & reg::kStatusDraining, tlm.status & reg::kStatusDraining) << k;
      rtl_->SetFaults({}, {}, {});
      tlm_->SetFaults({}, {}, {});
      rtl_->Reset();
      tlm_->Reset();
    }
  }
}

TEST_P(AgainstRtl, WatchdogsAroundTheLatency) {
  Open(20);
  const std::vector<Instruction> code{
      MakeTransfer(Opcode::kLoadAct, kDataBase, 600), MakePost(5),
      With(MakeTransfer(Opcode::kStore, kDataBase, 64), {{field::kLsBuf, 9000}})};
  const std::vector<Observation> none;
  int fired = 0;
  for (uint32_t watchdog = 1; watchdog <= 30; ++watchdog) {
    rtl_->Record(&code, &none);
    const Outcome rtl = Execute(rtl_.get(), code, watchdog),
                  tlm = Execute(tlm_.get(), code, watchdog);
    ExpectSame(rtl, tlm, "watchdog " + std::to_string(watchdog));
    fired += (tlm.status & reg::kStatusError) != 0;
    rtl_->Reset();
    tlm_->Reset();
  }
  EXPECT_GT(fired, 5);
  EXPECT_LT(fired, 25);
}

INSTANTIATE_TEST_SUITE_P(Configurations, AgainstRtl, ::testing::Range(0, 5));

}  // namespace
}  // namespace systole
