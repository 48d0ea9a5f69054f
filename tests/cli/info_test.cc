// `systole info` informs: what runs, what does not and why, and in how far it is ONNX Runtime's.
#include "sw/cli/info.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "sw/arith/rounding.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

const std::string kSource = SYSTOLE_SOURCE_DIR;
const std::string kLenet = kSource + "/models/lenet5-mnist/model.onnx";

std::string Info(const std::string& path, const HwConfig& config = {},
                 Rounding mode = Rounding::kFloat32, const std::string& json = "") {
  testing::internal::CaptureStdout();
  PrintInfo(path, RoundingName(mode), config, 1, json);
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

std::vector<std::string> Lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A file of the committed random graphs whose form is QDQ.
std::string Graph() {
  std::ifstream in(kSource + "/tests/python/random_graphs/manifest.json");
  for (const auto& entry : nlohmann::json::parse(in)) {
    if (entry.at("form") != "qdq") continue;
    return kSource + "/tests/python/random_graphs/" + entry.at("folder").get<std::string>() +
           "/model.onnx";
  }
  return "";
}

TEST(InfoTest, ListsAGraphAndHowItRuns) {
  const std::string text = Info(Graph());
  EXPECT_TRUE(Contains(text, " concat ")) << text;
  EXPECT_TRUE(Contains(text, "of in ")) << text;
  EXPECT_TRUE(Contains(text, "on 16x16, batch 1:\n")) << text;
  EXPECT_TRUE(Contains(text, " strip of ")) << text;
}

TEST(InfoTest, WhatDoesNotFitOnChipRunsFromMemory) {
  HwConfig config;
  config.wgt_kib = config.par_kib = 1;
  config.rows = config.cols = 4;
  config.lanes = 4;
  const std::string text = Info(kLenet, config);
  EXPECT_TRUE(Contains(text, "on 4x4, batch 1:\n")) << text;
  EXPECT_TRUE(Contains(text, ", in a chain of 5\n")) << text;
}

TEST(InfoTest, WhatIsTooLargeForTheBuffersIsToldWithValuesThatFit) {
  HwConfig config;
  config.wgt_kib = 1;
  config.rows = config.cols = 64;
  const std::string text = Info(kLenet, config);
  EXPECT_TRUE(Contains(text, "on 64x64, batch 1: does not run: ")) << text;
  EXPECT_TRUE(Contains(text, "WGT_KIB=1 has")) << text;
  // The values that it names fit.
  const size_t at = text.find("it fits with");
  ASSERT_NE(at, std::string::npos) << text;
  std::istringstream values(text.substr(at + 12));
  for (std::string word; values >> word;) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos) break;
    for (const ParameterInfo& p : kParameters) {
      if (word.substr(0, equals) == p.name) {
        config.*p.member = std::atoi(word.substr(equals + 1).c_str());
      }
    }
  }
  EXPECT_GT(config.wgt_kib, 1);
  EXPECT_TRUE(Contains(Info(kLenet, config), "on 64x64, batch 1:\n"));
}

TEST(InfoTest, SaysHowFarModeFloat32IsOnnxRuntimes) {
  EXPECT_TRUE(Contains(Info(kLenet), "mode float32: equal to ONNX Runtime in every byte\n"));
  const std::string averaging = Info(kSource + "/models/lenet5-avgpool/model.onnx");
  EXPECT_TRUE(Contains(averaging, "mode float32: within 1 of ONNX Runtime")) << averaging;
  EXPECT_TRUE(Contains(averaging, "(AveragePool): ONNX Runtime averages")) << averaging;
  const std::string other = Info(kLenet, {}, Rounding::kTflite);
  EXPECT_FALSE(Contains(other, "ONNX Runtime")) << other;
}

class InfoFolderTest : public testing::Test {
 protected:
  InfoFolderTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-info-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~InfoFolderTest() override { fs::remove_all(folder_); }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  fs::path folder_;
};

TEST_F(InfoFolderTest, LongNamesLeaveTheTableInLine) {
  const std::string name = std::string(150, 'n') + "_end";
  Write("network.txt", "input x int8 1 4 4\nconv " + name + " 1 1 1\nmaxpool p 2 2 stride 2 2\n");
  Write("x_scale_zero.txt", "1.0 0\n");
  Write(name + "_scale_zero.txt", "1.0 0\n");
  Write(name + ".weight.txt", "1\n");
  Write(name + ".weight_scale_zero.txt", "1.0 0\n");
  const std::vector<std::string> lines = Lines(Info(folder_.string()));
  ASSERT_GT(lines.size(), 3u);
  EXPECT_TRUE(Contains(lines[1], "...nnn")) << lines[1];
  EXPECT_TRUE(Contains(lines[1], "nn_end conv")) << lines[1];
  EXPECT_EQ(lines[1].find(" kernel "), lines[2].find(" kernel "));
  EXPECT_LT(lines[1].find(" kernel "), 60u);
  for (const std::string& line : lines) EXPECT_LT(line.size(), 200u) << line;
}

TEST_F(InfoFolderTest, JsonHoldsTheGraph) {
  const std::string path = (folder_ / "info.json").string();
  Info(Graph(), {}, Rounding::kFloat32, path);
  std::ifstream in(path);
  const nlohmann::json j = nlohmann::json::parse(in);
  int joins = 0;
  for (const auto& layer : j.at("layers")) {
    const bool concat = layer.at("kind") == "concat";
    joins += concat;
    EXPECT_EQ(layer.at("inputs").size() > 1, concat);
    if (concat) {
      EXPECT_EQ(layer.at("operator"), "Concat");
      EXPECT_EQ(layer.at("runs_on"), "accelerator");
    }
  }
  EXPECT_GE(joins, 2);
  EXPECT_EQ(j.at("tensors").size(), j.at("layers").size() + 1);
}

}  // namespace
}  // namespace systole
