// Any bytes as one of Timeloop's YAML files with everything in it: refused with a one-line
// InputError, or a design, a layer, a space and, where there is one, a mapping that evaluates.
#include <cmath>
#include <cstdlib>
#include <string>

#include "sw/base/error.h"
#include "sw/timeloop/evaluation.h"
#include "sw/timeloop/space.h"
#include "sw/timeloop/spec.h"

namespace {

using systole::timeloop::Spec;

// As many children as an evaluation may list one by one.
bool Small(const Spec& spec) {
  int64_t instances = spec.arch.macs;
  for (const auto& level : spec.arch.levels) instances = std::max(instances, level.instances);
  return instances <= 4096;
}

void Try(const std::string& text) {
  const Spec spec = systole::timeloop::ReadSpec({{"x.yaml", text}});
  if (spec.mapping && Small(spec)) {
    for (const auto rules :
         {systole::timeloop::Rules::kTimeloop, systole::timeloop::Rules::kPhysical}) {
      systole::timeloop::Evaluation result;
      systole::timeloop::Evaluate(spec.problem, spec.arch, *spec.mapping, rules, &result);
      if (result.valid && !std::isfinite(result.energy)) std::abort();
      if (result.valid == !result.reason.empty()) std::abort();
    }
  }
  systole::timeloop::MapSpace{spec};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    Try(std::string(data, data + size));
  } catch (const systole::InputError& error) {
    if (std::string(error.what()).find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
