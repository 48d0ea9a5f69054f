// The objective `energy`: what an account of the compiled program has, for every point.
#include <gtest/gtest.h>

#include <sstream>

#include "sw/energy/account.h"
#include "sw/energy/energy_law.h"
#include "sw/energy/read_energy.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"
#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

class EnergyObjectiveTest : public ExploreTest {
 protected:
  // Of each point "rows batch latency": pJ an image, as the CSV has it.
  std::vector<std::pair<std::vector<int>, double>> Sweep(const std::string& top) const {
    const std::string space =
        Write("s.toml", "cost = \"native\"\nobjectives = [\"energy\", \"cycles\"]\n" + top +
                            "[space]\nrows = [8, 16]\nbatch = [1, 4]\nlatency = [5, 60]\n"
                            "[[workload]]\nfile = \"" SYSTOLE_SOURCE_DIR
                            "/models/lenet5-mnist/model.onnx\"\nname = \"lenet\"\n");
    const Result r = Explore(space + " --csv " + Path("s.csv"));
    EXPECT_EQ(r.status, 0) << r.err;
    std::istringstream csv(Read(Path("s.csv")));
    std::string line, cell;
    std::getline(csv, line);
    std::vector<std::string> names;
    for (std::istringstream head(line); std::getline(head, cell, ',');) names.push_back(cell);
    const auto column = [&](const std::string& name) {
      return std::find(names.begin(), names.end(), name) - names.begin();
    };
    std::vector<std::pair<std::vector<int>, double>> points;
    while (std::getline(csv, line)) {
      std::vector<std::string> cells;
      for (std::istringstream row(line); std::getline(row, cell, ',');) cells.push_back(cell);
      std::vector<int> point;
      for (const char* name : {"rows", "batch", "latency"})
        point.push_back(std::stoi(cells.at(static_cast<size_t>(column(name)))));
      points.emplace_back(point, std::stod(cells.at(static_cast<size_t>(column("energy")))));
    }
    return points;
  }

  static energy::Account AccountFor(const std::vector<int>& point) {
    Model model = LoadModel(SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx");
    ChooseMultipliers(model, Rounding::kFloat32);
    HwConfig config;
    config.rows = point[0];
    ProgramOptions options;
    options.images = options.batch = point[1];
    return energy::AccountOf(CompileNetwork(model, config, options), MemoryTiming{point[2]});
  }
};

TEST_F(EnergyObjectiveTest, IsThatOfTheProgram) {
  const auto points = Sweep("");
  ASSERT_EQ(points.size(), 8u);
  for (const auto& [point, energy] : points) {
    const energy::Account account = AccountFor(point);
    const double want =
        energy::EnergyOf(account, energy::TableOf(energy::HorowitzLaw(), account.config)) /
        static_cast<double>(account.images);
    EXPECT_NEAR(energy, want, 1e-9 * want) << point[0] << " " << point[1] << " " << point[2];
  }
}

// The table is a file; cycles cost, so that the memory's latency does.
TEST_F(EnergyObjectiveTest, TableFromAFile) {
  energy::EnergyTable table;
  table[Action::mac] = 1;
  table.idle_pe = 0.25;
  table.cycle = 3;
  Write("e.yaml", energy::EnergyYaml(table));
  for (const auto& [point, energy] : Sweep("energy = \"e.yaml\"\n")) {
    const energy::Account a = AccountFor(point);
    const double want =
        (static_cast<double>(a.code[Action::mac]) +
         0.25 * static_cast<double>(a.cycles * point[0] * 16 - a.code[Action::pass]) +
         3 * static_cast<double>(a.cycles)) /
        static_cast<double>(a.images);
    EXPECT_NEAR(energy, want, 1e-9 * want);
  }
}

TEST_F(EnergyObjectiveTest, BadTableIsOneLine) {
  Write("e.yaml", "ERT: {tables: []}\n");
  const std::string rest = "cost = \"native\"\nobjectives = [\"energy\"]\nenergy = \"";
  const std::string space = "\"\n[space]\nrows = [8]\n[[workload]]\nfile = \"" SYSTOLE_SOURCE_DIR
                            "/models/lenet5-mnist/model.onnx\"\n";
  ExpectRefused(Explore(Write("a.toml", rest + "e.yaml" + space)), {"e.yaml", "has no energy of"});
  ExpectRefused(Explore(Write("b.toml", rest + "f.yaml" + space)), {"b.toml:3", "is not there"});
}

}  // namespace
}  // namespace systole::explore
