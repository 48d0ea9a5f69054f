// `systole run-nest` as a user calls it: exit statuses, one line of complaint, what is written.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace systole::nest {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string kDesign =
    "models/designs/eyeriss_like.yaml models/designs/energy/eyeriss_timeloop.yaml ";
const std::string kLayer = kDesign + "examples/energy/layer.yaml ";

class NestCommandTest : public ::testing::Test {
 protected:
  NestCommandTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-nest-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~NestCommandTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  static std::string Read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  int Call(const std::string& program, const std::string& arguments) const {
    const std::string call = "cd " SYSTOLE_ROOT "; exec " + program + " " + arguments + " >" +
                             Path("out") + " 2>" + Path("err") + " </dev/null";
    const int status = std::system(call.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int Nest(const std::string& arguments) const { return Call(SYSTOLE_NEST, arguments); }
  void ExpectRefused(const std::string& arguments, const std::string& part) const {
    EXPECT_EQ(Nest(arguments + " --json " + Path("json")), 2) << arguments;
    const std::string err = Read(Path("err"));
    EXPECT_NE(err.find(part), std::string::npos) << err;
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
    EXPECT_FALSE(fs::exists(Path("json"))) << arguments;
  }

  std::string folder_;
};

TEST_F(NestCommandTest, AGivenMapping) {
  ASSERT_EQ(
      Nest(kLayer + "--mapping examples/nest/mapping.yaml --backend tlm --json " + Path("json")), 0)
      << Read(Path("err"));
  const Json json = Json::parse(Read(Path("json")));
  EXPECT_EQ(json["differences"], 0);
  EXPECT_EQ(json["outputs"], 112 * 4 * 8);
  EXPECT_EQ(json["backends"]["tlm"]["different"], 0);
  for (const Json& count : json["counts"]) EXPECT_EQ(count["left"], 0) << count["what"];
}

TEST_F(NestCommandTest, WhatMapFound) {
  ASSERT_EQ(Call(SYSTOLE_MAP, kLayer + "--json " + Path("found")), 0);
  EXPECT_EQ(Nest(kLayer + "--backend tlm --mapping " + Path("found")), 0) << Read(Path("err"));
  EXPECT_NE(Read(Path("out")).find("M8 C2 R3; Y S3 C4 M1; X Q1 M14"), std::string::npos);
}

TEST_F(NestCommandTest, DepthwiseAndNetwork) {
  EXPECT_EQ(Nest(kDesign + "examples/nest/depthwise.yaml --backend tlm"), 0) << Read(Path("err"));
  const std::string network = kDesign + "--network models/workloads/lenet5_28.csv --backend tlm " +
                              "--evaluations 2000 --json " + Path("json");
  EXPECT_EQ(Nest(network), 0) << Read(Path("err"));
  const Json json = Json::parse(Read(Path("json")));
  EXPECT_GE(json.size(), 4u);
  for (const Json& layer : json) EXPECT_EQ(layer["differences"], 0);
}

TEST_F(NestCommandTest, Refused) {
  ExpectRefused(kLayer + "--backend tlm --mapping examples/energy/mapping.yaml",
                "not executable: order: ");
  ExpectRefused(kLayer + "--backend tlm --mapping examples/nest/mapping.yaml --rs-rows 8",
                "not executable: elements: ");
  ExpectRefused(kLayer + "--mapping examples/nest/mapping.yaml --by machine", "--by");
  ExpectRefused(kLayer + "--backend tlm --engine array", "ENGINE=array");
  ExpectRefused(kLayer + "--backend rtl --act-kib 64", "make rtl");
  ExpectRefused(kDesign + "--network models/workloads/lenet5_28.csv --only none --backend tlm",
                "--only none");
  ExpectRefused(kDesign + "--backend tlm", "no 'problem'");
}

}  // namespace
}  // namespace systole::nest
