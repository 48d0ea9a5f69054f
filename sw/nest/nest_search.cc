#include "sw/nest/nest_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "sw/base/error.h"
#include "sw/nest/nest_energy.h"

namespace systole::nest {
namespace {

using timeloop::Constraints;
using timeloop::Evaluation;
using timeloop::ListRule;
using timeloop::Loop;
using timeloop::Mapping;
using timeloop::Spec;
using timeloop::Value;

constexpr int kLevels = 7, kRows = 3, kColumns = 4, kGlb = 5, kMemory = 6;
constexpr int kRestarts = 16;

// Where prime factors of the bounds lie, and the orders of the two lists of loops.
struct State {
  std::vector<int> place;                       // of each prime factor: a level
  std::array<std::array<int, kDims>, 2> order;  // dimensions of the problem, innermost first
};

class Annealer {
 public:
  Annealer(const Spec& spec, const HwConfig& config, const SearchOptions& options)
      : spec_(spec),
        config_(config),
        options_(options),
        random_(options.seed),
        evaluator_(spec.problem, spec.arch, timeloop::Rules::kTimeloop) {
    const auto& problem = spec.problem;
    depthwise_ = problem.tensors[problem.FindTensor("Inputs")].Indexed(problem.FindDim("M"));
    for (int d = 0; d < problem.Dims(); ++d) {
      int64_t rest = problem.bounds[d];
      for (int64_t prime = 2; rest > 1; rest % prime == 0 ? rest /= prime : ++prime) {
        if (rest % prime == 0) factors_.push_back({d, prime});
      }
    }
  }

  SearchResult Run() {
    const int64_t each = std::max<int64_t>(1, options_.evaluations / kRestarts);
    // Row-stationary nests are few among all: every other start looks among them alone. The second
    // half goes on from the best found.
    for (int restart = 0; restart < kRestarts; ++restart) {
      const bool on = restart >= kRestarts / 2 && result_.mapping;
      Restrict(options_.row_stationary || (!on && restart % 2 != 0));
      Anneal(each, on ? best_state_ : Begin(), on ? 0.1 : 0.3);
    }
    result_.value = best_.first;
    return std::move(result_);
  }

 private:
  struct Factor {
    int dim;
    int64_t prime;
  };

  void Restrict(bool row_stationary) {
    places_.clear();
    for (const std::string& dim : spec_.problem.dims)
      places_.push_back(PlacesOf(dim, row_stationary));
  }
  std::vector<int> PlacesOf(const std::string& dim, bool row_stationary) const {
    if (row_stationary && dim == "R") return {1};
    if (row_stationary && dim == "S") return {kRows};
    if (dim == "C") return {1, kRows, kGlb, kMemory};
    if (dim == "M")
      return depthwise_ ? std::vector<int>{kRows, kGlb, kMemory}
                        : std::vector<int>{0, kRows, kColumns, kGlb, kMemory};
    if (dim == "R") return {1, kGlb, kMemory};
    if (dim == "S") return {kRows, kGlb, kMemory};
    if (dim == "Q") return {kColumns, kGlb, kMemory};
    return {kGlb, kMemory};
  }
  int Below(size_t n) { return static_cast<int>(random_() % n); }
  template <typename T>
  const T& OneOf(const std::vector<T>& list) {
    return list[static_cast<size_t>(Below(list.size()))];
  }

  // All in memory or in the buffer: small tiles are most often executable.
  State Begin() {
    State s;
    for (const Factor& factor : factors_) {
      const std::vector<int>& places = places_[static_cast<size_t>(factor.dim)];
      s.place.push_back(Below(2) == 0 ? places.back() : OneOf(places));
    }
    for (auto& order : s.order) {
      for (int d = 0; d < kDims; ++d) order[static_cast<size_t>(d)] = d;
      std::shuffle(order.begin(), order.end(), random_);
    }
    return s;
  }

  void Move(State* s) {
    const int kind = Below(4);
    if (kind == 0 || factors_.empty()) {
      auto& order = s->order[static_cast<size_t>(Below(2))];
      std::swap(order[static_cast<size_t>(Below(kDims))], order[static_cast<size_t>(Below(kDims))]);
      return;
    }
    const auto i = static_cast<size_t>(Below(factors_.size()));
    const auto& places = places_[static_cast<size_t>(factors_[i].dim)];
    const int to = OneOf(places), from = s->place[i];
    s->place[i] = to;
    if (kind != 1) return;
    // Another factor of the dimension goes the other way.
    std::vector<size_t> others;
    for (size_t j = 0; j < factors_.size(); ++j) {
      if (j != i && factors_[j].dim == factors_[i].dim && s->place[j] == to) others.push_back(j);
    }
    if (!others.empty()) s->place[OneOf(others)] = from;
  }

  Mapping MappingOf(const State& s) const {
    std::array<std::array<int64_t, timeloop::kMaxDims>, kLevels> bound;
    for (auto& row : bound) row.fill(1);
    for (size_t i = 0; i < factors_.size(); ++i)
      bound[static_cast<size_t>(s.place[i])][static_cast<size_t>(factors_[i].dim)] *=
          factors_[i].prime;
    Mapping mapping;
    mapping.levels.resize(kLevels);
    const auto tensor = [&](const char* name) { return 1u << spec_.problem.FindTensor(name); };
    const unsigned w = tensor("Weights"), in = tensor("Inputs"), out = tensor("Outputs");
    const std::array<unsigned, kLevels> keep = {out, w, in, 0, 0, in | out, w | in | out};
    // In an element C is inside R; along Y S, C, M; along X Q, M.
    const auto inside = [&](const char* names) {
      std::vector<int> dims;
      for (const char* name = names; *name != 0; ++name)
        dims.push_back(spec_.problem.FindDim({*name}));
      return dims;
    };
    for (size_t b = 0; b < kLevels; ++b) {
      auto& level = mapping.levels[b];
      level.keep = keep[b];
      std::vector<int> order = b == kColumns ? inside("QM") : inside(b == kRows ? "SCM" : "CRM");
      if (b == kGlb || b == kMemory) {
        const auto& free = s.order[b - kGlb];
        order.assign(free.begin(), free.end());
      }
      for (const int d : order) {
        const int64_t factor = bound[b][static_cast<size_t>(d)];
        if (factor == 1) continue;
        (b == kRows || b == kColumns ? level.spatial : level.temporal)
            .push_back({d, factor, b == kRows});
      }
    }
    return mapping;
  }

  // Infinite: not valid, not executable or not within the constraints.
  Value ValueOf(const Mapping& mapping) {
    if (!Keeps(spec_.constraints, mapping)) return {};
    evaluator_.Evaluate(mapping, &evaluation_);
    if (!evaluation_.valid) return {};
    try {
      const NestPlan plan = PlanNest(ReadNest(spec_, mapping), config_);
      ++result_.executable;
      NestCost cost{evaluation_.energy, evaluation_.cycles};
      if (options_.machine) cost = MachineCost(plan, spec_, evaluation_);
      return timeloop::ValueOf(options_.objective, cost.energy, cost.cycles);
    } catch (const InputError&) {
      return {};
    }
  }

  // Accepts what is worse by about `warmth` at first, by a three-hundredth of it at the end.
  void Anneal(int64_t steps, State now, double warmth) {
    Value value;
    for (int64_t i = 0; i < steps; ++i) {
      State next = now;
      Move(&next);
      const Mapping mapping = MappingOf(next);
      const Value other = ValueOf(mapping);
      if (Less(other, best_)) {
        best_ = other;
        result_.mapping = mapping;
        best_state_ = next;
      }
      const double warm =
          warmth * std::pow(0.003, static_cast<double>(i) / static_cast<double>(steps));
      const double chance = static_cast<double>(random_()) / 4294967296.0;
      const bool worse = std::isfinite(value.first) &&
                         !(other.first <= value.first * (1 - warm * std::log(1 - chance)));
      if (worse) continue;
      now = next;
      value = other;
    }
  }

  const Spec& spec_;
  const HwConfig& config_;
  const SearchOptions& options_;
  std::mt19937 random_;
  timeloop::Evaluator evaluator_;
  Evaluation evaluation_;
  bool depthwise_ = false;
  std::vector<Factor> factors_;
  std::vector<std::vector<int>> places_;
  SearchResult result_;
  Value best_;
  State best_state_;
};

bool KeepsList(const ListRule& rule, const std::vector<Loop>& loops) {
  for (size_t d = 0; d < rule.factor.size(); ++d) {
    int64_t bound = 1;
    for (const Loop& loop : loops) bound *= loop.dim == static_cast<int>(d) ? loop.bound : 1;
    if (rule.factor[d] != 0 && rule.factor[d] != bound) return false;
  }
  // The named ones, as far as they are there, come first and last in their order.
  std::vector<int> order, expected;
  const auto has = [&](int d) {
    return std::any_of(loops.begin(), loops.end(), [&](const Loop& l) { return l.dim == d; });
  };
  const auto named = [](const std::vector<int>& list, int d) {
    return std::find(list.begin(), list.end(), d) != list.end();
  };
  for (const Loop& loop : loops) order.push_back(loop.dim);
  for (const int d : rule.inner) {
    if (has(d)) expected.push_back(d);
  }
  for (const int d : order) {
    if (!named(rule.inner, d) && !named(rule.outer, d)) expected.push_back(d);
  }
  for (const int d : rule.outer) {
    if (has(d)) expected.push_back(d);
  }
  return order == expected;
}

}  // namespace

bool Keeps(const Constraints& constraints, const Mapping& mapping) {
  for (size_t b = 0; b < mapping.levels.size(); ++b) {
    const timeloop::LevelRule& rule = constraints.levels[b];
    const timeloop::LevelLoops& level = mapping.levels[b];
    if ((rule.keep & ~level.keep) != 0 || (rule.bypass & level.keep) != 0) return false;
    if (!KeepsList(rule.temporal, level.temporal) || !KeepsList(rule.spatial, level.spatial))
      return false;
  }
  return true;
}

NestCost MachineCost(const NestPlan& plan, const Spec& spec, const Evaluation& evaluation) {
  const std::vector<Quantity> counts = CountsOf(plan, spec.problem, evaluation);
  NestCost cost;
  cost.energy = MachineEnergy(counts, spec.arch, spec.problem.Macs());
  int64_t read = 0, written = 0;
  for (const Quantity& q : counts) {
    if (q.level != "DRAM") continue;
    (q.what.find("written") != std::string::npos ? written : read) += q.machine;
  }
  const RowMapping& m = plan.nest.map;
  const int64_t beat = plan.config.AxiBytes(), lanes = plan.config.lanes,
                post = plan.Jobs() * plan.places * plan.Positions() * m.ColumnsUsed() *
                       ((m.Channels() + lanes - 1) / lanes);
  cost.cycles = static_cast<double>(
      std::max({ArrayCycles(plan, evaluation).machine, read / beat, written / beat, post}));
  return cost;
}

SearchResult SearchNests(const Spec& spec, const HwConfig& config, const SearchOptions& options) {
  return Annealer(spec, config, options).Run();
}

}  // namespace systole::nest
