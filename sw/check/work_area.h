// The part of the activation buffer that the cases work on: at most 8 KiB around the first border
// of two address groups, or at the buffer's end where there is one group only.
#pragma once

#include <algorithm>

#include "sw/isa/config.h"

namespace systole::check {

struct WorkArea {
  int base, bytes;

  explicit WorkArea(const HwConfig& c) {
    constexpr int kMost = 8192;
    bytes = std::min(c.ActBytes(), kMost);
    const int group = c.GroupBytes();
    base = c.ActBytes() <= kMost ? 0
           : c.act_groups == 1   ? c.ActBytes() - kMost
           : group >= kMost / 2  ? group - kMost / 2
                                 : 0;
  }
  // Its two halves are in different groups (of LOAD and MATMUL, of POST and STORE), if there are
  // two.
  int in() const { return base; }
  int out() const { return base + bytes / 2; }
  int half() const { return bytes / 2; }
  int end() const { return base + bytes; }
};

}  // namespace systole::check
