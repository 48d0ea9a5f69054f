// The objectives silicon, clock and time: figures of synthesised designs and between them, worked
// by hand; what no table reaches is infeasible, and a table that is none is one line.
#include "sw/explore/space/silicon.h"

#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"
#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

// Cells and memories of 8x8, 8x16, 16x8 and 16x16; and of one design with a wider bus.
constexpr char kTable[] = R"({"library": "cells", "period_ns": 2, "designs": [
  {"parameters": {"ROWS": 8, "COLS": 8}, "cells_um2": 60, "memories_um2": 40, "ns": 2},
  {"parameters": {"ROWS": 8, "COLS": 16}, "cells_um2": 100, "memories_um2": 100, "ns": 3},
  {"parameters": {"ROWS": 16, "COLS": 8}, "cells_um2": 200, "memories_um2": 200, "ns": 2.5},
  {"parameters": {"ROWS": 16, "COLS": 16}, "cells_um2": 500, "memories_um2": 300, "ns": 4},
  {"parameters": {"ROWS": 8, "COLS": 8, "AXI_DATA_WIDTH": 128},
   "cells_um2": 70, "memories_um2": 40, "ns": 2.25}]})";

class SiliconTest : public ExploreTest {
 protected:
  static std::optional<SiliconFigures> Of(const std::vector<std::string>& parameters) {
    return SiliconTable("t.json", kTable).Of(ParseParameters(parameters));
  }
};

TEST_F(SiliconTest, SynthesisedAreThemselves) {
  const auto corner = Of({"ROWS=8", "COLS=16"}),
             wide = Of({"ROWS=8", "COLS=8", "AXI_DATA_WIDTH=128"});
  EXPECT_DOUBLE_EQ(corner->um2, 200);
  EXPECT_DOUBLE_EQ(corner->ns, 3);
  EXPECT_TRUE(corner->synthesised);
  EXPECT_DOUBLE_EQ(wide->um2, 110);
  EXPECT_DOUBLE_EQ(wide->ns, 2.25);
  EXPECT_TRUE(wide->synthesised);
}

TEST_F(SiliconTest, BetweenFourIsBilinear) {
  const auto edge = Of({"ROWS=8", "COLS=12"});  // half way: (100 + 200) / 2
  EXPECT_DOUBLE_EQ(edge->um2, 150);
  EXPECT_DOUBLE_EQ(edge->ns, 2.5);
  EXPECT_FALSE(edge->synthesised);
  // A quarter of the rows, half of the columns: 3/8 (100 + 200) + 1/8 (400 + 800).
  const auto inside = Of({"ROWS=10", "COLS=12"});
  EXPECT_DOUBLE_EQ(inside->um2, 262.5);
  EXPECT_DOUBLE_EQ(inside->ns, (3 * (2 + 3) + 2.5 + 4) / 8);
  EXPECT_FALSE(inside->synthesised);
}

TEST_F(SiliconTest, OutsideNothingIsKnown) {
  EXPECT_FALSE(Of({"ROWS=7", "COLS=8"}));
  EXPECT_FALSE(Of({"ROWS=8", "COLS=17"}));
  EXPECT_FALSE(Of({"ROWS=8", "COLS=8", "QUEUE_DEPTH=16"}));
  EXPECT_FALSE(Of({"ROWS=8", "COLS=12", "AXI_DATA_WIDTH=128"}));
  const std::string text = kTable;  // without 16x16 nothing stands around 12x12
  const std::string three =
      text.substr(0, text.find("  {\"parameters\": {\"ROWS\": 16, \"COLS\": 16")) +
      text.substr(text.find("  {\"parameters\": {\"ROWS\": 8, \"COLS\": 8, "));
  EXPECT_FALSE(SiliconTable("t.json", three).Of(ParseParameters({"ROWS=12", "COLS=12"})));
  EXPECT_TRUE(SiliconTable("t.json", three).Of(ParseParameters({"ROWS=12", "COLS=8"})));
}

TEST_F(SiliconTest, BadTableSaysWhere) {
  for (const char* text : {"", "{}", R"({"library": "x", "designs": []})",
                           R"({"library": "x", "designs": [{"parameters": {"ROWZ": 8}, "ns": 1}]})",
                           R"({"library": "x", "designs": [{"parameters": {}, "ns": -1,
                               "cells_um2": 1, "memories_um2": 1}]})"}) {
    try {
      SiliconTable("t.json", text);
      ADD_FAILURE() << text;
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).rfind("t.json: is no table", 0), 0u) << error.what();
    }
  }
}

TEST_F(SiliconTest, ObjectivesOfASweep) {
  Write("t.json", kTable);
  const std::string rest =
      "[space]\nrows = [8, 12, 32]\ncols = 8\n[[workload]]\nfile = \"" SYSTOLE_SOURCE_DIR
      "/models/lenet5-mnist/model.onnx\"\nname = \"lenet\"\n";
  const std::string top = "cost = \"native\"\nobjectives = [\"time\", \"silicon\", \"clock\"]\n";
  const Result r =
      Explore(Write("s.toml", top + "silicon = \"t.json\"\n" + rest) + " --csv " + Path("s.csv"));
  ASSERT_EQ(r.status, 0) << r.err;
  std::istringstream csv(Read(Path("s.csv")));
  std::string line;
  std::getline(csv, line);
  EXPECT_EQ(line,
            "id,rows,cols,infeasible,figures,lenet.cycles,lenet.utilization,time,silicon,clock");
  std::vector<std::vector<std::string>> rows;
  while (std::getline(csv, line)) {
    rows.emplace_back();
    std::string cell;
    for (std::istringstream row(line); std::getline(row, cell, ',');) rows.back().push_back(cell);
  }
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0][4], "synthesised");
  EXPECT_EQ(rows[1][4], "interpolated");
  EXPECT_DOUBLE_EQ(std::stod(rows[1][8]), 250);
  EXPECT_DOUBLE_EQ(std::stod(rows[1][9]), 2.25);
  for (const auto& [row, ns] : {std::make_pair(0, 2.0), std::make_pair(1, 2.25)})
    EXPECT_DOUBLE_EQ(std::stod(rows[row][7]), std::stod(rows[row][5]) * ns / 1000);
  EXPECT_EQ(rows[2][3].rfind("silicon: ", 0), 0u);

  ExpectRefused(Explore(Write("a.toml", top + rest)), {"a.toml:2", "add silicon ="});
  ExpectRefused(Explore(Write("b.toml", top + "silicon = \"u.json\"\n" + rest)),
                {"b.toml:3", "is not there"});
  ExpectRefused(Explore(Write("c.toml", "cost = \"native\"\nsilicon = \"t.json\"\n" + rest)),
                {"c.toml:2", "remove it"});
}

}  // namespace
}  // namespace systole::explore
