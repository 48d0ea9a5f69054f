// Networks compiled for the row-stationary array, on the SystemC platform and (where its library is
// built) the verilated RTL: every byte as golden, every cycle as the law.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "sw/base/error.h"
#include "sw/check/layer_cases.h"
#include "sw/compare/target.h"
#include "sw/compiler/compiler.h"
#include "sw/compiler/misfit.h"
#include "sw/driver/parameters.h"
#include "sw/quant/choose_multipliers.h"
#include "tests/accelerator/run_check.h"
#include "tests/cases/fashion_conv1.h"

namespace systole {
namespace {

std::vector<HwConfig> Shapes() {
  return {ParseParameters({"ENGINE=row"}),
          ParseParameters({"ENGINE=row", "ROWS=8", "COLS=8", "LANES=3", "RS_ROWS=5", "RS_COLS=7",
                           "IFMAP_SPAD=16", "WGT_SPAD=30", "PSUM_SPAD=3"})};
}

// One device per configuration and kind, closed before the process' own tear-down.
class Devices : public testing::Environment {
 public:
  void TearDown() override { devices.clear(); }
  std::map<std::string, std::unique_ptr<Target>> devices;
};
Devices* const environment = static_cast<Devices*>(testing::AddGlobalTestEnvironment(new Devices));

std::string CheckOn(const std::string& backend, const Model& model, const Program& program,
                    const std::vector<int8_t>& images, TargetRun* result = nullptr) {
  TargetSettings settings;
  std::unique_ptr<Target>& device = environment->devices[backend + program.config.Key()];
  if (!device) device = MakeTarget(backend, program.config, settings);
  Session session(device.get(), &program);
  const TargetRun run = session.Run(images.data());
  if (result != nullptr) *result = run;
  const MemoryTiming timing{settings.memory_latency, {}};
  const std::string problem = CheckRun(model, program, images, session.setup(), run, &timing);
  return problem.empty() ? "" : backend + ": " + problem;
}

bool HasRtl(const HwConfig& config) {
  try {
    MakeTarget("rtl", config, TargetSettings{});
    return true;
  } catch (const InputError&) {
    return false;
  }
}

struct Tally {
  int equal = 0, refused = 0;
};

void RunOne(const Model& model, const HwConfig& config, const ProgramOptions& options, bool rtl,
            const std::vector<int8_t>& images, const std::string& what, Tally* tally) {
  Program program;
  try {
    program = Compile(model, config, options);
  } catch (const MisfitError&) {
    ++tally->refused;
    return;
  }
  ASSERT_EQ(CheckOn("tlm", model, program, images), "") << what;
  if (rtl) ASSERT_EQ(CheckOn("rtl", model, program, images), "") << what;
  ++tally->equal;
}

class RowNetworkTest : public testing::TestWithParam<size_t> {
 protected:
  const HwConfig config_ = Shapes()[GetParam()];
  const bool rtl_ = HasRtl(config_);
  Tally tally_;
};

TEST_P(RowNetworkTest, LayerCases) {
  for (const LayerCase& c : LayerCases()) {
    ProgramOptions options;
    options.images = c.images;
    options.batch = c.batch;
    ASSERT_NO_FATAL_FAILURE(RunOne(c.net.Build(c.rounding), config_, options, rtl_,
                                   c.net.Images(c.images), c.name, &tally_));
  }
  std::printf("%d equal, %d refused%s\n", tally_.equal, tally_.refused,
              rtl_ ? "" : "; no RTL library");
  EXPECT_GT(tally_.equal, 3 * tally_.refused);
}

TEST_P(RowNetworkTest, RandomNetworks) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 3);
    options.batch = 1 + static_cast<int>(seed % 2);
    options.fuse_pool = seed % 4 != 0;
    const Model model = net.Build(static_cast<Rounding>(seed % kNumRoundings));
    ASSERT_NO_FATAL_FAILURE(RunOne(model, config_, options, rtl_, net.Images(options.images),
                                   fmt::format("seed {}", seed), &tally_));
  }
  std::printf("%d equal, %d refused%s\n", tally_.equal, tally_.refused,
              rtl_ ? "" : "; no RTL library");
  EXPECT_GT(tally_.equal, tally_.refused);
}

// The first layer of a published row-stationary accelerator, one filter, in both readings of its
// document; its authors accept a difference of one.
TEST_P(RowNetworkTest, PublishedFirstLayer) {
  const char* data = std::getenv("SYSTOLE_DATA");
  if (data == nullptr) GTEST_SKIP() << "needs fashion_conv1: make test SYSTOLE_DATA=<data folder>";
  FashionConv1 vector = ReadFashionConv1(data);
  const auto run = [&](const char* reading, uint64_t expected_cycles) {
    const Program program = Compile(vector.model, config_, ProgramOptions{});
    TargetRun result;
    EXPECT_EQ(CheckOn("tlm", vector.model, program, vector.image, &result), "");
    if (rtl_) EXPECT_EQ(CheckOn("rtl", vector.model, program, vector.image, &result), "");
    const FashionDifference d = CompareFashionConv1(vector, result.outputs);
    std::printf("%s: %d of 196 equal, largest difference %d; %llu cycles\n", reading, d.equal,
                d.largest, static_cast<unsigned long long>(result.counters.total));
    if (config_.rs_rows == 12) EXPECT_EQ(result.counters.total, expected_cycles);
    return d;
  };
  ChooseMultipliers(vector.model, Rounding::kFloat32);
  EXPECT_GE(run("true scales", 1059).equal, 195);
  Layer& conv = vector.model.layers[0];
  conv.rounding = Rounding::kFloor;
  conv.m = {1};
  conv.s = {7};
  EXPECT_LE(run("shift by 7", 1059).largest, 1);
}

INSTANTIATE_TEST_SUITE_P(Shapes, RowNetworkTest, testing::Range<size_t>(0, 2));

}  // namespace
}  // namespace systole
