#include "sw/nest/nest_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sw/base/error.h"
#include "sw/nest/nest_energy.h"

namespace systole::nest {
namespace {

bool Depthwise(const timeloop::NetworkLayer& layer) {
  return layer.groups > 1 && layer.shape.c == 1 && layer.shape.m == 1;
}

// The quantities of a row, with what the machine moves.
constexpr std::pair<const char*, const char*> kColumns[] = {
    {"shared_glb", "bytes of inputs read"}, {"ifmap_spad", "words filled"},
    {"ifmap_spad", "words read"},           {"psum_spad", "sums read"},
    {"psum_spad", "sums written"},          {"weights_spad", "words filled"},
    {"weight buffer", "bytes read"},        {"accumulators", "sums written"},
};
constexpr const char* kHeads[] = {"inputs read", "inputs filled",  "inputs met",   "sums read",
                                  "sums kept",   "weights filled", "weights read", "sums out"};

}  // namespace

timeloop::Problem ProblemOf(const timeloop::NetworkLayer& layer) {
  timeloop::ConvShape shape = layer.shape;
  if (!Depthwise(layer)) return timeloop::ConvProblem(shape);
  shape.m = layer.groups;
  timeloop::Problem problem = timeloop::ConvProblem(shape);
  // Inputs go by M.
  for (auto& axis : problem.tensors[static_cast<size_t>(problem.FindTensor("Inputs"))].axes) {
    if (axis.size() == 1 && axis[0].dim == problem.FindDim("C")) axis[0].dim = problem.FindDim("M");
  }
  return problem;
}

std::vector<timeloop::NetworkLayer> DifferentLayers(const std::vector<timeloop::NetworkLayer>& all,
                                                    const std::vector<std::string>& only) {
  for (const std::string& name : only) {
    if (std::none_of(all.begin(), all.end(), [&](const auto& l) { return l.name == name; }))
      throw InputError("--only " + name + ": the network has no such layer; see systole map --csv");
  }
  std::vector<timeloop::NetworkLayer> layers;
  std::set<std::pair<timeloop::ConvShape, int64_t>> seen;
  for (const timeloop::NetworkLayer& layer : all) {
    if (!only.empty() && std::find(only.begin(), only.end(), layer.name) == only.end()) continue;
    if (seen.insert({layer.shape, Depthwise(layer) ? layer.groups : 1}).second)
      layers.push_back(layer);
  }
  return layers;
}

std::string NetworkHead() {
  std::string text = fmt::format("{:<12} {:>10} {:>10} {:>10}", "layer", "cycles", "MATMUL", "run");
  for (const char* head : kHeads) text += fmt::format("  {:>27}", head);
  return text + "  different\n";
}

std::string NetworkRow(const std::string& name, const NestJob& job) {
  const NestReport report = job.Report();
  std::string text = fmt::format("{:<12} {:>10} {:>10} {:>10}", name, report.cycles.timeloop,
                                 report.cycles.machine, job.result.law.total);
  for (const auto& [level, what] : kColumns) {
    for (const Quantity& q : report.counts) {
      if (q.level != level || q.what != what) continue;
      text += fmt::format("  {:>27}", q.timeloop == q.machine
                                          ? fmt::format("{} =", q.machine)
                                          : fmt::format("{} {}", q.timeloop, q.machine));
    }
  }
  text += fmt::format("  {:>9}\n", job.differences.count);
  text += fmt::format("  {}\n", DescribeNest(job.plan.nest));
  const double timeloop = job.evaluation.energy * job.evaluation.cycles;
  const NestCost cost = MachineCost(job.plan, job.spec, job.evaluation);
  text += fmt::format(
      "  energy x cycles: Timeloop's {:.4g}, the machine's {:.4g} ({:.4g} pJ, {:.0f} cycles)\n",
      timeloop, cost.energy * cost.cycles, cost.energy, cost.cycles);
  for (const std::string& told : job.differences.told) text += "  " + told + "\n";
  return text;
}

}  // namespace systole::nest
