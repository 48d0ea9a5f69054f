// `systole map` as a user calls it: exit statuses, one line of complaint, what is written.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace systole::timeloop {
namespace {

namespace fs = std::filesystem;

class MapCommandTest : public ::testing::Test {
 protected:
  MapCommandTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-map-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~MapCommandTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string Read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // In the project's folder.
  int Call(const std::string& arguments) const {
    const std::string call = "cd " SYSTOLE_ROOT "; exec " SYSTOLE_MAP " " + arguments + " >" +
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

  const std::string design_ =
      "models/designs/eyeriss_like.yaml models/designs/energy/eyeriss_timeloop.yaml ";
  const std::string layer_ = design_ + "examples/energy/layer.yaml ";
  std::string folder_;
};

// What a search finds is a mapping that evaluates to the same.
TEST_F(MapCommandTest, AFoundMappingIsReadBack) {
  ASSERT_EQ(Call(layer_ + "--json " + Path("found.json")), 0) << Read(Path("err"));
  nlohmann::json found = nlohmann::json::parse(Read(Path("found.json")));
  EXPECT_TRUE(found["search"]["proved"]);
  EXPECT_EQ(found["search"]["value"],
            found["energy_pJ"].get<double>() * found["cycles"].get<double>());
  std::ofstream(Path("m.yaml")) << nlohmann::json{{"mapping", found["mapping"]}}.dump();
  ASSERT_EQ(Call(layer_ + "--mapping " + Path("m.yaml") + " --json " + Path("again.json")), 0);
  nlohmann::json again = nlohmann::json::parse(Read(Path("again.json")));
  found.erase("search");
  EXPECT_EQ(found, again);
}

TEST_F(MapCommandTest, AMappingThatDoesNotFitIsAnAnswer) {
  std::ofstream(Path("m.yaml")) << "mapping:\n- {target: psum_spad, type: temporal, "
                                   "factors: C8 M112 R3 S3 P4 Q8}\n";
  EXPECT_EQ(Call(layer_ + "--mapping " + Path("m.yaml") + " --json " + Path("o.json")), 1);
  const nlohmann::json json = nlohmann::json::parse(Read(Path("o.json")));
  EXPECT_FALSE(json["valid"]);
  EXPECT_NE(json["reason"].get<std::string>().find("psum_spad"), std::string::npos);
}

TEST_F(MapCommandTest, PhysicalMovesOtherWords) {
  const std::string mapping = layer_ + "--mapping examples/energy/mapping.yaml --json ";
  ASSERT_EQ(Call(mapping + Path("a.json")), 0);
  ASSERT_EQ(Call(mapping + Path("b.json") + " --physical"), 0);
  const auto links = [&](const char* name) {
    return nlohmann::json::parse(
        Read(Path(name)))["levels"]["ifmap_spad"]["tensors"]["Inputs"]["link_words_per_instance"];
  };
  EXPECT_EQ(links("a.json"), 64);
  EXPECT_EQ(links("b.json"), 448);
}

TEST_F(MapCommandTest, ANetwork) {
  const std::string files =
      "models/designs/eyeriss_like.yaml,"
      "models/designs/energy/eyeriss_timeloop.yaml";
  ASSERT_EQ(Call("--network models/workloads/lenet5_28.csv --design ey=" + files +
                 " --batch 1,2 --json " + Path("n.json") + " --csv " + Path("n.csv") + " --html " +
                 Path("n.html")),
            0)
      << Read(Path("err"));
  const nlohmann::json json = nlohmann::json::parse(Read(Path("n.json")));
  ASSERT_EQ(json["answers"].size(), 2u);
  EXPECT_EQ(json["answers"][0]["macs"], 416520);
  EXPECT_EQ(json["answers"][1]["macs"], 2 * 416520);
  EXPECT_GT(fs::file_size(Path("n.html")), 1000u);
}

// One line and exit status 2, whatever is wrong with a file.
TEST_F(MapCommandTest, FilesThatCannotBeUnderstood) {
  const auto refused = [&](const std::string& text, const std::string& part) {
    std::ofstream(Path("x.yaml")) << text;
    ExpectRefused(layer_ + Path("x.yaml"), part);
  };
  const auto replaced = [&](const std::string& path, const std::string& from, const std::string& to,
                            const std::string& others, const std::string& part) {
    std::string text = Read(SYSTOLE_ROOT "/" + path);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    std::ofstream(Path("y.yaml")) << text.replace(at, from.size(), to);
    ExpectRefused(others + " " + Path("y.yaml"), part);
  };
  const std::string table = "models/designs/energy/eyeriss_timeloop.yaml";
  replaced("examples/energy/layer.yaml", "C: 8", "HStride: 2, C: 8", design_, "Hstride");
  replaced("models/designs/eyeriss_like.yaml", "depth: 12", "dpeth: 12",
           table + " examples/energy/layer.yaml", "depth");
  replaced(table, "system.psum_spad", "system.psum_spat",
           "models/designs/eyeriss_like.yaml examples/energy/layer.yaml", "psum_spad");
  refused("mapping:\n- {target: DRAM, type: temporal, factors: C4}\n", "C multiply to 4");
  std::string everywhere =
      "mapping:\n- {target: DRAM, type: temporal, factors: C8 M112 R3 S3 P4 Q8}\n";
  for (const char* level : {"DRAM", "shared_glb", "ifmap_spad", "weights_spad", "psum_spad"}) {
    everywhere += std::string("- {target: ") + level + ", type: datatype, bypass: [Inputs]}\n";
  }
  refused(everywhere, "Inputs is bypassed everywhere");
  refused("mapper: &a [*a]\n", "x.yaml");
  refused("mapper: {a: &a {b: *a}}\n", "x.yaml");
  refused("mapper: {x: [}\n", "line 1");
}

TEST_F(MapCommandTest, EnergyIsScaled) {
  const std::string mapping = layer_ + "--mapping examples/energy/mapping.yaml --json ";
  ASSERT_EQ(Call(mapping + Path("a.json")), 0);
  ASSERT_EQ(Call(mapping + Path("b.json") + " --energy-scale 2"), 0);
  const auto read = [&](const char* name) { return nlohmann::json::parse(Read(Path(name))); };
  const nlohmann::json a = read("a.json"), b = read("b.json");
  EXPECT_EQ(b["mac_energy_pJ"], 2 * a["mac_energy_pJ"].get<double>());
  EXPECT_EQ(b["levels"]["shared_glb"]["energy_pJ"],
            2 * a["levels"]["shared_glb"]["energy_pJ"].get<double>());
  EXPECT_EQ(b["levels"]["DRAM"], a["levels"]["DRAM"]);
  ExpectRefused(layer_ + "--energy-scale 0", "--energy-scale");
}

TEST_F(MapCommandTest, Refused) {
  ExpectRefused("", "no FILE");
  ExpectRefused(design_, "no 'problem'");
  ExpectRefused(layer_ + "--objective speed", "--objective");
  ExpectRefused(layer_ + "--batch 2", "--network");
  ExpectRefused("--network models/workloads/lenet5_28.csv", "--design");
  ExpectRefused("--network models/workloads/lenet5_28.csv --design nowhere.yaml", "nowhere.yaml");
  ExpectRefused(layer_ + "--json /nowhere/o.json", "/nowhere");
  std::ofstream(Path("large.yaml")) << std::string(10 << 20, '#');
  ExpectRefused(layer_ + Path("large.yaml"), "larger than 4 MiB");
  ExpectRefused("models/designs/eyeriss_like.yaml examples/energy/layer.yaml", "no 'ERT'");
}

}  // namespace
}  // namespace systole::timeloop
