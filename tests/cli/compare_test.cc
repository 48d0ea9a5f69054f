#include "sw/compare/compare.h"

#include <gtest/gtest.h>

namespace systole {
namespace {

// A 2 x 1 x 2 tensor of one image, seen once.
class CompareTest : public ::testing::Test {
 protected:
  CompareTest() {
    model_.tensors.resize(2);
    model_.tensors[1].name = "y";
    model_.tensors[1].c = 2, model_.tensors[1].h = 1, model_.tensors[1].w = 2;
    model_.layers.resize(1);
    program_.report = {{"C1", 0, 0, 10, ""}};
    program_.observations = {{3, 1, 0, {0, 1, 2, 2, 4}}};
  }
  void Compare(const TensorView& golden, const TensorView& rtl) {
    CompareTensors(model_, program_, 7, golden, rtl, &bytes_, &mismatches_, &differences_);
  }

  Model model_;
  Program program_;
  std::vector<int64_t> bytes_{0}, mismatches_{0};
  Differences differences_;
};

TEST_F(CompareTest, EqualTensorsAreCounted) {
  Compare({"golden", {{1, 2, 3, 4}}}, {"rtl", {{1, 2, 3, 4}}});
  EXPECT_EQ(bytes_[0], 4);
  EXPECT_EQ(differences_.count, 0);
}

TEST_F(CompareTest, ADifferenceIsToldWithItsPlaceAndBothValues) {
  Compare({"golden", {{1, 2, 3, 4}}}, {"rtl", {{1, 2, -3, 5}}});
  EXPECT_EQ(mismatches_[0], 2);
  EXPECT_EQ(differences_.count, 2);
  ASSERT_EQ(differences_.told.size(), 1u);
  EXPECT_EQ(differences_.told[0],
            "rtl: image 7, layer C1 (tensor 'y'), element c 1 h 0 w 0: golden 3, rtl -3; 2 of 4 "
            "bytes differ");
}

TEST_F(CompareTest, TheSmallestImageIsToldFirst) {
  program_.observations = {{3, 1, 1, {0, 1, 2, 2, 4}}, {4, 1, 0, {0, 1, 2, 2, 4}}};
  Compare({"golden", {{1, 2, 3, 4}, {1, 2, 3, 4}}}, {"rtl", {{0, 2, 3, 4}, {0, 2, 3, 4}}});
  ASSERT_EQ(differences_.told.size(), 2u);
  EXPECT_EQ(differences_.told[0].rfind("rtl: image 7,", 0), 0u) << differences_.told[0];
  EXPECT_EQ(differences_.told[1].rfind("rtl: image 8,", 0), 0u) << differences_.told[1];
}

TEST_F(CompareTest, ATensorNeverSeenIsDifferentInEveryByte) {
  Compare({"golden", {{1, 2, 3, 4}}}, {"rtl", {{}}});
  EXPECT_EQ(differences_.count, 4);
}

TEST_F(CompareTest, PixelsBecomePlanes) {
  // 1 x 2 pixels of 3 channels.
  EXPECT_EQ(ToPlanes({1, 2, 3, 4, 5, 6}, {0, 1, 2, 3, 6}), (std::vector<int8_t>{1, 4, 2, 5, 3, 6}));
}

Instruction Matmul() {
  Instruction i;
  i.Set(field::kOpcode, 0x20);
  return i;
}

TEST(CyclesByRowTest, RowsAndLeadInAddUpToTheTotal) {
  Program program;
  program.report = {{"A", 0, 0, 0, ""}, {"B", 1, 1, 0, ""}};
  program.code = {Matmul(), Matmul(), Matmul(), Instruction{}};
  program.report_of = {0, 1, 0, -1};
  // Row A from 10 to 25, B to 40, A again to the end at 100.
  const RowCycles c = CyclesByRow(program, {{10, 30}, {25, 45}, {40, 60}, {5, 6}}, 100);
  EXPECT_EQ(c.lead_in, 10u);
  EXPECT_EQ(c.rows, (std::vector<uint64_t>{75, 15}));
}

TEST(CompareTimingTest, StampsTotalsAndCountersAreAllCompared) {
  const std::vector<Instruction> code = {Matmul(), Matmul()};
  TimingView model{"model", {{1, 5}, {6, 9}}, 20, {}}, rtl = model;
  rtl.name = "rtl";
  Differences none;
  CompareTiming(code, "run", model, rtl, &none);
  EXPECT_EQ(none.count, 0);

  rtl.stamps[1].issue = 7;
  rtl.total = 21;
  rtl.counters.engine[2].wait_data = 3;
  Differences found;
  CompareTiming(code, "run", model, rtl, &found);
  ASSERT_EQ(found.told.size(), 3u);
  EXPECT_EQ(found.told[0],
            "rtl: run, instruction 1 (Matmul |): issue model 6, rtl 7; retire model 9, rtl 9");
  EXPECT_EQ(found.told[1], "rtl: run, total cycles: model 20, rtl 21");
  EXPECT_EQ(found.told[2], "rtl: run, counter wait_data of POST: model 0, rtl 3");
}

TEST(DescribeUnfinished, HoldsToTheModelWhatWasReached) {
  TimingView model;
  model.stamps = {{1, 10}, {2, 20}, {15, 30}, {25, 40}};
  model.total = 50;
  RunRecord record;
  record.stamps = {{1, 10}, {2, kNever}, {16, kNever}, {kNever, kNever}};
  EXPECT_EQ(DescribeUnfinished(model, record),
            "cycle 16 of 50; issue and retire of 3 of 4 instructions compared, 1 differences");
}

}  // namespace
}  // namespace systole
