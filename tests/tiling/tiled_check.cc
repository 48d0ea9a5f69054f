#include "tests/tiling/tiled_check.h"

#include <fmt/format.h>

#include <cstring>

#include "sw/functional/run.h"
#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/program/layout.h"
#include "sw/tiling/tiling.h"

namespace systole {
namespace {

class FlatMemory : public MemoryAccess {
 public:
  FlatMemory(uint64_t base, uint64_t end) : base_(base), bytes_(end - base + 256, 0x5A) {}
  uint8_t* At(uint64_t address) { return &bytes_.at(address - base_); }
  ErrorCode ReadBurst(uint64_t address, uint8_t* data, size_t n) override {
    if (address < base_ || address + n > base_ + bytes_.size()) return ErrorCode::kReadResponse;
    std::memcpy(data, &bytes_[address - base_], n);
    return ErrorCode::kNone;
  }
  ErrorCode WriteBurst(uint64_t address, const uint8_t* data, size_t n) override {
    if (address < base_ || address + n > base_ + bytes_.size()) return ErrorCode::kWriteResponse;
    std::memcpy(&bytes_[address - base_], data, n);
    return ErrorCode::kNone;
  }

 private:
  uint64_t base_;
  std::vector<uint8_t> bytes_;
};

}  // namespace

TiledCheck CheckTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                      const MemoryTiming& timing, const std::vector<int8_t>& images) {
  TiledCheck check;
  Program& p = check.program = CompileTiled(model, config, options);
  FlatMemory memory(options.base, p.memory_end);
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
