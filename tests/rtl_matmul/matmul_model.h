// The verilated harness behind one interface, whatever its configuration.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "sw/isa/config.h"
#include "sw/isa/isa.h"

namespace systole::rtl_matmul {

// Ports of matmul_harness.sv, without the suffix.
struct Inputs {
  bool clear = false, stop = false, valid = false, tokens = false;
  Instruction instr;
  uint32_t pc = 0;
  bool ld_we = false, po_we = false, st_re = false, wgt_we = false, ktab_we = false, acc_re = false,
       acc_half = false, pr_re = false;
  uint32_t ld_addr = 0, po_addr = 0, st_addr = 0, pr_addr = 0, buf_row = 0, acc_addr = 0;
  uint8_t ld_n = 0, po_n = 0, st_n = 0, pr_n = 0, wgt_bank = 0, buf_beat = 0, acc_col = 0;
  std::array<uint8_t, 16> ld_data{}, buf_data{};
  std::array<uint8_t, 64> po_data{};
};

struct Outputs {
  bool issue, retire, busy, inflight, err_valid, macs_valid, rd_conflict, wr_conflict, pr_conflict;
  uint8_t push, err_code;
  uint32_t err_pc, macs, acc_word;
  std::array<uint8_t, 16> st_data;
  std::array<uint8_t, 64> pr_data;
};

class Model {
 public:
  virtual ~Model() = default;
  // One cycle: the inputs `in` hold during it, the result is what the outputs are just before its
  // end (the rising edge).
  Outputs Cycle() {
    const Outputs out = Settle();
    Edge();
    ++cycle_;
    return out;
  }
  // Outputs of the cycle so far, without ending it.
  virtual Outputs Settle() = 0;
  uint64_t cycle() const { return cycle_; }

  Inputs in;

 protected:
  virtual void Edge() = 0;

 private:
  uint64_t cycle_ = 0;
};

struct Build {
  std::string name;
  HwConfig config;
  std::unique_ptr<Model> (*create)();  // reset, idle
};
inline void PrintTo(const Build& build, std::ostream* out) { *out << build.name; }

// Every configuration that is verilated (CMakeLists.txt), the default one first.
const std::vector<Build>& Builds();

}  // namespace systole::rtl_matmul
