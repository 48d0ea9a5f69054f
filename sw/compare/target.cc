#include "sw/compare/target.h"

#include "sw/base/error.h"
#include "systemc/tlm_device.h"

namespace systole {
namespace {

MemoryTiming TlmTiming(const TargetSettings& settings) {
  MemoryTiming timing;
  timing.latency = settings.memory_latency;
  if (settings.law_fault.kind == Fault::Kind::kLaw) {
    timing.law_fault[settings.law_fault.engine] = settings.law_fault.cycles;
  }
  return timing;
}

class TlmTarget : public Target {
 public:
  TlmTarget(const HwConfig& config, const TargetSettings& settings)
      : device_(config, TlmTiming(settings)) {}
  Device* device() override { return &device_; }
  void Record(const std::vector<Instruction>* code,
              const std::vector<Observation>* observations) override {
    device_.Record(code, observations);
  }
  const RunRecord& record() const override { return device_.record(); }
  void Trace(const std::string&, uint64_t, uint64_t) override {
    throw InputError("backend tlm writes no trace");
  }

 private:
  TlmDevice device_;
};

}  // namespace

std::unique_ptr<Target> MakeTarget(const std::string& backend, const HwConfig& config,
                                   const TargetSettings& settings) {
  if (backend == "rtl") return MakeRtlTarget(config, settings);
  if (backend == "tlm") return std::make_unique<TlmTarget>(config, settings);
  throw InputError("unknown backend " + backend);
}

}  // namespace systole
