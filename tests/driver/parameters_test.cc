#include "sw/driver/parameters.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"

namespace systole {
namespace {

std::string Refusal(const std::vector<std::string>& assignments) {
  try {
    ParseParameters(assignments);
  } catch (const InputError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(ParametersTest, DefaultsAndAssignments) {
  const HwConfig c =
      ParseParameters({"ROWS=5", "COLS=7", "ROUNDINGS=tflite,float32", "DATAFLOWS=ws"});
  EXPECT_EQ(c.rows, 5);
  EXPECT_EQ(c.cols, 7);
  EXPECT_EQ(c.lanes, 7);  // min(8, COLS)
  EXPECT_EQ(c.roundings, 0x30);
  EXPECT_EQ(c.axi_data_width, 64);
}

TEST(ParametersTest, DataflowsByNumberOrByName) {
  EXPECT_EQ(ParseParameters({"DATAFLOWS=ws,os"}).dataflows, 3);
  EXPECT_EQ(ParseParameters({"DATAFLOWS=is,ws"}).dataflows, 5);
  EXPECT_EQ(ParseParameters({"DATAFLOWS=ws,os,is"}).dataflows, 7);
  EXPECT_EQ(ParseParameters({"DATAFLOWS=3"}).Key(), ParseParameters({"DATAFLOWS=os,ws"}).Key());
  EXPECT_EQ(ParseParameters({"ROWS=5", "COLS=7", "DATAFLOWS=3"}).OsCols(), 5);
  EXPECT_EQ(ParseParameters({"ROWS=5", "COLS=7", "WPORT=7", "DATAFLOWS=3"}).OsCols(), 7);
}

TEST(ParametersTest, LanesGivenAreKept) {
  EXPECT_EQ(ParseParameters({"LANES=3", "COLS=32"}).lanes, 3);
}

TEST(ParametersTest, TheRowStationaryArrayBringsItsDefaults) {
  HwConfig c = ParseParameters({"ENGINE=row"});
  EXPECT_EQ(c.engine, 1);
  EXPECT_EQ(c.rs_rows, 12);
  EXPECT_EQ(c.rs_cols, 14);
  EXPECT_EQ(c.ifmap_spad, 32);
  EXPECT_EQ(c.wgt_spad, 64);
  EXPECT_EQ(c.psum_spad, 16);
  EXPECT_EQ(c.row_sum + c.taps, 0);
  c = ParseParameters({"ENGINE=1", "ROWS=8", "COLS=8", "RS_COLS=5", "WGT_SPAD=384"});
  EXPECT_EQ(c.rs_rows, 8);
  EXPECT_EQ(c.rs_cols, 5);
  EXPECT_EQ(c.wgt_spad, 384);
  EXPECT_EQ(ParseParameters({"ENGINE=array"}).Key(), HwConfig{}.Key());
}

TEST(ParametersTest, TheRowStationaryArrayNeedsItsSurroundings) {
  EXPECT_EQ(Refusal({"ENGINE=row", "ROWS=12"}),
            "parameter ENGINE=1 is not possible; allowed: 0, or 1 where ROWS and COLS are powers "
            "of two");
  EXPECT_EQ(Refusal({"ENGINE=row", "ACC_DEPTH=100"}),
            "parameter ENGINE=1 is not possible; allowed: 0, or 1 where WPORT is 1 and ACC_DEPTH a "
            "multiple of COLS");
  EXPECT_EQ(Refusal({"ENGINE=row", "ROW_SUM=1"}),
            "parameter ENGINE=1 is not possible; allowed: 0, or 1 where ROW_SUM and TAPS are 0");
  EXPECT_EQ(Refusal({"ENGINE=row", "RS_ROWS=17"}),
            "parameter RS_ROWS=17 is not possible; allowed: 0 with ENGINE 0, 2 to ROWS with ENGINE "
            "1");
  EXPECT_EQ(Refusal({"RS_ROWS=12"}),
            "parameter RS_ROWS=12 is not possible; allowed: 0 with ENGINE 0, 2 to ROWS with ENGINE "
            "1");
  EXPECT_EQ(Refusal({"ENGINE=ring"}),
            "parameter ENGINE=ring is not possible; allowed: array (0, weight stationary), row (1, "
            "row stationary)");
}

TEST(ParametersTest, RefusalsNameTheParameter) {
  EXPECT_EQ(Refusal({"ROWS=65"}), "parameter ROWS=65 is not possible; allowed: 2 to 64");
  EXPECT_EQ(Refusal({"COLS=12", "WPORT=5"}),
            "parameter WPORT=5 is not possible; allowed: a divisor of COLS");
  EXPECT_EQ(Refusal({"ROWS=8x"}), "parameter ROWS=8x is not possible; allowed: a whole number");
  EXPECT_EQ(Refusal({"ROWS="}), "parameter ROWS= is not possible; allowed: a whole number");
  EXPECT_NE(Refusal({"ROW=8"}).find("parameter ROW is unknown"), std::string::npos);
  EXPECT_EQ(Refusal({"DATAFLOWS=ws,rs"}),
            "parameter DATAFLOWS=ws,rs is not possible; allowed: ws (1), ws,os (3), ws,is (5) or "
            "ws,os,is (7)");
  EXPECT_EQ(Refusal({"DATAFLOWS=os"}),
            "parameter DATAFLOWS=2 is not possible; allowed: 1 (ws), 3 (ws,os), 5 (ws,is) or "
            "7 (ws,os,is)");
  EXPECT_EQ(Refusal({"DATAFLOWS=ws,os", "ENGINE=row"}),
            "parameter DATAFLOWS=3 is not possible; allowed: 1, or more where ROWS is 3 or more, "
            "ENGINE 0, and WPORT 1 or COLS / WPORT at most ROWS");
  EXPECT_EQ(Refusal({"DATAFLOWS=ws,is", "WPORT=2"}),
            "parameter DATAFLOWS=5 is not possible; allowed: 1 or 3, or 5 or 7 where WPORT is 1");
  EXPECT_NE(Refusal({"ROUNDINGS=nearest"}).find("half_even"), std::string::npos);
}

TEST(ParametersTest, MakeVariablesAreReadBack) {
  const HwConfig c = ParseParameters({"ROWS=12", "COLS=6", "ACC_DEPTH=64"});
  EXPECT_EQ(MakeVariables(c), "ROWS=12 COLS=6 ACC_DEPTH=64");
  EXPECT_EQ(MakeVariables(ParseParameters({})), "");
}

}  // namespace
}  // namespace systole
