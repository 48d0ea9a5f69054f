// Chains on chip input stationary (--dataflow is): every tensor equals golden's, the layers that
// can be are, and the others say why not; boxes cover a Matmul's pixels.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "sw/base/error.h"
#include "sw/check/layer_cases.h"
#include "sw/compiler/input_mapping.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/output_mapping.h"
#include "tests/compiler/program_check.h"

namespace systole {
namespace {

HwConfig IsConfig(int rows, int cols, int dataflows) {
  HwConfig config = CaseConfig(rows, cols);
  config.dataflows = dataflows;
  return config;
}

int InputMatmulsOf(const Program& program) {
  return static_cast<int>(
      std::count_if(program.code.begin(), program.code.end(), [](const Instruction& i) {
        return i.opcode() == Opcode::kMatmul && i.Get(field::kMmDataflow) == 2;
      }));
}

class InputStationaryCase : public testing::TestWithParam<size_t> {};

TEST_P(InputStationaryCase, ProgramEqualsGolden) {
  const LayerCase& c = LayerCases()[GetParam()];
  for (const auto& [rows, cols] : {std::pair{16, 16}, {8, 8}, {5, 7}, {12, 14}, {3, 64}}) {
    for (const bool fuse : {true, false}) {
      ProgramOptions options;
      options.images = c.images;
      options.batch = c.batch;
      options.fuse_pool = fuse;
      options.dataflow = Dataflow::kIs;
      const ProgramCheck check = CheckProgram(c.net.Build(c.rounding), IsConfig(rows, cols, 5),
                                              options, MemoryTiming{}, c.net.Images(c.images));
      EXPECT_EQ(check.problem, "") << rows << "x" << cols << (fuse ? "" : " not fused");
      EXPECT_GT(check.bytes_compared, 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, InputStationaryCase, testing::Range(size_t{0}, LayerCases().size()),
                         [](const auto& info) { return LayerCases()[info.param].name; });

TEST(InputStationary, RandomNetworksEqualGolden) {
  const char* count = std::getenv("SYSTOLE_RANDOM_NETWORKS");
  const uint64_t n = count != nullptr ? std::strtoull(count, nullptr, 10) : 300;
  int run = 0, used = 0;
  for (uint64_t seed = 1; seed <= n; ++seed) {
    const NetBuilder net = RandomNetwork(seed);
    HwConfig config = IsConfig(3 + static_cast<int>(seed * 7 % 20),
                               2 + static_cast<int>(seed * 5 % 23), seed % 2 == 0 ? 5 : 7);
    config.lanes = std::min<int>(1 + static_cast<int>(seed % 9), config.cols);
    ProgramOptions options;
    options.images = 1 + static_cast<int>(seed % 5);
    options.batch = 1 + static_cast<int>(seed % 4);
    options.fuse_pool = seed % 4 != 0;
    options.pack_pixels = seed % 5 != 0;
    options.dataflow = seed % 3 == 0 ? Dataflow::kAuto : Dataflow::kIs;
    const auto mode = static_cast<Rounding>(seed % kNumRoundings);
    const Model model = net.Build(mode);
    try {
      const ProgramCheck check =
          CheckProgram(model, config, options, MemoryTiming{}, net.Images(options.images));
      ASSERT_EQ(check.problem, "") << "seed " << seed;
      ++run;
      used += InputMatmulsOf(check.program) > 0;
    } catch (const InputError& e) {
      const auto* misfit = dynamic_cast<const MisfitError*>(&e);
      if (misfit != nullptr && misfit->misfit() == Misfit::kWeight) continue;
      ASSERT_EQ(mode, Rounding::kTflite) << "seed " << seed << ": " << e.what();
    }
  }
  EXPECT_GT(run, static_cast<int>(n) * 8 / 10);
  EXPECT_GT(used, run / 3);
}

// Every pixel once, at its address and in its entry, in tiles of at most COLS.
TEST(InputStationary, BoxesCoverEachPixelOnce) {
  HwConfig config;
  config.dataflows = 5;
  int boxes = 0;
  for (config.cols = 2; config.cols < 20; ++config.cols) {
    for (int k = 0; k < 400; ++k) {
      const uint64_t nx = 1 + k * 7 % 23, ny = 1 + k / 5 % 11, nb = 1 + k / 3 % 4;
      Instruction dense;
      dense.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kMatmul));
      dense.Set(field::kMmBase, 1000);
      dense.Set(field::kMmAccBase, 3);
      dense.Set(field::kMmWcols, static_cast<uint64_t>(config.cols + 1));
      dense.Set(field::kMmNx, nx);
      dense.Set(field::kMmNy, ny);
      dense.Set(field::kMmNb, nb);
      dense.Set(field::kMmStrideX, 5);
      dense.Set(field::kMmStrideY, 311);
      dense.Set(field::kMmStrideB, k % 2 == 0 ? 70001 : 7001);
      std::map<uint64_t, uint64_t> at;  // by entry
      int64_t cycles = 0;
      const LawConfig laws(config, MemoryTiming{});
      for (const Instruction& i : InputMatmuls(dense, config, 200)) {
        const uint64_t x = i.Get(field::kMmNx), y = i.Get(field::kMmNy), b = i.Get(field::kMmNb);
        ASSERT_LE(x * y, static_cast<uint64_t>(config.cols));
        for (uint64_t v = 0; v < x * y * b; ++v) {
          const bool fresh = at.emplace(i.Get(field::kMmAccBase) + v,
                                        i.Get(field::kMmBase) + v % x * i.Get(field::kMmStrideX) +
                                            v / x % y * i.Get(field::kMmStrideY) +
                                            v / x / y * i.Get(field::kMmStrideB))
                                 .second;
          ASSERT_TRUE(fresh);
        }
        EXPECT_EQ(i.Get(field::kMmAccInc), 200u);
        Instruction slices = i;
        slices.Set(field::kMmKslices, 3);
        cycles += ShapeOfMatmul(slices, laws).Occupancy();
        ++boxes;
      }
      ASSERT_EQ(at.size(), nx * ny * nb);
      for (const auto& [entry, address] : at) {
        const uint64_t v = entry - 3;
        ASSERT_EQ(address, 1000 + v % nx * 5 + v / nx % ny * 311 +
                               v / nx / ny * dense.Get(field::kMmStrideB));
      }
      if (k % 2 != 0) {
        EXPECT_EQ(cycles, InputCycles(static_cast<int>(nx), static_cast<int>(ny),
                                      static_cast<int>(nb), 3, config.cols + 1, laws));
      }
    }
  }
  EXPECT_GT(boxes, 10000);
}

TEST(InputStationary, SaysWhatKeepsALayerWeightStationary) {
  const HwConfig config = IsConfig(16, 16, 5);
  Stage stage;
  stage.cin = stage.cout = 8;
  stage.conv_h = 4;
  stage.dataflow = Dataflow::kIs;
  stage.stride_h = 2;
  EXPECT_EQ(WhyWeightStationary(stage, config), "");
  EXPECT_EQ(WhyWeightStationary(stage, IsConfig(16, 16, 3)), "not built");
  stage.zw = 3;
  EXPECT_EQ(WhyWeightStationary(stage, config), "weight zero point");
  stage.groups = 8;
  EXPECT_EQ(WhyWeightStationary(stage, config), "a filter a channel");
}

}  // namespace
}  // namespace systole
