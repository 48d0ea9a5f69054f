// Mappings evaluated a second of processor time, on one core: random ones that fit, of one layer.
//   timeloop_bench FILE.yaml...
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>
#include <vector>

#include "sw/base/command.h"
#include "sw/base/error.h"
#include "sw/base/exit_status.h"
#include "sw/timeloop/evaluation.h"
#include "sw/timeloop/space.h"
#include "sw/timeloop/yaml_node.h"

namespace systole::timeloop {
namespace {

// Mappings of the space, all factors and orders equally likely among those that fit.
std::vector<Mapping> Draw(const Spec& spec, const MapSpace& space, size_t count) {
  const std::vector<SpaceTask> tasks = space.Tasks();
  std::mt19937_64 random(1);
  std::vector<Mapping> mappings;
  Evaluation result;
  Evaluator evaluator(spec.problem, spec.arch, Rules::kTimeloop);
  for (int tries = 0; mappings.size() < count && tries < 10000000; ++tries) {
    const SpaceTask& task = tasks[random() % tasks.size()];
    Mapping mapping;
    mapping.levels.resize(spec.arch.Levels());
    std::array<std::array<int64_t, kMaxDims>, kMaxLevels> factors{};
    std::vector<int> dims(spec.problem.Dims());
    for (int d = 0; d < spec.problem.Dims(); ++d) {
      dims[d] = d;
      const auto splits = space.TemporalSplits(d, task.rest[d]);
      const auto& split = splits[random() % splits.size()];
      for (int b = 0; b < spec.arch.Levels(); ++b) factors[b][d] = split[b];
    }
    std::shuffle(dims.begin(), dims.end(), random);
    for (int b = 0; b < spec.arch.Levels(); ++b) {
      std::vector<int> order;
      for (const int d : dims) {
        if ((space.Unordered(b) >> d & 1) != 0) order.push_back(d);
      }
      mapping.levels[b] = {space.SpatialLoops(b, task), space.TemporalLoops(b, order, factors[b]),
                           task.keep[b]};
    }
    evaluator.Evaluate(mapping, &result);
    if (result.valid) mappings.push_back(mapping);
  }
  return mappings;
}

int Main(int argc, char** argv) {
  std::vector<SpecFile> files;
  for (int i = 1; i < argc; ++i) files.push_back({argv[i], ReadText(argv[i])});
  if (files.empty()) throw InputError("usage: timeloop_bench FILE.yaml...");
  const Spec spec = ReadSpec(files);
  const std::vector<Mapping> mappings = Draw(spec, MapSpace(spec), 256);
  Evaluator evaluator(spec.problem, spec.arch, Rules::kTimeloop);
  Evaluation result;
  double sum = 0;
  size_t count = 0;
  const std::clock_t start = std::clock();
  double seconds = 0;
  while (seconds < 2) {
    for (const Mapping& mapping : mappings) {
      evaluator.Evaluate(mapping, &result);
      sum += result.energy;
    }
    count += mappings.size();
    seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  fmt::print("{} mappings that fit, evaluated {} times: {:.2f} million a second (mean {:.4g} pJ)\n",
             mappings.size(), count / mappings.size(), static_cast<double>(count) / seconds * 1e-6,
             sum / static_cast<double>(count));
  return kAllEqual;
}

}  // namespace
}  // namespace systole::timeloop

int main(int argc, char** argv) {
  return systole::RunCommand([&] { return systole::timeloop::Main(argc, argv); });
}
