#include "sw/timing/timeline.h"

#include <memory>

namespace systole {

Timeline Simulate(const std::vector<Instruction>& program, const HwConfig& config, const MemoryTiming& memory) {
  auto scheduler = std::make_unique<Scheduler>(config, memory);
  scheduler->Reserve(program.size());
  bool ok = true;
  for (const Instruction& i : program) {
    ok = scheduler->Feed(i);
    if (!ok) break;
  }
  ok = ok && scheduler->Finish();
  Timeline t;
  if (ok) {
    t.total = scheduler->total();
  } else {
    t.error = scheduler->error();
    t.error_engine = scheduler->error_engine();
    t.error_index = scheduler->error_index();
  }
  t.counters = scheduler->counters();
  t.issue = scheduler->TakeIssue();
  t.retire = scheduler->TakeRetire();
  t.issue.resize(program.size(), Scheduler::kNever);
  t.retire.resize(program.size(), Scheduler::kNever);
  return t;
}

std::string Describe(const Timeline& t) {
  if (t.ok()) return "";
  static const char* const kEngines[] = {"LOAD", "MATMUL", "POST", "STORE", "dispatcher"};
  return std::string(ErrorText(t.error)) + ": instruction " + std::to_string(t.error_index) + " (" +
         kEngines[t.error_engine] + ")";
}

}  // namespace systole
