#include "sw/cli/labels.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"

namespace systole {
namespace {

Tensor Scores(int classes, int h = 1) {
  Tensor t;
  t.c = classes, t.h = h, t.w = 1;
  return t;
}

TEST(LabelsTest, WhatCannotBeLabelsIsRefused) {
  CheckLabels("l", {0, 2, 9}, 2, Scores(3));  // the third is of no image
  EXPECT_THROW(CheckLabels("l", {0, 2, 9}, 3, Scores(3)), InputError);
  EXPECT_THROW(CheckLabels("l", {0}, 2, Scores(3)), InputError);
  EXPECT_THROW(CheckLabels("l", {0, 1}, 2, Scores(3, 2)), InputError);
}

TEST(LabelsTest, TheFirstLargestScoreCounts) {
  const int8_t scores[] = {5, 5, -1, -9, -8, -7, 1, 2, 3, 0, 0, 0};
  EXPECT_EQ(Accuracy(scores, 3, 4, {0, 2, 1, 0}), 0.75);
}

}  // namespace
}  // namespace systole
