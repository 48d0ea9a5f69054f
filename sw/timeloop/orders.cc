#include "sw/timeloop/orders.h"

#include <algorithm>

namespace systole::timeloop {
namespace {

unsigned IdleTensors(const Problem& problem, int d) {
  unsigned idle = 0;
  for (int t = 0; t < problem.Tensors(); ++t) {
    if (!problem.tensors[t].Indexed(d)) idle |= 1u << t;
  }
  return idle;
}

bool ShareAnAxis(const Problem& problem, int a, int b) {
  for (const Tensor& tensor : problem.tensors) {
    for (const auto& axis : tensor.axes) {
      bool has_a = false, has_b = false;
      for (const AxisTerm& term : axis) {
        has_a |= term.dim == a;
        has_b |= term.dim == b;
      }
      if (has_a && has_b) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::vector<int>> OrdersThatMatter(const Problem& problem,
                                               const std::vector<int>& dims) {
  if (dims.size() < 2) return {dims};
  std::vector<std::vector<int>> orders;
  // `start`, then what shares idleness with its first loop, then `next`, then the others.
  const auto add = [&](const std::vector<int>& start, const std::vector<int>& next) {
    std::vector<int> order = start;
    const auto has = [&](const std::vector<int>& list, int d) {
      return std::find(list.begin(), list.end(), d) != list.end();
    };
    const unsigned idle = IdleTensors(problem, start[0]);
    for (const int d : dims) {
      if (has(order, d) || has(next, d)) continue;
      if ((IdleTensors(problem, d) & idle) != 0) order.push_back(d);
    }
    for (const int d : next) order.push_back(d);
    for (const int d : dims) {
      if (!has(order, d)) order.push_back(d);
    }
    if (std::find(orders.begin(), orders.end(), order) == orders.end()) orders.push_back(order);
  };
  for (const int a : dims) {
    add({a}, {});
    for (const int b : dims) {
      if (b == a) continue;
      if (ShareAnAxis(problem, a, b)) add({a, b}, {});
      for (const int c : dims) {
        if (c == a || c == b || !ShareAnAxis(problem, b, c)) continue;
        // Both orders of a pair behind the run of a: they go on without a move.
        const unsigned idle = IdleTensors(problem, a);
        if (idle == 0 || (IdleTensors(problem, b) & idle) != 0) continue;
        if ((IdleTensors(problem, c) & idle) != 0) continue;
        add({a}, {b, c});
      }
    }
  }
  return orders;
}

}  // namespace systole::timeloop
