// The same RTL under a second simulator: Icarus runs the shipped LeNet-5 on one image, with nothing
// but SystemVerilog around it (tb/rtl_only); the tensors written to the activation buffer equal
// golden's.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sw/compiler/compiler.h"
#include "sw/golden/golden.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = SYSTOLE_SOURCE_DIR;

int Shell(const std::string& command) { return std::system(command.c_str()); }

// $readmemh of everything the run reads.
void WriteMemory(const fs::path& path, const Program& p, const Model& model, const int8_t* image) {
  const int beat = p.config.AxiBytes();
  std::vector<uint8_t> bytes(p.memory_end - p.options.base + 256);
  auto put = [&](uint64_t address, const void* data, size_t n) {
    std::memcpy(&bytes.at(address - p.options.base), data, n);
  };
  put(p.setup_address, p.setup.data(), p.setup.size() * kInstructionBytes);
  put(p.code_address, p.code.data(), p.code.size() * kInstructionBytes);
  put(p.constants_address, p.constants.data(), p.constants.size());
  const Tensor& t = model.tensors[0];
  for (int y = 0; y < t.h; ++y) {
    for (int x = 0; x < t.w; ++x) {
      for (int c = 0; c < t.c; ++c) {
        put(p.input.address + y * p.input.line_stride + x * t.c + c,
            &image[(c * t.h + y) * t.w + x], 1);
      }
    }
  }
  std::ofstream out(path);
  for (size_t at = 0; at + beat <= bytes.size(); at += beat) {
    for (int b = beat - 1; b >= 0; --b) out << fmt::format("{:02x}", bytes[at + b]);
    out << '\n';
  }
}

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

TEST(IcarusTest, LenetTensorsEqualGolden) {
  if (Shell("command -v iverilog >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "needs Icarus: apt-get install iverilog";
  const fs::path folder =
      fs::path(testing::TempDir()) / fmt::format("systole_icarus_{}", ::getpid());
  fs::create_directories(folder);
  Model model = LoadModel(kRoot + "/models/lenet5-mnist/model.onnx");
  ChooseMultipliers(model, Rounding::kFloat32);
  const Images images = LoadImages(kRoot + "/models/digits/images.idx3-ubyte.gz", model, 1);
  const Program p = Compile(model, HwConfig{}, ProgramOptions{});
  WriteMemory(folder / "memory.hex", p, model, images.Image(0));

  std::string files;
  std::ifstream list(kRoot + "/rtl/files.f");
  for (std::string line; std::getline(list, line);) {
    if (!line.empty() && line.rfind("//", 0) != 0) files += " " + kRoot + "/rtl/" + line;
  }
  ASSERT_EQ(Shell(fmt::format("iverilog -g2012 -I{0}/rtl/common -s systole_rtl_only_tb "
                              "-Psystole_rtl_only_tb.MEMORY_WORDS={1} "
                              "-o {2}/tb.vvp {3} {0}/tb/rtl_only/systole_rtl_only_tb.sv",
                              kRoot, (p.memory_end - p.options.base) / p.config.AxiBytes() + 64,
                              folder.string(), files)),
            0);
  ASSERT_EQ(Shell(fmt::format(
                "vvp -n {0}/tb.vvp +memory={0}/memory.hex +log={0}/log.txt +base={1} +setup={2} "
                "+setup_length={3} +code={4} +code_length={5} > {0}/out.txt",
                folder.string(), p.options.base, p.setup_address, p.setup.size(), p.code_address,
                p.code.size())),
            0);
  std::stringstream out;
  out << std::ifstream(folder / "out.txt").rdbuf();
  ASSERT_NE(out.str().find("done"), std::string::npos) << out.str();

  const std::vector<int> buffer = ReplayLog(folder / "log.txt", p.config.ActBytes());
  const auto golden = RunReference(model, images.Image(0));
  ASSERT_EQ(p.observations.size(), 5u);
  int64_t compared = 0;
  for (const Observation& o : p.observations) {
    for (int y = 0; y < o.layout.h; ++y) {
      for (int x = 0; x < o.layout.w; ++x) {
        for (int c = 0; c < o.layout.c; ++c, ++compared) {
          ASSERT_EQ(buffer[o.layout.address + y * o.layout.line_stride + x * o.layout.c + c],
                    golden[o.tensor - 1][(c * o.layout.h + y) * o.layout.w + x])
              << model.layers[o.tensor - 1].name << " c=" << c << " y=" << y << " x=" << x;
        }
      }
    }
  }
  std::printf("%ld bytes of %zu tensors equal\n", static_cast<long>(compared),
              p.observations.size());
  fs::remove_all(folder);
}

}  // namespace
}  // namespace systole
