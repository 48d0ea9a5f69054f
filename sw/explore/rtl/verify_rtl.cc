#include "sw/explore/rtl/verify_rtl.h"

#include <fmt/format.h>

#include <exception>

#include "sw/base/error.h"
#include "sw/compiler/compiler.h"
#include "sw/driver/parameters.h"
#include "sw/explore/rtl/rtl_build.h"
#include "sw/explore/rtl/rtl_trial.h"
#include "sw/tiling/tiling.h"

namespace systole::explore {
namespace {

void Differs(const std::string& what, RtlCheck* check) {
  ++check->differences;
  check->told.push_back(what);
}

void Fill(const Program& program, const RtlTrial& trial, RtlCheck* check) {
  check->rtl = static_cast<int64_t>(trial.rtl.total);
  check->bytes = trial.bytes;
  check->differences += trial.differences.count;
  check->told.insert(check->told.end(), trial.differences.told.begin(),
                     trial.differences.told.end());
  const auto cycles = [](uint64_t n) { return static_cast<int64_t>(n); };
  check->layers.push_back(
      {"lead-in", cycles(trial.model_rows.lead_in), cycles(trial.rtl_rows.lead_in)});
  for (size_t r = 0; r < program.report.size(); ++r) {
    check->layers.push_back(
        {program.report[r].name, cycles(trial.model_rows.rows[r]), cycles(trial.rtl_rows.rows[r])});
  }
  const int64_t laws = cycles(trial.model.total);
  if (check->predicted == 0) check->predicted = laws;
  if (check->predicted != laws) {
    Differs(fmt::format("the search predicted {} cycles, the timing laws say {}", check->predicted,
                        laws),
            check);
  }
  if (check->predicted != check->rtl) {
    Differs(fmt::format("the search predicted {} cycles, the RTL took {}", check->predicted,
                        check->rtl),
            check);
  }
}

}  // namespace

std::vector<RtlCheck> VerifyRtl(const std::vector<RtlDesign>& designs,
                                const std::vector<RtlWorkload>& workloads,
                                const VerifySettings& settings) {
  std::vector<RtlCheck> checks;
  for (size_t d = 0; d < designs.size() && !settings.Stopped(); ++d) {
    const RtlDesign& design = designs[d];
    const auto say = [&](const std::string& what) {
      if (settings.progress)
        settings.progress(fmt::format("design {} of {}: {}", d + 1, designs.size(), what));
    };
    const std::string variables = MakeVariables(design.config);
    say("building the RTL, " + (variables.empty() ? "default parameters" : variables));
    const std::string not_built = BuildRtl(design.config, settings.jobs);
    for (size_t w = 0; w < workloads.size() && !settings.Stopped(); ++w) {
      RtlCheck check;
      check.design = design.name;
      check.workload = workloads[w].name;
      check.hardware = variables;
      check.why_not = not_built;
      if (w < design.predicted.size()) check.predicted = design.predicted[w];
      if (check.Ran()) {
        say(fmt::format("running {}, {} images", workloads[w].name, design.options.images));
        try {
          const auto compile = [&] {
            const RtlWorkload& workload = workloads[w];
            return workload.from_memory
                       ? CompileTiled(workload.model, design.config, design.options)
                       : Compile(workload.model, design.config, design.options);
          };
          const Program program = compile();
          Fill(program, TryOnRtl(workloads[w].model, program, design.memory, settings.seed),
               &check);
        } catch (const InputError& error) {
          // The compiler refuses it. A search that predicted cycles for it was wrong.
          if (check.predicted == 0) check.why_not = error.what();
          if (check.predicted != 0) Differs(error.what(), &check);
        } catch (const std::exception& error) {
          Differs(error.what(),
                  &check);  // the RTL or the cycle model reports that the program cannot end well
        }
      }
      checks.push_back(std::move(check));
    }
  }
  return checks;
}

int PrintRtlChecks(const std::vector<RtlCheck>& checks, std::FILE* out) {
  fmt::print(out, "RTL: predicted cycles of a run beside those of the verilated RTL\n");
  const std::string* design = nullptr;
  int64_t ran = 0, equal = 0, not_run = 0;
  for (const RtlCheck& c : checks) {
    if (design == nullptr || *design != c.design)
      fmt::print(out, "\n{}   (make rtl{}{})\n", c.design, c.hardware.empty() ? "" : " ",
                 c.hardware);
    design = &c.design;
    if (!c.Ran()) {
      ++not_run;
      fmt::print(out, "  {}: not run: {}\n", c.workload, c.why_not);
      continue;
    }
    ++ran;
    equal += c.differences == 0;
    fmt::print(out, "  {:<22} {:>12} {:>12} {:>11}\n", c.workload, "predicted", "RTL",
               "difference");
    for (const LayerCycles& l : c.layers) {
      fmt::print(out, "    {:<20} {:>12} {:>12} {:>11}\n", l.name, l.predicted, l.rtl,
                 l.rtl - l.predicted);
    }
    fmt::print(out, "    {:<20} {:>12} {:>12} {:>11}   {} bytes compared with golden\n", "total",
               c.predicted, c.rtl, c.rtl - c.predicted, c.bytes);
    for (const std::string& text : c.told) fmt::print(out, "    DIFFERENT: {}\n", text);
  }
  fmt::print(out, "\n{} of {} runs equal in every layer, instruction, counter and byte", equal,
             ran);
  if (not_run > 0) fmt::print(out, "; {} not run", not_run);
  fmt::print(out, "\n");
  if (equal != ran) return 1;
  return ran == 0 && not_run > 0 ? 2 : 0;
}

}  // namespace systole::explore
