#include "sw/timing/timeline.h"

namespace systole {
namespace {

RunTotals Feed(const std::vector<Instruction>& program, Scheduler* scheduler) {
  scheduler->Reserve(program.size());
  bool ok = true;
  for (const Instruction& i : program) {
    ok = scheduler->Feed(i);
    if (!ok) break;
  }
  ok = ok && scheduler->Finish();
  RunTotals t;
  if (ok) {
    t.total = scheduler->total();
  } else {
    t.error = scheduler->error();
    t.error_engine = scheduler->error_engine();
    t.error_index = scheduler->error_index();
  }
  t.counters = scheduler->counters();
  return t;
}

}  // namespace

Timeline Simulate(const std::vector<Instruction>& program, const HwConfig& config,
                  const MemoryTiming& memory) {
  auto scheduler = std::make_unique<Scheduler>(config, memory);
  Timeline t;
  static_cast<RunTotals&>(t) = Feed(program, scheduler.get());
  t.issue = scheduler->TakeIssue();
  t.retire = scheduler->TakeRetire();
  t.issue.resize(program.size(), Scheduler::kNever);
  t.retire.resize(program.size(), Scheduler::kNever);
  return t;
}

RunTimer::RunTimer()
    : scheduler_(
          std::make_unique<Scheduler>(HwConfig{}, MemoryTiming{}, Scheduler::Keep::kTotals)) {}

RunTotals RunTimer::Time(const std::vector<Instruction>& program, const HwConfig& config,
                         const MemoryTiming& memory) {
  scheduler_->Start(config, memory);
  return Feed(program, scheduler_.get());
}

std::string Describe(const RunTotals& t) {
  if (t.ok()) return "";
  static const char* const kEngines[] = {"LOAD", "MATMUL", "POST", "STORE", "dispatcher"};
  return std::string(ErrorText(t.error)) + ": instruction " + std::to_string(t.error_index) + " (" +
         kEngines[t.error_engine] + ")";
}

}  // namespace systole
