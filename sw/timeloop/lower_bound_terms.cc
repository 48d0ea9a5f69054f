#include <algorithm>

#include "sw/timeloop/lower_bound.h"

namespace systole::timeloop {

// The constant part of a tensor's energy, and a term for each kept level but the outermost.
void LowerBound::AddTerms(int t) {
  const Tensor& tensor = problem_.tensors[t];
  const int last = arch_.Levels() - 1;
  bool innermost = true;
  for (int c = 0; c <= last; ++c) {
    if ((task_->keep[c] >> t & 1) == 0) continue;
    const Level& level = arch_.levels[c];
    const double used = static_cast<double>(used_[c]), block = static_cast<double>(level.block);
    double part = 1;  // of a result: words that an instance is responsible for
    for (int d = 0; d < problem_.Dims(); ++d) {
      if ((indexed_[t] >> d & 1) == 0) continue;
      part *= static_cast<double>(problem_.bounds[d]);
      for (int b = c + 1; b <= last; ++b) part /= static_cast<double>(task_->spatial[b][d]);
    }
    if (tensor.read_write) {
      fixed_energy_ -= used * part / block * level.read_energy;
      fixed_reads_[c] -= part;
      if (c < last) {
        fixed_energy_ -= used * part / block * level.write_energy;
        fixed_writes_[c] -= part;
      }
    }
    const auto groups = [&](int from, int to, std::array<double, kMaxAxes>* link,
                            std::array<int64_t, kMaxAxes>* reach) {
      double product = 1;
      for (int b = from; b <= to; ++b) {
        for (int d = 0; d < problem_.Dims(); ++d) {
          if ((lone_[t] >> d & 1) != 0) product *= static_cast<double>(task_->spatial[b][d]);
        }
        for (size_t s = 0; s < sums_[t].size(); ++s) {
          double most = 1, all = 1;  // different offsets: as many as the widest loop has
          int movers = 0;
          for (const int d : sums_[t][s]) {
            const auto bound = static_cast<double>(task_->spatial[b][d]);
            most = std::max(most, bound);
            all *= bound;
            if (bound == 1) continue;
            ++movers;
            int64_t step = tensor.Step(sum_axis_[t][s], d) * (task_->spatial[b][d] - 1);
            for (int i = 0; i < b; ++i) {
              step *= task_->spatial[i][d];
              if (space_.Free(i, d)) step *= task_->rest[d];
            }
            (*reach)[s] += step;
          }
          product *= movers > 1 ? most : all;
          if (movers > 0) (*link)[s] /= 2 * all;
        }
      }
      return product;
    };
    std::array<double, kMaxAxes> link;
    std::array<int64_t, kMaxAxes> reach{};
    link.fill(1);
    if (innermost) {  // what the multipliers take: every step, no block 0
      innermost = false;
      double words = task_->steps * groups(1, c, &link, &reach);
      for (const double one : link) words *= one;
      const double writes = tensor.read_write ? words : 0;
      fixed_energy_ += used / block * (words * level.read_energy + writes * level.write_energy);
      fixed_reads_[c] += words;
      fixed_writes_[c] += writes;
      link.fill(1);
      reach.fill(0);
    }
    if (c == last) continue;
    int p = c + 1;
    while ((task_->keep[p] >> t & 1) == 0) ++p;
    Term term{t, c, p, 0, 0, 0, 1, {}, {}, true, false, false, 1};
    const double spread = groups(c + 1, p, &link, &reach);
    term.link = link;
    term.reach = reach;
    const Level& parent = arch_.levels[p];
    const double block_p = static_cast<double>(parent.block);
    const double cost = parent.read_energy + (tensor.read_write ? parent.write_energy : 0);
    term.energy =
        used / block * level.write_energy + static_cast<double>(used_[p]) * spread / block_p * cost;
    term.reads = spread;
    term.writes = tensor.read_write ? spread : 0;
    for (int d = 0; d < problem_.Dims(); ++d) {
      if ((lone_[t] >> d & 1) == 0) continue;
      term.single *= static_cast<double>(problem_.bounds[d]);
      for (int b = c + 1; b <= last; ++b) term.single /= static_cast<double>(task_->spatial[b][d]);
    }
    for (int b = c + 1; b < p; ++b) {
      for (int d = 0; d < problem_.Dims(); ++d) term.one_walk &= !space_.Free(b, d);
    }
    int moving = 0;
    for (size_t s = 0; s < sums_[t].size(); ++s) {
      moving += term.reach[s] > 0 ? 1 : 0;
      term.tangle *= term.link[s];
    }
    term.tangled = moving > 1;
    for (int b = c + 1; b <= p; ++b) {
      for (int d = 0; d < problem_.Dims(); ++d) {
        term.shared |= task_->spatial[b][d] > 1 && (indexed_[t] >> d & 1) == 0;
      }
    }
    terms_.push_back(term);
  }
}

}  // namespace systole::timeloop
