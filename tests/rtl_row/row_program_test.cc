// Programs with RowConvs on the SystemC platform and on the whole verilated RTL (ENGINE = 1):
// random ones in every stamp and counter, crowded ones in the error they end with, ones that define
// what they read in every byte. Skipped where the configuration's RTL library does not exist.
#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "tb/rtl_library.h"
#include "tests/rtl_row/row_reference.h"
#include "tests/systemc/tlm_fixture.h"
#include "tests/timing/crowded_program.h"

namespace systole::rtl_row {
namespace {

using systole::testing::Execute;
using systole::testing::kDataBase;
using systole::testing::kKtabBase;
using systole::testing::Make;
using systole::testing::MakeTransfer;
using systole::testing::Outcome;
using systole::testing::ReadReg64;
using systole::testing::With;

HwConfig RowConfig(int shape) {
  HwConfig c;
  c.engine = 1;
  c.row_sum = c.taps = 0;
  c.rs_rows = 12, c.rs_cols = 14;
  c.ifmap_spad = 32, c.wgt_spad = 64, c.psum_spad = 16;
  if (shape == 1) {
    c.rows = c.cols = 8, c.lanes = 3;
    c.rs_rows = 5, c.rs_cols = 7;
    c.ifmap_spad = 16, c.wgt_spad = 30, c.psum_spad = 3;
  }
  Validate(c);
  return c;
}

class RowProgramTest : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    try {
      rtl_ = OpenRtl(config_, RtlVariant::kPlain, {"+systole_any_program"});
    } catch (const InputError& e) {
      GTEST_SKIP() << e.what();
    }
  }

  void Open(int latency) {
    rtl_->SetTiming({latency, false, 1});
    tlm_ = std::make_unique<TlmDevice>(config_, MemoryTiming{latency});
    systole::testing::WriteKtabAndData(rtl_.get(), config_, 1);
    systole::testing::WriteKtabAndData(tlm_.get(), config_, 1);
  }

  // Both run `code`; a program that ends well agrees in every stamp and counter.
  void RunBoth(const std::vector<Instruction>& code, const std::string& what) {
    const std::vector<Observation> none;
    rtl_->Idle(300);
    rtl_->Record(&code, &none);
    tlm_->Record(&code, &none);
    const Outcome rtl = Execute(rtl_.get(), code), tlm = Execute(tlm_.get(), code);
    ASSERT_TRUE(rtl.interrupt && tlm.interrupt) << what;
    ASSERT_EQ(static_cast<int>(rtl.error), static_cast<int>(tlm.error)) << what;
    ASSERT_EQ(rtl.engine, tlm.engine) << what;
    ASSERT_EQ(rtl.pc, tlm.pc) << what;
    if (rtl.error != ErrorCode::kNone) {
      ++failed_;
      return;
    }
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

  const HwConfig config_ = RowConfig(GetParam());
  std::unique_ptr<RtlDevice> rtl_;
  std::unique_ptr<TlmDevice> tlm_;
  int failed_ = 0;
};

TEST_P(RowProgramTest, RandomPrograms) {
  for (int latency : {1, 20, 100}) {
    Open(latency);
    std::vector<Instruction> fill;
    for (uint64_t half = 0; half < 2; ++half) {
      const auto bytes = static_cast<uint64_t>(config_.ActBytes() / 2);
      fill.push_back(With(MakeTransfer(Opcode::kFill, 0, bytes),
                          {{field::kLsBuf, half * bytes}, {field::kLsFill, 3}}));
    }
    RunBoth(fill, "fill");
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      RandomRows random(config_, seed);
      const auto code =
          WithRows(systole::testing::RandomProgram(config_, seed)
                       .Make(10 + static_cast<int>(seed) * 4, systole::testing::Tokens::kEarlier),
                   &random);
      RunBoth(code, "latency " + std::to_string(latency) + ", seed " + std::to_string(seed));
      if (HasFailure()) return;
    }
  }
  EXPECT_LT(failed_, 20);
}

TEST_P(RowProgramTest, EnginesInEachOthersWay) {
  Open(20);
  for (uint32_t seed = 1; seed <= 120; ++seed) {
    RandomRows random(config_, seed);
    auto code = WithRows(systole::testing::CrowdedProgram(config_, seed), &random);
    if (seed % 3 == 0) {  // inputs near the buffer's end, offset rows that are not there
      for (Instruction& i : code) {
        if (i.opcode() != Opcode::kRowConv) continue;
        i.Set(field::kRcBase, static_cast<uint64_t>(config_.ActBytes() - random.In(1, 300)));
        if (random.Chance(30)) i.Set(field::kRcKtab, 3);
      }
    }
    RunBoth(code, "seed " + std::to_string(seed));
    if (HasFailure()) return;
  }
  EXPECT_GT(failed_, 20);
  EXPECT_LT(failed_, 118);
}

// One field of a legal RowConv changed: the same refusal, or the same run.
TEST_P(RowProgramTest, Checks) {
  Open(20);
  RandomRows random(config_, 1);
  const Field fields[] = {field::kRcM0,   field::kRcM2,      field::kRcM3,        field::kRcC1,
                          field::kRcC2,   field::kRcR1,      field::kRcS1,        field::kRcQ1,
                          field::kRcHs,   field::kRcWs,      field::kRcNx,        field::kRcNy,
                          field::kRcNb,   field::kRcKslices, field::kRcAccBase,   field::kRcJBase,
                          field::kRcKtab, field::kRcWgtRow,  field::kRcDepthwise, field::kPush};
  for (int k = 0; k < 300; ++k) {
    Instruction i = random.RowConv();
    i.Set(field::kRcKtab, 0);
    i.Set(field::kRcBase, i.Get(field::kRcBase) / 8);
    i.Set(field::kPush, 0);
    const Field f = fields[k % std::size(fields)];
    const uint64_t most = (uint64_t{1} << f.width) - 1;
    i.Set(f, k % 3 == 0 ? 0 : static_cast<uint64_t>(random.In(0, static_cast<int>(most))));
    RunBoth({MakeTransfer(Opcode::kLoadKtab, kKtabBase,
                          systole::testing::kKtabRows *
                              static_cast<uint64_t>(PaddedRowBytes(Opcode::kLoadKtab, config_))),
             i},
            "case " + std::to_string(k));
    if (HasFailure()) return;
  }
  RunBoth({systole::testing::MakeMatmul(1, 1, 1)}, "a Matmul");
  EXPECT_GT(failed_, 100);
  EXPECT_LT(failed_, 280);
}

// What a RowConv leaves, through POST to memory: byte for byte.
TEST_P(RowProgramTest, Bytes) {
  Open(20);
  const uint64_t act = static_cast<uint64_t>(config_.ActBytes()),
                 wgt = static_cast<uint64_t>(config_.WgtRows() *
                                             PaddedRowBytes(Opcode::kLoadWgt, config_)),
                 par = static_cast<uint64_t>(config_.ParRows() *
                                             PaddedRowBytes(Opcode::kLoadPar, config_)),
                 ktab = systole::testing::kKtabRows *
                        static_cast<uint64_t>(PaddedRowBytes(Opcode::kLoadKtab, config_)),
                 out = kDataBase + 0x100000;
  std::mt19937 bytes(7);
  std::vector<uint8_t> data(std::max({act, wgt, par}));
  for (uint8_t& b : data) b = static_cast<uint8_t>(bytes());
  for (Device* d : {static_cast<Device*>(rtl_.get()), static_cast<Device*>(tlm_.get())})
    d->WriteMemory(kDataBase, data.data(), data.size());
  int different = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    RandomRows random(config_, seed);
    Instruction row = random.RowConv();
    row.Set(field::kRcKtab, 0);
    row.Set(field::kRcBase, row.Get(field::kRcBase) / 8);
    row.Set(field::kRcFirst, 1);
    row.Set(field::kPush, systole::testing::kToPost);
    row.Set(field::kPopLoad, 1);
    const uint64_t channels = row.Get(field::kRcM2) * row.Get(field::kRcM0),
                   columns = row.Get(field::kRcQ1) * row.Get(field::kRcM3),
                   positions =
                       row.Get(field::kRcNx) * row.Get(field::kRcNy) * row.Get(field::kRcNb);
    const Instruction post =
        Make(Opcode::kPost, {{field::kPopMatmul, 1},
                             {field::kPush, systole::testing::kToStore},
                             {field::kPoHalf, row.Get(field::kRcHalf)},
                             {field::kPoAccBase, row.Get(field::kRcAccBase)},
                             {field::kPoNx, columns},
                             {field::kPoNy, positions},
                             {field::kPoEsX, 1},
                             {field::kPoEsY, static_cast<uint64_t>(config_.cols)},
                             {field::kPoNtx, 1},
                             {field::kPoNty, 1},
                             {field::kPoCol, row.Get(field::kRcJBase)},
                             {field::kPoNchan, channels},
                             {field::kPoSx, channels},
                             {field::kPoSy, channels * columns},
                             {field::kPoLo, 0x80},
                             {field::kPoHi, 0x7F}});
    const uint64_t size = channels * columns * positions;
    const std::vector<Instruction> code{
        MakeTransfer(Opcode::kLoadAct, kDataBase, act),
        MakeTransfer(Opcode::kLoadKtab, kKtabBase, ktab),
        MakeTransfer(Opcode::kLoadWgt, kDataBase, wgt),
        With(MakeTransfer(Opcode::kLoadPar, kDataBase, par),
             {{field::kPush, systole::testing::kToMatmul}}),
        row,
        post,
        With(MakeTransfer(Opcode::kStore, out, size), {{field::kPopPost, 1}})};
    RunBoth(code, "seed " + std::to_string(seed));
    if (HasFailure()) return;
    ASSERT_EQ(failed_, 0) << "seed " << seed;
    std::vector<uint8_t> got[2] = {std::vector<uint8_t>(size), std::vector<uint8_t>(size)};
    rtl_->ReadMemory(out, got[0].data(), size);
    tlm_->ReadMemory(out, got[1].data(), size);
    ASSERT_EQ(got[0], got[1]) << "seed " << seed;
    different +=
        std::adjacent_find(got[0].begin(), got[0].end(), std::not_equal_to<>()) != got[0].end();
  }
  EXPECT_GT(different, 5);  // not all of them saturated
}

INSTANTIATE_TEST_SUITE_P(Configurations, RowProgramTest, ::testing::Range(0, 2));

}  // namespace
}  // namespace systole::rtl_row
