// The row-stationary array's law at mappings worked out by hand (docs/row_stationary.md).
#include "sw/timing/row_law.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

// 3x3, four filters and two channels in an element, two groups of each along the rows.
RowMapping ThreeByThree() {
  RowMapping m;
  m.m0 = 4;
  m.c1 = 2;
  m.r1 = 3;
  m.s1 = 3;
  m.c2 = 2;
  m.m2 = 2;
  m.q1 = 14;
  return m;
}

TEST(RowLawTest, MappingOfThreeByThree) {
  const RowMapping m = ThreeByThree();
  EXPECT_EQ(m.Words(), 6);
  EXPECT_EQ(m.Cycles(), 24);
  EXPECT_EQ(m.Channels(), 8);
  EXPECT_EQ(m.InputRows(), 16);
  EXPECT_EQ(m.Phases(16), 1);
  EXPECT_EQ(m.Vectors(16), 2);
  EXPECT_EQ(m.Slide(), 2);
  EXPECT_EQ(m.Elements(), 168);
  EXPECT_TRUE(Fits(m, {}));
}

TEST(RowLawTest, StepsOfThreeByThree) {
  const RowMapping m = ThreeByThree();
  const RowArray a;
  EXPECT_EQ(StepLength(m, 2, a), 24);
  EXPECT_EQ(FirstStep(m, a), 13);
  // 8 pixels, then 4 lots of channels: 32 steps of 24 cycles.
  const RowRun run = RunOfNest(m, {{8, 2, false}, {4, 6, true}}, a);
  EXPECT_EQ(run.last, 31 * 24);
  EXPECT_EQ(run.last_load, 24 * 24);
  EXPECT_EQ(Settle(m, a), 28);
}

// 1x1: sixteen channels along the rows come one vector each, which is slower than the products.
TEST(RowLawTest, InputsBoundAStep) {
  RowMapping m;
  m.m0 = 2;
  m.c2 = 12;
  m.q1 = 14;
  EXPECT_EQ(StepLength(m, 1, {}), 12);
  EXPECT_EQ(FirstStep(m, {}), 13);
}

// Fully connected: a set of weights for each step, one row of the weight buffer a cycle.
TEST(RowLawTest, WeightsBoundAPass) {
  RowMapping m;
  m.c1 = 4;
  m.m0 = 2;
  m.m3 = 7;
  m.c2 = 12;
  // A step: max(8, 2, 4 * 12, 3) = 48; its weights: 7 * 8 = 56.
  const RowRun run = RunOfNest(m, {{5, 4, true}}, {});
  EXPECT_EQ(run.last, 4 * 56);
  EXPECT_EQ(run.last_load, 4 * 56);
}

// Depthwise 3x3, four channels a step: four vectors bring them.
TEST(RowLawTest, Depthwise) {
  RowMapping m;
  m.depthwise = true;
  m.r1 = m.s1 = 3;
  m.m2 = 4;
  m.q1 = 14;
  EXPECT_EQ(StepLength(m, m.Slide(), {}), 4);
  EXPECT_EQ(RunOfNest(m, {{14, 1, false}}, {}).last, 13 * 4);
  EXPECT_EQ(FirstStep(m, {}), 13);
  EXPECT_EQ(Settle(m, {}), 10);
}

TEST(RowLawTest, WhatDoesNotFit) {
  RowMapping m = ThreeByThree();
  m.c1 = 3;  // 2 * 36 weights
  EXPECT_FALSE(Fits(m, {}));
  m = ThreeByThree();
  m.m2 = 3;  // 18 rows
  EXPECT_FALSE(Fits(m, {}));
  m = {};
  m.c1 = 31;
  EXPECT_TRUE(Fits(m, {}));
  m.m2 = 2;  // 31 + 2 input words
  EXPECT_FALSE(Fits(m, {}));
  m = ThreeByThree();
  m.depthwise = true;
  EXPECT_FALSE(Fits(m, {}));
}

}  // namespace
}  // namespace systole
