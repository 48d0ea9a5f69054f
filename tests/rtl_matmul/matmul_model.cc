#include "tests/rtl_matmul/matmul_model.h"

#include <cstring>

#include "Vmatmul_12x14.h"
#include "Vmatmul_12x14w2.h"
#include "Vmatmul_12x14w7.h"
#include "Vmatmul_16x16.h"
#include "Vmatmul_16x16w2.h"
#include "Vmatmul_2x2.h"
#include "Vmatmul_5x7.h"
#include "Vmatmul_9x4.h"

namespace systole::rtl_matmul {
namespace {

template <class Verilated>
class VerilatedModel : public Model {
 public:
  VerilatedModel()
      : context_(std::make_unique<VerilatedContext>()),
        v_(std::make_unique<Verilated>(context_.get())) {
    v_->clk_i = 0;
    v_->rst_ni = 0;
    v_->eval();
    v_->rst_ni = 1;
    Settle();
  }
  ~VerilatedModel() override { v_->final(); }

  Outputs Settle() override {
    Drive();
    v_->eval();
    Outputs out{};
    out.issue = v_->issue_o;
    out.retire = v_->retire_o;
    out.busy = v_->busy_o;
    out.inflight = v_->inflight_o;
    out.err_valid = v_->err_valid_o;
    out.macs_valid = v_->macs_valid_o;
    out.rd_conflict = v_->rd_conflict_o;
    out.pr_conflict = v_->pr_conflict_o;
    out.wr_conflict = v_->wr_conflict_o;
    out.push = v_->push_o;
    out.err_code = v_->err_code_o;
    out.err_pc = v_->err_pc_o;
    out.macs = v_->macs_o;
    out.acc_word = v_->acc_word_o;
    std::memcpy(out.pr_data.data(), &v_->pr_data_o[0], out.pr_data.size());
    std::memcpy(out.st_data.data(), &v_->st_data_o[0], out.st_data.size());
    return out;
  }

 private:
  void Drive() {
    v_->clear_i = in.clear;
    v_->stop_i = in.stop;
    v_->valid_i = in.valid;
    v_->tokens_i = in.tokens;
    v_->pc_i = in.pc;
    std::memcpy(&v_->instr_i[0], in.instr.word.data(), kInstructionBytes);
    v_->ld_we_i = in.ld_we;
    v_->ld_addr_i = in.ld_addr;
    v_->ld_n_i = in.ld_n;
    std::memcpy(&v_->ld_data_i[0], in.ld_data.data(), in.ld_data.size());
    v_->po_we_i = in.po_we;
    v_->po_addr_i = in.po_addr;
    v_->po_n_i = in.po_n;
    std::memcpy(&v_->po_data_i[0], in.po_data.data(), in.po_data.size());
    v_->st_re_i = in.st_re;
    v_->pr_re_i = in.pr_re;
    v_->pr_addr_i = in.pr_addr;
    v_->pr_n_i = in.pr_n;
    v_->st_addr_i = in.st_addr;
    v_->st_n_i = in.st_n;
    v_->wgt_we_i = in.wgt_we;
    v_->ktab_we_i = in.ktab_we;
    v_->wgt_bank_i = in.wgt_bank;
    v_->buf_row_i = in.buf_row;
    v_->buf_beat_i = in.buf_beat;
    std::memcpy(&v_->buf_data_i[0], in.buf_data.data(), in.buf_data.size());
    v_->acc_re_i = in.acc_re;
    v_->acc_half_i = in.acc_half;
    v_->acc_addr_i = in.acc_addr;
    v_->acc_col_i = in.acc_col;
  }
  void Edge() override {
    v_->clk_i = 1;
    v_->eval();
    v_->clk_i = 0;
    v_->eval();
  }

  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Verilated> v_;
};

template <class Verilated>
std::unique_ptr<Model> Create() {
  return std::make_unique<VerilatedModel<Verilated>>();
}

// As the parameters in CMakeLists.txt; the tests that write every row and entry notice a
// difference.
HwConfig Config(int rows, int cols, int wport, int lanes, int act_kib, int groups, int wgt_kib,
                int ktab_kib, int depth, int axi, int row_sum, int taps) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  c.wport = wport;
  c.lanes = lanes;
  c.act_kib = act_kib;
  c.act_groups = groups;
  c.wgt_kib = wgt_kib;
  c.ktab_kib = ktab_kib;
  c.acc_depth = depth;
  c.axi_data_width = axi;
  c.row_sum = row_sum;
  c.taps = taps;
  Validate(c);
  return c;
}

}  // namespace

const std::vector<Build>& Builds() {
  static const std::vector<Build> builds = {
      {"r16c16", HwConfig{}, Create<Vmatmul_16x16>},
      {"r16c16w2", Config(16, 16, 2, 16, 4, 1, 16, 1, 64, 128, 1, 3), Create<Vmatmul_16x16w2>},
      {"r5c7l5", Config(5, 7, 1, 5, 2, 4, 3, 1, 33, 64, 1, 5), Create<Vmatmul_5x7>},
      {"r12c14", Config(12, 14, 1, 14, 8, 2, 8, 1, 48, 32, 1, 1), Create<Vmatmul_12x14>},
      {"r12c14w2", Config(12, 14, 2, 3, 4, 4, 8, 2, 40, 64, 0, 7), Create<Vmatmul_12x14w2>},
      {"r12c14w7", Config(12, 14, 7, 7, 4, 4, 8, 1, 40, 64, 1, 0), Create<Vmatmul_12x14w7>},
      {"r2c2", Config(2, 2, 1, 1, 1, 16, 1, 1, 4, 32, 1, 64), Create<Vmatmul_2x2>},
      {"r9c4w4", Config(9, 4, 4, 2, 2, 8, 2, 1, 10, 32, 0, 2), Create<Vmatmul_9x4>},
  };
  return builds;
}

}  // namespace systole::rtl_matmul
