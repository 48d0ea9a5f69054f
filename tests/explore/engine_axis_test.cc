// The axes of the array: engine with the row-stationary array's sizes, and dataflow; every point's
// cycles, energy and elements are those of the program that is compiled for it.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "sw/driver/parameters.h"
#include "sw/energy/account.h"
#include "sw/energy/energy_law.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"
#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

const char kLeNet[] =
    "[[workload]]\nfile = \"" SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx\"\n";

class EngineAxisTest : public ExploreTest {
 protected:
  using Point = std::map<std::string, std::string>;
  std::vector<Point> Sweep(const std::string& axes) const {
    const Result r = Explore(Write("s.toml",
                                   "cost = \"native\"\n"
                                   "objectives = [\"cycles\", \"energy\", \"pes\"]\n"
                                   "[space]\n" +
                                       axes + kLeNet) +
                             " --csv " + Path("s.csv"));
    EXPECT_EQ(r.status, 0) << r.err;
    std::istringstream csv(Read(Path("s.csv")));
    std::string line, cell;
    std::getline(csv, line);
    std::vector<std::string> names;
    for (std::istringstream head(line); std::getline(head, cell, ',');) names.push_back(cell);
    std::vector<Point> points;
    while (std::getline(csv, line)) {
      Point point;
      std::istringstream row(line);
      for (size_t i = 0; std::getline(row, cell, ','); ++i) point[names.at(i)] = cell;
      points.push_back(point);
    }
    return points;
  }

  static void ExpectThatOf(const Point& point, const std::vector<std::string>& parameters,
                           Dataflow dataflow, int pes) {
    Model model = LoadModel(SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx");
    ChooseMultipliers(model, Rounding::kFloat32);
    ProgramOptions options;
    options.dataflow = dataflow;
    const energy::Account account = energy::AccountOf(
        CompileNetwork(model, ParseParameters(parameters), options), MemoryTiming{});
    EXPECT_EQ(std::stoll(point.at("cycles")), account.cycles);
    const double energy =
        energy::EnergyOf(account, energy::TableOf(energy::HorowitzLaw(), account.config));
    EXPECT_NEAR(std::stod(point.at("energy")), energy, 1e-9 * energy);
    EXPECT_EQ(std::stoi(point.at("pes")), pes);
  }
};

TEST_F(EngineAxisTest, RowStationary) {
  const auto points = Sweep(
      "engine = [\"array\", \"row\"]\nrs_rows = [\"auto\", 10]\nwgt_spad = [\"auto\", 384]\n");
  ASSERT_EQ(points.size(), 8u);
  int possible = 0;
  for (const Point& point : points) {
    const bool row = point.at("engine") == "row", ten = point.at("rs_rows") == "10",
               large = point.at("wgt_spad") == "384";
    if (!row && (ten || large)) {
      EXPECT_NE(point.at("infeasible").find("parameter"), std::string::npos);
      continue;
    }
    ++possible;
    std::vector<std::string> parameters;
    if (row) parameters.push_back("ENGINE=row");
    if (ten) parameters.push_back("RS_ROWS=10");
    if (large) parameters.push_back("WGT_SPAD=384");
    ExpectThatOf(point, parameters, Dataflow::kWs, !row ? 256 : ten ? 140 : 168);
  }
  EXPECT_EQ(possible, 5);
}

TEST_F(EngineAxisTest, Dataflow) {
  const auto points = Sweep("dataflow = [\"ws\", \"os\", \"is\", \"auto\"]\n");
  ASSERT_EQ(points.size(), 4u);
  ExpectThatOf(points[0], {}, Dataflow::kWs, 256);
  ExpectThatOf(points[1], {"DATAFLOWS=3"}, Dataflow::kOs, 256);
  ExpectThatOf(points[2], {"DATAFLOWS=5"}, Dataflow::kIs, 256);
  ExpectThatOf(points[3], {"DATAFLOWS=7"}, Dataflow::kAuto, 256);
}

// The bound counts weight-stationary mappings and those of RowConv.
TEST_F(EngineAxisTest, BoundsOfWhatTheyHoldFor) {
  const std::string head =
      "cost = \"native\"\nmethod = \"bounded\"\nobjectives = [\"cycles\"]\n[space]\n";
  ExpectRefused(Explore(Write("a.toml", head + "dataflow = [\"ws\", \"os\"]\n" + kLeNet)),
                {"bounded"});
  const Result r =
      Explore(Write("b.toml", head + "engine = \"row\"\nrs_rows = [5, 8, 12]\n" + kLeNet));
  EXPECT_EQ(r.status, 0) << r.err;
}

}  // namespace
}  // namespace systole::explore
