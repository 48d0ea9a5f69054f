#include "sw/timeloop/mapper.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>

#include "sw/timeloop/lower_bound.h"
#include "sw/timeloop/objective.h"
#include "sw/timeloop/orders.h"

namespace systole::timeloop {
namespace {

class Search {
 public:
  Search(const Spec& spec, const MapOptions& options)
      : spec_(spec),
        options_(options),
        space_(spec),
        bound_(space_),
        evaluator_(spec.problem, spec.arch, Rules::kTimeloop),
        orders_(spec.problem) {}

  MapResult Run() {
    const auto start = std::chrono::steady_clock::now();
    const std::vector<SpaceTask> tasks = space_.Tasks();
    result_.tasks = static_cast<int64_t>(tasks.size());
    std::vector<std::pair<Value, size_t>> order;
    for (size_t i = 0; i < tasks.size(); ++i) {
      Bounds bounds;
      Partial partial;
      if (!Begin(tasks[i], &partial)) continue;
      bound_.Find(partial, &bounds);
      ++result_.nodes;
      if (bounds.fits) {
        order.emplace_back(ValueOf(options_.objective, bounds.least, bounds.cycles), i);
      }
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return Less(a.first, b.first); });
    result_.proved = true;
    Value open;  // the least bound of what was not searched
    for (const auto& [value, i] : order) {
      if (Hopeless(value)) break;
      if (Stopped()) {
        result_.proved = false;
        open = Less(value, open) ? value : open;
        break;
      }
      Partial partial;
      Begin(tasks[i], &partial);
      Descend(partial, 0);
      if (Stopped()) {
        result_.proved = false;
        open = value;
        break;
      }
    }
    if (result_.found) {
      Evaluate(spec_.problem, spec_.arch, result_.mapping, Rules::kTimeloop, &result_.evaluation);
      result_.value = best_.first;
      result_.bound = result_.proved ? best_.first : std::min(open.first, best_.first);
    }
    result_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result_;
  }

 private:
  bool Stopped() const { return options_.most_nodes > 0 && result_.nodes >= options_.most_nodes; }

  // A bound that the best one found already reaches.
  bool Hopeless(const Value& bound) const {
    if (options_.objective == Objective::kCycles) {
      if (bound.first != best_.first) return bound.first > best_.first;
      return bound.second >= best_.second * (1 - kEqual);
    }
    return bound.first >= best_.first * (1 - kEqual);
  }

  // False: a fixed factor divides nothing.
  bool Begin(const SpaceTask& task, Partial* partial) {
    task_ = &task;
    bound_.SetTask(task);
    *partial = bound_.Start();
    splits_.clear();
    dims_.clear();
    std::vector<std::tuple<int, size_t, int>> open;  // what decides most comes first
    std::vector<std::vector<std::array<int64_t, kMaxLevels>>> all(spec_.problem.Dims());
    for (int d = 0; d < spec_.problem.Dims(); ++d) {
      all[d] = Splits(d, task.rest[d]);
      if (all[d].empty()) return false;
      if (all[d].size() == 1) {
        bound_.Decide(d, all[d][0], partial);
      } else {
        open.emplace_back(Rank(d), all[d].size(), d);
      }
    }
    std::stable_sort(open.begin(), open.end());
    for (const auto& [rank, count, d] : open) {
      dims_.push_back(d);
      splits_.push_back(all[d]);
    }
    return true;
  }

  // 0: part of an axis that is a sum; 1: a result is moved once more for each; 2: the others.
  int Rank(int d) const {
    int rank = 2;
    for (const Tensor& tensor : spec_.problem.tensors) {
      if (tensor.read_write && !tensor.Indexed(d)) rank = std::min(rank, 1);
      for (const auto& axis : tensor.axes) {
        for (const AxisTerm& term : axis) {
          if (axis.size() > 1 && term.dim == d) rank = 0;
        }
      }
    }
    return rank;
  }

  const std::vector<std::array<int64_t, kMaxLevels>>& Splits(int d, int64_t rest) {
    auto& known = known_[d];
    auto found = known.find(rest);
    if (found == known.end()) found = known.emplace(rest, space_.TemporalSplits(d, rest)).first;
    return found->second;
  }

  void Descend(const Partial& partial, size_t depth) {
    if (depth == dims_.size()) {
      Leaf(partial);
      return;
    }
    struct Child {
      Value bound;
      size_t split;
    };
    std::vector<Child> children;
    Bounds& bounds = bounds_[depth];
    Partial next = partial;
    for (size_t i = 0; i < splits_[depth].size(); ++i) {
      next.idle = partial.idle;
      next.loops = partial.loops;
      bound_.Decide(dims_[depth], splits_[depth][i], &next);
      bound_.Find(next, &bounds);
      ++result_.nodes;
      if (!bounds.fits) continue;
      const Value value = ValueOf(options_.objective, bounds.least, bounds.cycles);
      if (!Hopeless(value)) children.push_back({value, i});
    }
    std::stable_sort(children.begin(), children.end(),
                     [](const Child& a, const Child& b) { return Less(a.bound, b.bound); });
    for (const Child& child : children) {
      if (Hopeless(child.bound) || Stopped()) return;
      next.idle = partial.idle;
      next.loops = partial.loops;
      bound_.Decide(dims_[depth], splits_[depth][child.split], &next);
      Descend(next, depth + 1);
    }
  }

  // All factors are known: the orders whose leaders leave hope.
  void Leaf(const Partial& partial) {
    bound_.Find(partial, &leaf_);
    const Bounds& bounds = leaf_;
    if (!bounds.fits) return;
    const int levels = spec_.arch.Levels();
    Mapping mapping;
    mapping.levels.resize(levels);
    std::vector<std::vector<std::vector<Loop>>> lists(levels);
    for (int b = 0; b < levels; ++b) {
      mapping.levels[b].keep = task_->keep[b];
      mapping.levels[b].spatial = space_.SpatialLoops(b, *task_);
      std::vector<int> dims;
      for (int d = 0; d < spec_.problem.Dims(); ++d) {
        if ((partial.loops[b] & space_.Unordered(b) & 1u << d) != 0) dims.push_back(d);
      }
      for (const auto& order : orders_.Of(dims)) {
        lists[b].push_back(space_.TemporalLoops(b, order, partial.factor[b]));
      }
    }
    Orders(bounds, lists, 0, &mapping);
  }

  void Orders(const Bounds& bounds, const std::vector<std::vector<std::vector<Loop>>>& lists, int b,
              Mapping* mapping) {
    if (b == static_cast<int>(lists.size())) {
      if (HopelessClass(bounds, *mapping)) return;
      evaluator_.Evaluate(*mapping, &evaluation_);
      ++result_.evaluated;
      if (!evaluation_.valid) return;
      const Value value = ValueOf(options_.objective, evaluation_.energy, evaluation_.cycles);
      if (!Less(value, best_)) return;
      best_ = value;
      result_.found = true;
      result_.mapping = *mapping;
      return;
    }
    for (const auto& loops : lists[b]) {
      mapping->levels[b].temporal = loops;
      Orders(bounds, lists, b + 1, mapping);
    }
  }

  // By the leaders of the two open lists.
  bool HopelessClass(const Bounds& bounds, const Mapping& mapping) const {
    const auto leader = [&](int list) {
      if (list < 0 || mapping.levels[list].temporal.empty()) return -1;
      return bound_.ClassOf(mapping.levels[list].temporal[0].dim);
    };
    const int outer = leader(bound_.OuterList());
    int inner = leader(bound_.InnerList());
    if (inner < 0) inner = outer;
    double energy = bounds.least;
    if (inner >= 0 && outer >= 0) energy = bounds.by_class[inner * bound_.Classes() + outer];
    return Hopeless(ValueOf(options_.objective, energy, bounds.cycles));
  }

  const Spec& spec_;
  const MapOptions options_;
  const MapSpace space_;
  LowerBound bound_;
  MapResult result_;
  Value best_;
  Evaluator evaluator_;
  Evaluation evaluation_;
  const SpaceTask* task_ = nullptr;
  Bounds bounds_[kMaxDims], leaf_;
  std::vector<int> dims_;
  std::vector<std::vector<std::array<int64_t, kMaxLevels>>> splits_;
  std::map<int64_t, std::vector<std::array<int64_t, kMaxLevels>>> known_[kMaxDims];
  OrderTable orders_;
};

}  // namespace

MapResult FindBest(const Spec& spec, const MapOptions& options) {
  return Search(spec, options).Run();
}

}  // namespace systole::timeloop
