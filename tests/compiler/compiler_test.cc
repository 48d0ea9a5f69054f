// Compiled programs on the functional executor against the golden reference: every tensor, every
// byte.
#include "sw/compiler/compiler.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sw/base/error.h"
#include "sw/check/layer_cases.h"
#include "tests/compiler/program_check.h"

namespace systole {
namespace {

struct Shape {
  int rows, cols, wport, banks_kib;
};

class LayerCaseTest : public testing::TestWithParam<size_t> {};

TEST_P(LayerCaseTest, ProgramEqualsGolden) {
  const LayerCase& c = LayerCases()[GetParam()];
  for (const auto& [rows, cols] : {std::pair{16, 16}, {5, 7}, {12, 14}, {2, 2}, {3, 64}}) {
    for (bool fuse : {true, false}) {
      ProgramOptions options;
      options.images = c.images;
      options.batch = c.batch;
      options.fuse_pool = fuse;
      const ProgramCheck check = CheckProgram(c.net.Build(c.rounding), CaseConfig(rows, cols),
                                              options, MemoryTiming{}, c.net.Images(c.images));
      EXPECT_EQ(check.problem, "") << rows << "x" << cols << (fuse ? "" : " not fused");
      EXPECT_GT(check.bytes_compared, 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, LayerCaseTest, testing::Range(size_t{0}, LayerCases().size()),
                         [](const auto& info) { return LayerCases()[info.param].name; });

TEST(LayerCases, AreAtLeastSixty) { EXPECT_GE(LayerCases().size(), 60u); }

TEST(RandomNetworks, ProgramsEqualGolden) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 500;
  int run = 0;
  for (uint64_t seed = 1; seed <= n; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    HwConfig config = CaseConfig(2 + seed * 7 % 20, 2 + seed * 5 % 23);
    if (config.cols % 2 == 0 && seed % 3 == 0) config.wport = 2;
    config.lanes = std::min<int>(1 + seed % 9, config.cols);
    ProgramOptions options;
    options.images = 1 + seed % 5;
    options.batch = 1 + seed % 4;
    options.fuse_pool = seed % 4 != 0;
    options.pack_pixels = seed % 5 != 0;
    const auto mode = static_cast<Rounding>(seed % kNumRoundings);
    Model model = net.Build(mode);
    try {
      const ProgramCheck check =
          CheckProgram(model, config, options, MemoryTiming{}, net.Images(options.images));
      ASSERT_EQ(check.problem, "") << "seed " << seed;
      ++run;
    } catch (const InputError& e) {
      // A random tflite multiplier may be too large for acc << left: refusing it is right; anything
      // else is not.
      ASSERT_EQ(mode, Rounding::kTflite) << "seed " << seed << ": " << e.what();
    }
  }
  EXPECT_GT(run, static_cast<int>(n) * 8 / 10);
}

// A program is planned for any memory: what it says does not depend on the bursts that may be open.
TEST(Plan, DoesNotDependOnOutstanding) {
  ConvSpec conv;
  conv.cout = 8, conv.kernel_h = conv.kernel_w = 3;
  const Model model = NetBuilder("plan", 5, 3, 20, 20)
                          .Conv(conv)
                          .Pool({})
                          .FullyConnected(10)
                          .Build(Rounding::kHalfUp);
  ProgramOptions options;
  options.images = 6;
  options.batch = 3;
  std::vector<Instruction> code;
  for (int outstanding : {1, 2, 8, 32}) {
    HwConfig config = CaseConfig(8, 16);
    config.outstanding = outstanding;
    const Program program = Compile(model, config, options);
    if (code.empty()) code = program.code;
    EXPECT_EQ(program.code, code) << outstanding;
  }
}

// LeNet's C1, 25 lanes of 5x5 as 2 slices: 784 vectors of one pixel, or 392 of two (12 of 16
// columns).
TEST(Packing, HalvesTheWorkOfSixFilters) {
  ConvSpec c1;
  c1.cout = 6, c1.kernel_h = c1.kernel_w = 5, c1.pad = {2, 2, 2, 2};
  const Model model = NetBuilder("c1", 1, 1, 28, 28).Conv(c1).Build(Rounding::kHalfUp);
  for (const auto& [pack, work] : {std::pair{true, 2 * 392}, {false, 2 * 784}}) {
    ProgramOptions options;
    options.pack_pixels = pack;
    int64_t slices = 0;
    for (const Instruction& i : Compile(model, CaseConfig(16, 16), options).code) {
      if (i.opcode() != Opcode::kMatmul) continue;
      slices += i.Get(field::kMmNx) * i.Get(field::kMmNy) * i.Get(field::kMmNb) *
                i.Get(field::kMmKslices);
    }
    EXPECT_EQ(slices, work) << (pack ? "packed" : "one pixel a vector");
  }
}

}  // namespace
}  // namespace systole
