#include "sw/cli/target.h"

#include <utility>

#include "sw/base/error.h"
#include "systemc/tlm_device.h"

namespace systole {
namespace {

class RtlTarget : public Target {
 public:
  RtlTarget(const HwConfig& config, const TargetSettings& settings) : device_(OpenRtl(config, settings.rtl_variant)) {
    device_->SetTiming({settings.memory_latency, settings.stall, settings.stall_seed});
  }
  Device* device() override { return device_.get(); }
  void Record(const std::vector<Instruction>* code, const std::vector<Observation>* observations) override {
    device_->Record(code, observations);
  }
  const RunRecord& record() const override { return device_->record(); }
  void Trace(const std::string& path, uint64_t first, uint64_t last) override { device_->Trace(path, first, last); }

 private:
  std::unique_ptr<RtlDevice> device_;
};

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
  TlmTarget(const HwConfig& config, const TargetSettings& settings) : device_(config, TlmTiming(settings)) {}
  Device* device() override { return &device_; }
  void Record(const std::vector<Instruction>* code, const std::vector<Observation>* observations) override {
    device_.Record(code, observations);
  }
  const RunRecord& record() const override { return device_.record(); }
  void Trace(const std::string&, uint64_t, uint64_t) override { throw InputError("backend tlm writes no trace"); }

 private:
  TlmDevice device_;
};

const std::vector<Observation> kNoObservations;

}  // namespace

std::unique_ptr<Target> MakeTarget(const std::string& backend, const HwConfig& config, const TargetSettings& settings) {
  if (backend == "rtl") return std::make_unique<RtlTarget>(config, settings);
  if (backend == "tlm") return std::make_unique<TlmTarget>(config, settings);
  throw InputError("unknown backend " + backend);
}

Session::Session(Target* target, const Program* program, Driver::Settings settings)
    : target_(target), program_(program), driver_(target->device(), settings) {
  driver_.Identify(program->config);
  driver_.Load(*program);
  if (program->setup.empty()) return;
  target_->Record(&program->setup, &kNoObservations);
  driver_.RunSetup(*program);
  setup_.record = target_->record();
  setup_.counters = driver_.ReadCounters();
}

TargetRun Session::Run(const int8_t* images) {
  driver_.WriteImages(*program_, images);
  target_->Record(&program_->code, &program_->observations);
  driver_.RunCode(*program_);
  TargetRun run;
  run.record = target_->record();
  run.outputs = driver_.ReadOutputs(*program_);
  run.counters = driver_.ReadCounters();
  return run;
}

}  // namespace systole
