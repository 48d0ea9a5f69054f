#include "sw/timeloop/evaluation.h"

#include <algorithm>
#include <cmath>

#include "sw/timeloop/movement.h"

namespace systole::timeloop {
namespace {

// With the level's bandwidth, from words of one instance.
double LevelCycles(const Level& level, const LevelResult& counts, double steps, int tensors) {
  if (level.read_bandwidth == 0 && level.write_bandwidth == 0) return steps;
  double read = 0, write = 0;
  for (int t = 0; t < tensors; ++t) {
    const Counts& one = counts.tensors[t];
    if (!one.kept) continue;
    read += one.reads / steps;
    write += (one.fills + one.updates) / steps;
  }
  double slowdown = 1;
  if (level.read_bandwidth > 0 && level.read_bandwidth < read) {
    slowdown = std::min(slowdown, level.read_bandwidth / read);
  }
  if (level.write_bandwidth > 0 && level.write_bandwidth < write) {
    slowdown = std::min(slowdown, level.write_bandwidth / write);
  }
  return slowdown == 1 ? steps : std::ceil(steps / slowdown);
}

}  // namespace

struct Evaluator::State {
  State(const Problem& p, const Architecture& a, Rules rules)
      : problem(p), arch(a), macs(static_cast<double>(p.Macs())), movement(p, a, rules) {}

  const Problem& problem;
  const Architecture& arch;
  const double macs;
  Movement movement;
  Nest nest;
};

Evaluator::Evaluator(const Problem& problem, const Architecture& arch, Rules rules)
    : state_(std::make_unique<State>(problem, arch, rules)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

void Evaluator::Evaluate(const Mapping& mapping, Evaluation* result) {
  State& s = *state_;
  const int levels = s.arch.Levels(), tensors = s.problem.Tensors();
  result->levels.resize(levels);
  Products(s.arch, mapping, &s.nest);
  s.movement.SetMapping(mapping, s.nest);
  result->reason = Misfit(s.arch, s.movement.Words(), s.nest);
  result->valid = result->reason.empty();
  result->compute_cycles = s.nest.steps;
  result->used_macs = s.nest.used_macs;
  if (!result->valid) return;
  for (int t = 0; t < tensors; ++t) s.movement.Run(t, mapping, s.nest, result);
  result->mac_energy = s.macs * s.arch.mac_energy;
  result->energy = result->mac_energy;
  result->cycles = s.nest.steps;
  for (int c = 0; c < levels; ++c) {
    LevelResult& level = result->levels[c];
    level.instances = s.nest.used[c];
    level.cycles = LevelCycles(s.arch.levels[c], level, s.nest.steps, tensors);
    level.energy = 0;
    for (int t = 0; t < tensors; ++t) {
      if (level.tensors[t].kept) level.energy += level.tensors[t].energy;
    }
    result->cycles = std::max(result->cycles, level.cycles);
    result->energy += level.energy;
  }
  result->utilization = s.macs / static_cast<double>(s.arch.macs) / result->cycles;
}

void Evaluate(const Problem& problem, const Architecture& arch, const Mapping& mapping, Rules rules,
              Evaluation* result) {
  Evaluator(problem, arch, rules).Evaluate(mapping, result);
}

}  // namespace systole::timeloop
