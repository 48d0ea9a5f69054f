#include "sw/explore/rtl/rtl_trial.h"

#include <random>

#include "sw/compare/run_view.h"
#include "sw/golden/fast.h"
#include "sw/program/layout.h"

namespace systole::explore {

std::vector<int8_t> RandomBytes(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int8_t> bytes(count);
  for (int8_t& byte : bytes) byte = static_cast<int8_t>(random() >> 56);
  return bytes;
}

RtlTrial TryOnRtl(const Model& model, const Program& program, const MemoryTiming& memory,
                  uint64_t seed) {
  const int count = program.options.images;
  const size_t size = static_cast<size_t>(model.tensors.front().Elements());
  const std::vector<int8_t> images = RandomBytes(count * size, seed);

  FastGolden golden(model);
  std::vector<std::vector<std::vector<int8_t>>> tensors;
  std::vector<int8_t> golden_outputs;
  for (int i = 0; i < count; ++i) {
    tensors.push_back(golden.Run(&images[i * size]));
    golden_outputs.insert(golden_outputs.end(), tensors.back().back().begin(),
                          tensors.back().back().end());
  }

  TargetSettings settings;
  settings.memory_latency = static_cast<int>(memory.latency);
  const std::unique_ptr<Target> target = MakeRtlTarget(program.config, settings);
  Session session(target.get(), &program);
  const TargetRun run = session.Run(images.data());

  RtlTrial trial;
  if (!program.setup.empty()) {
    CompareTiming(program.setup, "setup", ModelTiming(program.setup, program.config, memory),
                  TimingOf("rtl", session.setup()), &trial.differences);
  }
  trial.model = CodeTiming(program, memory);
  trial.rtl = TimingOf("rtl", run);
  CompareTiming(program.code, "run", trial.model, trial.rtl, &trial.differences);
  trial.model_rows = CyclesByRow(program, trial.model.stamps, trial.model.total);
  trial.rtl_rows = CyclesByRow(program, trial.rtl.stamps, trial.rtl.total);

  TensorView want{"golden", {}}, got{"rtl", {}};
  for (const Observation& o : AllObservations(program))
    want.tensors.push_back(PartOf(o, model.tensors[o.tensor].h, model.tensors[o.tensor].w,
                                  tensors[o.image][o.tensor - 1]));
  got.tensors = TensorsOf(program, run);
  std::vector<int64_t> bytes(program.report.size()), mismatches(program.report.size());
  CompareTensors(model, program, 0, want, got, &bytes, &mismatches, &trial.differences);
  CompareOutputs(model, 0, "golden", golden_outputs, "rtl", run.outputs, &trial.differences);
  trial.bytes = static_cast<int64_t>(golden_outputs.size());
  for (const int64_t n : bytes) trial.bytes += n;
  return trial;
}

}  // namespace systole::explore
