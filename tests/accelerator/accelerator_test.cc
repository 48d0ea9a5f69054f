// The verilated accelerator and the TLM platform against golden and the cycle model: every tensor's
// bytes, every instruction's cycles, every counter; on the three array shapes of `make test` (`make
// rtl ROWS=.. COLS=..` builds their libraries).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

#include "sw/base/error.h"
#include "sw/check/layer_cases.h"
#include "sw/compare/target.h"
#include "sw/compiler/compiler.h"
#include "sw/quant/choose_multipliers.h"
#include "tests/accelerator/run_check.h"
#include "tests/cases/fashion_conv1.h"

namespace systole {
namespace {

constexpr std::pair<int, int> kShapes[] = {{16, 16}, {5, 7}, {12, 14}};

// One device per configuration, used again from run to run as a host would; closed before the
// process' own tear-down (a verilated model must not outlive the library's statics).
class Devices : public testing::Environment {
 public:
  void TearDown() override { devices.clear(); }
  std::map<std::string, std::unique_ptr<Target>> devices;
};
Devices* const environment = static_cast<Devices*>(testing::AddGlobalTestEnvironment(new Devices));

Target& Device(const std::string& backend, const HwConfig& config, const TargetSettings& settings) {
  const std::string key = fmt::format("{} {} {} {}", backend, config.Key(), settings.memory_latency,
                                      static_cast<int>(settings.stall));
  std::unique_ptr<Target>& device = environment->devices[key];
  if (!device) device = MakeTarget(backend, config, settings);
  return *device;
}

// Runs setup and code on a backend. latency 0: random stalls on every channel; bytes only (RTL
// alone can stall).
std::string CheckOn(const std::string& backend, const Model& model, const Program& program,
                    int latency, const std::vector<int8_t>& images,
                    std::vector<int8_t>* outputs = nullptr) {
  TargetSettings settings;
  settings.stall = latency == 0;
  settings.stall_seed = 1;
  if (latency > 0) settings.memory_latency = latency;
  Session session(&Device(backend, program.config, settings), &program);
  const TargetRun run = session.Run(images.data());
  if (outputs != nullptr) *outputs = run.outputs;
  const MemoryTiming timing{latency, {}};
  const std::string problem =
      CheckRun(model, program, images, session.setup(), run, latency == 0 ? nullptr : &timing);
  return problem.empty() ? "" : backend + ": " + problem;
}

std::string Check(const Model& model, const HwConfig& config, const ProgramOptions& options,
                  int latency, const std::vector<int8_t>& images) {
  const Program program = Compile(model, config, options);
  std::string problem = CheckOn("rtl", model, program, latency, images);
  if (problem.empty() && latency > 0) problem = CheckOn("tlm", model, program, latency, images);
  return problem;
}

class AcceleratorLayerCaseTest : public testing::TestWithParam<size_t> {};

TEST_P(AcceleratorLayerCaseTest, EqualsGoldenAndModel) {
  const LayerCase& c = LayerCases()[GetParam()];
  for (const auto& [rows, cols] : kShapes) {
    for (int latency : {20, 1, 100, 0}) {
      ProgramOptions options;
      options.images = c.images;
      options.batch = c.batch;
      options.fuse_pool = latency != 1;
      EXPECT_EQ(Check(c.net.Build(c.rounding), CaseConfig(rows, cols), options, latency,
                      c.net.Images(c.images)),
                "")
          << rows << "x" << cols << ", memory latency " << latency << " (0: random stalls)";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, AcceleratorLayerCaseTest,
                         testing::Range(size_t{0}, LayerCases().size()),
                         [](const auto& info) { return LayerCases()[info.param].name; });

class AcceleratorRandomNetworkTest : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(AcceleratorRandomNetworkTest, EqualGoldenAndModel) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 500;
  const auto& [rows, cols] = GetParam();
  for (uint64_t seed = 1; seed <= n; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    ProgramOptions options;
    options.images = 1 + seed % 3;
    options.batch = 1 + seed % 2;
    options.fuse_pool = seed % 4 != 0;
    options.pack_pixels = seed % 5 != 0;
    const Model model = net.Build(static_cast<Rounding>(seed % kNumRoundings));
    const int latencies[] = {20, 1, 100, 0};
    ASSERT_EQ(Check(model, CaseConfig(rows, cols), options, latencies[seed % 4],
                    net.Images(options.images)),
              "")
        << "seed " << seed << ", memory latency " << latencies[seed % 4] << " (0: random stalls)";
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, AcceleratorRandomNetworkTest, testing::ValuesIn(kShapes),
                         [](const auto& info) {
                           return fmt::format("{}x{}", info.param.first, info.param.second);
                         });

// Output or input stationary wherever a layer can be, and by the cycles: RTL on the shape of `make
// test` that has it, TLM on others too.
TEST(AcceleratorDataflowTest, RandomNetworksEqualGoldenAndModel) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 150;
  uint64_t tiles = 0, filters = 0;
  for (uint64_t seed = 1; seed <= n; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    ProgramOptions options;
    options.images = 1 + seed % 4;
    options.batch = 1 + seed % 3;
    options.fuse_pool = seed % 4 != 0;
    options.pack_pixels = seed % 5 != 0;
    options.dataflow = seed % 3 == 0   ? Dataflow::kAuto
                       : seed % 3 == 1 ? Dataflow::kOs
                                       : Dataflow::kIs;
    const Model model = net.Build(static_cast<Rounding>(seed % kNumRoundings));
    const std::vector<int8_t> images = net.Images(options.images);
    for (const auto& [rows, cols] : {std::pair{5, 7}, {8, 8}, {16, 16}}) {
      HwConfig config = CaseConfig(rows, cols);
      config.dataflows = 7;
      const Program program = Compile(model, config, options);
      const int latencies[] = {20, 1, 100, 0};
      const int latency = latencies[seed % 4];
      tiles += std::any_of(program.code.begin(), program.code.end(), [](const Instruction& i) {
        return i.opcode() == Opcode::kMatmul && IsOutputStationary(i);
      });
      filters += std::any_of(program.code.begin(), program.code.end(), [](const Instruction& i) {
        return i.opcode() == Opcode::kMatmul && IsInputStationary(i);
      });
      if (latency > 0)
        ASSERT_EQ(CheckOn("tlm", model, program, latency, images), "") << "seed " << seed;
      if (rows == 5)
        ASSERT_EQ(CheckOn("rtl", model, program, latency, images), "") << "seed " << seed;
    }
  }
  EXPECT_GE(tiles, n / 2);  // of three shapes
  EXPECT_GE(filters, n / 2);
}

// The published first layer, in both of its readings. Its authors accept a difference of one.
class FashionConv1Test : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("SYSTOLE_DATA");
    if (data == nullptr)
      GTEST_SKIP() << "needs fashion_conv1: make test SYSTOLE_DATA=<data folder>";
    vector_ = ReadFashionConv1(data);
  }

  FashionDifference Run() {
    const Program program = Compile(vector_.model, CaseConfig(16, 16), ProgramOptions{});
    std::vector<int8_t> outputs;
    EXPECT_EQ(CheckOn("tlm", vector_.model, program, 20, vector_.image), "");
    EXPECT_EQ(CheckOn("rtl", vector_.model, program, 20, vector_.image, &outputs), "");
    return CompareFashionConv1(vector_, outputs);
  }

  FashionConv1 vector_;
};

TEST_F(FashionConv1Test, ShiftBySevenIsWithinOne) {
  Layer& conv = vector_.model.layers[0];
  conv.rounding = Rounding::kFloor;
  conv.m = {1};
  conv.s = {7};
  const FashionDifference d = Run();
  std::printf("shift by 7: %d of 196 equal, largest difference %d\n", d.equal, d.largest);
  EXPECT_LE(d.largest, 1);
}

TEST_F(FashionConv1Test, TrueScalesAgree) {
  ChooseMultipliers(vector_.model, Rounding::kFloat32);
  const FashionDifference d = Run();
  std::printf("true scales, float32: %d of 196 equal, largest difference %d\n", d.equal, d.largest);
  EXPECT_GE(d.equal, 195);
}

}  // namespace
}  // namespace systole
