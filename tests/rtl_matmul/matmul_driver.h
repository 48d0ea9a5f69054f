// Drives the harness: fills buffers, plays the queue and the tokens, records what happens in which
// cycle.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "tests/rtl_matmul/matmul_model.h"
#include "tests/rtl_matmul/matmul_reference.h"

namespace systole::rtl_matmul {

// Write the whole buffer through the ports LOAD uses.
void WriteAct(const HwConfig& c, const Buffers& buffers, Model* model);
void WriteKtab(const HwConfig& c, const Buffers& buffers, Model* model);
void WriteWeights(const HwConfig& c, const Buffers& buffers, Model* model);

// Reads through the port POST uses: one entry of one half, all columns and the row sum.
std::vector<int32_t> ReadEntry(const HwConfig& c, Model* model, int half, int entry);

struct Trace {
  std::vector<uint64_t> issue;   // of each instruction issued, relative to the run's first cycle
  std::vector<uint64_t> retire;  // of each Matmul retired, in order
  std::vector<uint8_t> push;     // with each retire
  std::vector<bool> busy;        // of each cycle
  std::vector<bool> inflight;    // of each cycle
  uint64_t macs = 0;
  struct Error {
    uint64_t cycle;
    uint8_t code;
    uint32_t pc;
  };
  std::optional<Error> error;
};

// Runs until the program has retired or an error is told, at most `max_cycles`, and then
// `extra_cycles` more. stop_i follows an error by a cycle. Instruction j has pc = first_pc + j.
// `at_cycle` (may be empty) sees every cycle before it is evaluated, for changes to the model's
// other inputs.
struct RunOptions {
  uint64_t max_cycles = 1000000, extra_cycles = 0;
  uint32_t first_pc = 0;
  std::function<void(uint64_t cycle, Model*)> at_cycle;
};
Trace RunProgram(Model* model, const std::vector<Step>& program, const RunOptions& options = {});

}  // namespace systole::rtl_matmul
