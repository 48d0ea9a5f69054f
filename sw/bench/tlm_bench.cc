// Measures the SystemC platform and the cycle model on a compiled model: images a second of
// processor time on one core, every byte computed. Usage: tlm_bench MODEL IMAGES [IMAGES_PER_RUN
// [BATCH]]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include "sw/compiler/compiler.h"
#include "sw/driver/driver.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/timing/timeline.h"
#include "systemc/tlm_device.h"

namespace {

double Seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: tlm_bench MODEL IMAGES [IMAGES_PER_RUN [BATCH]]\n");
    return 2;
  }
  using namespace systole;
  Model model = LoadModel(argv[1]);
  ChooseMultipliers(model, Rounding::kFloat32);
  const Images images = LoadImages(argv[2], model);
  const HwConfig config;
  const MemoryTiming timing{20};
  ProgramOptions options;
  options.images = argc > 3 ? std::atoi(argv[3]) : 256;
  options.batch = argc > 4 ? std::atoi(argv[4]) : 16;
  const Program program = Compile(model, config, options);

  std::vector<int8_t> input;
  const size_t one = images.data.size() / static_cast<size_t>(images.count);
  for (int i = 0; i < options.images; ++i) {
    const int8_t* from = images.data.data() + static_cast<size_t>(i % images.count) * one;
    input.insert(input.end(), from, from + one);
  }

  TlmDevice device(config, timing);
  Driver driver(&device);
  driver.Load(program);
  driver.RunSetup(program);
  double best = 1e30;
  for (int round = 0; round < 5; ++round) {
    const double start = Seconds();
    driver.WriteImages(program, input.data());
    driver.RunCode(program);
    driver.ReadOutputs(program);
    best = std::min(best, Seconds() - start);
  }
  fmt::print("TLM: {} images, {} instructions, {} cycles: {:.0f} images/s\n", options.images,
             program.code.size(), driver.ReadCounters().total, options.images / best);

  double model_best = 1e30;
  Cycle total = 0;
  for (int round = 0; round < 20; ++round) {
    const double start = Seconds();
    total = Simulate(program.code, config, timing).total;
    model_best = std::min(model_best, Seconds() - start);
  }
  fmt::print("model: {} cycles: {:.0f} images/s, {:.1f} million instructions/s\n", total,
             options.images / model_best,
             static_cast<double>(program.code.size()) / model_best / 1e6);
}
