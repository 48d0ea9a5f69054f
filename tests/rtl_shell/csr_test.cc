// systole_csr alone: register conversations over AXI4-Lite, with everything the driver never does.
#include <Vcsr.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>

#include "sw/isa/registers.h"

namespace systole {
namespace {

constexpr uint32_t kOkay = 0, kSlverr = 2;

class Csr : public ::testing::Test {
 protected:
  Csr() : dut_(std::make_unique<Vcsr>()) {
    dut_->rst_ni = 0;
    dut_->clk_i = 0;
    dut_->bready_i = dut_->rready_i = 1;
    Step();
    dut_->rst_ni = 1;
    Step();
  }
  // One clock cycle; outputs are those of the cycle that begins.
  void Step() {
    dut_->eval();
    dut_->clk_i = 1;
    dut_->eval();
    dut_->clk_i = 0;
    dut_->eval();
  }
  // Returns the response.
  uint32_t Write(uint32_t at, uint32_t value, uint32_t strobes = 15) {
    dut_->awaddr_i = at, dut_->wdata_i = value, dut_->wstrb_i = strobes;
    dut_->awvalid_i = dut_->wvalid_i = 1;
    dut_->eval();
    EXPECT_TRUE(dut_->awready_o && dut_->wready_o);
    started_ = dut_->start_o, reset_ = dut_->soft_reset_o;
    Step();
    dut_->awvalid_i = dut_->wvalid_i = 0;
    dut_->eval();
    EXPECT_FALSE(dut_->start_o || dut_->soft_reset_o);  // pulses
    EXPECT_TRUE(dut_->bvalid_o);
    const uint32_t response = dut_->bresp_o;
    Step();
    EXPECT_FALSE(dut_->bvalid_o);
    return response;
  }
  uint32_t Read(uint32_t at, uint32_t* response = nullptr) {
    dut_->araddr_i = at;
    dut_->arvalid_i = 1;
    dut_->eval();
    EXPECT_TRUE(dut_->arready_o);
    Step();
    dut_->arvalid_i = 0;
    EXPECT_TRUE(dut_->rvalid_o);
    const uint32_t value = dut_->rdata_o;
    if (response != nullptr) *response = dut_->rresp_o;
    Step();
    EXPECT_FALSE(dut_->rvalid_o);
    return value;
  }

  std::unique_ptr<Vcsr> dut_;
  bool started_ = false, reset_ = false;
};

const uint32_t kConfiguration[] = {reg::kProgLo,   reg::kProgHi,   reg::kProgLen,  reg::kRdBaseLo,
                                   reg::kRdBaseHi, reg::kRdLastLo, reg::kRdLastHi, reg::kWrBaseLo,
                                   reg::kWrBaseHi, reg::kWrLastLo, reg::kWrLastHi};

TEST_F(Csr, ConfigurationIsZeroAfterResetAndHoldsWhatIsWritten) {
  for (const uint32_t at : kConfiguration) EXPECT_EQ(Read(at), 0u) << at;
  uint32_t value = 0x12345678;
  for (const uint32_t at : kConfiguration) EXPECT_EQ(Write(at, value += 0x01010101), kOkay);
  EXPECT_EQ(Write(reg::kWatchdog, 77), kOkay);
  value = 0x12345678;
  for (const uint32_t at : kConfiguration) EXPECT_EQ(Read(at), value += 0x01010101) << at;
  EXPECT_EQ(Read(reg::kWatchdog), 77u);
  EXPECT_EQ(dut_->watchdog_o, 77u);
  EXPECT_EQ(dut_->prog_o, 0x1436587A'13355779ull);  // 0x12345678 + 1 and 2 times 0x01010101
  EXPECT_EQ(dut_->prog_len_o, 0x1537597Bu);         // 3 times
}

TEST_F(Csr, PartialStrobesWriteTheirBytesAlone) {
  for (const uint32_t at : kConfiguration) {
    for (uint32_t strobes = 0; strobes < 16; ++strobes) {
      ASSERT_EQ(Write(at, 0x44332211), kOkay);
      ASSERT_EQ(Write(at, 0xDDCCBBAA, strobes), kOkay);
      uint32_t expected = 0;
      for (int b = 0; b < 4; ++b)
        expected |= ((strobes >> b & 1 ? 0xDDCCBBAAu : 0x44332211u) >> (8 * b) & 0xFF) << (8 * b);
      ASSERT_EQ(Read(at), expected) << "register " << at << " strobes " << strobes;
    }
  }
  EXPECT_EQ(Write(reg::kCtrl, 1, 14), kOkay);  // the START bit's byte is not written
  EXPECT_FALSE(started_);
  EXPECT_EQ(Write(reg::kIrqEnable, 3, 2), kOkay);
  EXPECT_EQ(Read(reg::kIrqEnable), 0u);
}

TEST_F(Csr, LowAddressBitsAreIgnored) {
  Write(reg::kProgLen, 9);
  for (uint32_t i = 0; i < 4; ++i) EXPECT_EQ(Read(reg::kProgLen + i), 9u);
}

TEST_F(Csr, UnmappedAndReadOnlyAnswerWithAnError) {
  uint32_t response = 0;
  for (uint32_t at = 0; at < 0x1000; at += 4) {
    const bool readable = at <= reg::kWrLastHi || (at >= reg::kParam0 && at <= reg::kParam6) ||
                          (at >= reg::kCntTotal && at < reg::kCntEnd);
    const bool writable = at == reg::kCtrl || at == reg::kIrqEnable || at == reg::kIrqStatus ||
                          (at >= reg::kProgLo && at <= reg::kWrLastHi);
    const uint32_t value = Read(at, &response);
    ASSERT_EQ(response, readable ? kOkay : kSlverr) << at;
    if (!readable) ASSERT_EQ(value, 0u) << at;
    if (at != reg::kCtrl) ASSERT_EQ(Write(at, 0xFFFFFFFF), writable ? kOkay : kSlverr) << at;
  }
  EXPECT_EQ(Read(reg::kId), reg::kIdValue);  // unharmed
  EXPECT_EQ(Read(reg::kCtrl, &response), 0u);
  EXPECT_EQ(response, kOkay);
}

TEST_F(Csr, ProgramAndWindowsAreLockedDuringARun) {
  for (const uint32_t at : kConfiguration) Write(at, at + 1);
  dut_->locked_i = 1;
  for (const uint32_t at : kConfiguration) {
    EXPECT_EQ(Write(at, 0), kSlverr);
    EXPECT_EQ(Read(at), at + 1);
  }
  EXPECT_EQ(Write(reg::kWatchdog, 5), kOkay);
  EXPECT_EQ(Write(reg::kIrqEnable, 3), kOkay);
  EXPECT_EQ(Write(reg::kIrqStatus, 3), kOkay);
}

TEST_F(Csr, StartAndSoftResetArePulses) {
  Write(reg::kCtrl, reg::kCtrlStart);
  EXPECT_TRUE(started_ && !reset_);
  Write(reg::kCtrl, reg::kCtrlSoftReset);
  EXPECT_TRUE(!started_ && reset_);
  Write(reg::kCtrl, reg::kCtrlStart | reg::kCtrlSoftReset);
  EXPECT_TRUE(!started_ && reset_);
  Write(reg::kCtrl, 0xFFFFFFFC);
  EXPECT_TRUE(!started_ && !reset_);
}

TEST_F(Csr, InterruptStatusIsSetByEventsAndClearedByOnes) {
  dut_->irq_set_i = 1;
  Step();
  dut_->irq_set_i = 0;
  EXPECT_EQ(Read(reg::kIrqStatus), 1u);
  EXPECT_FALSE(dut_->irq_o);
  Write(reg::kIrqEnable, 1);
  EXPECT_TRUE(dut_->irq_o);
  Write(reg::kIrqStatus, 2);
  EXPECT_EQ(Read(reg::kIrqStatus), 1u);
  // An event in the cycle of its clearing is not lost.
  dut_->irq_set_i = 1;
  dut_->awaddr_i = reg::kIrqStatus, dut_->wdata_i = 3, dut_->wstrb_i = 15,
  dut_->awvalid_i = dut_->wvalid_i = 1;
  Step();
  dut_->irq_set_i = 0, dut_->awvalid_i = dut_->wvalid_i = 0;
  Step();
  EXPECT_EQ(Read(reg::kIrqStatus), 1u);
  Write(reg::kIrqStatus, 1);
  EXPECT_FALSE(dut_->irq_o);
}

TEST_F(Csr, LowCounterWordKeepsItsHighWord) {
  for (uint32_t index = 0; index < (reg::kCntEnd - reg::kCntFirst) / 8; ++index) {
    dut_->value_i = 0x1111222233334444ull + index;
    dut_->araddr_i = reg::kCntTotal + 8 * index;
    dut_->eval();
    EXPECT_EQ(dut_->index_o, index);
    EXPECT_EQ(Read(reg::kCntTotal + 8 * index), 0x33334444u + index);
    dut_->value_i = 0x9999000000000000ull;
    EXPECT_EQ(Read(reg::kCntTotal + 8 * index + 4), 0x11112222u);
    EXPECT_EQ(Read(reg::kCntTotal + 8 * index + 4),
              0x11112222u);  // until the next low word is read
  }
}

TEST_F(Csr, WindowEndsAreCutToTheAddressBits) {
  Write(reg::kRdLastLo, 0x1000);
  Write(reg::kWrLastLo, 0xFFFFFFFF);
  EXPECT_EQ(dut_->rd_last_o, 0x1000u);
  Write(reg::kRdLastHi, 1);
  EXPECT_EQ(dut_->rd_last_o, 0xFFFFFFFFu);  // 32 address bits
  EXPECT_EQ(dut_->wr_last_o, 0xFFFFFFFFu);
  EXPECT_EQ(Read(reg::kRdLastHi), 1u);
}

TEST_F(Csr, TakesAddressAndDataInEitherOrder) {
  dut_->awaddr_i = reg::kProgLen, dut_->wdata_i = 123, dut_->wstrb_i = 15;
  for (const bool address_first : {true, false}) {
    (address_first ? dut_->awvalid_i : dut_->wvalid_i) = 1;
    dut_->eval();
    EXPECT_TRUE(dut_->awready_o && dut_->wready_o);
    Step();
    // Taken; what is at the port now is not looked at, and the next of its channel waits.
    dut_->awvalid_i = dut_->wvalid_i = 0;
    if (address_first) dut_->awaddr_i = reg::kWatchdog;
    if (!address_first) dut_->wdata_i = 55;
    for (int i = 0; i < 3; ++i) {
      dut_->eval();
      EXPECT_EQ(dut_->awready_o, !address_first);
      EXPECT_EQ(dut_->wready_o, address_first);
      EXPECT_FALSE(dut_->bvalid_o);
      Step();
    }
    (address_first ? dut_->wvalid_i : dut_->awvalid_i) = 1;
    Step();
    EXPECT_TRUE(dut_->bvalid_o);
    EXPECT_TRUE(dut_->awready_o && dut_->wready_o);
    dut_->awvalid_i = dut_->wvalid_i = 0;
    Step();
    EXPECT_EQ(Read(reg::kProgLen), 123u);
    EXPECT_EQ(Read(reg::kWatchdog), 0u);
    Write(reg::kProgLen, 0);
    dut_->awaddr_i = reg::kProgLen, dut_->wdata_i = 123;
  }
}

TEST_F(Csr, AnswersStayUntilTakenAndOneRequestIsTakenAhead) {
  dut_->bready_i = dut_->rready_i = 0;
  dut_->awaddr_i = 0xF00, dut_->wstrb_i = 15, dut_->awvalid_i = dut_->wvalid_i = 1;
  dut_->araddr_i = reg::kId, dut_->arvalid_i = 1;
  Step();
  dut_->awaddr_i = reg::kProgLen, dut_->wdata_i = 5;  // the next request is taken ...
  dut_->araddr_i = reg::kVersion;
  dut_->eval();
  EXPECT_TRUE(dut_->awready_o && dut_->wready_o && dut_->arready_o);
  Step();
  dut_->awaddr_i = 0xF00, dut_->wdata_i = 6, dut_->araddr_i = reg::kParam0;  // ... one more waits
  for (int i = 0; i < 4; ++i) {
    dut_->eval();
    EXPECT_TRUE(dut_->bvalid_o && dut_->rvalid_o);
    EXPECT_EQ(dut_->bresp_o, kSlverr);
    EXPECT_EQ(dut_->rdata_o, reg::kIdValue);
    EXPECT_FALSE(dut_->awready_o || dut_->wready_o || dut_->arready_o);
    Step();
  }
  EXPECT_EQ(dut_->prog_len_o, 0u);
  dut_->bready_i = dut_->rready_i = 1;
  dut_->eval();
  EXPECT_FALSE(dut_->awready_o || dut_->wready_o || dut_->arready_o);
  Step();
  EXPECT_EQ(dut_->bresp_o, kOkay);
  EXPECT_EQ(dut_->prog_len_o, 5u);
  EXPECT_EQ(dut_->rdata_o, reg::kVersionValue);
}

// One channel's requests as the port's rules have them: accepted while none is kept.
struct Requests {
  std::deque<uint32_t> kept;
  bool valid = false;
  uint32_t value = 0;

  void Offer(std::mt19937& random, uint32_t next) {
    if (valid) return;  // stays until taken
    valid = random() % 3 != 0;
    if (valid) value = next;
  }
  bool Ready() const { return kept.empty(); }
  bool There() const { return valid || !kept.empty(); }
  uint32_t First() const { return kept.empty() ? value : kept.front(); }
  // The end of the cycle; `done`: the first one was served.
  void End(bool done) {
    const bool accepted = valid && Ready();
    if (accepted) kept.push_back(value);
    if (accepted) valid = false;
    if (done) kept.pop_front();
  }
};

TEST_F(Csr, RandomPausesOnEveryChannelAndNoOutputFollowsAnInputInItsCycle) {
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Requests aw, w, ar;
    uint32_t prog_len = static_cast<uint32_t>(dut_->prog_len_o), written = 0, read = 0;
    bool b_waits = false, r_waits = false;
    uint32_t b_answer = 0, r_answer = 0;
    for (int cycle = 0; cycle < 2000; ++cycle) {
      aw.Offer(random, random() % 4 == 0 ? uint32_t{reg::kId} : uint32_t{reg::kProgLen});
      w.Offer(random, random());
      ar.Offer(random, random() % 4 == 0 ? uint32_t{reg::kId} : uint32_t{reg::kProgLen});
      const bool bready = random() % 3 != 0, rready = random() % 3 != 0;
      // First other inputs: nothing may follow them.
      uint32_t outputs[2][8];
      for (const int real : {0, 1}) {
        dut_->awvalid_i = real ? aw.valid : !aw.valid;
        dut_->wvalid_i = real ? w.valid : !w.valid;
        dut_->arvalid_i = real ? ar.valid : !ar.valid;
        dut_->awaddr_i = real ? aw.value : ~aw.value;
        dut_->wdata_i = real ? w.value : ~w.value;
        dut_->araddr_i = real ? ar.value : ~ar.value;
        dut_->wstrb_i = real ? 15 : 0;
        dut_->bready_i = real ? bready : !bready;
        dut_->rready_i = real ? rready : !rready;
        dut_->eval();
        const uint32_t now[8] = {dut_->awready_o, dut_->wready_o, dut_->bvalid_o, dut_->bresp_o,
                                 dut_->arready_o, dut_->rvalid_o, dut_->rresp_o,  dut_->rdata_o};
        std::copy(now, now + 8, outputs[real]);
      }
      for (int i = 0; i < 8; ++i) ASSERT_EQ(outputs[0][i], outputs[1][i]) << cycle << ": " << i;
      ASSERT_EQ(dut_->awready_o, aw.Ready()) << cycle;
      ASSERT_EQ(dut_->wready_o, w.Ready()) << cycle;
      ASSERT_EQ(dut_->arready_o, ar.Ready()) << cycle;
      ASSERT_EQ(dut_->bvalid_o, b_waits) << cycle;
      if (b_waits) {
        ASSERT_EQ(dut_->bresp_o, b_answer) << cycle;
      }
      ASSERT_EQ(dut_->rvalid_o, r_waits) << cycle;
      if (r_waits) {
        ASSERT_EQ(dut_->rdata_o, r_answer) << cycle;
      }
      const bool write_done = aw.There() && w.There() && (!b_waits || bready);
      const bool read_done = ar.There() && (!r_waits || rready);
      // A read in the cycle of a write sees the value before it.
      if (read_done) r_answer = ar.First() == reg::kId ? uint32_t{reg::kIdValue} : prog_len;
      if (write_done) b_answer = aw.First() == reg::kId ? kSlverr : kOkay;
      if (write_done && aw.First() == reg::kProgLen) prog_len = w.First();
      b_waits = write_done || (b_waits && !bready);
      r_waits = read_done || (r_waits && !rready);
      aw.End(write_done), w.End(write_done), ar.End(read_done);
      written += write_done, read += read_done;
      Step();
    }
    EXPECT_GT(written, 400u);
    EXPECT_GT(read, 600u);
    // Reset forgets what is kept.
    dut_->awvalid_i = dut_->wvalid_i = dut_->arvalid_i = 0;
    dut_->rst_ni = 0;
    Step();
    dut_->rst_ni = 1, dut_->bready_i = dut_->rready_i = 1;
    Step();
  }
}

}  // namespace
}  // namespace systole
