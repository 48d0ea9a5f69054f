#include "tests/tiling/tiled_check.h"

#include <fmt/format.h>

#include <cstring>

#include "sw/functional/run.h"
#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/program/layout.h"
#include "sw/tiling/tiling.h"
#include "tests/functional/flat_memory.h"

namespace systole {
TiledCheck CheckTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                      const MemoryTiming& timing, const std::vector<int8_t>& images) {
  TiledCheck check;
  Program& p = check.program = CompileTiled(model, config, options);
  FlatMemory memory(options.base, p.memory_end, 0x5A);
  std::memcpy(memory.At(p.constants_address), p.constants.data(), p.constants.size());
  const size_t elements = static_cast<size_t>(model.tensors[0].Elements());
  for (int i = 0; i < options.images; ++i) {
    const std::vector<int8_t> lines = PlanesToLines(p.input, &images[i * elements]);
    std::memcpy(memory.At(p.input.address + i * p.input_stride), lines.data(), lines.size());
  }
  Executor executor(config);
  const FunctionalRun run = RunFunctional(p.code, timing, &executor, &memory);
  check.timeline = run.timeline;
  if (run.error != ErrorCode::kNone) {
    check.problem =
        fmt::format("instruction {} of {} (engine {}, row {}): {}", run.index, p.code.size(),
                    run.engine, p.report[p.report_of[run.index]].name, ErrorText(run.error));
    return check;
  }
  if (!run.timeline.ok()) {
    check.problem = Describe(run.timeline);
    return check;
  }
  std::vector<int8_t> planes(static_cast<size_t>(model.tensors.back().Elements()));
  for (int i = 0; i < options.images && check.problem.empty(); ++i) {
    const std::vector<int8_t> want = RunReference(model, &images[i * elements]).back();
    LinesToPlanes(p.output,
                  reinterpret_cast<int8_t*>(memory.At(p.output.address + i * p.output_stride)),
                  planes.data());
    for (size_t e = 0; e < want.size(); ++e) {
      if (want[e] == planes[e]) continue;
      check.problem = fmt::format("image {}, element {} of {}: golden {}, stored {}", i, e,
                                  want.size(), want[e], planes[e]);
      break;
    }
  }
  return check;
}

}  // namespace systole
