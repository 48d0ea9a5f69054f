// systole_load alone, with rows that do not fill their beats and three weight banks: where the data
// of LoadWgt, LoadKtab and LoadPar go, beat by beat, whatever the bursts look like.
#include <Vload.h>
#include <gtest/gtest.h>
#include <verilated.h>

#include <deque>
#include <memory>
#include <random>

#include "sw/check/instruction_builder.h"

namespace systole {
namespace {

using testing::MakeTransfer;
using testing::With;

// As tests/rtl_shell/CMakeLists.txt verilates it.
constexpr uint64_t kRows = 5, kLanes = 3, kWport = 3, kBeat = 4;

struct Write {
  char memory;  // w(eights), k(tab), p(arameters)
  uint64_t bank, row, beat;
  uint32_t data;
  bool operator==(const Write& o) const {
    return memory == o.memory && bank == o.bank && row == o.row && beat == o.beat && data == o.data;
  }
};

std::ostream& operator<<(std::ostream& out, const Write& w) {
  return out << w.memory << " bank " << w.bank << " row " << w.row << " beat " << w.beat << " data "
             << w.data;
}

class LoadRows : public ::testing::Test {
 protected:
  LoadRows() : dut_(std::make_unique<Vload>()) {
    dut_->rst_ni = 0;
    dut_->rd_last_i = ~uint64_t{0};
    dut_->tokens_i = 1;
    Step();
    dut_->rst_ni = 1;
  }

  static uint32_t Data(uint64_t address) { return static_cast<uint32_t>(address * 2654435761u); }

  void Step() {
    dut_->clk_i = 0;
    dut_->eval();
    if (dut_->arvalid_o && dut_->arready_i) {
      for (uint32_t i = 0; i <= dut_->arlen_o; ++i)
        beats_.push_back({dut_->araddr_o + kBeat * i, i == dut_->arlen_o});
    }
    if (dut_->rvalid_i) beats_.pop_front();
    const bool any = dut_->wgt_we_o || dut_->ktab_we_o || dut_->par_we_o;
    if (any) {
      EXPECT_EQ(dut_->wgt_we_o + dut_->ktab_we_o + dut_->par_we_o + dut_->act_we_o, 1);
      writes_.push_back({dut_->wgt_we_o    ? 'w'
                         : dut_->ktab_we_o ? 'k'
                                           : 'p',
                         dut_->wgt_we_o ? dut_->wgt_bank_o : uint64_t{0}, dut_->buf_row_o,
                         dut_->buf_beat_o, dut_->buf_data_o});
    }
    retired_ += dut_->retire_o;
    EXPECT_FALSE(dut_->err_valid_o);
    issued_ = dut_->issue_o;
    dut_->clk_i = 1;
    dut_->eval();
    // The memory stalls at random.
    dut_->arready_i = random_() % 3 != 0;
    dut_->rvalid_i = !beats_.empty() && random_() % 3 != 0;
    if (dut_->rvalid_i) {
      dut_->rdata_i = Data(beats_.front().first);
      dut_->rlast_i = beats_.front().second;
    }
  }

  void Issue(const Instruction& i) {
    for (int w = 0; w < 8; ++w) dut_->instr_i[w] = i.word[w];
    dut_->valid_i = 1;
    for (int n = 0; n < 20000; ++n) {
      Step();
      if (issued_) break;
    }
    EXPECT_TRUE(issued_) << "never issues";
    dut_->valid_i = 0;
  }

  std::unique_ptr<Vload> dut_;
  std::deque<std::pair<uint64_t, bool>> beats_;
  std::vector<Write> writes_;
  int retired_ = 0;
  bool issued_ = false;
  std::mt19937 random_{17};
};

TEST_F(LoadRows, GoToTheirBankRowAndBeat) {
  // Bytes of a row, padded to whole beats: weights 5 -> 8, offsets 10 -> 12, parameters 48.
  const struct {
    Opcode opcode;
    char memory;
    uint64_t beats, banks, rows;
  } kinds[] = {{Opcode::kLoadWgt, 'w', (kRows + kBeat - 1) / kBeat, kWport, 66},
               {Opcode::kLoadKtab, 'k', (2 * kRows + kBeat - 1) / kBeat, 1, 60},
               {Opcode::kLoadPar, 'p', 16 * kLanes / kBeat, 1, 21}};
  std::vector<Write> expected;
  int instructions = 0;
  for (; instructions < 120; ++instructions) {
    const auto& k = kinds[random_() % 3];
    const uint64_t n = 1 + random_() % k.rows, first = random_() % (k.rows - n + 1);
    const uint64_t address = 0x1000 + random_() % 500 * kBeat;
    Issue(With(MakeTransfer(k.opcode, address, n * k.beats * kBeat), {{field::kLsBuf, first}}));
    for (uint64_t r = first; r < first + n; ++r) {
      for (uint64_t b = 0; b < k.beats; ++b) {
        expected.push_back({k.memory, r % k.banks, r / k.banks, b,
                            Data(address + ((r - first) * k.beats + b) * kBeat)});
      }
    }
  }
  for (int i = 0; i < 20000 && retired_ < instructions; ++i) Step();
  EXPECT_EQ(retired_, instructions);
  ASSERT_EQ(writes_.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(writes_[i], expected[i]) << "write " << i;
}

}  // namespace
}  // namespace systole
