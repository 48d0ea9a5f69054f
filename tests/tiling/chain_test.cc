// Chains: tensors that never leave the chip are golden's, and save cycles.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sw/compiler/misfit.h"
#include "sw/tiling/slice.h"
#include "sw/tiling/tiling.h"
#include "tests/tiling/networks.h"
#include "tests/tiling/tiled_check.h"

namespace systole {
namespace {

HwConfig Config() {
  HwConfig c;
  c.act_kib = 128;
  c.act_groups = 8;
  return c;
}

bool OnChip(const Program& p, int tensor) {
  auto seen = [&](const std::vector<Observation>& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Observation& o) { return o.tensor == tensor; });
  };
  return seen(p.observations) && !seen(p.stored);
}

std::vector<int8_t> RandomImage(const Model& model) {
  std::mt19937_64 random(3);
  std::vector<int8_t> image(static_cast<size_t>(model.tensors[0].Elements()));
  for (int8_t& v : image) v = static_cast<int8_t>(random());
  return image;
}

// Keyword spotting lies on chip from its first layer to its last: nothing but the result is stored.
TEST(ChainTest, ASmallNetworkStaysOnChip) {
  const Model model = Network("kws", true);
  const TiledCheck check = CheckTiled(model, Config(), {}, {}, RandomImage(model));
  EXPECT_EQ(check.problem, "");
  const Program& p = check.program;
  const int last = static_cast<int>(model.tensors.size()) - 1;
  for (int t = 1; t < last; ++t) EXPECT_TRUE(OnChip(p, t)) << "tensor " << t;
  EXPECT_EQ(std::count_if(p.code.begin(), p.code.end(),
                          [](const Instruction& i) { return i.opcode() == Opcode::kStore; }),
            1);
}

// Every tensor on chip is seen whole, in parts or at once, and each byte at least once.
TEST(ChainTest, EveryByteOnChipIsSeen) {
  const Model model = Network("mobilenet_v2", true);
  const Program p = CheckTiled(model, Config(), {}, {}, RandomImage(model)).program;
  std::vector<std::vector<bool>> seen(model.tensors.size());
  for (const Observation& o : p.observations) {
    const Tensor& t = model.tensors[o.tensor];
    std::vector<bool>& of = seen[o.tensor];
    of.resize(static_cast<size_t>(t.h) * t.c);
    for (int y = o.y0; y < o.y0 + o.layout.h; ++y) {
      for (int c = o.c0; c < o.c0 + o.layout.c; ++c) of[static_cast<size_t>(y) * t.c + c] = true;
    }
  }
  int partly = 0;
  for (const auto& of : seen) {
    partly += !of.empty();
    EXPECT_EQ(std::count(of.begin(), of.end(), false), 0);
  }
  EXPECT_GT(partly, 20);
}

// ResNet-18's first pooling follows its convolution line by line: POST never holds the array up for
// a whole block.
TEST(ChainTest, PoolingFollowsTheLinesThatItReads) {
  const Model model = Network("resnet18", true);
  HwConfig config = Config();
  config.lanes = 16;
  const Program p = CompileTiled(model, config, {});
  ASSERT_TRUE(OnChip(p, 1));
  int pools = 0, most_lines = 0, tiles_between = 0;
  for (size_t i = 0; i < p.code.size() && p.report_of[i] <= 1; ++i) {
    if (p.code[i].opcode() == Opcode::kPost) ++tiles_between;
    if (p.code[i].opcode() != Opcode::kPostAct) continue;
    most_lines = std::max(most_lines, static_cast<int>(p.code[i].Get(field::kPoNy)));
    if (pools++ > 0) {
      EXPECT_LE(tiles_between, 6);
    }
    tiles_between = 0;
  }
  EXPECT_GE(pools, 56);  // lines of the result
  EXPECT_LE(most_lines, 2);
}

// Fully connected layers of a batch: its images are the lines of a chain; the last two are a batch
// of their own.
TEST(ChainTest, ABatchStaysOnChip) {
  const Model model = Network("anomaly", true);
  ProgramOptions options;
  options.images = 7;
  options.batch = 5;
  std::mt19937_64 random(5);
  std::vector<int8_t> images(7 * 640);
  for (int8_t& v : images) v = static_cast<int8_t>(random());
  const TiledCheck check = CheckTiled(model, Config(), options, {}, images);
  EXPECT_EQ(check.problem, "");
  for (int t = 1; t < 10; ++t) {
    EXPECT_TRUE(OnChip(check.program, t)) << "tensor " << t;
    std::vector<int> seen(7);
    for (const Observation& o : check.program.observations)
      if (o.tensor == t) ++seen[static_cast<size_t>(o.image)];
    EXPECT_EQ(seen, std::vector<int>(7, 1)) << "tensor " << t;
  }
  ProgramOptions apart = options;
  apart.fuse_pool = false;
  EXPECT_LT(check.cycles * 10, CheckTiled(model, Config(), apart, {}, images).cycles * 9);
}

// Less memory than all tensors take: those between layers share places, and every byte that can be
// compared is golden's; less than that is refused with what is needed.
TEST(ChainTest, AMemoryLimitIsKept) {
  const Model model = Network("vww", true);
  const std::vector<int8_t> image = RandomImage(model);
  HwConfig small = Config();
  small.act_kib = 8;
  ProgramOptions options;
  const TiledCheck free = CheckTiled(model, small, options, {}, image);
  EXPECT_EQ(free.problem, "");
  EXPECT_TRUE(free.program.keeps);
  options.memory = free.program.memory_end - options.base - 1;
  const TiledCheck shared = CheckTiled(model, small, options, {}, image);
  EXPECT_EQ(shared.problem, "");
  EXPECT_FALSE(shared.program.keeps);
  EXPECT_LE(shared.program.memory_end, options.base + options.memory);
  EXPECT_LT(shared.program.stored.size(), free.program.stored.size());
  options.memory = 200000;  // its weights alone take more
  try {
    CompileTiled(model, small, options);
    ADD_FAILURE() << "it fits into less than its weights";
  } catch (const MisfitError& e) {
    EXPECT_EQ(e.misfit(), Misfit::kTooLarge);
    EXPECT_NE(std::string(e.what()).find("--memory allows 200000"), std::string::npos) << e.what();
  }
}

// Without pooling and sums together with other layers there are no chains: each tensor is stored.
TEST(ChainTest, NoneWithoutFusion) {
  const Model model = Network("vww", true);
  ProgramOptions apart;
  apart.fuse_pool = false;
  const std::vector<int8_t> image = RandomImage(model);
  const TiledCheck each = CheckTiled(model, Config(), apart, {}, image);
  EXPECT_EQ(each.problem, "");
  EXPECT_TRUE(each.program.observations.empty());
  const TiledCheck chained = CheckTiled(model, Config(), {}, {}, image);
  EXPECT_EQ(chained.problem, "");
  EXPECT_LT(chained.cycles * 10, each.cycles * 8);
}

// A stage's channels, cut by hand.
TEST(SliceTest, OutputsKeepTheirFilters) {
  Stage s;
  s.cin = 2;
  s.cout = 3;
  s.kernel_h = 1;
  s.kernel_w = 2;
  std::vector<int8_t> weights;
  for (int8_t w = 0; w < 12; ++w) weights.push_back(w);
  s.weights = weights;
  s.bias = {10, 20, 30};
  s.m = {1, 2, 3};
  s.s = {4, 5, 6};
  s.macs = 300;
  const Stage cut = SliceOutputs(s, 1, 3);
  EXPECT_EQ(cut.weights.get(), (std::vector<int8_t>{4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(cut.bias, (std::vector<int32_t>{20, 30}));
  EXPECT_EQ(cut.m, (std::vector<uint32_t>{2, 3}));
  EXPECT_EQ(cut.s, (std::vector<uint8_t>{5, 6}));
  EXPECT_EQ(cut.cin, 2);
  EXPECT_EQ(cut.cout, 2);
  EXPECT_EQ(cut.macs, 200u);
}

}  // namespace
}  // namespace systole
