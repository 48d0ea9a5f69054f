// What the K-slices of a stage's folds read of its input.
#pragma once

#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"
#include "sw/compiler/tiles.h"

namespace systole {

// Successive slices that read the same rows and channels. Of a tile, rows
//   [cy0 * stride_h + row0, (cy0 + (ny - 1) * ph) * stride_h + row1)
struct SliceGroup {
  int slices = 0;
  int row0 = 0, row1 = 0, channel0 = 0, channel1 = 0;

  bool SameNeed(const SliceGroup& o) const {
    return row0 == o.row0 && row1 == o.row1 && channel0 == o.channel0 && channel1 == o.channel1;
  }
};

// Keeps its memory from stage to stage.
class SliceNeeds {
 public:
  void Set(const Stage& stage, const Mapping& mapping);

  // Folds that read the same share a list.
  int lists() const { return static_cast<int>(first_.size()) - 1; }
  int ListOf(int fold) const { return list_of_[fold]; }
  const SliceGroup* begin(int list) const { return groups_.data() + first_[list]; }
  const SliceGroup* end(int list) const { return groups_.data() + first_[list + 1]; }

 private:
  std::vector<SliceGroup> groups_;
  std::vector<int> first_;    // of each list in groups_, and the end
  std::vector<int> list_of_;  // per fold
};

}  // namespace systole
