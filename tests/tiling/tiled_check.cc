#include "tests/tiling/tiled_check.h"

#include <fmt/format.h>

#include <cstring>

#include "sw/compare/compare.h"
#include "sw/driver/host_step.h"
#include "sw/functional/run.h"
#include "sw/golden/golden.h"
#include "sw/program/layout.h"
#include "sw/tiling/tiling.h"
#include "tests/functional/flat_memory.h"

namespace systole {
namespace {

// Memory alone.
class MemoryDevice : public Device {
 public:
  explicit MemoryDevice(FlatMemory* memory) : memory_(memory) {}
  uint32_t ReadReg(uint32_t) override { return 0; }
  void WriteReg(uint32_t, uint32_t) override {}
  void WriteMemory(uint64_t address, const void* data, size_t bytes) override {
    memory_->Write(address, data, bytes);
  }
  void ReadMemory(uint64_t address, void* data, size_t bytes) override {
    std::memcpy(data, memory_->At(address), bytes);
  }
  bool WaitInterrupt(uint64_t) override { return false; }

 private:
  FlatMemory* memory_;
};

// What differs of a tensor in memory; "": nothing.
std::string Compare(const Observation& o, const std::vector<int8_t>& want, FlatMemory* memory) {
  std::vector<int8_t> planes(want.size());
  LinesToPlanes(o.layout, reinterpret_cast<int8_t*>(memory->At(o.layout.address)), planes.data());
  for (size_t e = 0; e < want.size(); ++e) {
    if (want[e] == planes[e]) continue;
    return fmt::format("image {}, tensor {}, element {} of {}: golden {}, stored {}", o.image,
                       o.tensor, e, want.size(), want[e], planes[e]);
  }
  return "";
}

}  // namespace

TiledCheck CheckTiled(const Model& model, const HwConfig& config, const ProgramOptions& options,
                      const MemoryTiming& timing, const std::vector<int8_t>& images, bool reuse) {
  TiledCheck check;
  Program& p = check.program = CompileTiled(model, config, options, reuse);
  FlatMemory memory(options.base, p.memory_end, 0x5A);
  MemoryDevice device(&memory);
  std::memcpy(memory.At(p.constants_address), p.constants.data(), p.constants.size());
  const size_t elements = static_cast<size_t>(model.tensors[0].Elements());
  for (int i = 0; i < options.images; ++i) {
    const std::vector<int8_t> lines = PlanesToLines(p.input, &images[i * elements]);
    std::memcpy(memory.At(p.input.address + i * p.input_stride), lines.data(), lines.size());
  }
  std::vector<std::vector<int8_t>> seen(p.observations.size());
  for (const Segment& segment : Segments(p)) {
    Executor executor(config);  // nothing is on chip
    auto retired = [&](uint32_t index) {
      for (size_t i = 0; i < seen.size(); ++i) {
        if (p.observations[i].instruction != segment.first + index) continue;
        const auto* buffer = reinterpret_cast<const int8_t*>(executor.activations());
        seen[i] = ToPlanes(PixelsAt(p.observations[i].layout, buffer), p.observations[i].layout);
      }
    };
    const FunctionalRun run =
        RunFunctional({p.code.begin() + segment.first, p.code.begin() + segment.last}, timing,
                      &executor, &memory, retired);
    check.cycles += static_cast<uint64_t>(run.timeline.total);
    if (run.error != ErrorCode::kNone) {
      const uint32_t index = segment.first + run.index;
      check.problem =
          fmt::format("instruction {} of {} (engine {}, row {}): {}", index, p.code.size(),
                      run.engine, p.report[p.report_of[index]].name, ErrorText(run.error));
      return check;
    }
    if (!run.timeline.ok()) {
      check.problem = Describe(run.timeline);
      return check;
    }
    for (const HostStep& step : segment.host) RunHostStep(step, &device);
  }
  std::vector<std::vector<std::vector<int8_t>>> golden;
  for (int i = 0; i < options.images; ++i) {
    golden.push_back(RunReference(model, &images[i * elements]));
    TensorLayout output = p.output;
    output.address += i * p.output_stride;
    const int last = static_cast<int>(model.tensors.size()) - 1;
    check.problem = Compare({0, last, i, output}, golden[i].back(), &memory);
    if (!check.problem.empty()) return check;
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    const Observation& o = p.observations[i];
    const Tensor& t = model.tensors[o.tensor];
    if (seen[i] == PartOf(o, t.h, t.w, golden[o.image][o.tensor - 1])) continue;
    check.problem =
        fmt::format("image {}, tensor {}, lines from {}, channels from {}: not golden's", o.image,
                    o.tensor, o.y0, o.c0);
    return check;
  }
  for (const Observation& o : p.stored) {
    check.problem = Compare(o, golden[o.image][o.tensor - 1], &memory);
    if (!check.problem.empty()) return check;
  }
  return check;
}

}  // namespace systole
