// Tiled programs on the TLM platform and the verilated accelerator, with buffers so small that
// every layer is cut: every result equal to golden's, every stamp and counter to the cycle model's.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <tuple>

#include "sw/base/error.h"
#include "sw/compare/target.h"
#include "sw/compiler/misfit.h"
#include "sw/driver/parameters.h"
#include "sw/golden/golden.h"
#include "sw/program/parts.h"
#include "sw/tiling/network.h"
#include "sw/tiling/tiling.h"
#include "tests/accelerator/run_check.h"
#include "tests/golden/random_model.h"
#include "tests/tiling/networks.h"

namespace systole {
namespace {

// `make test` builds the libraries of these.
HwConfig Small() {
  HwConfig c;
  c.rows = 5;
  c.cols = 7;
  c.lanes = 4;
  c.act_kib = 4;
  c.wgt_kib = c.par_kib = c.ktab_kib = 1;
  c.acc_depth = 48;
  return c;
}
HwConfig Shape(int rows, int cols) {
  HwConfig c;
  c.rows = rows;
  c.cols = cols;
  return c;
}

// The row-stationary array; where RTL runs, of the libraries of `make test`.
HwConfig Rows() { return ParseParameters({"ENGINE=row"}); }
HwConfig SmallRows() {
  return ParseParameters({"ENGINE=row", "ROWS=8", "COLS=8", "LANES=3", "ACT_KIB=4", "WGT_KIB=1",
                          "PAR_KIB=1", "KTAB_KIB=1", "ACC_DEPTH=48", "RS_ROWS=5", "RS_COLS=7",
                          "IFMAP_SPAD=16", "WGT_SPAD=30", "PSUM_SPAD=3"});
}

std::unique_ptr<Target> device;
class CloseDevice : public testing::Environment {
 public:
  void TearDown() override { device.reset(); }
};
testing::Environment* const environment = testing::AddGlobalTestEnvironment(new CloseDevice);

void RunGraphs(const std::string& backend, const HwConfig& config,
               Dataflow dataflow = Dataflow::kWs) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 60;
  device = MakeTarget(backend, config, {});
  uint64_t ran = 0, tiles = 0;
  for (uint64_t seed = 1; seed <= n; ++seed) {
    RandomModelOptions of_model = RandomGraphOptions(static_cast<Rounding>(seed % kNumRoundings));
    of_model.asymmetric_weights = dataflow == Dataflow::kWs;
    of_model.average_pools &= of_model.rounding != Rounding::kFloor;
    const Model model = RandomModel(seed, of_model);
    std::mt19937_64 random(seed);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 5);
    options.batch = 1 + static_cast<int>(seed / 2 % 5);
    options.dataflow = dataflow;
    std::vector<int8_t> images;
    for (int i = 0; i < options.images; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      images.insert(images.end(), image.begin(), image.end());
    }
    Program program;
    try {
      program = CompileTiled(model, config, options);
    } catch (const MisfitError&) {
      continue;
    }
    ++ran;
    tiles += std::any_of(program.code.begin(), program.code.end(), [&](const Instruction& i) {
      return i.opcode() == Opcode::kMatmul &&
             (dataflow == Dataflow::kIs ? IsInputStationary(i) : IsOutputStationary(i));
    });
    Session session(device.get(), &program);
    const TargetRun run = session.Run(images.data());
    const MemoryTiming timing;
    ASSERT_EQ(CheckRun(model, program, images, session.setup(), run, &timing), "")
        << backend << ", seed " << seed;
  }
  EXPECT_GE(ran, n * 9 / 10);
  const bool one = dataflow == Dataflow::kOs || dataflow == Dataflow::kIs;
  EXPECT_GE(tiles, one ? n / 2 : 0);
}

// The runs of a program that was cut, the last one first, each on memory that holds nothing but
// what is given to it: every byte golden's, every stamp the cycle model's, and their cycles those
// of the program in one piece of hardware.
void RunParts(const std::string& backend, const HwConfig& config) {
  device = MakeTarget(backend, config, {});
  int cut = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomModelOptions of_model = RandomGraphOptions(static_cast<Rounding>(seed % kNumRoundings));
    of_model.average_pools &= of_model.rounding != Rounding::kFloor;
    const Model model = RandomModel(seed, of_model);
    std::mt19937_64 random(seed);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 3);
    options.segments = 4;
    std::vector<int8_t> images;
    std::vector<std::vector<std::vector<int8_t>>> golden;
    for (int i = 0; i < options.images; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      images.insert(images.end(), image.begin(), image.end());
      golden.push_back(RunReference(model, image.data()));
    }
    Program program;
    try {
      program = CompileTiled(model, config, options);
    } catch (const MisfitError&) {
      continue;
    }
    const std::vector<Program> parts = PartsOf(program);
    if (parts.empty()) continue;
    ++cut;
    const MemoryTiming timing;
    uint64_t cycles = 0;
    for (size_t k = parts.size(); k-- > 0;) {
      const std::vector<uint8_t> dirt(parts[k].memory_end - options.base, 0x5A);
      device->device()->WriteMemory(options.base, dirt.data(), dirt.size());
      std::vector<std::vector<int8_t>> given;
      for (const Observation& o : parts[k].given) given.push_back(golden[o.image][o.tensor - 1]);
      Session session(device.get(), &parts[k]);
      const TargetRun run = session.Run(images.data(), given);
      ASSERT_EQ(CheckRun(model, parts[k], images, session.setup(), run, &timing), "")
          << backend << ", seed " << seed << ", part " << k;
      cycles += run.counters.total;
    }
    Session whole(device.get(), &program);
    EXPECT_EQ(whole.Run(images.data()).counters.total, cycles) << "seed " << seed;
  }
  EXPECT_GE(cut, 25);
}

// A chain that ends in a softmax lies on chip; the host's step follows its one run.
void RunChains(const std::string& backend) {
  const HwConfig config = Shape(16, 16);
  device = MakeTarget(backend, config, {});
  int ended = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomModelOptions of_model;
    of_model.rounding = seed % 2 == 0 ? Rounding::kFloat32 : Rounding::kTflite;
    of_model.softmax = true;
    const Model model = RandomModel(seed, of_model);
    std::mt19937_64 random(seed);
    ProgramOptions options;
    options.images = 3;
    options.batch = 2;
    std::vector<int8_t> images;
    for (int i = 0; i < options.images; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      images.insert(images.end(), image.begin(), image.end());
    }
    const Program program = CompileNetwork(model, config, options);
    EXPECT_FALSE(program.setup.empty()) << "seed " << seed;
    ended += model.layers.back().kind == LayerKind::kSoftmax;
    EXPECT_EQ(program.segments.size(), model.layers.back().kind == LayerKind::kSoftmax ? 1u : 0u);
    Session session(device.get(), &program);
    const TargetRun run = session.Run(images.data());
    const MemoryTiming timing;
    ASSERT_EQ(CheckRun(model, program, images, session.setup(), run, &timing), "")
        << backend << ", seed " << seed;
  }
  EXPECT_GT(ended, 5);
}
TEST(TiledHardwareTest, ChainsWithSoftmaxOnTlm) { RunChains("tlm"); }
TEST(TiledHardwareTest, ChainsWithSoftmaxOnRtl) { RunChains("rtl"); }

TEST(TiledHardwareTest, SmallBuffersOnTlm) { RunGraphs("tlm", Small()); }
TEST(TiledHardwareTest, SmallBuffersOnRtl) { RunGraphs("rtl", Small()); }
TEST(TiledHardwareTest, PartsAloneOnTlm) { RunParts("tlm", Small()); }
TEST(TiledHardwareTest, PartsAloneOnRtl) { RunParts("rtl", Small()); }
TEST(TiledHardwareTest, SixteenBySixteenOnTlm) { RunGraphs("tlm", Shape(16, 16)); }
TEST(TiledHardwareTest, SixteenBySixteenOnRtl) { RunGraphs("rtl", Shape(16, 16)); }
TEST(TiledHardwareTest, TwelveByFourteenOnTlm) { RunGraphs("tlm", Shape(12, 14)); }
TEST(TiledHardwareTest, TwelveByFourteenOnRtl) { RunGraphs("rtl", Shape(12, 14)); }

// Output and input stationary; RTL on the shape of `make test` that has them.
HwConfig WithAll(HwConfig config) {
  config.dataflows = 7;
  config.lanes = std::min(config.lanes, config.cols);
  return config;
}
TEST(TiledHardwareTest, OutputStationaryWithSmallBuffersOnTlm) {
  RunGraphs("tlm", WithAll(Small()), Dataflow::kOs);
}
TEST(TiledHardwareTest, InputStationaryWithSmallBuffersOnTlm) {
  RunGraphs("tlm", WithAll(Small()), Dataflow::kIs);
}
TEST(TiledHardwareTest, InputStationaryFiveBySevenOnRtl) {
  RunGraphs("rtl", WithAll(Shape(5, 7)), Dataflow::kIs);
}
TEST(TiledHardwareTest, EitherDataflowEightByEightOnTlm) {
  RunGraphs("tlm", WithAll(Shape(8, 8)), Dataflow::kAuto);
}
TEST(TiledHardwareTest, EitherDataflowFiveBySevenOnRtl) {
  RunGraphs("rtl", WithAll(Shape(5, 7)), Dataflow::kAuto);
}

// Networks of MLPerf Tiny, and random graphs, on shapes of which `make test` builds the last one's
// RTL.
class DataflowNetworkTest : public testing::TestWithParam<std::tuple<const char*, int>> {
 protected:
  void Run(const std::string& backend) {
    constexpr std::pair<int, int> kShapes[] = {{16, 16}, {8, 8}, {5, 7}};
    const auto [rows, cols] = kShapes[std::get<1>(GetParam())];
    const HwConfig config = WithAll(Shape(rows, cols));
    try {
      device = MakeTarget(backend, config, {});
    } catch (const InputError& e) {
      if (rows == 5) throw;
      GTEST_SKIP() << e.what();
    }
    const std::string name = std::get<0>(GetParam());
    if (name == "random graphs") return RunGraphs(backend, config, Dataflow::kOs);
    const Model model = Network(name);
    std::mt19937_64 random(1);
    const std::vector<int8_t> image = RandomImage(model, random);
    for (const Dataflow dataflow : {Dataflow::kOs, Dataflow::kIs, Dataflow::kAuto}) {
      ProgramOptions options;
      options.dataflow = dataflow;
      const Program program = CompileNetwork(model, config, options);
      Session session(device.get(), &program);
      const TargetRun run = session.Run(image.data());
      const MemoryTiming timing;
      EXPECT_EQ(CheckRun(model, program, image, session.setup(), run, &timing), "");
    }
  }
};
TEST_P(DataflowNetworkTest, OnTlm) { Run("tlm"); }
TEST_P(DataflowNetworkTest, OnRtl) { Run("rtl"); }
INSTANTIATE_TEST_SUITE_P(Table, DataflowNetworkTest,
                         testing::Combine(testing::Values("random graphs", "resnet8", "kws", "vww"),
                                          testing::Values(0, 1, 2)));

TEST(TiledHardwareTest, RowsWithSmallBuffersOnTlm) { RunGraphs("tlm", SmallRows()); }
TEST(TiledHardwareTest, RowsWithSmallBuffersOnRtl) { RunGraphs("rtl", SmallRows()); }
TEST(TiledHardwareTest, TwelveByFourteenRowsOnTlm) { RunGraphs("tlm", Rows()); }
TEST(TiledHardwareTest, TwelveByFourteenRowsOnRtl) { RunGraphs("rtl", Rows()); }

// Shapes whose RTL libraries `make test` does not build.
class RowShapeTest : public testing::TestWithParam<const char*> {
 protected:
  void Run(const std::string& backend) {
    std::vector<std::string> parameters = {"ENGINE=row"};
    std::istringstream text(GetParam());
    for (std::string word; text >> word;) parameters.push_back(word);
    const HwConfig config = ParseParameters(parameters);
    try {
      MakeTarget(backend, config, {});
    } catch (const InputError& e) {
      GTEST_SKIP() << e.what();
    }
    RunGraphs(backend, config);
  }
};
TEST_P(RowShapeTest, OnTlm) { Run("tlm"); }
TEST_P(RowShapeTest, OnRtl) { Run("rtl"); }
INSTANTIATE_TEST_SUITE_P(Table, RowShapeTest,
                         testing::Values("RS_ROWS=14 RS_COLS=12",
                                         "ROWS=4 COLS=4 RS_ROWS=3 RS_COLS=4",
                                         "ROWS=8 COLS=8 RS_ROWS=8 RS_COLS=8 ACC_DEPTH=512",
                                         "ROWS=8 COLS=16 RS_ROWS=6 RS_COLS=16"));

}  // namespace
}  // namespace systole
