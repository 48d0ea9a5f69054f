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

TEST(ParametersTest, LanesGivenAreKept) {
  EXPECT_EQ(ParseParameters({"LANES=3", "COLS=32"}).lanes, 3);
}

TEST(ParametersTest, RefusalsNameTheParameter) {
  EXPECT_EQ(Refusal({"ROWS=65"}), "parameter ROWS=65 is not possible; allowed: 2 to 64");
  EXPECT_EQ(Refusal({"COLS=12", "WPORT=5"}),
            "parameter WPORT=5 is not possible; allowed: a divisor of COLS");
  EXPECT_EQ(Refusal({"ROWS=8x"}), "parameter ROWS=8x is not possible; allowed: a whole number");
  EXPECT_EQ(Refusal({"ROWS="}), "parameter ROWS= is not possible; allowed: a whole number");
  EXPECT_NE(Refusal({"ROW=8"}).find("parameter ROW is unknown"), std::string::npos);
  EXPECT_NE(Refusal({"DATAFLOWS=ws,os"}).find("DATAFLOWS=ws,os"), std::string::npos);
  EXPECT_NE(Refusal({"ROUNDINGS=nearest"}).find("half_even"), std::string::npos);
}

TEST(ParametersTest, MakeVariablesAreReadBack) {
  const HwConfig c = ParseParameters({"ROWS=12", "COLS=6", "ACC_DEPTH=64"});
  EXPECT_EQ(MakeVariables(c), "ROWS=12 COLS=6 ACC_DEPTH=64");
  EXPECT_EQ(MakeVariables(ParseParameters({})), "");
}

}  // namespace
}  // namespace systole
