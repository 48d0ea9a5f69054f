// Small compiled networks (the table of layer cases) against the golden reference: every byte of
// every tensor seen, every cycle, and every byte of memory from before the program to behind its
// outputs.
#include <fmt/format.h>

#include <optional>
#include <random>

#include "sw/base/error.h"
#include "sw/check/area_run.h"
#include "sw/check/layer_cases.h"
#include "sw/check/origin.h"
#include "sw/compiler/compiler.h"
#include "sw/golden/golden.h"
#include "sw/timing/timeline.h"

namespace systole::check {
namespace {

constexpr char kFiles[] = "the files of the engine named";

// Bytes around the program that nothing may touch.
constexpr uint64_t kGuard = 4096;

Rounding Built(const HwConfig& c, Rounding wanted) {
  if (c.roundings >> static_cast<int>(wanted) & 1) return wanted;
  int mode = 0;
  while (!(c.roundings >> mode & 1)) ++mode;
  return static_cast<Rounding>(mode);
}

Driver::Settings Patience(uint64_t cycles) {
  Driver::Settings settings;
  settings.watchdog = 20000;
  settings.max_cycles = cycles;
  return settings;
}

class LayerRun {
 public:
  LayerRun(Bench* bench, const LayerCase& layer, Model model, Program program)
      : bench_(bench),
        name_("layer " + layer.name),
        model_(std::move(model)),
        program_(std::move(program)),
        images_(layer.net.Images(layer.images)) {
    const size_t elements = images_.size() / static_cast<size_t>(layer.images);
    for (int i = 0; i < layer.images; ++i)
      golden_.push_back(RunReference(model_, &images_[static_cast<size_t>(i) * elements]));
  }

  void Run() {
    RtlDevice* const device = bench_->device();
    bench_->Quiet(20);
    Driver driver(device, Patience(10000000));
    const uint64_t first = program_.options.base - kGuard;
    std::vector<uint8_t> memory(program_.memory_end + kGuard - first);
    std::mt19937_64 random(3);
    for (uint8_t& byte : memory) byte = static_cast<uint8_t>(random() >> 32);
    device->WriteMemory(first, memory.data(), memory.size());
    driver.Load(program_);
    driver.WriteImages(program_, images_.data());
    device->ReadMemory(first, memory.data(), memory.size());

    const std::vector<Observation> none;
    device->Record(&program_.setup, &none);
    driver.RunSetup(program_);
    CompareTimes(program_.setup, name_ + ", setup");
    device->Record(&program_.code, &program_.observations);
    driver.RunCode(program_);
    CompareTensors();
    ExpectOutputs(&memory, first);
    std::vector<uint8_t> seen(memory.size());
    device->ReadMemory(first, seen.data(), seen.size());
    for (size_t k = 0; k < memory.size(); ++k) {
      bench_->Expect(
          seen[k] == memory[k],
          fmt::format("{}: memory byte 0x{:x} is {}, must be {}: {}", name_, first + k, seen[k],
                      memory[k], OriginOf(program_.code, program_.config, first + k)),
          kFiles);
    }
    CompareTimes(program_.code, name_);
    bench_->Count(2, seen.size());
  }

  uint64_t cycles() const {
    return static_cast<uint64_t>(
        Simulate(program_.code, program_.config, MemoryTiming{20, {}}).total);
  }

  // Leaves a run after so many cycles, by a reset or a soft one.
  void Leave(uint64_t cycle, bool soft) {
    RtlDevice* const device = bench_->device();
    bench_->Quiet(20);
    Driver driver(device, Patience(10000000));
    driver.Load(program_);
    driver.WriteImages(program_, images_.data());
    const std::vector<Observation> none;
    device->Record(&program_.setup, &none);
    driver.RunSetup(program_);
    device->Record(&program_.code, &none);
    try {
      Driver(device, Patience(cycle)).RunCode(program_);
    } catch (const HardwareError&) {
      // Not within its patience.
    }
    if (soft) {
      driver.SoftReset();
    } else {
      device->Reset();
    }
    bench_->Forget();
  }

 private:
  void CompareTimes(const std::vector<Instruction>& code, const std::string& name) {
    const Timeline t = Simulate(code, program_.config, MemoryTiming{20, {}});
    bench_->CompareStamps(name, kFiles, code, t);
    bench_->CompareCounters(name, t, false);
  }

  // Tensors as the activation buffer's write ports made them.
  void CompareTensors() {
    for (size_t k = 0; k < program_.observations.size(); ++k) {
      const Observation& o = program_.observations[k];
      const std::vector<int8_t>& want =
          golden_[static_cast<size_t>(o.image)][static_cast<size_t>(o.tensor - 1)];
      const std::vector<int8_t>& got = bench_->device()->record().tensors.at(k);
      bench_->Expect(
          got.size() == want.size(),
          fmt::format("{}: tensor {} of image {} was never written", name_, o.tensor, o.image),
          kFiles);
      size_t i = 0;
      for (int y = 0; y < o.layout.h; ++y) {
        for (int x = 0; x < o.layout.w; ++x) {
          for (int c = 0; c < o.layout.c; ++c, ++i) {
            const int8_t w = want[(static_cast<size_t>(c) * static_cast<size_t>(o.layout.h) +
                                   static_cast<size_t>(y)) *
                                      static_cast<size_t>(o.layout.w) +
                                  static_cast<size_t>(x)];
            if (w == got[i]) continue;
            bench_->Expect(false,
                           fmt::format("{}: image {} tensor {} channel {} y {} x {} is {}, golden "
                                       "{}; complete after {}",
                                       name_, o.image, o.tensor, c, y, x, got[i], w,
                                       Named(program_.code, o.instruction)),
                           EngineAndFiles(1) + ", " + EngineAndFiles(2));
          }
        }
      }
    }
  }

  // Golden's outputs into the expected memory.
  void ExpectOutputs(std::vector<uint8_t>* memory, uint64_t first) {
    const TensorLayout& t = program_.output;
    for (int i = 0; i < program_.options.images; ++i) {
      const std::vector<int8_t>& out = golden_[static_cast<size_t>(i)].back();
      const uint64_t image = t.address + static_cast<uint64_t>(i) * program_.output_stride - first;
      for (int c = 0; c < t.c; ++c) {
        for (int y = 0; y < t.h; ++y) {
          for (int x = 0; x < t.w; ++x) {
            (*memory)[image + static_cast<uint64_t>(y) * t.line_stride +
                      static_cast<uint64_t>(x * t.c + c)] =
                static_cast<uint8_t>(out[static_cast<size_t>((c * t.h + y) * t.w + x)]);
          }
        }
      }
    }
  }

  Bench* bench_;
  const std::string name_;
  const Model model_;
  const Program program_;
  const std::vector<int8_t> images_;
  std::vector<std::vector<std::vector<int8_t>>> golden_;  // image, tensor
};

// The area of resets has Matmuls; this is that of the other array.
void CheckLayerResets(AreaRun* run, const std::string& name, LayerRun* one) {
  const uint64_t cycles = one->cycles();
  for (uint64_t k = 0; k < 12; ++k) {
    const uint64_t cycle = 1 + cycles * k / 12;
    const bool soft = k % 3 != 0;
    run->Try(fmt::format("layer {} after a {}reset in cycle {}", name, soft ? "soft " : "", cycle),
             [&] {
               one->Leave(cycle, soft);
               one->Run();
             });
    run->bench()->Forget();
  }
}

}  // namespace

void CheckLayers(AreaRun* run) {
  const HwConfig& config = run->config();
  std::vector<std::string> skipped;
  std::string why;
  int ran = 0;
  for (const LayerCase& layer : LayerCases()) {
    if (!run->goes_on()) return;
    ProgramOptions options;
    options.images = layer.images;
    options.batch = layer.batch;
    Model model = layer.net.Build(Built(config, layer.rounding));
    std::optional<Program> program;
    try {
      program = Compile(model, config, options);
    } catch (const InputError& e) {
      if (skipped.empty()) why = e.what();
      skipped.push_back(layer.name);
      continue;
    }
    LayerRun one(run->bench(), layer, std::move(model), std::move(*program));
    run->Try("layer " + layer.name, [&] { one.Run(); });
    run->bench()->Forget();
    if (config.engine != 0 && ran++ % 8 == 0) CheckLayerResets(run, layer.name, &one);
  }
  if (!skipped.empty()) {
    run->Skip(fmt::format("{} layers, the first as {}: {}", skipped.size(), why,
                          fmt::join(skipped, ", ")));
  }
}

}  // namespace systole::check
