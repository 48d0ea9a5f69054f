// Simulation speed of the 16x16 engine: cycles per CPU second while it streams without a pause
// (folds of 56 vectors).
//   rtl_matmul_speed [millions of cycles]
#include <fmt/core.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

#include "Vmatmul_speed.h"
#include "sw/isa/isa.h"

int main(int argc, char** argv) {
  using namespace systole;
  const double cycles = 1e6 * (argc > 1 ? std::atof(argv[1]) : 2);
  Instruction instr;
  instr.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kMatmul));
  instr.Set(field::kMmWcols, 16);
  instr.Set(field::kMmKlast, 16);
  instr.Set(field::kMmNx, 28);
  instr.Set(field::kMmNy, 2);
  instr.Set(field::kMmNb, 1);
  instr.Set(field::kMmStrideX, 3);
  instr.Set(field::kMmStrideY, 90);
  instr.Set(field::kMmKslices, 4);
  instr.Set(field::kMmKtabInc, 1);

  VerilatedContext context;
  Vmatmul_speed v(&context);
  v.clk_i = 0;
  v.rst_ni = 0;
  v.eval();
  v.rst_ni = 1;
  const auto cycle = [&v] {
    v.clk_i = 1;
    v.eval();
    v.clk_i = 0;
    v.eval();
  };
  // Offset rows 0 to 3: 0 .. 15, in four beats of 64 bits; random activations and weights.
  v.ktab_we_i = 1;
  for (int beat = 0; beat < 16; ++beat) {
    uint16_t offsets[4];
    for (int j = 0; j < 4; ++j) offsets[j] = static_cast<uint16_t>(4 * (beat % 4) + j);
    v.buf_row_i = beat / 4;
    v.buf_beat_i = beat % 4;
    std::memcpy(&v.buf_data_i[0], offsets, sizeof offsets);
    cycle();
  }
  v.ktab_we_i = 0;
  std::srand(1);
  v.wgt_we_i = 1;
  v.ld_we_i = 1;
  v.ld_n_i = 8;
  for (int beat = 0; beat < 128; ++beat) {
    for (int w = 0; w < 2; ++w)
      v.buf_data_i[w] = v.ld_data_i[w] = static_cast<uint32_t>(std::rand()) * 2654435761u;
    v.buf_row_i = beat / 2;
    v.buf_beat_i = beat % 2;
    v.ld_addr_i = beat * 8;
    cycle();
  }
  v.wgt_we_i = v.ld_we_i = 0;

  std::memcpy(&v.instr_i[0], instr.word.data(), kInstructionBytes);
  v.valid_i = v.tokens_i = 1;
  uint64_t macs = 0;
  const std::clock_t start = std::clock();
  for (double n = 0; n < cycles; ++n) {
    cycle();
    if (v.macs_valid_o) macs += v.macs_o;
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  fmt::print("{:.0f} thousand cycles per CPU second, {:.1f} % of the multipliers busy, error {}\n",
             cycles / seconds / 1e3, 100.0 * macs / cycles / 256, v.err_code_o);
  return v.err_valid_o;
}
