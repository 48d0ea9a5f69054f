#include "tests/rtl_matmul/matmul_driver.h"

#include <algorithm>
#include <cstring>

namespace systole::rtl_matmul {
namespace {

// Writes `bytes` as beats 0, 1, ... of a row, the last one padded with a byte that must not be
// seen.
void WriteRow(const HwConfig& c, const std::vector<uint8_t>& bytes, uint32_t row, Model* model) {
  model->in.buf_row = row;
  for (size_t first = 0, beat = 0; first < bytes.size(); first += c.AxiBytes(), ++beat) {
    model->in.buf_beat = static_cast<uint8_t>(beat);
    for (int i = 0; i < c.AxiBytes(); ++i) {
      model->in.buf_data[i] = first + i < bytes.size() ? bytes[first + i] : 0xA5;
    }
    model->Cycle();
  }
}

}  // namespace

void WriteAct(const HwConfig& c, const Buffers& buffers, Model* model) {
  model->in.ld_we = true;
  model->in.ld_n = static_cast<uint8_t>(c.AxiBytes());
  for (size_t a = 0; a < buffers.act.size(); a += c.AxiBytes()) {
    model->in.ld_addr = static_cast<uint32_t>(a);
    std::memcpy(model->in.ld_data.data(), &buffers.act[a], c.AxiBytes());
    model->Cycle();
  }
  model->in.ld_we = false;
}

void WriteKtab(const HwConfig& c, const Buffers& buffers, Model* model) {
  model->in.ktab_we = true;
  for (size_t r = 0; r < buffers.ktab.size(); ++r) {
    std::vector<uint8_t> bytes;
    for (uint16_t offset : buffers.ktab[r]) {
      bytes.push_back(static_cast<uint8_t>(offset));
      bytes.push_back(static_cast<uint8_t>(offset >> 8));
    }
    WriteRow(c, bytes, static_cast<uint32_t>(r), model);
  }
  model->in.ktab_we = false;
}

void WriteWeights(const HwConfig& c, const Buffers& buffers, Model* model) {
  model->in.wgt_we = true;
  for (size_t bank = 0; bank < buffers.weights.size(); ++bank) {
    model->in.wgt_bank = static_cast<uint8_t>(bank);
    for (size_t r = 0; r < buffers.weights[bank].size(); ++r) {
      const auto& row = buffers.weights[bank][r];
      WriteRow(c, std::vector<uint8_t>(row.begin(), row.end()), static_cast<uint32_t>(r), model);
    }
  }
  model->in.wgt_we = false;
}

std::vector<int32_t> ReadEntry(const HwConfig& c, Model* model, int half, int entry) {
  model->in.acc_re = true;
  model->in.acc_half = half;
  model->in.acc_addr = static_cast<uint32_t>(entry);
  model->Cycle();
  model->in.acc_re = false;
  std::vector<int32_t> columns;
  for (int col = 0; col <= c.cols; ++col) {
    model->in.acc_col = static_cast<uint8_t>(col);
    columns.push_back(static_cast<int32_t>(model->Settle().acc_word));
  }
  return columns;
}

Trace RunProgram(Model* model, const std::vector<Step>& program, const RunOptions& options) {
  Trace trace;
  size_t head = 0, to_retire = 0;
  for (const Step& s : program) to_retire += s.instr.opcode() != Opcode::kSyncMatmul;
  uint64_t extra = 0;
  bool issued_last_cycle = false;
  for (uint64_t cycle = 0; cycle < options.max_cycles && extra <= options.extra_cycles; ++cycle) {
    if (issued_last_cycle) ++head;
    const bool valid = head < program.size() && cycle >= program[head].arrival;
    model->in.valid = valid;
    model->in.instr = valid ? program[head].instr : Instruction{};
    model->in.pc = options.first_pc + static_cast<uint32_t>(head);
    model->in.tokens = valid && cycle >= program[head].tokens;
    model->in.stop = trace.error && cycle > trace.error->cycle;
    if (options.at_cycle) options.at_cycle(cycle, model);
    const Outputs out = model->Cycle();
    issued_last_cycle = out.issue;
    if (out.issue) trace.issue.push_back(cycle);
    if (out.retire) {
      trace.retire.push_back(cycle);
      trace.push.push_back(out.push);
    }
    trace.busy.push_back(out.busy);
    trace.inflight.push_back(out.inflight);
    if (out.macs_valid) trace.macs += out.macs;
    if (out.err_valid && !trace.error) trace.error = Trace::Error{cycle, out.err_code, out.err_pc};
    if ((trace.issue.size() == program.size() && trace.retire.size() == to_retire) || trace.error)
      ++extra;
  }
  model->in.valid = model->in.tokens = model->in.stop = false;
  return trace;
}

}  // namespace systole::rtl_matmul
