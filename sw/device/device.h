// What the host driver sees of the accelerator: registers, memory, and waiting. Implemented by the
// SystemC platform, by the verilated RTL, and by a strict mock in the tests.
#pragma once

#include <cstddef>
#include <cstdint>

namespace systole {

class Device {
 public:
  virtual ~Device() = default;
  // AXI4-Lite register port, byte offsets of sw/isa/registers.h.
  virtual uint32_t ReadReg(uint32_t offset) = 0;
  virtual void WriteReg(uint32_t offset, uint32_t value) = 0;
  // The memory both sides share; takes no simulated time.
  virtual void WriteMemory(uint64_t address, const void* data, size_t bytes) = 0;
  virtual void ReadMemory(uint64_t address, void* data, size_t bytes) = 0;
  // Advances time until the interrupt line is high, at most `max_cycles`; returns whether it is.
  virtual bool WaitInterrupt(uint64_t max_cycles) = 0;
};

}  // namespace systole
