// A device with a program in its memory, for tests: what a driver does, spelled out.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "sw/isa/registers.h"
#include "systemc/tlm_device.h"
#include "tests/timing/random_program.h"

namespace systole::testing {

struct Outcome {
  bool interrupt = false;
  uint32_t status = 0;
  ErrorCode error = ErrorCode::kNone;
  int engine = 0;
  uint32_t pc = 0;
};

inline void WriteReg64(Device* d, uint32_t offset, uint64_t value) {
  d->WriteReg(offset, static_cast<uint32_t>(value));
  d->WriteReg(offset + 4, static_cast<uint32_t>(value >> 32));
}
inline uint64_t ReadReg64(Device* d, uint32_t offset) {
  const uint64_t low = d->ReadReg(offset);
  return low | uint64_t{d->ReadReg(offset + 4)} << 32;
}

// Program to memory, registers set, windows wide open.
inline void Prepare(Device* d, const std::vector<Instruction>& code, uint32_t watchdog = 100000) {
  if (!code.empty()) d->WriteMemory(kCodeBase, code.data(), code.size() * sizeof(Instruction));
  WriteReg64(d, reg::kProgLo, kCodeBase);
  d->WriteReg(reg::kProgLen, static_cast<uint32_t>(code.size()));
  d->WriteReg(reg::kWatchdog, watchdog);
  WriteReg64(d, reg::kRdBaseLo, 0);
  WriteReg64(d, reg::kRdLastLo, ~uint64_t{0});
  WriteReg64(d, reg::kWrBaseLo, 0);
  WriteReg64(d, reg::kWrLastLo, ~uint64_t{0});
  d->WriteReg(reg::kIrqEnable, reg::kIrqDone | reg::kIrqError);
  d->WriteReg(reg::kIrqStatus, reg::kIrqDone | reg::kIrqError);
}

inline Outcome StartAndWait(Device* d, uint64_t max_cycles = 10000000) {
  d->WriteReg(reg::kCtrl, reg::kCtrlStart);
  Outcome o;
  o.interrupt = d->WaitInterrupt(max_cycles);
  o.status = d->ReadReg(reg::kStatus);
  const uint32_t error = d->ReadReg(reg::kError);
  o.error = static_cast<ErrorCode>(error & 0xFF);
  o.engine = static_cast<int>(error >> 8);
  o.pc = d->ReadReg(reg::kErrorPc);
  return o;
}

inline Outcome Execute(Device* d, const std::vector<Instruction>& code,
                       uint32_t watchdog = 100000) {
  Prepare(d, code, watchdog);
  return StartAndWait(d);
}

// Offset rows as random programs load them (row r: contiguous from r * BANKS), and random data.
inline void WriteKtabAndData(Device* d, const HwConfig& config, uint32_t seed) {
  const size_t row = static_cast<size_t>(PaddedRowBytes(Opcode::kLoadKtab, config));
  std::vector<uint8_t> bytes(row * kKtabRows);
  for (int r = 0; r < kKtabRows; ++r) {
    for (int j = 0; j < config.rows; ++j) {
      const int offset = r * config.Banks() + j;
      bytes[r * row + 2 * j] = static_cast<uint8_t>(offset);
      bytes[r * row + 2 * j + 1] = static_cast<uint8_t>(offset >> 8);
    }
  }
  d->WriteMemory(kKtabBase, bytes.data(), bytes.size());
  std::mt19937 random(seed);
  std::vector<uint8_t> data(kDataBytes);
  for (uint8_t& b : data) b = static_cast<uint8_t>(random());
  d->WriteMemory(kDataBase, data.data(), data.size());
}

}  // namespace systole::testing
