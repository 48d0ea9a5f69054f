// Any bytes as a program: the field checks, the cycle model, the executor and the disassembler take
// every instruction word, and either run the program to its end or name an error and an instruction
// of it.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "sw/driver/disassemble.h"
#include "sw/functional/run.h"

namespace {

constexpr uint64_t kMemoryBase = 0x1000, kMemoryBytes = 1 << 14;

class SmallMemory : public systole::MemoryAccess {
 public:
  systole::ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t n) override {
    if (!Holds(address, n)) return systole::ErrorCode::kReadResponse;
    std::memcpy(data, &bytes_[address - kMemoryBase], n);
    return systole::ErrorCode::kNone;
  }
  systole::ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t n) override {
    if (!Holds(address, n)) return systole::ErrorCode::kWriteResponse;
    std::memcpy(&bytes_[address - kMemoryBase], data, n);
    return systole::ErrorCode::kNone;
  }

 private:
  static bool Holds(uint64_t address, size_t n) {
    return address >= kMemoryBase && address - kMemoryBase <= kMemoryBytes &&
           n <= kMemoryBytes - (address - kMemoryBase);
  }
  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(kMemoryBytes, 0x5A);
};

systole::HwConfig Configuration(uint8_t choice) {
  systole::HwConfig config;
  config.act_kib = 2;
  config.wgt_kib = 2;
  config.par_kib = config.ktab_kib = 1;
  config.acc_depth = 16;
  if (choice % 3 == 1) config.rows = 5, config.cols = 7, config.lanes = 7;
  if (choice % 3 == 2)
    config.rows = 4, config.cols = 6, config.wport = 2, config.lanes = 3, config.row_sum = 0;
  return config;
}

}  // namespace

// Byte 0: the configuration; then instructions of 32 bytes, at most 40.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const systole::HwConfig config = Configuration(data[0]);
  std::vector<systole::Instruction> code;
  for (size_t at = 1; at + systole::kInstructionBytes <= size && code.size() < 40;
       at += systole::kInstructionBytes) {
    systole::Instruction i;
    std::memcpy(i.word.data(), data + at, systole::kInstructionBytes);
    code.push_back(i);
    if (systole::Disassemble(i).empty()) std::abort();
  }
  systole::Executor executor(config);
  SmallMemory memory;
  const systole::FunctionalRun run =
      systole::RunFunctional(code, systole::MemoryTiming{}, &executor, &memory);
  if (run.error != systole::ErrorCode::kNone && run.index >= code.size()) std::abort();
  return 0;
}
