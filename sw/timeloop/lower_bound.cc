#include "sw/timeloop/lower_bound.h"

#include <algorithm>
#include <cmath>

#include "sw/base/error.h"

namespace systole::timeloop {
LowerBound::LowerBound(const MapSpace& space)
    : space_(space), problem_(space.spec().problem), arch_(space.spec().arch) {
  for (int t = 0; t < problem_.Tensors(); ++t) {
    const Tensor& tensor = problem_.tensors[t];
    for (int a = 0; a < static_cast<int>(tensor.axes.size()); ++a) {
      std::vector<int> dims;
      for (const AxisTerm& term : tensor.axes[a]) dims.push_back(term.dim);
      for (const int d : dims) {
        if ((indexed_[t] >> d & 1) != 0) {
          throw InputError(tensor.name + ": " + problem_.dims[d] + " indexes it twice; no search " +
                           "is known for that, give --mapping");
        }
        indexed_[t] |= 1u << d;
      }
      if (dims.size() == 1) {
        lone_[t] |= 1u << dims[0];
        continue;
      }
      if (tensor.read_write) {
        throw InputError(tensor.name + ": an axis of a result is a sum; no search is known for " +
                         "that, give --mapping");
      }
      sums_[t].push_back(dims);
      sum_axis_[t].push_back(a);
    }
  }
  for (int d = 0; d < problem_.Dims(); ++d) {
    unsigned idle = 0;
    for (int t = 0; t < problem_.Tensors(); ++t) {
      if ((indexed_[t] >> d & 1) == 0) idle |= 1u << t;
    }
    const auto found = std::find(classes_.begin(), classes_.end(), idle);
    class_of_[d] = static_cast<int>(found - classes_.begin());
    if (found == classes_.end()) classes_.push_back(idle);
  }
  for (int b = 0; b < arch_.Levels(); ++b) {
    for (int d = 0; d < problem_.Dims(); ++d) free_[b] |= space.Free(b, d) ? 1u << d : 0;
  }
  // The two outermost lists with an open order.
  for (int b = arch_.Levels() - 1; b >= 0; --b) {
    int open = 0;
    for (int d = 0; d < problem_.Dims(); ++d) {
      open += space.Free(b, d) && (space.Unordered(b) >> d & 1) != 0 ? 1 : 0;
    }
    if (open < 2) continue;
    if (lists_[1] < 0) {
      lists_[1] = b;
    } else {
      lists_[0] = b;
      break;
    }
  }
}

void LowerBound::SetTask(const SpaceTask& task) {
  task_ = &task;
  int64_t instances = 1;
  for (int b = arch_.Levels() - 1; b >= 0; --b) {
    used_[b] = instances;
    for (int d = 0; d < problem_.Dims(); ++d) instances *= task.spatial[b][d];
    fixed_reads_[b] = fixed_writes_[b] = 0;
  }
  open_ = 0;
  for (int d = 0; d < problem_.Dims(); ++d) open_ |= task.rest[d] > 1 ? 1u << d : 0;
  fixed_energy_ = static_cast<double>(problem_.Macs()) * arch_.mac_energy;
  terms_.clear();
  for (int t = 0; t < problem_.Tensors(); ++t) AddTerms(t);
  known_.resize(terms_.size() * kMaxAxes);
  for (KnownWalk& known : known_) known.stamps.fill(-1);
}

Partial LowerBound::Start() const {
  Partial partial;
  for (int b = 0; b < arch_.Levels(); ++b) {
    partial.factor[b].fill(1);
    partial.idle[b].fill(1);
    for (int d = 0; d < problem_.Dims(); ++d) {
      const int64_t inside = b == 0 ? 1 : partial.extents[b - 1][d];
      partial.extents[b][d] = inside * task_->spatial[b][d];
    }
  }
  return partial;
}

void LowerBound::Decide(int d, const std::array<int64_t, kMaxLevels>& factors,
                        Partial* partial) const {
  partial->decided |= 1u << d;
  partial->stamp[d] = ++stamps_;
  int64_t extent = 1;
  for (int b = 0; b < arch_.Levels(); ++b) {
    const int64_t factor = factors[b];
    extent *= task_->spatial[b][d] * factor;
    partial->extents[b][d] = extent;
    partial->factor[b][d] = factor;
    if (factor == 1) continue;
    partial->loops[b] |= 1u << d;
    for (int t = 0; t < problem_.Tensors(); ++t) {
      if ((indexed_[t] >> d & 1) == 0) partial->idle[b][t] *= static_cast<double>(factor);
    }
  }
}

bool LowerBound::Fits(const Partial& partial) const {
  for (int c = 0; c < arch_.Levels(); ++c) {
    if (!arch_.levels[c].bounded || task_->keep[c] == 0) continue;
    int64_t words = 0;
    for (int t = 0; t < problem_.Tensors(); ++t) {
      if ((task_->keep[c] >> t & 1) != 0) {
        words += problem_.tensors[t].Words(partial.extents[c].data());
      }
    }
    if (words > arch_.levels[c].capacity) return false;
  }
  return true;
}

const LowerBound::AxisWalk& LowerBound::WalkOf(const Term& term, const Partial& partial,
                                               size_t s) const {
  KnownWalk& known = known_[static_cast<size_t>(&term - terms_.data()) * kMaxAxes + s];
  bool same = true;
  for (const int d : sums_[term.tensor][s]) {
    same &= known.stamps[d] == partial.stamp[d];
    known.stamps[d] = partial.stamp[d];
  }
  if (!same) WalkAxis(term, partial, s, &known.walk);
  return known.walk;
}

// values[0..3]: with idle loops of the inner (bit 0) and the outer (bit 1) open list first or not.
void LowerBound::Value(const Term& term, const Partial& partial, double* values) const {
  const int t = term.tensor;
  double idles[4];
  bool firsts[4];
  AxisWalk walks[kMaxAxes];
  for (size_t s = 0; s < sums_[t].size(); ++s) walks[s] = WalkOf(term, partial, s);
  // Dimensions not decided that do not index the tensor: wherever they go, they count or not.
  unsigned waiting = open_ & ~partial.decided & ~indexed_[t];
  for (int b = 0; b <= term.child; ++b) waiting &= ~free_[b];
  const unsigned undecided = open_ & ~partial.decided & ~indexed_[t];
  for (int v = 0; v < 4; ++v) {
    bool run = true, idle_first = false;
    double idle = 1;
    unsigned counted = waiting;
    for (int b = term.child + 1; b < arch_.Levels(); ++b) {
      const bool barred = (b == lists_[0] && (v & 1) == 0) || (b == lists_[1] && (v & 2) == 0);
      if (!run || barred) {
        idle *= partial.idle[b][t];
        run = false;
        continue;
      }
      const unsigned loops = partial.loops[b];
      const unsigned moving = loops & indexed_[t];
      for (unsigned rest = (loops | (undecided & free_[b])) & ~indexed_[t]; rest != 0;
           rest &= rest - 1) {
        const int d = __builtin_ctz(rest);
        if ((space_.Inside(b, d) & moving) == 0) {
          idle_first = true;
          counted &= ~(1u << d);
        } else {
          idle *= static_cast<double>(partial.factor[b][d]);
        }
      }
      if (moving != 0) run = false;
    }
    for (; counted != 0; counted &= counted - 1) {
      idle *= static_cast<double>(task_->rest[__builtin_ctz(counted)]);
    }
    int same = 0;
    while (same < v && (idles[same] != idle || firsts[same] != idle_first)) ++same;
    idles[v] = idle;
    firsts[v] = idle_first;
    values[v] = same < v ? values[same] : Words(term, walks, idle, idle_first);
  }
}

void LowerBound::Find(const Partial& partial, Bounds* bounds) const {
  bounds->fits = Fits(partial);
  if (!bounds->fits) return;
  double reads[kMaxLevels], writes[kMaxLevels];
  std::copy(fixed_reads_, fixed_reads_ + kMaxLevels, reads);
  std::copy(fixed_writes_, fixed_writes_ + kMaxLevels, writes);
  const int classes = Classes();
  bounds->by_class.assign(static_cast<size_t>(classes) * classes, fixed_energy_);
  for (const Term& term : terms_) {
    double values[4];
    Value(term, partial, values);
    const double least = std::min(std::min(values[0], values[1]), std::min(values[2], values[3]));
    reads[term.parent] += least * term.reads;
    writes[term.parent] += least * term.writes;
    writes[term.child] += least;
    for (int i = 0; i < classes; ++i) {
      const int inner = (classes_[i] >> term.tensor & 1) != 0 ? 1 : 0;
      for (int o = 0; o < classes; ++o) {
        const int outer = (classes_[o] >> term.tensor & 1) != 0 ? 2 : 0;
        bounds->by_class[i * classes + o] += term.energy * values[inner | outer];
      }
    }
  }
  bounds->least = *std::min_element(bounds->by_class.begin(), bounds->by_class.end());
  bounds->cycles = task_->steps;
  for (int c = 0; c < arch_.Levels(); ++c) {
    const Level& level = arch_.levels[c];
    if (level.read_bandwidth > 0) {
      bounds->cycles = std::max(bounds->cycles, reads[c] / level.read_bandwidth);
    }
    if (level.write_bandwidth > 0) {
      bounds->cycles = std::max(bounds->cycles, writes[c] / level.write_bandwidth);
    }
  }
}

}  // namespace systole::timeloop
