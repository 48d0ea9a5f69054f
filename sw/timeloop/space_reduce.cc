// Places of loops that need no search.
#include "sw/timeloop/space.h"

namespace systole::timeloop {

// The least loop over d at level b makes tiles of two or more words at b and all levels outside.
void MapSpace::DropWhatNeverFits() {
  const Problem& problem = spec_->problem;
  const Architecture& arch = spec_->arch;
  for (int d = 0; d < problem.Dims(); ++d) {
    if (problem.bounds[d] == 1) continue;
    std::array<int64_t, kMaxDims> extents;
    extents.fill(1);
    extents[d] = Divisors(problem.bounds[d])[1];
    bool fits = true;  // at all levels outside, the last one without end
    for (int b = arch.Levels() - 1; b >= 0; --b) {
      int64_t words = 0;
      for (int t = 0; t < problem.Tensors(); ++t) {
        if ((spec_->constraints.levels[b].keep >> t & 1) == 0) continue;
        words += problem.tensors[t].Words(extents.data());
      }
      fits &= !arch.levels[b].bounded || words <= arch.levels[b].capacity;
      free_[b][d] &= fits;
    }
  }
}

// Loops of a list that could as well be the first ones of the list outside: registers of one word
// under them are moved by each of their steps, and the tensors kept here do not see them. Then the
// outer place alone is searched.
void MapSpace::JoinLists() {
  const Problem& problem = spec_->problem;
  const Architecture& arch = spec_->arch;
  for (int a = 0; a + 1 < arch.Levels(); ++a) {
    const LevelRule& level = spec_->constraints.levels[a];
    const std::vector<int>& outer = spec_->constraints.levels[a + 1].temporal.inner;
    if (arch.Spatial(a + 1) || (level.keep | level.bypass) != (1u << problem.Tensors()) - 1)
      continue;
    size_t movers = 0;
    bool joins = true;
    for (int d = 0; d < problem.Dims(); ++d) {
      if (!free_[a][d]) {
        joins &= fixed_[a][d] == 1;
        continue;
      }
      ++movers;
      joins &= free_[a + 1][d];
      for (int t = 0; t < problem.Tensors(); ++t) {
        if ((level.keep >> t & 1) != 0) joins &= !problem.tensors[t].Indexed(d);
      }
      for (int c = 0; c < a; ++c) {
        const LevelRule& inner = spec_->constraints.levels[c];
        for (int t = 0; t < problem.Tensors(); ++t) {
          if ((inner.bypass >> t & 1) != 0) continue;
          joins &= arch.levels[c].bounded && arch.levels[c].capacity == 1;
          joins &= problem.tensors[t].Indexed(d);
        }
      }
    }
    size_t first = 0;  // of the outer list, as many as are movers, others of bound 1 between
    for (const int d : outer) {
      if (first == movers) break;
      if (free_[a][d]) {
        ++first;
      } else if (problem.bounds[d] > 1) {
        break;
      }
    }
    if (!joins || movers == 0 || first != movers) continue;
    for (int d = 0; d < problem.Dims(); ++d) free_[a][d] = false;
  }
}

}  // namespace systole::timeloop
