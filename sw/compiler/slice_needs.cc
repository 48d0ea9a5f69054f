#include "sw/compiler/slice_needs.h"

namespace systole {

void SliceNeeds::Set(const Stage& stage, const Mapping& mapping) {
  groups_.clear();
  first_.assign(1, 0);
  list_of_.clear();
  for (size_t f = 0; f < mapping.folds.size(); ++f) {
    const Fold& fold = mapping.folds[f];
    if (f > 0) {
      const Fold& before = mapping.folds[f - 1];
      if (fold.SamePattern(before) && fold.dy == before.dy && fold.c0 == before.c0) {
        list_of_.push_back(lists() - 1);
        continue;
      }
    }
    if (mapping.OutputStationary()) {  // a Matmul reads all of it
      SliceGroup all;
      all.slices = fold.slices;
      all.row0 = fold.dy * stage.stride_h - stage.pad.top;
      all.row1 = all.row0 + (fold.window_h - 1) * stage.dilation_h + 1;
      all.channel0 = fold.c0;
      all.channel1 = fold.c0 + fold.nc;
      groups_.push_back(all);
      first_.push_back(static_cast<int>(groups_.size()));
      list_of_.push_back(lists() - 1);
      continue;
    }
    for (int i = 0; i < fold.slices; ++i) {
      const int k = fold.FirstElement(i);
      const Lane a = fold.Element(k), b = fold.Element(k + fold.Valid(i) - 1);
      SliceGroup g;
      g.row0 = fold.dy * stage.stride_h + a.ky * stage.dilation_h - stage.pad.top;
      g.row1 = fold.dy * stage.stride_h + b.ky * stage.dilation_h - stage.pad.top + 1;
      const bool one_pixel = a.ky == b.ky && a.kx == b.kx;
      g.channel0 = one_pixel ? a.c : 0;
      g.channel1 = one_pixel ? b.c + 1 : stage.cin;
      if (static_cast<int>(groups_.size()) == first_.back() || !g.SameNeed(groups_.back()))
        groups_.push_back(g);
      ++groups_.back().slices;
    }
    first_.push_back(static_cast<int>(groups_.size()));
    list_of_.push_back(lists() - 1);
  }
}

}  // namespace systole
