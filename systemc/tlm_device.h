// The SystemC platform as a Device: the same driver runs on it as on the verilated RTL. Each call
// runs the SystemC kernel until the host's thread has done what was asked, so it is an object like
// any other: no sc_main, any number of devices in a process (each has a kernel context of its own;
// not from several threads at once).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sw/device/axi_fault.h"
#include "sw/device/device.h"
#include "sw/device/run_record.h"
#include "sw/functional/executor.h"
#include "sw/program/program.h"
#include "sw/timing/laws.h"

namespace systole {

class TlmDevice : public Device {
 public:
  TlmDevice(const HwConfig& config, const MemoryTiming& timing);
  ~TlmDevice() override;

  uint32_t ReadReg(uint32_t offset) override;
  void WriteReg(uint32_t offset, uint32_t value) override;
  // Addresses beyond the memory (2^AXI_ADDR_WIDTH bytes): InputError.
  void WriteMemory(uint64_t address, const void* data, size_t bytes) override;
  void ReadMemory(uint64_t address, void* data, size_t bytes) override;
  bool WaitInterrupt(uint64_t max_cycles) override;

  // The next runs execute `code`: stamp its instructions and take the tensors of `observations`
  // (sorted by instruction). Both must live until the run has ended. Nothing is recorded before the
  // first call. Either may be null.
  void Record(const std::vector<Instruction>* code, const std::vector<Observation>* observations);
  const RunRecord& record() const;

  // Called at every retire, with the buffers as they are then.
  using RetireObserver =
      std::function<void(uint32_t index, uint64_t cycle, const Executor& buffers)>;
  void ObserveRetires(RetireObserver observer);

  // Misbehaviour of the data read port, the fetch port and the write port (kNotReady: as
  // kNoResponse).
  void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write);

  // Power-up state of the registers; buffers and memory keep their bytes.
  void Reset();
  void Idle(uint64_t cycles);
  // Clock cycles since power-up.
  uint64_t cycles() const;
  // Whether the last register access was answered without error.
  bool last_access_ok() const;

  // Any transaction of the host, for tests of the bus: returns tlm::tlm_response_status as an int.
  int HostTransport(bool write, uint64_t address, void* data, unsigned bytes,
                    unsigned char* enables = nullptr, unsigned enables_length = 4);
  static uint64_t RegisterAddress(uint32_t offset);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace systole
