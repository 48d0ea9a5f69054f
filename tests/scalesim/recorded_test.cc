// SCALE-Sim's own answers, recorded by scripts/scalesim_cases.py: ours must be equal byte for byte.
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "sw/scalesim/config.h"
#include "sw/scalesim/run.h"
#include "sw/scalesim/trace.h"

namespace systole::scalesim {
namespace {

nlohmann::json ReadRecord(const std::string& name) {
  const std::string path = std::string(SCALESIM_TEST_DATA) + "/" + name;
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  std::string text;
  char chunk[1 << 16];
  for (int n; file && (n = gzread(file, chunk, sizeof chunk)) > 0;) text.append(chunk, n);
  if (file) gzclose(file);
  return nlohmann::json::parse(text);
}

RunRequest RequestOf(const nlohmann::json& c) {
  RunRequest request;
  request.config_path = "run.cfg";
  request.topology_path = "topology.csv";
  request.input_type = c["type"] == "gemm" ? InputType::kGemm : InputType::kConv;
  return request;
}

// Sum of a column of whole numbers of a report.
int64_t StallsOf(const std::string& compute_report, int column) {
  std::istringstream lines(compute_report);
  std::string line, field;
  std::getline(lines, line);
  int64_t stalls = 0;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    for (int i = 0; i <= column; ++i) std::getline(fields, field, ',');
    stalls += std::stoll(field);
  }
  return stalls;
}

void ExpectEqualToTheOriginal(const nlohmann::json& record, Compat compat) {
  for (const nlohmann::json& c : record["cases"]) {
    SCOPED_TRACE(std::string(c["name"]) + " of seed " +
                 std::to_string(record["seed"].get<int64_t>()));
    RunRequest request = RequestOf(c);
    request.options.compat = compat;
    request.layout_path = "layout.csv";
    const RunResult ours = EvaluateRun(request, c["cfg"], c["topology"]);
    EXPECT_EQ(ours.text, c["stdout"].get<std::string>());
    EXPECT_EQ(ours.reports.compute, c["COMPUTE_REPORT.csv"].get<std::string>());
    EXPECT_EQ(ours.reports.bandwidth, c["BANDWIDTH_REPORT.csv"].get<std::string>());
    EXPECT_EQ(ours.reports.detail, c["DETAILED_ACCESS_REPORT.csv"].get<std::string>());
    EXPECT_EQ(ours.reports.sparse, c.value("SPARSE_REPORT.csv", std::string()));
  }
}

TEST(RecordedTest, ReportsAndOutputEqualVersion2OnEveryCase) {
  const nlohmann::json record = ReadRecord("v2_cases.json.gz");
  EXPECT_EQ(record["commit"], "22f88b17f1dd3160e18bff5df165035bf8146e83");
  ExpectEqualToTheOriginal(record, Compat::kV2);
}

TEST(RecordedTest, ReportsAndOutputEqualVersion3OnEveryCase) {
  const nlohmann::json record = ReadRecord("v3_cases.json.gz");
  int stalled = 0, sparse = 0;
  for (const nlohmann::json& c : record["cases"]) {
    stalled += StallsOf(c["COMPUTE_REPORT.csv"], 3) > 0;
    sparse += c.count("SPARSE_REPORT.csv") != 0;
  }
  EXPECT_GE(stalled, 20);
  EXPECT_GE(sparse, 15);
  ExpectEqualToTheOriginal(record, Compat::kV3);
}

TEST(RecordedTest, CasesCoverWhatTheyShould) {
  const nlohmann::json record = ReadRecord("v2_cases.json.gz");
  std::set<std::pair<int64_t, int64_t>> shapes;
  std::map<Dataflow, int> dataflows;
  std::map<std::string, int> kinds;
  int user = 0, stalled = 0, calc = 0;
  int64_t least_kb = 1 << 20, most_kb = 0;
  for (const nlohmann::json& c : record["cases"]) {
    const Machine m = ParseConfig(c["cfg"], "run.cfg", Compat::kV2).machine;
    shapes.insert({m.rows, m.cols});
    ++dataflows[m.dataflow];
    const std::string topology = c["topology"];
    ++kinds[c["type"] == "gemm"                        ? "gemm"
            : topology.find("DP") != std::string::npos ? "depthwise"
                                                       : "conv"];
    ++(m.user_bandwidth ? user : calc);
    if (m.user_bandwidth && StallsOf(c["COMPUTE_REPORT.csv"], 2) > 0) ++stalled;
    for (int64_t kb : {m.ifmap_kb, m.filter_kb, m.ofmap_kb}) {
      least_kb = std::min(least_kb, kb);
      most_kb = std::max(most_kb, kb);
    }
  }
  EXPECT_GE(record["cases"].size(), 200u);
  EXPECT_EQ(shapes.size(), 8u);
  for (const auto& shape : {std::pair<int64_t, int64_t>{1, 64}, {4, 64}, {12, 14}, {256, 256}}) {
    EXPECT_EQ(shapes.count(shape), 1u);
  }
  EXPECT_EQ(dataflows.size(), 3u);
  EXPECT_GE(kinds["gemm"], 20);
  EXPECT_GE(kinds["depthwise"], 20);
  EXPECT_GE(kinds["conv"], 20);
  EXPECT_GE(calc, 60);
  EXPECT_GE(2 * stalled, user);
  EXPECT_EQ(least_kb, 1);
  EXPECT_GE(most_kb, 900);
}

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("scalesim_test." + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(RecordedTest, TracesEqualTheOriginalsOnEveryTinyCase) {
  const nlohmann::json record = ReadRecord("v2_traces.json.gz");
  EXPECT_GE(record["cases"].size(), 30u);
  TemporaryFolder folder;
  for (const nlohmann::json& c : record["cases"]) {
    const RunRequest request = RequestOf(c);
    const RunConfig config = ParseConfig(c["cfg"], "run.cfg", Compat::kV2);
    const std::vector<NamedLayer> layers =
        ParseTopology(c["topology"], "topology.csv", request.input_type, Compat::kV2);
    EXPECT_EQ(c["traces"].size(), 6 * layers.size());
    for (size_t i = 0; i < layers.size(); ++i) {
      WriteTraces(config.machine, layers[i].layer, Options(), folder.path());
      for (const char* name :
           {"IFMAP_SRAM_TRACE.csv", "FILTER_SRAM_TRACE.csv", "OFMAP_SRAM_TRACE.csv",
            "IFMAP_DRAM_TRACE.csv", "FILTER_DRAM_TRACE.csv", "OFMAP_DRAM_TRACE.csv"}) {
        SCOPED_TRACE(std::string(c["name"]) + " layer " + std::to_string(i) + " " + name);
        std::ifstream in(folder.path() + "/" + name, std::ios::binary);
        std::ostringstream ours;
        ours << in.rdbuf();
        const std::string theirs = c["traces"]["layer" + std::to_string(i) + "/" + name];
        EXPECT_TRUE(ours.str() == theirs)
            << "ours has " << ours.str().size() << " bytes, theirs " << theirs.size();
      }
    }
  }
}

}  // namespace
}  // namespace systole::scalesim
