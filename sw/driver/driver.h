// The host driver: everything a host does to run a compiled program, through registers and memory
// only. The same code drives the SystemC platform, the verilated RTL, and the mock of the tests.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sw/base/error.h"
#include "sw/device/device.h"
#include "sw/isa/counters.h"
#include "sw/program/program.h"

namespace systole {

// The accelerator reported an error, or did not answer. what() names the error, the engine, the
// instruction's index and its text.
class HardwareError : public HardwareFault {
 public:
  HardwareError(const std::string& message, ErrorCode code, int engine, uint32_t pc)
      : HardwareFault(message), code(code), engine(engine), pc(pc) {}
  const ErrorCode code;
  const int engine;   // 0..3, 4: fetch
  const uint32_t pc;  // index in the program
};

// Counters of several runs together.
HardwareCounters& operator+=(HardwareCounters& sum, const HardwareCounters& counters);

class Driver {
 public:
  struct Settings {
    uint32_t watchdog = 1000000;              // cycles without progress that end a run; 0: off
    uint64_t max_cycles = uint64_t{1} << 40;  // the host's own patience
    // Called after every `look_every` cycles of a run and at its end, with the cycles since the
    // last call (at the end: at most); may throw, which leaves the run unfinished.
    std::function<void(uint64_t)> look;
    uint64_t look_every = uint64_t{1} << 14;
  };

  explicit Driver(Device* device) : device_(device) {}
  Driver(Device* device, Settings settings) : device_(device), settings_(settings) {}

  // Reads identity, version and parameters. Throws InputError naming the first that is not what
  // `expected` says.
  void Identify(const HwConfig& expected);

  // Writes setup, code and constants to the shared memory.
  void Load(const Program& program);

  // images: program.options.images x C x H x W, int8 domain; written as the H-W-C lines of
  // program.input.
  void WriteImages(const Program& program, const int8_t* images);

  // Runs program.setup, then program.code once or more often, each from START to DONE: sets
  // program, windows, watchdog and interrupt, starts, waits, checks. Code of several runs is run
  // one after the other, with the host's steps between them; counters are those of the last. Throws
  // HardwareError.
  void RunSetup(const Program& program);
  void RunCode(const Program& program);

  // One of the runs that the code consists of (not an empty one); the host's steps after it.
  void RunSegment(const Program& program, const Segment& segment);
  void RunHostSteps(const Segment& segment);

  // program.options.images x C x H x W, int8 domain; nothing of a part that makes none.
  std::vector<int8_t> ReadOutputs(const Program& program);

  // A tensor in memory, C x H x W.
  std::vector<int8_t> ReadTensor(const TensorLayout& layout);
  void WriteTensor(const TensorLayout& layout, const std::vector<int8_t>& planes);

  HardwareCounters ReadCounters();

  // Ends whatever runs; returns when outstanding bus transactions are drained. Throws HardwareError
  // if they never are.
  void SoftReset();

 private:
  // `first`: the index of code[0] in the whole program, for messages.
  void Run(const Program& program, const Instruction* code, size_t count, uint64_t address,
           uint32_t first);
  bool WaitForEnd();  // false: not within max_cycles
  void WriteReg64(uint32_t offset, uint64_t value);
  uint64_t ReadReg64(uint32_t offset);

  Device* device_;
  Settings settings_;
};

}  // namespace systole
