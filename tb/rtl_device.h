// The verilated accelerator as a Device, with what a test bench can do beside: settings of the
// memory behind its AXI ports, passive observation, faults, resets, traces. Each configuration is a
// shared library of its own (build/rtl/<HwConfig::Key()>/libsystole_rtl.so, see rtl_library.h);
// this header is all that its users see.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "sw/device/device.h"
#include "sw/device/run_record.h"
#include "sw/program/program.h"
#include "sw/timing/actions.h"
#include "tb/axi_memory.h"

namespace systole {

// An assertion in the RTL or a bus rule failed. The device is of no use afterwards.
class AssertionFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A plusarg of the tracing variant, a path behind it: an FST trace of every cycle from power-up
// until Trace() is called or the device ends.
constexpr char kTraceArgument[] = "+systole_trace+";

class RtlDevice : public Device {
 public:
  // Memory timing of all AXI ports; the stalls are those of the register port too. Between runs
  // only.
  virtual void SetTiming(const AxiTiming& timing) = 0;
  // Misbehaviour of the data read port, the fetch port and the write port. Between runs only.
  virtual void SetFaults(const AxiFault& read, const AxiFault& fetch, const AxiFault& write) = 0;

  // rst_ni low for `cycles`; the memory forgets what is under way, and keeps its bytes.
  virtual void Reset(int cycles = 4) = 0;
  // Lets time pass.
  virtual void Idle(uint64_t cycles) = 0;

  // The next run executes `code`: stamp its instructions and take the tensors of `observations`
  // (sorted by instruction). Both must live until the run has ended. Nothing is recorded before the
  // first call.
  virtual void Record(const std::vector<Instruction>* code,
                      const std::vector<Observation>* observations) = 0;
  virtual const RunRecord& record() const = 0;

  // Writes an FST trace of cycles [first, last] of the next runs, counted through them; an empty
  // path ends and closes it, and that from power-up. The library must be the tracing variant
  // (InputError otherwise).
  virtual void Trace(const std::string& path, uint64_t first, uint64_t last) = 0;

  // Actions since power-up. The library must be the counting variant (InputError otherwise).
  virtual ActionCounts Actions() const = 0;

  // Clock cycles since power-up.
  virtual uint64_t cycles() const = 0;
};

}  // namespace systole
