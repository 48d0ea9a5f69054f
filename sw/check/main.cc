// `systole check`: the RTL of one configuration on directed programs that reach its corners. Exit
// status: 0 all equal; 1 a difference found; 2 bad input or usage.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/parse_options.h"
#include "sw/check/area_run.h"
#include "sw/check/report.h"
#include "sw/cli/commands.h"
#include "tb/rtl_library.h"

namespace {

using systole::InputError;

int Run(const systole::HwConfig& config, systole::RtlVariant variant,
        const std::vector<std::string>& names, bool first) {
  const std::vector<systole::check::Area>& all = systole::check::Areas();
  for (const std::string& name : names) {
    if (std::none_of(all.begin(), all.end(), [&](const auto& a) { return name == a.name; })) {
      std::vector<std::string> known;
      for (const systole::check::Area& a : all) known.push_back(a.name);
      throw InputError(
          fmt::format("--area {}: no such area; choose from {}", name, fmt::join(known, ", ")));
    }
  }
  systole::CheckRtlBuilt(config, variant);
  systole::check::Report report(config);
  systole::check::Bench bench(config, variant);
  for (const systole::check::Area& area : all) {
    if (!names.empty() && std::find(names.begin(), names.end(), area.name) == names.end()) continue;
    const auto begin = std::chrono::steady_clock::now();
    systole::check::AreaRun run(&bench, area.name, first ? 1 : 3);
    if (config.engine != 0 && !area.either_array) {
      run.Skip(fmt::format("area {}: its cases are Matmuls (ENGINE=1 has RowConv)", area.name));
    } else {
      area.run(&run);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    report.Add(area, run, took.count());
    if (first && report.differences() > 0) break;
  }
  report.Finish(bench);
  return report.differences() == 0 ? systole::kAllEqual : systole::kDifferent;
}

}  // namespace

int main(int argc, char** argv) {
  return systole::RunCommand([&]() -> int {
    CLI::App app(
        "Directed layers, programs and bad accesses that reach every corner of the RTL, for the "
        "parameters given: bytes, cycles, counters and errors",
        "systole check");
    systole::ConfigOptions options;
    options.AddTo(&app);
    std::vector<std::string> areas;
    app.add_option("--area", areas, "only this area, may be repeated");
    bool first = false;
    app.add_flag("--first", first, "ends with the first difference");
    std::string variant = "plain";
    app.add_option("--rtl-variant", variant, "library of the RTL")
        ->check(CLI::IsMember({"plain", "noassert", "trace", "cov"}));
    if (!systole::ParseOptions(&app, argc, argv)) return systole::kAllEqual;
    using systole::RtlVariant;
    return Run(options.Parse(),
               variant == "noassert" ? RtlVariant::kNoAssert
               : variant == "trace"  ? RtlVariant::kTrace
               : variant == "cov"    ? RtlVariant::kCoverage
                                     : RtlVariant::kPlain,
               areas, first);
  });
}
