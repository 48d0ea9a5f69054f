#include "tests/compiler/program_check.h"

#include <fmt/format.h>

#include <cstring>
#include <map>
#include <set>

#include "sw/functional/run.h"
#include "sw/golden/golden.h"
#include "tests/functional/flat_memory.h"

namespace systole {
namespace {

std::string CompareTensor(const Model& model, const Observation& o,
                          const std::vector<int8_t>& golden, const std::vector<int8_t>& observed) {
  for (int y = 0; y < o.layout.h; ++y) {
    for (int x = 0; x < o.layout.w; ++x) {
      for (int c = 0; c < o.layout.c; ++c) {
        const int want = golden[(static_cast<size_t>(c) * o.layout.h + y) * o.layout.w + x];
        const int got = observed[(static_cast<size_t>(y) * o.layout.w + x) * o.layout.c + c];
        if (want != got) {
          return fmt::format(
              "image {} tensor {} (layer '{}') c={} y={} x={}: golden {}, program {}", o.image,
              o.tensor, model.layers[o.tensor - 1].name, c, y, x, want, got);
        }
      }
    }
  }
  return "";
}

}  // namespace

ProgramCheck CheckProgram(const Model& model, const HwConfig& config, const ProgramOptions& options,
                          const MemoryTiming& timing, const std::vector<int8_t>& images) {
  ProgramCheck check;
  Program& p = check.program = Compile(model, config, options);
  FlatMemory memory(options.base, p.memory_end, 0);
  memory.Write(p.constants_address, p.constants.data(), p.constants.size());
  const int c = model.tensors[0].c, h = model.tensors[0].h, w = model.tensors[0].w;
  for (int i = 0; i < options.images; ++i) {
    for (int y = 0; y < h; ++y) {
      for (int x = 0; x < w; ++x) {
        for (int k = 0; k < c; ++k) {
          const int8_t value = images[((static_cast<size_t>(i) * c + k) * h + y) * w + x];
          memory.Write(p.input.address + i * p.input_stride + y * p.input.line_stride + x * c + k,
                       &value, 1);
        }
      }
    }
  }
  Executor executor(config);
  FunctionalRun setup = RunFunctional(p.setup, timing, &executor, &memory);
  if (setup.error != ErrorCode::kNone) {
    check.problem = fmt::format("setup instruction {}: {}", setup.index, ErrorText(setup.error));
    return check;
  }
  // Golden tensors per image, made when first needed.
  std::map<int, std::vector<std::vector<int8_t>>> golden;
  auto golden_of = [&](int image) -> const std::vector<std::vector<int8_t>>& {
    auto it = golden.find(image);
    if (it == golden.end()) {
      it = golden
               .emplace(image, RunReference(model, &images[static_cast<size_t>(image) * c * h * w]))
               .first;
    }
    return it->second;
  };
  size_t next = 0;
  std::set<std::pair<int, int>> seen;
  auto retired = [&](uint32_t index) {
    for (; next < p.observations.size() && p.observations[next].instruction == index; ++next) {
      const Observation& o = p.observations[next];
      std::vector<int8_t> tensor;
      for (int y = 0; y < o.layout.h; ++y) {
        const uint8_t* line = executor.activations() + o.layout.address + y * o.layout.line_stride;
        tensor.insert(tensor.end(), line, line + o.layout.w * o.layout.c);
      }
      check.bytes_compared += static_cast<int64_t>(tensor.size());
      seen.insert({o.tensor, o.image});
      if (check.problem.empty())
        check.problem = CompareTensor(model, o, golden_of(o.image)[o.tensor - 1], tensor);
    }
  };
  // Observations are sorted by instruction and Posts retire in order; other engines' retires are
  // skipped above.
  FunctionalRun run = RunFunctional(p.code, timing, &executor, &memory, retired);
  check.timeline = run.timeline;
  if (run.error != ErrorCode::kNone) {
    check.problem =
        fmt::format("instruction {} (engine {}): {}", run.index, run.engine, ErrorText(run.error));
    return check;
  }
  if (!check.problem.empty()) return check;
  if (next != p.observations.size()) check.problem = "not every observation was made";
  for (int i = 0; i < options.images && check.problem.empty(); ++i) {
    if (!seen.count({static_cast<int>(model.layers.size()), i}))
      check.problem = fmt::format("image {} not observed", i);
    const std::vector<int8_t>& out = golden_of(i).back();
    const TensorLayout& l = p.output;
    for (int y = 0; y < l.h; ++y) {
      for (int x = 0; x < l.w; ++x) {
        for (int k = 0; k < l.c; ++k) {
          const int want = out[(static_cast<size_t>(k) * l.h + y) * l.w + x];
          const int got = static_cast<int8_t>(
              *memory.At(l.address + i * p.output_stride + y * l.line_stride + x * l.c + k));
          if (want != got && check.problem.empty()) {
            check.problem = fmt::format("stored image {} c={} y={} x={}: golden {}, memory {}", i,
                                        k, y, x, want, got);
          }
        }
      }
    }
  }
  return check;
}

}  // namespace systole
