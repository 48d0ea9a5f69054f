#include "sw/timeloop/evaluation.h"

#include <algorithm>
#include <cmath>

#include "sw/timeloop/nest.h"
#include "sw/timeloop/spread.h"
#include "sw/timeloop/walk.h"

namespace systole::timeloop {
namespace {

// One tensor through all levels.
class Movement {
 public:
  Movement(const Problem& problem, const Architecture& arch, const Mapping& mapping,
           const Nest& nest, Rules rules)
      : problem_(problem), arch_(arch), mapping_(mapping), nest_(nest), rules_(rules) {}

  void Run(int tensor, Evaluation* result) {
    t_ = tensor;
    const Tensor& what = problem_.tensors[t_];
    axes_ = static_cast<int>(what.axes.size());
    lone_ = true;
    for (const auto& axis : what.axes) lone_ &= axis.size() == 1;
    Collect(what);
    Partitions(what);
    const int last = arch_.Levels() - 1;
    double content = nest_.steps;  // words that leave the level inside, of one instance
    double share = 0, links = 0;   // that arrive at it
    for (int c = 0; c <= last; ++c) {
      const bool kept = (mapping_.levels[c].keep >> t_ & 1) != 0;
      const double words = content;
      share = links = 0;
      if (c < last) {
        const bool plain = nest_.fan[c + 1] == 1 && words == std::floor(words);
        if (!kept && lone_) {
          content = words * Groups(c + 1);
        } else if (kept || !plain) {
          const Spread spread = Deliver(what, c);
          const double fan = static_cast<double>(nest_.fan[c + 1]);
          if (kept) {
            content = spread.parent;
            share = spread.children / fan;
            const double by = rules_ == Rules::kTimeloop ? static_cast<double>(nest_.used[c]) : fan;
            links = spread.links / by;
          } else {  // passes on what arrives from above
            content = spread.parent * (words * fan / spread.children);
          }
        }
      }
      Counts& counts = result->levels[c].tensors[t_];
      counts = Counts();
      if (kept) Count(what, c, words, share, links, c == last, &counts);
    }
  }

 private:
  // The temporal and spatial loops with their steps along the tensor's axes, from the inside out.
  void Collect(const Tensor& what) {
    Extents inside;
    inside.fill(1);
    temporal_ = spatial_ = 0;
    for (int b = 0; b < arch_.Levels(); ++b) {
      first_spatial_[b] = spatial_;
      for (const Loop& loop : mapping_.levels[b].spatial) {
        spatial_loops_[spatial_++] = {loop.bound, loop.y, Step(what, loop.dim, inside[loop.dim])};
        inside[loop.dim] *= loop.bound;
      }
      first_temporal_[b] = temporal_;
      for (const Loop& loop : mapping_.levels[b].temporal) {
        temporal_loops_[temporal_++] = {loop.bound, Step(what, loop.dim, inside[loop.dim])};
        inside[loop.dim] *= loop.bound;
      }
    }
    first_spatial_[arch_.Levels()] = spatial_;
  }

  Vector Step(const Tensor& what, int dim, int64_t stride) const {
    Vector step{};
    for (int a = 0; a < axes_; ++a) {
      for (const AxisTerm& term : what.axes[a]) {
        if (term.dim == dim) step[a] += term.coefficient * stride;
      }
    }
    return step;
  }

  // Words that one instance is responsible for over the whole run.
  void Partitions(const Tensor& what) {
    const int last = arch_.Levels() - 1;
    int64_t tile[kMaxLevels] = {};
    for (int c = 0; c <= last; ++c) tile[c] = what.Words(nest_.tile[c].data());
    partition_[last] = tile[last];
    for (int c = last - 1; c >= 0; --c) {
      partition_[c] = partition_[c + 1];
      if (nest_.fan[c + 1] == 1) continue;
      const int64_t all = what.Words(nest_.spread[c + 1].data());
      int64_t product;
      if (__builtin_mul_overflow(partition_[c + 1], tile[c], &product)) {
        partition_[c] =
            static_cast<int64_t>(static_cast<__int128>(partition_[c + 1]) * tile[c] / all);
      } else {
        partition_[c] = product / all;
      }
    }
  }

  Spread Deliver(const Tensor& what, int c) {
    Vector lengths{};
    for (int a = 0; a < axes_; ++a) {
      lengths[a] = 1;
      for (const AxisTerm& term : what.axes[a]) {
        lengths[a] += term.coefficient * (nest_.tile[c][term.dim] - 1);
      }
    }
    const int first = first_temporal_[c + 1];
    if (lone_ || nest_.fan[c + 1] == 1) {
      const double total =
          WalkWords(temporal_loops_ + first, temporal_ - first, lengths, axes_, rules_);
      return {total * Groups(c + 1), total * static_cast<double>(nest_.fan[c + 1]), 0};
    }
    WalkTile(temporal_loops_ + first, temporal_ - first, lengths, axes_, rules_, &walk_);
    return SpreadWalk(walk_, spatial_loops_ + first_spatial_[c + 1],
                      first_spatial_[c + 2] - first_spatial_[c + 1], arch_.FanoutX(c + 1),
                      arch_.FanoutY(c + 1), axes_);
  }

  // Children of level b with different words, of a tensor whose axes are one dimension each. No
  // neighbour ever has what a child needs next: every step goes beyond all children.
  double Groups(int b) const {
    double groups = 1;
    for (int i = first_spatial_[b]; i < first_spatial_[b + 1]; ++i) {
      bool moves = false;
      for (int a = 0; a < axes_; ++a) moves |= spatial_loops_[i].step[a] != 0;
      if (moves) groups *= static_cast<double>(spatial_loops_[i].bound);
    }
    return groups;
  }

  void Count(const Tensor& what, int c, double content, double share, double links, bool last,
             Counts* counts) const {
    const Level& level = arch_.levels[c];
    counts->kept = true;
    counts->tile = what.Words(nest_.tile[c].data());
    counts->partition = partition_[c];
    counts->link_words = links;
    const double part = static_cast<double>(partition_[c]);
    if (what.read_write) {
      counts->updates = std::round(content);
      counts->reads = std::round(content + links - part);
      counts->fills = last ? 0 : std::round(share + links - part);
    } else {
      counts->reads = std::round(content + links);
      counts->fills = last ? 0 : std::trunc(share + links);
    }
    const double block = static_cast<double>(level.block);
    counts->energy = static_cast<double>(nest_.used[c]) *
                     (std::ceil(counts->reads / block) * level.read_energy +
                      std::ceil(counts->fills / block) * level.write_energy +
                      std::ceil(counts->updates / block) * level.write_energy);
  }

  const Problem& problem_;
  const Architecture& arch_;
  const Mapping& mapping_;
  const Nest& nest_;
  const Rules rules_;
  bool lone_ = false;  // no axis of the tensor is a sum
  int t_ = 0, axes_ = 0, temporal_ = 0, spatial_ = 0;
  int first_temporal_[kMaxLevels] = {}, first_spatial_[kMaxLevels + 1] = {};
  int64_t partition_[kMaxLevels] = {};
  WalkLoop temporal_loops_[kMaxDims * kMaxLevels];
  SpreadLoop spatial_loops_[kMaxDims * kMaxLevels];
  Walk walk_;
};

// With the level's bandwidth, from words of one instance.
double LevelCycles(const Level& level, const LevelResult& counts, double steps, int tensors) {
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
  return std::ceil(steps / slowdown);
}

}  // namespace

void Evaluate(const Problem& problem, const Architecture& arch, const Mapping& mapping, Rules rules,
              Evaluation* result) {
  result->levels.resize(arch.Levels());
  const Nest nest = Products(arch, mapping);
  result->reason = Misfit(problem, arch, mapping, nest);
  result->valid = result->reason.empty();
  result->compute_cycles = nest.steps;
  result->used_macs = nest.used_macs;
  if (!result->valid) return;
  Movement movement(problem, arch, mapping, nest, rules);
  for (int t = 0; t < problem.Tensors(); ++t) movement.Run(t, result);
  const double macs = static_cast<double>(problem.Macs());
  result->mac_energy = macs * arch.mac_energy;
  result->energy = result->mac_energy;
  result->cycles = nest.steps;
  for (int c = 0; c < arch.Levels(); ++c) {
    LevelResult& level = result->levels[c];
    level.instances = nest.used[c];
    level.cycles = LevelCycles(arch.levels[c], level, nest.steps, problem.Tensors());
    level.energy = 0;
    for (int t = 0; t < problem.Tensors(); ++t) level.energy += level.tensors[t].energy;
    result->cycles = std::max(result->cycles, level.cycles);
    result->energy += level.energy;
  }
  result->utilization = macs / static_cast<double>(arch.macs) / result->cycles;
}

}  // namespace systole::timeloop
