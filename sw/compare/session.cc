// The RTL behind Target, and the driver's sequence; apart from target.cc, whose TLM platform needs
// SystemC.
#include <string>
#include <utility>
#include <vector>

#include "sw/base/check.h"
#include "sw/compare/target.h"

namespace systole {
namespace {

std::vector<std::string> Plusargs(const TargetSettings& settings) {
  if (settings.trace.empty()) return {};
  return {kTraceArgument + settings.trace};
}

class RtlTarget : public Target {
 public:
  RtlTarget(const HwConfig& config, const TargetSettings& settings)
      : device_(OpenRtl(config, settings.rtl_variant, Plusargs(settings))) {
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

namespace {

// The stamps of a part of the code, which begins `before` cycles after the code.
void AddStamps(const std::vector<Stamp>& stamps, uint64_t before, RunRecord* record) {
  for (Stamp stamp : stamps) {
    for (uint64_t* cycle : {&stamp.issue, &stamp.retire}) {
      if (*cycle != kNever) *cycle += before;
    }
    record->stamps.push_back(stamp);
  }
}

}  // namespace

void Session::RunSegment(const Segment& segment, TargetRun* run) {
  const std::vector<Instruction> code(program_->code.begin() + segment.first,
                                      program_->code.begin() + segment.last);
  seen_.clear();
  for (Observation o : program_->observations) {
    if (o.instruction < segment.first || o.instruction >= segment.last) continue;
    o.instruction -= segment.first;
    seen_.push_back(o);
  }
  target_->Record(&code, &seen_);
  try {
    driver_.RunSegment(*program_, segment);
  } catch (...) {
    unfinished_ = run->record;
    AddStamps(target_->record().stamps, run->counters.total, &unfinished_);
    throw;
  }
  AddStamps(target_->record().stamps, run->counters.total, &run->record);
  const auto& tensors = target_->record().tensors;
  run->record.tensors.insert(run->record.tensors.end(), tensors.begin(), tensors.end());
  run->counters += driver_.ReadCounters();
}

TargetRun Session::Run(const int8_t* images, const std::vector<std::vector<int8_t>>& given) {
  Check(given.size() == program_->given.size(), "a part runs on what is given to it");
  driver_.WriteImages(*program_, images);
  for (size_t i = 0; i < given.size(); ++i)
    driver_.WriteTensor(program_->given[i].layout, given[i]);
  TargetRun run;
  for (const Segment& segment : Segments(*program_)) {
    if (segment.first < segment.last) RunSegment(segment, &run);
    driver_.RunHostSteps(segment);
  }
  run.outputs = driver_.ReadOutputs(*program_);
  for (const Observation& o : program_->stored) run.stored.push_back(driver_.ReadTensor(o.layout));
  return run;
}

}  // namespace systole
