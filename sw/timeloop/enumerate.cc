#include <algorithm>

#include "sw/timeloop/mapper.h"
#include "sw/timeloop/orders.h"

namespace systole::timeloop {
namespace {

class Visitor {
 public:
  Visitor(const Spec& spec, bool all_orders, const std::function<void(const Mapping&)>& visit)
      : spec_(spec), space_(spec, false), all_orders_(all_orders), visit_(visit) {
    mapping_.levels.resize(spec.arch.Levels());
  }

  void Run() {
    for (const SpaceTask& task : space_.Tasks()) {
      for (int b = 0; b < spec_.arch.Levels(); ++b) {
        mapping_.levels[b].keep = task.keep[b];
        mapping_.levels[b].spatial = space_.SpatialLoops(b, task);
      }
      Split(task, 0);
    }
  }

 private:
  void Split(const SpaceTask& task, int d) {
    if (d == spec_.problem.Dims()) {
      Order(0);
      return;
    }
    for (const auto& split : space_.TemporalSplits(d, task.rest[d])) {
      for (int b = 0; b < spec_.arch.Levels(); ++b) factors_[b][d] = split[b];
      Split(task, d + 1);
    }
  }

  void Order(int b) {
    if (b == spec_.arch.Levels()) {
      visit_(mapping_);
      return;
    }
    std::vector<int> dims;
    for (int d = 0; d < spec_.problem.Dims(); ++d) {
      if (factors_[b][d] > 1 && (space_.Unordered(b) >> d & 1) != 0) dims.push_back(d);
    }
    std::vector<std::vector<int>> orders;
    if (all_orders_) {
      do {
        orders.push_back(dims);
      } while (std::next_permutation(dims.begin(), dims.end()));
    } else {
      orders = OrdersThatMatter(spec_.problem, dims);
    }
    for (const auto& order : orders) {
      mapping_.levels[b].temporal = space_.TemporalLoops(b, order, factors_[b]);
      Order(b + 1);
    }
  }

  const Spec& spec_;
  const MapSpace space_;
  const bool all_orders_;
  const std::function<void(const Mapping&)>& visit_;
  Mapping mapping_;
  std::array<std::array<int64_t, kMaxDims>, kMaxLevels> factors_{};
};

}  // namespace

void VisitAll(const Spec& spec, bool all_orders, const std::function<void(const Mapping&)>& visit) {
  Visitor(spec, all_orders, visit).Run();
}

}  // namespace systole::timeloop
