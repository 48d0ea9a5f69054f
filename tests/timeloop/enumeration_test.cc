// The search against every mapping there is, on every layer of four networks whose constrained
// space is small: all factors, all bypasses, all orders. SYSTOLE_MOST_POINTS: how many mappings a
// space may have to be enumerated (docs/recorded/enumeration.txt has more).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include "sw/timeloop/mapper.h"
#include "sw/timeloop/network_layers.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

struct TooMany {};

double MostPoints() {
  const char* text = std::getenv("SYSTOLE_MOST_POINTS");
  return text != nullptr ? std::atof(text) : 200000;
}

// Choices of factors and bypasses alone, or `most` where there are more.
double Factorizations(const Spec& spec, double most) {
  const MapSpace space(spec, false);
  double all = 0;
  for (const SpaceTask& task : space.Tasks()) {
    double splits = 1;
    for (int d = 0; d < spec.problem.Dims(); ++d) {
      splits *= static_cast<double>(space.TemporalSplits(d, task.rest[d]).size());
    }
    all += splits;
    if (all > most) return all;
  }
  return all;
}

// The best of all mappings and how many there are; throws TooMany.
std::pair<double, int64_t> BestOfAll(const Spec& spec, double most) {
  if (Factorizations(spec, most) > most) throw TooMany();
  std::pair<double, int64_t> best{INFINITY, 0};
  Evaluator evaluator(spec.problem, spec.arch, Rules::kTimeloop);
  Evaluation result;
  VisitAll(spec, true, [&](const Mapping& mapping) {
    if (static_cast<double>(++best.second) > most) throw TooMany();
    evaluator.Evaluate(mapping, &result);
    if (result.valid) best.first = std::min(best.first, result.energy * result.cycles);
  });
  return best;
}

TEST(Enumeration, SmallSpacesOfNetworks) {
  const std::string folder = SYSTOLE_DESIGNS;
  std::set<ConvShape> shapes;
  for (const char* network : {"lenet5_28", "lenet5_32", "alexnet", "resnet18", "resnet50"}) {
    for (const auto& layer : ReadNetwork(folder + "/../workloads/" + network + ".csv")) {
      shapes.insert(layer.shape);
    }
  }
  int spaces = 0;
  int64_t mappings = 0;
  for (const char* design :
       {"simple_weight_stationary", "simple_output_stationary", "eyeriss_like"}) {
    for (const bool split6 : {false, true}) {
      if (split6 && std::string(design) == "eyeriss_like") continue;
      for (const ConvShape& shape : shapes) {
        std::vector<SpecFile> files = DesignFiles(design);
        if (split6) files.push_back(FileOf(folder + "/split6.yaml"));
        const Spec spec = ReadSpec(files, ConvProblem(shape));
        try {
          const auto [best, count] = BestOfAll(spec, MostPoints());
          const MapResult found = FindBest(spec, {});
          EXPECT_TRUE(found.proved);
          EXPECT_NEAR(found.value, best, 1e-12 * best) << design << " " << shape.Text();
          ++spaces;
          mappings += count;
        } catch (const TooMany&) {
        }
      }
    }
  }
  std::printf("%d spaces of at most %.0f mappings enumerated, %ld mappings\n", spaces, MostPoints(),
              static_cast<long>(mappings));
  EXPECT_GE(spaces, 2);
}

}  // namespace
}  // namespace systole::timeloop
