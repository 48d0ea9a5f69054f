// examples/tlm_platform: the accelerator on another project's memory, which takes whole words with
// byte enables, has no DMI, waits itself and answers as late as it pleases. It runs what
// `systole compile` wrote for LeNet-5 and a digit.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "sw/program/program_folder.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

class PlatformExampleTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  ProgramFolder Compile(int latency) const {
    const std::string root = SYSTOLE_SOURCE_DIR;
    EXPECT_EQ(std::system(fmt::format("{} compile {}/models/lenet5-mnist/model.onnx --images "
                                      "{}/models/digits/images.idx3-ubyte.gz --memory-latency {} "
                                      "-o {} > /dev/null",
                                      SYSTOLE_BINARY, root, root, latency, Path("lenet"))
                              .c_str()),
              0);
    return ReadProgramFolder(Path("lenet"));
  }

  // The words of a run whose memory takes `least` to `least + most` cycles.
  struct Words {
    uint64_t bytes = 0, different = 0, cycles = 0, held = 0, partial_writes = 0;
  };
  Words Run(int least, int most) const {
    EXPECT_EQ(std::system(fmt::format("{} {} {} {} > {}", PLATFORM_BINARY, Path("lenet"), least,
                                      most, Path("out.txt"))
                              .c_str()),
              0);
    std::stringstream out;
    out << std::ifstream(Path("out.txt")).rdbuf();
    const std::string text = out.str();
    std::smatch m;
    const std::regex form(
        R"((\d+) bytes of results, (\d+) different; (\d+) cycles\n[^]*held for (\d+) cycles )"
        R"(by late answers; (\d+) writes with byte enables)");
    if (!std::regex_search(text, m, form)) {
      ADD_FAILURE() << text;
      return {};
    }
    return {std::stoull(m[1]), std::stoull(m[2]), std::stoull(m[3]), std::stoull(m[4]),
            std::stoull(m[5])};
  }

 private:
  const fs::path folder_ =
      fs::path(testing::TempDir()) / fmt::format("systole_platform_{}", ::getpid());
};

TEST_F(PlatformExampleTest, AMemoryOfTheToldLatencyGivesTheCyclesOfTheLaws) {
  for (int latency : {1, 20, 137}) {
    const ProgramFolder folder = Compile(latency);
    const Words w = Run(latency, 0);
    EXPECT_EQ(w.bytes, 10u);
    EXPECT_EQ(w.different, 0u);
    EXPECT_EQ(w.cycles, folder.code_cycles) << latency;
    EXPECT_EQ(w.held, 0u);
    EXPECT_GT(w.partial_writes, 0u);
  }
}

TEST_F(PlatformExampleTest, LateAnswersHoldTheRunAndKeepTheBytes) {
  const ProgramFolder folder = Compile(20);
  uint64_t before = 0;
  for (int most : {7, 300}) {
    const Words w = Run(20, most);
    EXPECT_EQ(w.bytes, 10u);
    EXPECT_EQ(w.different, 0u);
    EXPECT_GT(w.held, before) << most;
    EXPECT_EQ(w.cycles, folder.code_cycles + w.held) << most;
    before = w.held;
  }
}

}  // namespace
}  // namespace systole
