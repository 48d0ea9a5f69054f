// The register file as the host sees it (spec/registers.toml, rtl/shell/systole_csr.sv), without
// bus and without time.
#pragma once

#include <cstdint>
#include <map>

#include "sw/isa/config.h"
#include "sw/timing/scheduler.h"
#include "systemc/sequencer.h"

namespace systole {

class ControlRegisters {
 public:
  enum class Answer {
    kOk,
    kUnmapped,
    kRefused
  };  // refused: read-only, or locked while a run may use it
  enum class Command { kNone, kStart, kSoftReset };

  explicit ControlRegisters(const HwConfig& config);

  // `offset` is a multiple of 4 below 0x1000.
  Answer Read(uint32_t offset, uint32_t* value);
  // Only the bits of `mask` (whole bytes) are written.
  Answer Write(uint32_t offset, uint32_t value, uint32_t mask, Command* command);

  RunSettings Settings() const;
  bool irq() const { return (irq_status & irq_enable) != 0; }

  // Set by the accelerator.
  bool busy = false, done = false, error = false, draining = false;
  bool locked = false;
  uint32_t error_word = 0, error_pc = 0;  // as in the registers Error, ErrorPc
  uint32_t irq_status = 0;
  int64_t total = 0;
  RunCounters counters;

 private:
  uint64_t Counter(uint32_t offset) const;
  uint64_t Wide(uint32_t low) const;

  HwConfig config_;
  std::map<uint32_t, uint32_t> stored_;  // plain read-write registers
  uint32_t irq_enable = 0;
  uint32_t counter_high_ = 0;  // latched by the read of a counter's low word
};

}  // namespace systole
