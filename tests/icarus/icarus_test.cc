// The same RTL under a second simulator, as somebody with the RTL alone would do it: Icarus runs
// what `systole compile` wrote for one drawn digit, with nothing but SystemVerilog around the
// accelerator (tb/rtl_only). The stored outputs and every tensor that the folder expects, golden's,
// are equal.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sw/program/program_folder.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = SYSTOLE_SOURCE_DIR;

int Shell(const std::string& command) { return std::system(command.c_str()); }

// The activation buffer after all logged writes.
std::vector<int> ReplayLog(const fs::path& path, int act_bytes) {
  std::vector<int> buffer(act_bytes, INT32_MIN);
  std::ifstream in(path);
  std::string address, count, data;
  while (in >> address >> count >> data) {
    const size_t at = std::stoul(address, nullptr, 16), n = std::stoul(count);
    for (size_t k = 0; k < n; ++k) {
      const std::string byte = data.substr(data.size() - 2 * (k + 1), 2);
      buffer.at(at + k) = static_cast<int8_t>(std::stoi(byte, nullptr, 16));  // throws on x or z
    }
  }
  return buffer;
}

class IcarusTest : public testing::Test {
 protected:
  void SetUp() override {
    if (Shell("command -v iverilog >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "needs Icarus: apt-get install iverilog";
    fs::create_directories(folder_);
    ASSERT_EQ(Shell(fmt::format("{} compile {}/models/lenet5-mnist/model.onnx --images "
                                "{}/models/digits/images.idx3-ubyte.gz -o {} > /dev/null",
                                SYSTOLE_BINARY, kRoot, kRoot, Path("lenet"))),
              0);
    Compile("", "");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // With `instead` in the place of `module`, a file of rtl/.
  void Compile(const std::string& module, const std::string& instead) const {
    std::string files;
    std::ifstream list(kRoot + "/rtl/files.f");
    for (std::string line; std::getline(list, line);) {
      if (line.empty() || line.rfind("//", 0) == 0) continue;
      files += " " + (line == module ? instead : kRoot + "/rtl/" + line);
    }
    ASSERT_EQ(Shell(fmt::format("iverilog -g2012 -I{0}/rtl/common -I{0}/rtl -s systole_rtl_only_tb "
                                "-o {1} {2} {0}/tb/rtl_only/systole_rtl_only_tb.sv",
                                kRoot, Path("tb.vvp"), files)),
              0);
  }

  // The test bench's words.
  std::string Simulate() const {
    EXPECT_EQ(Shell(fmt::format("cd {0} && vvp -n tb.vvp $(cat lenet/plusargs.txt) "
                                "+memory=lenet/memory.hex +expect=lenet/outputs.hex +log=log.txt "
                                "> out.txt",
                                folder_.string())),
              0);
    std::stringstream out;
    out << std::ifstream(Path("out.txt")).rdbuf();
    return out.str();
  }

 private:
  const fs::path folder_ =
      fs::path(testing::TempDir()) / fmt::format("systole_icarus_{}", ::getpid());
};

TEST_F(IcarusTest, RunsWhatCompileWroteAndEveryTensorIsExpected) {
  const std::string out = Simulate();
  ASSERT_NE(out.find("16 bytes of outputs equal\ndone"), std::string::npos) << out;
  const ProgramFolder f = ReadProgramFolder(Path("lenet"));
  const std::vector<int> buffer = ReplayLog(Path("log.txt"), f.program.config.ActBytes());
  ASSERT_EQ(f.program.observations.size(), 5u);
  int64_t compared = 0;
  for (size_t i = 0; i < f.expected.size(); ++i) {
    const TensorLayout& t = f.program.observations[i].layout;
    for (int y = 0; y < t.h; ++y) {
      for (int x = 0; x < t.w; ++x) {
        for (int c = 0; c < t.c; ++c, ++compared) {
          ASSERT_EQ(buffer[t.address + y * t.line_stride + x * t.c + c],
                    f.expected[i][(c * t.h + y) * t.w + x])
              << f.tensors[f.program.observations[i].tensor].name << " c=" << c << " y=" << y
              << " x=" << x;
        }
      }
    }
  }
  EXPECT_EQ(compared, 1176 + 400 + 120 + 84 + 10);

  // One wrong digit in what is expected, and the test bench says where.
  std::fstream hex(Path("lenet/outputs.hex"));
  hex.seekg(17);
  const char digit = static_cast<char>(hex.get());
  hex.seekp(17);
  hex.put(digit == '0' ? '1' : '0');
  hex.close();
  EXPECT_NE(Simulate().find("different: word 1 of the outputs"), std::string::npos);
}

// In two states a register without a reset is 0; in four it is X, and the bench says where.
TEST_F(IcarusTest, ARegisterWithoutItsResetIsSeen) {
  const std::string module = "shell/systole_csr.sv", reset = "bvalid_o <= 1'b0;";
  std::stringstream text;
  text << std::ifstream(kRoot + "/rtl/" + module).rdbuf();
  std::string without = text.str();
  const size_t at = without.find(reset);
  ASSERT_NE(at, std::string::npos);
  without.replace(at, reset.size(), "");
  std::ofstream(Path("csr.sv")) << without;
  Compile(module, Path("csr.sv"));
  EXPECT_NE(Simulate().find("unknown handshake"), std::string::npos);
}

}  // namespace
}  // namespace systole
