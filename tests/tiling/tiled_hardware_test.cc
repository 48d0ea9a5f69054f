// Tiled programs on the TLM platform and the verilated accelerator, with buffers so small that
// every layer is cut: every result equal to golden's, every stamp and counter to the cycle model's.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "sw/compare/target.h"
#include "sw/compiler/misfit.h"
#include "sw/tiling/tiling.h"
#include "tests/accelerator/run_check.h"
#include "tests/golden/random_model.h"

namespace systole {
namespace {

// `make test` builds its library.
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

std::unique_ptr<Target> device;
class CloseDevice : public testing::Environment {
 public:
  void TearDown() override { device.reset(); }
};
testing::Environment* const environment = testing::AddGlobalTestEnvironment(new CloseDevice);

void RunGraphs(const std::string& backend) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 100;
  const HwConfig config = Small();
  device = MakeTarget(backend, config, {});
  uint64_t ran = 0;
  for (uint64_t seed = 1; seed <= n; ++seed) {
    RandomModelOptions of_model = RandomGraphOptions(static_cast<Rounding>(seed % kNumRoundings));
    of_model.average_pools &= of_model.rounding != Rounding::kFloor;
    const Model model = RandomModel(seed, of_model);
    std::mt19937_64 random(seed);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 3);
    options.batch = 1 + static_cast<int>(seed % 2);
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
    Session session(device.get(), &program);
    const TargetRun run = session.Run(images.data());
    const MemoryTiming timing;
    ASSERT_EQ(CheckRun(model, program, images, session.setup(), run, &timing), "")
        << backend << ", seed " << seed;
  }
  EXPECT_GE(ran, n * 9 / 10);
}

TEST(TiledHardwareTest, RandomGraphsOnTlm) { RunGraphs("tlm"); }
TEST(TiledHardwareTest, RandomGraphsOnRtl) { RunGraphs("rtl"); }

}  // namespace
}  // namespace systole
