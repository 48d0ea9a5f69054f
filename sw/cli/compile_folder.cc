#include "sw/cli/compile_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sw/arith/rounding.h"
#include "sw/base/check.h"
#include "sw/base/error.h"
#include "sw/golden/fast.h"
#include "sw/program/layout.h"
#include "sw/tiling/network.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

TensorInfo InfoOf(const Tensor& t) {
  const bool is_uint8 = t.boundary == DType::kUint8;
  return {t.name, t.c, t.h, t.w, is_uint8, t.scale, t.zero_point + (is_uint8 ? 128 : 0)};
}

uint64_t CyclesOf(const std::vector<Instruction>& code, const HwConfig& config,
                  const MemoryTiming& memory) {
  if (code.empty()) return 0;
  const RunTotals totals = Simulate(code, config, memory);
  if (!totals.ok()) throw InternalError("the compiled program cannot end: " + Describe(totals));
  return static_cast<uint64_t>(totals.total);
}

void AddImages(const Model& model, const Images& images, ProgramFolder* f) {
  const int count = f->program.options.images;
  const size_t size = static_cast<size_t>(model.tensors.front().Elements());
  Check(images.count >= count, "fewer images than the program runs");
  f->has_images = true;
  f->images.assign(images.Image(0), images.Image(0) + count * size);
  FastGolden golden(model);
  std::vector<std::vector<std::vector<int8_t>>> tensors;
  for (int i = 0; i < count; ++i) {
    tensors.push_back(golden.Run(images.Image(i)));
    f->outputs.insert(f->outputs.end(), tensors[i].back().begin(), tensors[i].back().end());
  }
  for (const Observation& o : f->program.observations)
    f->expected.push_back(tensors[o.image][o.tensor - 1]);
}

}  // namespace

ProgramFolder MakeProgramFolder(const Model& model, Rounding rounding, const HwConfig& config,
                                const ProgramOptions& options, int memory_latency,
                                const Images& images) {
  ProgramFolder f;
  f.program = CompileNetwork(model, config, options);
  for (const Segment& segment : f.program.segments) {
    if (segment.host.empty()) continue;
    throw InputError(fmt::format(
        "{}: {} is a step of the host between two runs of the accelerator, and a program folder "
        "holds one run; systole run runs the model as it is, or cut it there",
        model.name, segment.host[0].name));
  }
  // A folder's observations are those of whole tensors.
  std::vector<Observation>& seen = f.program.observations;
  seen.erase(std::remove_if(seen.begin(), seen.end(),
                            [&](const Observation& o) {
                              const Tensor& t = model.tensors[o.tensor];
                              return !IsWhole(o, t.h, t.c);
                            }),
             seen.end());
  f.model = model.name;
  f.rounding = RoundingName(rounding);
  for (const Tensor& t : model.tensors) f.tensors.push_back(InfoOf(t));
  f.quantizes_images = model.quantizes_images;
  f.image_scale = model.image.scale;
  f.image_mean = model.image.mean;
  f.file_input = model.file_input;
  f.channels_last = model.channels_last;
  f.ties_away = model.image.ties_away;
  f.memory_latency = memory_latency;
  const MemoryTiming memory{memory_latency, {}};
  f.setup_cycles = CyclesOf(f.program.setup, config, memory);
  f.code_cycles = CyclesOf(f.program.code, config, memory);
  if (images.count > 0) AddImages(model, images, &f);
  return f;
}

Model WithoutLayers(const ProgramFolder& folder) {
  Model model;
  model.name = folder.model;
  for (const TensorInfo& t : folder.tensors) {
    Tensor tensor;
    tensor.name = t.name;
    tensor.c = t.c, tensor.h = t.h, tensor.w = t.w;
    tensor.scale = t.scale;
    tensor.zero_point = t.zero_point - (t.is_uint8 ? 128 : 0);
    tensor.boundary = t.is_uint8 ? DType::kUint8 : DType::kInt8;
    model.tensors.push_back(tensor);
  }
  model.quantizes_images = folder.quantizes_images;
  model.image.scale = folder.image_scale;
  model.image.mean = folder.image_mean;
  model.file_input = folder.file_input;
  model.channels_last = folder.channels_last;
  model.image.ties_away = folder.ties_away;
  return model;
}

}  // namespace systole
