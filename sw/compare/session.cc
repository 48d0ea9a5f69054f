// The RTL behind Target, and the driver's sequence; apart from target.cc, whose TLM platform needs
// SystemC.
#include <utility>

#include "sw/compare/target.h"

namespace systole {
namespace {

class RtlTarget : public Target {
 public:
  RtlTarget(const HwConfig& config, const TargetSettings& settings)
      : device_(OpenRtl(config, settings.rtl_variant)) {
    device_->SetTiming({settings.memory_latency, settings.stall, settings.stall_seed});
  }
  Device* device() override { return device_.get(); }
  void Record(const std::vector<Instruction>* code,
              const std::vector<Observation>* observations) override {
    device_->Record(code, observations);
  }
  const RunRecord& record() const override { return device_->record(); }
  void Trace(const std::string& path, uint64_t first, uint64_t last) override {
    device_->Trace(path, first, last);
  }

 private:
  std::unique_ptr<RtlDevice> device_;
};

const std::vector<Observation> kNoObservations;

}  // namespace

std::unique_ptr<Target> MakeRtlTarget(const HwConfig& config, const TargetSettings& settings) {
  return std::make_unique<RtlTarget>(config, settings);
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
