// A verilated harness of the MATMUL engine as a Model: any class with the ports of
// matmul_harness.sv.
#pragma once

#include <verilated.h>

#include <cstring>
#include <memory>

#include "tests/rtl_matmul/matmul_model.h"

namespace systole::rtl_matmul {

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

}  // namespace systole::rtl_matmul
