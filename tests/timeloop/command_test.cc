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
