// Runs cases on the verilated accelerator and compares each with what it must be: bytes with the
// functional model (sw/functional), cycles and counters with the timing laws (sw/timing), errors
// with the case's own expectation. The model's buffers follow the device's from case to case.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "sw/check/case.h"
#include "sw/check/work_area.h"
#include "sw/driver/driver.h"
#include "sw/functional/executor.h"
#include "sw/timing/timeline.h"
#include "tb/rtl_library.h"

namespace systole::check {

// A difference between the device and what it must do. what() says which instruction, byte or
// cycle, and where in the RTL to look.
class Difference : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Bench {
 public:
  Bench(const HwConfig& config, RtlVariant variant);
  // Without a device: Run() only judges whether each case is what it says, by the functional model.
  explicit Bench(const HwConfig& config);
  bool dry() const { return !variant_.has_value(); }

  // Runs `c`; a case that ends well has the watched activation bytes stored and compared, too.
  // Throws Difference.
  void Run(const Case& c);

  // For what has no program: registers, resets. Throws Difference.
  void Expect(bool holds, const std::string& what, const std::string& look);
  uint64_t Get64(uint32_t offset);
  void Set64(uint32_t offset, uint64_t value);
  // Writes image, registers and START of `c`, and waits for nothing.
  void Start(const Case& c);
  Outcome Finish(uint64_t max_cycles, const std::string& name, const std::string& look);
  HardwareCounters ReadCounters();
  void CompareStamps(const std::string& name, const std::string& look,
                     const std::vector<Instruction>& code, const Timeline& model);
  // stalled: only what does not depend on cycles, and that each engine's causes add up.
  void CompareCounters(const std::string& name, const Timeline& model, bool stalled);

  // A new device, after reset: the last one may be of no use any more.
  void Reopen();
  // No faults, no stalls, this memory latency.
  void Quiet(int latency);
  // The device has been given other faults than the last case's.
  void ClearFaults() { configured_.read = configured_.fetch = configured_.write = {}; }
  // The buffers of the device are no longer the model's.
  void Forget() { synced_ = false; }

  const HwConfig& config() const { return config_; }
  const WorkArea& area() const { return area_; }
  RtlDevice* device() { return device_.get(); }
  uint64_t cycles() const { return cycles_ + (device_ ? device_->cycles() : 0); }

  // What has been done so far.
  struct Totals {
    uint64_t programs = 0, instructions = 0, bytes = 0, stamps = 0, counters = 0, errors = 0;
  };
  const Totals& totals() const { return totals_; }
  // A program run, and bytes compared, beside Run().
  void Count(uint64_t programs, uint64_t bytes) {
    totals_.programs += programs;
    totals_.bytes += bytes;
  }

 private:
  Bench(const HwConfig& config, std::optional<RtlVariant> variant);
  void RunWell(const Case& c);
  void RunToError(const Case& c);
  void RunDry(const Case& c);
  void MakeImage(const Case& c);
  void Sync();
  void Dump(const Case& after);
  void CompareImage(const Case& c, uint64_t first, uint64_t last);
  void Configure(const Case& c);

  const HwConfig config_;
  const std::optional<RtlVariant> variant_;
  const WorkArea area_;
  std::unique_ptr<RtlDevice> device_;
  std::unique_ptr<Executor> model_;
  std::vector<uint8_t> pattern_, image_, seen_;
  std::vector<Instruction> running_;  // recorded by the device
  const std::vector<Observation> no_observations_;
  const Case* before_dump_ = nullptr;
  bool synced_ = false;
  Case configured_;
  uint64_t cycles_ = 0;
  Totals totals_;
};

}  // namespace systole::check
