#include "sw/timeloop/space.h"

#include <algorithm>
#include <functional>

#include "sw/base/error.h"

namespace systole::timeloop {
namespace {

int Position(const std::vector<int>& order, int d) {
  const auto found = std::find(order.begin(), order.end(), d);
  return found == order.end() ? -1 : static_cast<int>(found - order.begin());
}

}  // namespace

std::vector<int64_t> Divisors(int64_t n) {
  std::vector<int64_t> low, high;
  for (int64_t i = 1; i * i <= n; ++i) {
    if (n % i != 0) continue;
    low.push_back(i);
    if (i * i != n) high.push_back(n / i);
  }
  low.insert(low.end(), high.rbegin(), high.rend());
  return low;
}

MapSpace::MapSpace(const Spec& spec, bool join) : spec_(&spec) {
  const Problem& problem = spec.problem;
  const Architecture& arch = spec.arch;
  const unsigned all = (1u << problem.Tensors()) - 1;
  for (int b = 0; b < arch.Levels(); ++b) {
    const LevelRule& level = spec.constraints.levels[b];
    const std::string& name = arch.levels[b].name;
    if (!arch.levels[b].has_energy && level.bypass != all) {
      throw InputError(name + ": may keep data but has no 'read' in the energy table; add it, or " +
                       "bypass all tensors there");
    }
    int named = 0, wide = 0;
    for (int d = 0; d < problem.Dims(); ++d) {
      const int64_t factor = level.temporal.factor[d];
      free_[b][d] = factor == 0 && problem.bounds[d] > 1;
      fixed_[b][d] = std::max<int64_t>(1, factor);
      const int at = Position(level.temporal.inner, d), last = Position(level.temporal.outer, d);
      for (int e = 0; e < problem.Dims(); ++e) {
        const int other = Position(level.temporal.inner, e);
        const int outer = Position(level.temporal.outer, e);
        bool inside = other >= 0 && (at < 0 || other < at);
        inside |= last >= 0 && e != d && (outer < 0 || outer < last);
        if (inside && e != d) inside_[b][d] |= 1u << e;
      }
      if (at < 0 && last < 0) unordered_[b] |= 1u << d;
      const bool spatial = level.spatial.factor[d] != 1 && problem.bounds[d] > 1;
      if (arch.Spatial(b) && spatial) ++wide;
      if (arch.Spatial(b) && spatial && Position(level.spatial.inner, d) >= 0) ++named;
      if (!arch.Spatial(b) && level.spatial.factor[d] > 1) {
        throw InputError(name + ": has a spatial factor but one child; remove the constraint");
      }
    }
    if (wide > 1 && named < wide) {
      throw InputError(name +
                       ": the order of its spatial loops is open; name all dimensions that " +
                       "may be above 1 in a spatial permutation");
    }
  }
  if (!join) return;
  DropWhatNeverFits();
  JoinLists();
}

std::vector<SpaceTask> MapSpace::Tasks() const {
  const Problem& problem = spec_->problem;
  const Architecture& arch = spec_->arch;
  const int levels = arch.Levels();
  std::vector<SpaceTask> tasks;
  SpaceTask task;
  for (auto& row : task.spatial) row.fill(1);
  task.rest = problem.bounds;

  // What is kept: the outermost level keeps all; a tensor not named is searched both ways.
  std::vector<std::array<unsigned, kMaxLevels>> keeps(1);
  for (int b = 0; b < levels; ++b) {
    const LevelRule& level = spec_->constraints.levels[b];
    const unsigned all = (1u << problem.Tensors()) - 1;
    const unsigned open = b == levels - 1 ? 0 : all & ~level.keep & ~level.bypass;
    const unsigned kept = b == levels - 1 ? all : level.keep;
    std::vector<std::array<unsigned, kMaxLevels>> longer;
    for (const auto& one : keeps) {
      for (unsigned subset = open;; subset = (subset - 1) & open) {
        longer.push_back(one);
        longer.back()[b] = kept | subset;
        if (subset == 0) break;
      }
    }
    keeps = longer;
  }

  const std::function<void(int, int)> spread = [&](int b, int d) {
    if (b == levels) {
      task.steps = 1;
      for (const int64_t rest : task.rest) task.steps *= static_cast<double>(rest);
      for (const auto& keep : keeps) {
        task.keep = keep;
        tasks.push_back(task);
      }
      return;
    }
    if (!arch.Spatial(b)) return spread(b + 1, 0);
    if (d == problem.Dims()) {
      int64_t x = 1, y = 1;
      for (const Loop& loop : SpatialLoops(b, task)) (loop.y ? y : x) *= loop.bound;
      if (x <= arch.FanoutX(b) && y <= arch.FanoutY(b)) spread(b + 1, 0);
      return;
    }
    const int64_t fixed = spec_->constraints.levels[b].spatial.factor[d];
    const int64_t rest = task.rest[d];
    for (const int64_t factor : Divisors(rest)) {
      if (fixed != 0 && factor != fixed) continue;
      if (factor > arch.FanoutX(b) * arch.FanoutY(b)) break;
      task.spatial[b][d] = factor;
      task.rest[d] = rest / factor;
      spread(b, d + 1);
    }
    task.spatial[b][d] = 1;
    task.rest[d] = rest;
  };
  spread(0, 0);
  return tasks;
}

std::vector<std::array<int64_t, kMaxLevels>> MapSpace::TemporalSplits(int d, int64_t rest) const {
  std::vector<std::array<int64_t, kMaxLevels>> splits;
  std::array<int64_t, kMaxLevels> split;
  split.fill(1);
  for (int b = 0; b < spec_->arch.Levels(); ++b) {
    if (fixed_[b][d] == 1) continue;
    if (rest % fixed_[b][d] != 0) return splits;
    split[b] = fixed_[b][d];
    rest /= fixed_[b][d];
  }
  std::vector<int> lists;
  for (int b = 0; b < spec_->arch.Levels(); ++b) {
    if (free_[b][d]) lists.push_back(b);
  }
  const std::function<void(size_t, int64_t)> put = [&](size_t i, int64_t left) {
    if (i == lists.size()) {
      if (left == 1) splits.push_back(split);
      return;
    }
    for (const int64_t factor : Divisors(left)) {
      split[lists[i]] = factor;
      put(i + 1, left / factor);
    }
    split[lists[i]] = 1;
  };
  put(0, rest);
  return splits;
}

std::vector<Loop> MapSpace::SpatialLoops(int b, const SpaceTask& task) const {
  const ListRule& rule = spec_->constraints.levels[b].spatial;
  std::vector<int> order = rule.inner;
  for (int d = 0; d < spec_->problem.Dims(); ++d) {
    if (Position(order, d) < 0 && Position(rule.outer, d) < 0) order.push_back(d);
  }
  order.insert(order.end(), rule.outer.begin(), rule.outer.end());
  std::vector<Loop> loops;
  for (size_t i = 0; i < order.size(); ++i) {
    const int64_t bound = task.spatial[b][order[i]];
    const bool y = rule.split >= 0 && static_cast<int>(i) >= rule.split;
    if (bound > 1) loops.push_back({order[i], bound, y});
  }
  return loops;
}

std::vector<Loop> MapSpace::TemporalLoops(int b, const std::vector<int>& order,
                                          const std::array<int64_t, kMaxDims>& factors) const {
  const ListRule& rule = spec_->constraints.levels[b].temporal;
  std::vector<Loop> loops;
  for (const auto* part : {&rule.inner, &order, &rule.outer}) {
    for (const int d : *part) {
      if (factors[d] > 1) loops.push_back({d, factors[d], false});
    }
  }
  return loops;
}

}  // namespace systole::timeloop
