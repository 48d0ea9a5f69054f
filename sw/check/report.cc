#include "sw/check/report.h"

#include <fmt/format.h>

#include <cstdio>

#include "sw/driver/parameters.h"

namespace systole::check {

Report::Report(const HwConfig& config) {
  const std::string differs = MakeVariables(config);
  fmt::print("check: RTL {}x{}{}{}\n", config.rows, config.cols, differs.empty() ? "" : ": ",
             differs);
  fmt::print("{:<11} {:>5}  {:<51} {}\n", "area", "cases", "reaches", "compared");
  std::fflush(stdout);
}

void Report::Add(const Area& area, const AreaRun& run, double seconds) {
  cases_ += run.cases();
  seconds_ += seconds;
  fmt::print(
      "{:<11} {:>5}  {:<51} {}{}\n", area.name, run.cases(), area.covers, area.compares,
      run.differences().empty() ? "" : fmt::format("  {} DIFFERENT", run.differences().size()));
  for (const std::string& d : run.differences()) fmt::print("  DIFFERENT: {}\n", d);
  for (const std::string& s : run.skipped()) skipped_.push_back(s);
  differences_ += run.differences().size();
  std::fflush(stdout);
}

void Report::Finish(const Bench& bench) {
  const Bench::Totals& t = bench.totals();
  fmt::print(
      "compared: {} programs in {} cycles, {} bytes of memory, {} stamps, {} counters, {} errors "
      "({:.1f} s)\n",
      t.programs, bench.cycles(), t.bytes, t.stamps, t.counters, t.errors, seconds_);
  for (const std::string& s : skipped_) fmt::print("not in this configuration: {}\n", s);
  fmt::print(
      "only make test covers: random networks by the hundred, mutated programs, write strobes of "
      "the register port,\n  random initial state, the SystemC platform, the blocks by themselves, "
      "the requantizer's proofs\n");
  if (differences_ == 0) {
    fmt::print("check: {} cases, no difference\n", cases_);
  } else {
    fmt::print("check: {} cases, {} DIFFERENT\n", cases_, differences_);
  }
}

}  // namespace systole::check
