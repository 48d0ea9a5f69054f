// The topology reader with its quirks, and messages where SCALE-Sim crashes or silently drops a
// number.
#include "sw/scalesim/topology.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

std::vector<NamedLayer> Conv(const std::string& rows) {
  return ParseTopology("header,\n" + rows, "t.csv", InputType::kConv, Compat::kV2);
}

std::string ErrorOf(const std::string& rows, InputType type = InputType::kConv) {
  try {
    ParseTopology("header,\n" + rows, "t.csv", type, Compat::kV2);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TopologyTest, FirstLineIsDroppedWhateverItIs) {
  EXPECT_EQ(
      ParseTopology("a,8,8,3,3,1,1,1,\nb,9,9,3,3,1,1,1,\n", "t.csv", InputType::kConv, Compat::kV2)
          .size(),
      1u);
  EXPECT_TRUE(ParseTopology("", "t.csv", InputType::kConv, Compat::kV2).empty());
}

TEST(TopologyTest, OneStrideServesBothDirectionsAndFurtherFieldsAreIgnored) {
  const std::vector<NamedLayer> l =
      Conv("a, 8, 9, 3, 2, 4, 5, 2,\n\n  \nb,8,9,3,2,4,5,2,1,77,\r\n");
  ASSERT_EQ(l.size(), 2u);
  EXPECT_EQ(l[0].layer.stride_w, 2);
  EXPECT_EQ(l[1].layer.stride_w, 1);
  EXPECT_EQ(l[1].layer.ifmap_w, 9);
  EXPECT_EQ(l[1].layer.filters, 5);
}

TEST(TopologyTest, NameWithDpStandsForOneLayerPerChannel) {
  const std::vector<NamedLayer> l = Conv("xDPy,8,8,3,3,4,2,1,\n");
  ASSERT_EQ(l.size(), 4u);
  EXPECT_EQ(l[3].name, "xDPyChannel_3");
  EXPECT_EQ(l[3].layer.channels, 1);
  EXPECT_EQ(l[3].layer.filters, 2);
}

TEST(TopologyTest, GemmBecomesAConvolutionOfWholeRows) {
  const std::vector<NamedLayer> l =
      ParseTopology("h\ng, 7, 5, 3,\n", "t.csv", InputType::kGemm, Compat::kV2);
  ASSERT_EQ(l.size(), 1u);
  EXPECT_EQ(l[0].layer.ifmap_h, 7);
  EXPECT_EQ(l[0].layer.ifmap_w, 3);
  EXPECT_EQ(l[0].layer.filter_w, 3);
  EXPECT_EQ(l[0].layer.filters, 5);
}

TEST(TopologyTest, MistakesAreNamedWithTheirLine) {
  EXPECT_NE(ErrorOf("a,8,8,3,3,1,1,1\n").find("t.csv: line 2: 7 fields end with a comma"),
            std::string::npos);
  EXPECT_NE(ErrorOf("g,7,5,3\n", InputType::kGemm).find("line 2: 3 fields end with a comma"),
            std::string::npos);
  EXPECT_NE(ErrorOf("a,8,8,3,3,1,x,1,\n").find("the number of filters is 'x', not a whole number"),
            std::string::npos);
  EXPECT_NE(ErrorOf("a,8,8,3,3,1,1,1,2,note,\n").find("a further field is 'note'"),
            std::string::npos);
  EXPECT_NE(ErrorOf("\na,8,8,9,3,1,1,1,\n").find("line 3: the filter is higher than the IFMAP"),
            std::string::npos);
  EXPECT_NE(ErrorOf("a,8,8,3,3,1,1,0,\n").find("the stride is 0"), std::string::npos);
  EXPECT_NE(ErrorOf("just text\n").find("0 fields end with a comma"), std::string::npos);
}

TEST(TopologyTest, Version3ReadsSparsityWhereVersion2ReadsTheSecondStride) {
  const std::vector<NamedLayer> l =
      ParseTopology("h\na,8,8,3,3,1,1,2,2:4,\n", "t.csv", InputType::kConv, Compat::kV3);
  EXPECT_EQ(l[0].layer.sparse_n, 2);
  EXPECT_EQ(l[0].layer.sparse_m, 4);
  EXPECT_EQ(l[0].layer.stride_w, 2);
}

}  // namespace
}  // namespace systole::scalesim
