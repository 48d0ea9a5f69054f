// A hardware description that runs compiled programs behind the host driver, and is observed: "tlm"
// or "rtl".
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sw/compare/compare.h"
#include "sw/compare/inject.h"
#include "sw/driver/driver.h"
#include "sw/program/program.h"
#include "tb/rtl_library.h"

namespace systole {

struct TargetSettings {
  int memory_latency = 20;
  bool stall = false;
  uint64_t stall_seed = 0;
  RtlVariant rtl_variant = RtlVariant::kPlain;
  std::string trace;  // FST of the RTL from power-up until Trace() or the end; empty: none
  Fault law_fault;    // of "tlm"
};

// What came of program.code: stamps count the cycles of the runs before, counters are sums.
struct TargetRun {
  RunRecord record;
  std::vector<int8_t> outputs;              // images x C x H x W, as stored
  std::vector<std::vector<int8_t>> stored;  // of Program::stored, each C x H x W
  HardwareCounters counters;
};

class Target {
 public:
  virtual ~Target() = default;
  virtual Device* device() = 0;
  virtual void Record(const std::vector<Instruction>* code,
                      const std::vector<Observation>* observations) = 0;
  virtual const RunRecord& record() const = 0;
  // FST of cycles [first, last] of the following runs; empty path: no more.
  virtual void Trace(const std::string& path, uint64_t first, uint64_t last) = 0;
};

// Throws InputError where the backend or its library is missing.
std::unique_ptr<Target> MakeTarget(const std::string& backend, const HwConfig& config,
                                   const TargetSettings& settings);

// "rtl" alone, without what the TLM platform links (library systole_compare).
std::unique_ptr<Target> MakeRtlTarget(const HwConfig& config, const TargetSettings& settings);

// The driver's whole sequence: identify, load, setup once (returned), then images as often as
// wanted.
class Session {
 public:
  Session(Target* target, const Program* program, Driver::Settings settings = {});
  const TargetRun& setup() const { return setup_; }
  // `given`: values of program.given, each C x H x W.
  TargetRun Run(const int8_t* images, const std::vector<std::vector<int8_t>>& given = {});
  // Stamps of a run that the driver's `look` left by an exception, as far as it came.
  const RunRecord& unfinished() const { return unfinished_; }

 private:
  void RunSegment(const Segment& segment, TargetRun* run);

  Target* target_;
  const Program* program_;
  Driver driver_;
  TargetRun setup_;
  RunRecord unfinished_;
  std::vector<Observation> seen_;  // of the run that is under way
};

}  // namespace systole
