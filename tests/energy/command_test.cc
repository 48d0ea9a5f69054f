// `systole energy` as a user calls it: exit statuses, one line of complaint, what is written.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace systole::energy {
namespace {

namespace fs = std::filesystem;

class EnergyCommandTest : public ::testing::Test {
 protected:
  EnergyCommandTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-energy-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~EnergyCommandTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string Read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // In the project's folder.
  int Call(const std::string& arguments) const {
    const std::string call = "cd " SYSTOLE_ROOT "; exec " SYSTOLE_ENERGY " " + arguments + " >" +
                             Path("out") + " 2>" + Path("err") + " </dev/null";
    const int status = std::system(call.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void ExpectRefused(const std::string& arguments, const std::string& part) const {
    SCOPED_TRACE(arguments);
    EXPECT_EQ(Call(arguments), 2);
    const std::string err = Read(Path("err"));
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
    EXPECT_NE(err.find(part), std::string::npos) << err;
  }

  const std::string model_ = "models/lenet5-mnist/model.onnx ";
  std::string folder_;
};

// Every way out says the same.
TEST_F(EnergyCommandTest, JsonCsvAndWrittenTableAgree) {
  ASSERT_EQ(Call(model_ + "--batch 2 --json " + Path("a.json") + " --csv " + Path("a.csv") +
                 " --write-energy " + Path("table.yaml")),
            0)
      << Read(Path("err"));
  const auto a = nlohmann::json::parse(Read(Path("a.json")));
  ASSERT_EQ(Call(model_ + "--batch 2 --energy " + Path("table.yaml") + " --json " + Path("b.json")),
            0)
      << Read(Path("err"));
  const auto b = nlohmann::json::parse(Read(Path("b.json")));
  const double energy = a["energy_pJ"];
  EXPECT_NEAR(b["energy_pJ"].get<double>(), energy, 1e-6 * energy);
  EXPECT_EQ(a["counts"], b["counts"]);
  double layers = 0, rows = 0, run = 0;
  for (const auto& layer : a["layers"]) layers += layer["energy_pJ"].get<double>();
  std::istringstream csv(Read(Path("a.csv")));
  for (std::string line; std::getline(csv, line);) {
    const double pj = std::atof(line.substr(line.rfind(',') + 1).c_str());
    if (line.find("\"setup\"") == 0) continue;
    (line.find("\"run\"") == 0 ? run : rows) += pj;
  }
  EXPECT_NEAR(layers, energy, 1e-9 * energy);
  EXPECT_NEAR(rows, energy, 1e-3);  // pJ, rounded to 1e-6 in each row
  EXPECT_NEAR(run, energy, 1e-3);
}

TEST_F(EnergyCommandTest, BesideDesigns) {
  const std::string designs = "models/designs/";
  ASSERT_EQ(Call(model_ + "--beside eyeriss=" + designs + "eyeriss_like.yaml," + designs +
                 "energy/eyeriss_horowitz.yaml --json " + Path("a.json")),
            0)
      << Read(Path("err"));
  const auto a = nlohmann::json::parse(Read(Path("a.json")));
  EXPECT_EQ(a["beside"][0]["design"], "eyeriss");
  EXPECT_EQ(a["beside"][0]["macs"], a["macs"]);
  const std::string out = Read(Path("out"));
  EXPECT_NE(out.find("\neyeriss "), std::string::npos) << out;
  EXPECT_NE(out.find("\nsystole 16x16 "), std::string::npos) << out;
}

TEST_F(EnergyCommandTest, RowStationary) {
  ASSERT_EQ(Call(model_ + "--engine row --json " + Path("a.json") + " --beside eyeriss=" +
                 "models/designs/eyeriss_like.yaml,models/designs/energy/eyeriss_horowitz.yaml"),
            0)
      << Read(Path("err"));
  const auto a = nlohmann::json::parse(Read(Path("a.json")));
  EXPECT_EQ(a["counts"]["mac"], a["macs"]);
  EXPECT_EQ(a["counts"]["filter_read"], a["macs"]);
  EXPECT_EQ(a["counts"]["pass"], 0);
  EXPECT_NE(Read(Path("out")).find("\nsystole row 12x14 "), std::string::npos);
}

TEST_F(EnergyCommandTest, BadInputIsOneLine) {
  ExpectRefused("", "model");
  ExpectRefused("missing.onnx", "missing.onnx");
  ExpectRefused(model_ + "--energy missing.yaml", "missing.yaml");
  ExpectRefused(model_ + "--energy models/designs/energy/simple_timeloop.yaml", "write systole");
  ExpectRefused(model_ + "--batch 0", "--batch");
  ExpectRefused(model_ + "--rows 1", "ROWS");
  ExpectRefused(model_ + "--beside ,", "names no file");
  ExpectRefused(model_ + "--beside models/designs/eyeriss_like.yaml", "ERT");
  ExpectRefused(model_ + "--json /nowhere/x.json", "/nowhere/x.json");
  ExpectRefused(model_ + "--jobs 2", "--beside");
  ExpectRefused(model_ + "--json " + Path("x") + " --csv " + Path("x"), Path("x"));
  EXPECT_FALSE(fs::exists(Path("x")));
}

}  // namespace
}  // namespace systole::energy
