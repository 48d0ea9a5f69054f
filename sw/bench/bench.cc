// `make bench`: how fast each description is, in one run on one machine, in processor time.
// Usage: systole_bench MODEL IMAGES [SECONDS]   (16x16, batch 16; libraries of the RTL must have
// been built) Prints a line per description; figures are the best of several repetitions of at
// least SECONDS / 4 each.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>

#include "sw/base/error.h"
#include "sw/compare/target.h"
#include "sw/compiler/compiler.h"
#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/timing/timeline.h"

namespace systole {
namespace {

double Now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Best rate of four repetitions: calls `work`, which returns how much it did, until `seconds` have
// passed.
double BestRate(double seconds, const std::function<double()>& work) {
  work();
  double best = 0;
  for (int repetition = 0; repetition < 4; ++repetition) {
    const double start = Now();
    double done = 0, elapsed = 0;
    do {
      done += work();
      elapsed = Now() - start;
    } while (elapsed < seconds / 4);
    best = std::max(best, done / elapsed);
  }
  return best;
}

int Main(int argc, char** argv) {
  if (argc < 3) throw InputError("usage: systole_bench MODEL IMAGES [SECONDS]");
  const double seconds = argc > 3 ? std::atof(argv[3]) : 4.0;
  Model model = LoadModel(argv[1]);
  ChooseMultipliers(model, Rounding::kFloat32);
  ProgramOptions options;
  options.images = 64;
  options.batch = 16;
  const Images images = LoadImages(argv[2], model, options.images);
  if (images.count < options.images)
    throw InputError(fmt::format("{}: 64 images are needed", argv[2]));
  const HwConfig config;
  const Program program = Compile(model, config, options);

  std::vector<int8_t> out(static_cast<size_t>(model.tensors.back().Elements()));
  FastGolden fast(model);
  int next = 0;
  const double golden = BestRate(seconds, [&] {
    for (int k = 0; k < 64; ++k) fast.RunOutputs(images.Image(next++ % options.images), out.data());
    return 64.0;
  });
  fmt::print("golden, batch 1           {:>14.0f} images/s\n", golden);
  const double definition = BestRate(seconds, [&] {
    RunReference(model, images.Image(next++ % options.images));
    return 1.0;
  });
  fmt::print("golden, the definition    {:>14.0f} images/s\n", definition);

  Timeline timeline;
  const double model_rate = BestRate(seconds, [&] {
    timeline = Simulate(program.code, config, MemoryTiming{});
    return static_cast<double>(timeline.total);
  });
  fmt::print("cycle model               {:>14.0f} cycles/s, {:.0f} images/s\n", model_rate,
             model_rate / static_cast<double>(timeline.total) * options.images);

  auto run = [&](const char* backend, RtlVariant variant) {
    TargetSettings settings;
    settings.rtl_variant = variant;
    const std::unique_ptr<Target> target = MakeTarget(backend, config, settings);
    Session session(target.get(), &program);
    return BestRate(seconds, [&] {
      return static_cast<double>(session.Run(images.data.data()).counters.total);
    });
  };
  auto print = [&](const char* name, double rate) {
    fmt::print("{:<25} {:>14.0f} cycles/s, {:.0f} images/s\n", name, rate,
               rate / static_cast<double>(timeline.total) * options.images);
  };
  print("TLM platform", run("tlm", RtlVariant::kPlain));
  const double rtl = run("rtl", RtlVariant::kPlain);
  print("RTL, assertions on", rtl);
  print("RTL, no assertions", run("rtl", RtlVariant::kNoAssert));
  fmt::print("cycle model / RTL         {:>14.0f} x\n", model_rate / rtl);
  return 0;
}

}  // namespace
}  // namespace systole

int main(int argc, char** argv) {
  try {
    return systole::Main(argc, argv);
  } catch (const systole::InputError& e) {
    fmt::print(stderr, "error: {}\n", e.what());
    return 2;
  }
}
