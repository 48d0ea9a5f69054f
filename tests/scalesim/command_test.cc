// `systole scalesim` as a user calls it: what it refuses, and what it leaves in its folder.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace systole::scalesim {
namespace {

namespace fs = std::filesystem;

class ScaleSimCommandTest : public ::testing::Test {
 protected:
  ScaleSimCommandTest() {
    std::string pattern = (fs::temp_directory_path() / "systole-scalesim-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    Write("t.csv", "h\nG, 7, 7, 3,\n");
    Config("r");
  }
  ~ScaleSimCommandTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text;
  }
  void Config(const std::string& run_name, const std::string& bandwidth = "USER") const {
    Write("c.cfg", "[general]\nrun_name = " + run_name +
                       "\n[architecture_presets]\nArrayHeight: 8\nArrayWidth: 8\n"
                       "IfmapSramSzkB: 36\nFilterSramSzkB: 36\nOfmapSramSzkB: 36\n"
                       "IfmapOffset: 0\nFilterOffset: 10000000\nOfmapOffset: 20000000\n"
                       "Dataflow: ws\nBandwidth: 10\n[run_presets]\nInterfaceBandwidth: " +
                       bandwidth + "\n");
  }
  static std::string Read(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // In the folder, so that relative paths start there.
  int Call(const std::string& arguments, const std::string& before = "") const {
    const std::string call = "cd " + folder_ + "; " + before + " exec " + SYSTOLE_BINARY +
                             " scalesim " + arguments + " >std.out 2>std.err </dev/null";
    const int status = std::system(call.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  void ExpectRefused(const std::string& arguments, const std::vector<std::string>& parts) const {
    SCOPED_TRACE(arguments);
    EXPECT_EQ(Call(arguments), 2);
    const std::string err = Read(Path("std.err"));
    EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
    EXPECT_EQ(err.rfind("error: ", 0), 0u) << err;
    for (const std::string& part : parts)
      EXPECT_NE(err.find(part), std::string::npos) << part << " in: " << err;
    EXPECT_EQ(Read(Path("std.out")), "");
    EXPECT_FALSE(fs::exists(Path("out")));
  }

  std::string folder_;
};

const std::string kRun = "-c c.cfg -i gemm -t t.csv -p out ";

TEST_F(ScaleSimCommandTest, ARunWritesItsReports) {
  EXPECT_EQ(Call(kRun), 0) << Read(Path("std.err"));
  EXPECT_NE(Read(Path("out/r/COMPUTE_REPORT.csv")), "");
  EXPECT_EQ(std::distance(fs::directory_iterator(Path("out/r")), {}), 3);
}

// By hand: G is 7 x 7 times 7 x 3 on 8x8, one fold. SCALE-Sim: 7 + 3 * 8 - 2 = 29 lines; this array
// C - R + 7 more.
TEST_F(ScaleSimCommandTest, TheArraysReportIsOneMore) {
  ASSERT_EQ(Call("-c c.cfg -t t.csv -i gemm -p out --array"), 0);
  const std::string report = Read(Path("out/r/ARRAY_REPORT.csv"));
  EXPECT_EQ(report.substr(report.find('\n') + 1), "0, 1, 29, 7, 36, 36,\n");
  EXPECT_TRUE(fs::exists(Path("out/r/COMPUTE_REPORT.csv")));
  ASSERT_EQ(Call("-c c.cfg -t t.csv -i gemm -p other"), 0);
  EXPECT_FALSE(fs::exists(Path("other/r/ARRAY_REPORT.csv")));
}

TEST_F(ScaleSimCommandTest, ARunNameStaysInItsFolder) {
  for (const std::string name : {"../x", "../../x", "a/../../x", ".."}) {
    Config(name);
    ExpectRefused(kRun, {"c.cfg", "run_name = " + name, "-p"});
  }
  EXPECT_FALSE(fs::exists(Path("x")));
  Config("a/b..c");
  EXPECT_EQ(Call(kRun), 0) << Read(Path("std.err"));
  EXPECT_TRUE(fs::exists(Path("out/a/b..c/COMPUTE_REPORT.csv")));
}

TEST_F(ScaleSimCommandTest, OptionsThatWouldBeIgnoredAreRefused) {
  ExpectRefused("-c c.cfg -t t.csv -i gemm -p out --array --corrected", {"--array", "--corrected"});
  const std::string table = SYSTOLE_WORKLOADS "/lenet5_28.csv";
  ExpectRefused("-c c.cfg -p out -w " + table + " -t t.csv", {"--workload", "--topology"});
  ExpectRefused("-c c.cfg -p out -w " + table + " -i gemm", {"--workload", "--input"});
  ExpectRefused("-p out -w " + table + " --convert", {"--convert", "--path"});
  ExpectRefused(kRun + "-l layout.csv", {"-l", "--compat v3"});
}

TEST_F(ScaleSimCommandTest, LayersBeyondAllBoundsAreRefusedByName) {
  const std::string run = "-c c.cfg -t big.csv -p out ";
  const std::string huge = "1000000000";
  Write("big.csv", "h\nHuge, 100000000, 100000000, 3, 3, 3, 8, 1,\n");
  ExpectRefused(run, {"big.csv: line 2", "10^18"});
  Write("big.csv", "h\nDP, 9, 9, 3, 3, " + huge + ", 8, 1,\n");
  ExpectRefused(run, {"big.csv: line 2", "1000000"});
  // More than the memory that is there.
  Config("r", "CALC");
  Write("big.csv", "h\nBig, 10000000, 10000000, 3, 3, 3, 8, 1,\n");
  EXPECT_EQ(Call("-c c.cfg -t big.csv -p out", "ulimit -v 4000000;"), 2);
  EXPECT_EQ(Read(Path("std.err")),
            "error: big.csv: layer 0 (Big): is too large for this machine's memory; cut it\n");
  EXPECT_FALSE(fs::exists(Path("out")));
}

TEST_F(ScaleSimCommandTest, AnInputIsNoReport) {
  fs::create_directories(Path("out/r"));
  fs::copy_file(Path("t.csv"), Path("out/r/COMPUTE_REPORT.csv"));
  EXPECT_EQ(Call("-c c.cfg -i gemm -t out/r/COMPUTE_REPORT.csv -p out"), 2);
  EXPECT_EQ(Read(Path("out/r/COMPUTE_REPORT.csv")), Read(Path("t.csv")));
}

TEST_F(ScaleSimCommandTest, AFullDiskLeavesNoHalfTrace) {
  EXPECT_EQ(Call(kRun + "-s Y", "ulimit -f 0;"), 2);
  for (const auto& entry : fs::recursive_directory_iterator(Path("out")))
    EXPECT_TRUE(entry.is_directory()) << entry.path();
}

}  // namespace
}  // namespace systole::scalesim
