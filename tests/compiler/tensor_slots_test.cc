#include "sw/compiler/tensor_slots.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

// Rows 2, 3 of channels 8..15 against neighbours that touch them or not.
TEST(Written, OverlapsWhereRowsAndChannelsDo) {
  const Written here{2, 4, 8, 16, 0};
  EXPECT_TRUE(here.Overlaps(here));
  EXPECT_TRUE(here.Overlaps({3, 9, 15, 20, 0}));
  EXPECT_TRUE(here.Overlaps({0, 3, 0, 9, 0}));
  EXPECT_FALSE(here.Overlaps({0, 2, 8, 16, 0}));
  EXPECT_FALSE(here.Overlaps({4, 6, 8, 16, 0}));
  EXPECT_FALSE(here.Overlaps({2, 4, 0, 8, 0}));
  EXPECT_FALSE(here.Overlaps({2, 4, 16, 24, 0}));
  EXPECT_TRUE(here.SameRanges({2, 4, 8, 16, 7}));
  for (const Written& other : {Written{1, 4, 8, 16, 0}, Written{2, 5, 8, 16, 0},
                               Written{2, 4, 7, 16, 0}, Written{2, 4, 8, 17, 0}}) {
    EXPECT_FALSE(here.SameRanges(other));
  }
}

}  // namespace
}  // namespace systole
