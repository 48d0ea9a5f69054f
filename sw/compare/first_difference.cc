#include "sw/compare/first_difference.h"

#include <algorithm>

#include "sw/program/layout.h"

namespace systole {
namespace {

// When the last Store to a tensor in memory has retired; the end of the run where the host writes
// it.
uint64_t StoredAt(const Program& program, const TensorLayout& layout, const TimingView& timing) {
  uint64_t cycle = kNever;
  for (size_t i = 0; i < program.code.size(); ++i) {
    if (program.code[i].opcode() == Opcode::kStore &&
        BeginsIn(layout, program.code[i].Get(field::kLsAddr)))
      cycle = timing.stamps[i].retire;
  }
  return cycle == kNever ? timing.total : cycle;
}

}  // namespace

uint64_t FirstDifference(const Program& program, const TensorView& reference,
                         const TensorView& view, const TimingView& model, const TimingView& timing,
                         bool times) {
  uint64_t first = kNever;
  const std::vector<Observation> observed = AllObservations(program);
  for (size_t i = 0; i < observed.size(); ++i) {
    if (reference.tensors[i] == view.tensors[i]) continue;
    const Observation& o = observed[i];
    first = std::min(first, i < program.observations.size() ? timing.stamps[o.instruction].retire
                                                            : StoredAt(program, o.layout, timing));
  }
  for (size_t i = 0; times && i < program.code.size(); ++i) {
    const Stamp &a = model.stamps[i], &b = timing.stamps[i];
    if (a.issue != b.issue) first = std::min({first, a.issue, b.issue});
    if (a.retire != b.retire) first = std::min({first, a.retire, b.retire});
  }
  return first;
}

}  // namespace systole
