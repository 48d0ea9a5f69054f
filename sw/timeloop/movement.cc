#include "sw/timeloop/movement.h"

#include <cmath>

namespace systole::timeloop {
namespace {

constexpr double kWhole = 4503599627370496.0;  // 2^52: doubles from here on are whole numbers

double Truncated(double x) {
  return std::abs(x) < kWhole ? static_cast<double>(static_cast<int64_t>(x)) : x;
}

// As std::ceil and std::round, without a call.
double Ceil(double x) {
  const double whole = Truncated(x);
  return whole < x ? whole + 1 : whole;
}

double Round(double x) {
  const double whole = Truncated(x), rest = x - whole;
  if (rest >= 0.5) return whole + 1;
  return rest <= -0.5 ? whole - 1 : whole;
}

}  // namespace

Movement::Movement(const Problem& problem, const Architecture& arch, Rules rules)
    : arch_(arch), rules_(rules), last_(arch.Levels() - 1) {
  for (const Tensor& tensor : problem.tensors) tensors_.emplace_back(problem, tensor);
  for (int b = 0; b <= last_; ++b) {
    fanout_x_.push_back(arch.FanoutX(b));
    fanout_y_.push_back(arch.FanoutY(b));
    const int64_t block = arch.levels[b].block;
    whole_inverse_.push_back((block & (block - 1)) == 0 ? 1 / static_cast<double>(block) : 0);
  }
}

void Movement::SetMapping(const Mapping& mapping, const Nest& nest) {
  for (int c = 0; c <= last_; ++c) {
    words_[c] = 0;
    const bool spread = c < last_ && nest.fan[c + 1] > 1;
    for (size_t t = 0; t < tensors_.size(); ++t) {
      const bool kept = (mapping.levels[c].keep >> t & 1) != 0;
      if (!kept && !spread) continue;
      const int64_t words = tensors_[t].Words(nest.tile[c]);
      tiles_[t][c] = words;
      if (kept) words_[c] += words;
    }
  }
}

void Movement::Run(int tensor, const Mapping& mapping, const Nest& nest, Evaluation* result) {
  what_ = &tensors_[tensor];
  tile_ = tiles_[tensor];
  nest_ = &nest;
  if (!what_->lone) CollectSteps();
  const auto kept_at = [&](int c) { return (mapping.levels[c].keep >> tensor & 1) != 0; };
  partition_[last_] = tile_[last_];
  for (int c = last_ - 1; c >= 0; --c) {
    partition_[c] = partition_[c + 1];
    if (nest.fan[c + 1] == 1) continue;
    const int64_t all = what_->Words(nest.spread[c + 1]);
    int64_t product;
    if (__builtin_mul_overflow(partition_[c + 1], tile_[c], &product)) {
      const __int128 wide = static_cast<__int128>(partition_[c + 1]) * tile_[c];
      partition_[c] = static_cast<int64_t>(wide / all);
    } else {
      partition_[c] = product / all;
    }
  }
  double content = nest.steps;  // words that leave the level inside, of one instance
  for (int c = 0; c <= last_; ++c) {
    Counts& counts = result->levels[c].tensors[tensor];
    const double words = content;
    if (!kept_at(c)) {
      counts.kept = false;
      const double fan = static_cast<double>(nest.fan[c + 1]);
      if (what_->lone) {
        content = words * Groups(c + 1);
      } else if (fan > 1 || words != Truncated(words)) {  // passes on what arrives from above
        const Spread spread = Deliver(c);
        content = spread.parent * (words * fan / spread.children);
      }
      continue;
    }
    double share = 0, links = 0;
    if (c < last_) {
      const Spread spread = Deliver(c);
      const double fan = static_cast<double>(nest.fan[c + 1]);
      content = spread.parent;
      share = spread.children / fan;
      if (spread.links != 0) {
        links =
            spread.links / (rules_ == Rules::kTimeloop ? static_cast<double>(nest.used[c]) : fan);
      }
    }
    Count(c, words, share, links, &counts);
  }
}

// The loops with their steps along the tensor's axes.
void Movement::CollectSteps() {
  const auto step = [&](const NestLoop& loop, Vector* out) {
    const Vector& one = what_->step[loop.dim];
    for (int a = 0; a < what_->axes; ++a) (*out)[a] = one[a] * loop.inside;
  };
  for (int i = 0; i < nest_->first_temporal[last_ + 1]; ++i) {
    temporal_[i].bound = nest_->temporal[i].bound;
    step(nest_->temporal[i], &temporal_[i].step);
  }
  for (int i = 0; i < nest_->first_spatial[last_ + 1]; ++i) {
    spatial_[i].bound = nest_->spatial[i].bound;
    spatial_[i].y = nest_->spatial[i].y;
    step(nest_->spatial[i], &spatial_[i].step);
  }
}

// What the children of level c + 1 get over the whole run.
Spread Movement::Deliver(int c) {
  const int first = nest_->first_temporal[c + 1];
  const int count = nest_->first_temporal[last_ + 1] - first;
  const double* above = nest_->above + first;
  if (what_->lone) {
    // A step moves the whole tile or nothing; after the first move no turn is free.
    int run = 0;
    while (run < count && (what_->indexed >> nest_->temporal[first + run].dim & 1) == 0) ++run;
    const double total = static_cast<double>(tile_[c]) * above[run];
    return {total * Groups(c + 1), total * static_cast<double>(nest_->fan[c + 1]), 0};
  }
  Vector lengths;
  for (int a = 0; a < what_->axes; ++a) lengths[a] = what_->Length(a, nest_->tile[c]);
  const WalkLoop* loops = temporal_ + first;
  if (nest_->fan[c + 1] == 1) {
    const double total = WalkWords(loops, count, above, lengths, what_->axes, rules_);
    return {total, total, 0};
  }
  const int from = nest_->first_spatial[c + 1], to = nest_->first_spatial[c + 2];
  children_.Set(spatial_ + from, to - from, fanout_x_[c + 1], fanout_y_[c + 1], what_->axes);
  if (rules_ == Rules::kTimeloop && children_.Simple(loops, count, lengths)) {
    return children_.SimpleSpread(WalkWords(loops, count, above, lengths, what_->axes, rules_));
  }
  WalkTile(loops, count, lengths, what_->axes, rules_, &walk_);
  return children_.Deliver(walk_);
}

// Children of level b with different words, of a tensor whose axes are one dimension each. No
// neighbour ever has what a child needs next: every step goes beyond all children.
double Movement::Groups(int b) const {
  double groups = 1;
  for (int i = nest_->first_spatial[b]; i < nest_->first_spatial[b + 1]; ++i) {
    const NestLoop& loop = nest_->spatial[i];
    if ((what_->indexed >> loop.dim & 1) != 0) groups *= static_cast<double>(loop.bound);
  }
  return groups;
}

void Movement::Count(int c, double content, double share, double links, Counts* counts) const {
  const Level& level = arch_.levels[c];
  counts->kept = true;
  counts->tile = tile_[c];
  counts->partition = partition_[c];
  counts->link_words = links;
  const double part = static_cast<double>(partition_[c]);
  if (what_->read_write) {
    counts->updates = Round(content);
    counts->reads = Round(content + links - part);
    counts->fills = c == last_ ? 0 : Round(share + links - part);
  } else {
    counts->updates = 0;
    counts->reads = Round(content + links);
    counts->fills = c == last_ ? 0 : Truncated(share + links);
  }
  const auto accesses = [&](double words) {
    return Ceil(whole_inverse_[c] > 0 ? words * whole_inverse_[c]
                                      : words / static_cast<double>(level.block));
  };
  double energy =
      accesses(counts->reads) * level.read_energy + accesses(counts->fills) * level.write_energy;
  if (what_->read_write) energy += accesses(counts->updates) * level.write_energy;
  counts->energy = static_cast<double>(nest_->used[c]) * energy;
}

}  // namespace systole::timeloop
