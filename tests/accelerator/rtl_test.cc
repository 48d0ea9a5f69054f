// The verilated accelerator against golden and the cycle model: every tensor's bytes, every instruction's cycles, every
// counter; on the three array shapes of `make test` (`make rtl ROWS=.. COLS=..` builds their libraries).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "sw/arith/multiplier.h"
#include "sw/base/error.h"
#include "sw/compiler/compiler.h"
#include "tb/rtl_library.h"
#include "tests/accelerator/run_check.h"
#include "tests/cases/fashion_conv1.h"
#include "tests/cases/layer_cases.h"

namespace systole {
namespace {

constexpr std::pair<int, int> kShapes[] = {{16, 16}, {5, 7}, {12, 14}};

// One instance per configuration, used again from run to run as a host would.
RtlDevice& Rtl(const HwConfig& config) {
  static std::map<std::string, std::unique_ptr<RtlDevice>> devices;
  std::unique_ptr<RtlDevice>& device = devices[config.Key()];
  if (!device) device = OpenRtl(config);
  return *device;
}

DeviceRun RunOnRtl(const Program& program, const std::vector<int8_t>& images, const AxiTiming& timing) {
  RtlDevice& device = Rtl(program.config);
  device.SetTiming(timing);
  Driver driver(&device);
  driver.Identify(program.config);
  driver.Load(program);
  driver.WriteImages(program, images.data());
  DeviceRun run;
  const std::vector<Observation> none;
  device.Record(&program.setup, &none);
  driver.RunSetup(program);
  run.setup = device.record();
  device.Record(&program.code, &program.observations);
  driver.RunCode(program);
  run.record = device.record();
  run.counters = driver.ReadCounters();
  run.outputs = driver.ReadOutputs(program);
  return run;
}

// latency 0: random stalls on every channel; bytes only.
std::string Check(const Model& model, const HwConfig& config, const ProgramOptions& options, int latency,
                  const std::vector<int8_t>& images) {
  const Program program = Compile(model, config, options);
  AxiTiming axi;
  axi.stall = latency == 0;
  if (latency > 0) axi.latency = latency;
  const MemoryTiming timing{latency};
  return CheckRun(model, program, images, RunOnRtl(program, images, axi), axi.stall ? nullptr : &timing);
}

class RtlLayerCaseTest : public testing::TestWithParam<size_t> {};

TEST_P(RtlLayerCaseTest, EqualsGoldenAndModel) {
  const LayerCase& c = LayerCases()[GetParam()];
  for (const auto& [rows, cols] : kShapes) {
    for (int latency : {20, 1, 100, 0}) {
      ProgramOptions options;
      options.images = c.images;
      options.batch = c.batch;
      options.fuse_pool = latency != 1;
      EXPECT_EQ(Check(c.net.Build(c.rounding), CaseConfig(rows, cols), options, latency, c.net.Images(c.images)), "")
          << rows << "x" << cols << ", memory latency " << latency << " (0: random stalls)";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, RtlLayerCaseTest, testing::Range(size_t{0}, LayerCases().size()),
                         [](const auto& info) { return LayerCases()[info.param].name; });

class RtlRandomNetworkTest : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(RtlRandomNetworkTest, EqualGoldenAndModel) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 500;
  const auto& [rows, cols] = GetParam();
  for (uint64_t seed = 1; seed <= n; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    ProgramOptions options;
    options.images = 1 + seed % 3;
    options.batch = 1 + seed % 2;
    options.fuse_pool = seed % 4 != 0;
    const Model model = net.Build(static_cast<Rounding>(seed % kNumRoundings));
    const int latencies[] = {20, 1, 100, 0};
    ASSERT_EQ(Check(model, CaseConfig(rows, cols), options, latencies[seed % 4], net.Images(options.images)), "")
        << "seed " << seed << ", memory latency " << latencies[seed % 4] << " (0: random stalls)";
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, RtlRandomNetworkTest, testing::ValuesIn(kShapes),
                         [](const auto& info) { return fmt::format("{}x{}", info.param.first, info.param.second); });

// The published first layer, in both of its readings. Its authors accept a difference of one.
class FashionConv1Test : public testing::Test {
 protected:
  void SetUp() override {
    const char* data = std::getenv("SYSTOLE_DATA");
    if (data == nullptr) GTEST_SKIP() << "needs fashion_conv1: make test SYSTOLE_DATA=<data folder>";
    vector_ = ReadFashionConv1(data);
  }

  FashionDifference Run() {
    const Program program = Compile(vector_.model, CaseConfig(16, 16), ProgramOptions{});
    const DeviceRun run = RunOnRtl(program, vector_.image, AxiTiming{});
    const MemoryTiming timing;
    EXPECT_EQ(CheckRun(vector_.model, program, vector_.image, run, &timing), "");
    return CompareFashionConv1(vector_, run.outputs);
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
