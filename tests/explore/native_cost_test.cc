// The native cost model against the compiler and the cycle model, each made anew for every point.
#include "sw/explore/native/native_cost.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <thread>

#include "sw/base/error.h"
#include "sw/check/layer_cases.h"
#include "sw/compiler/compiler.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/timing/timeline.h"

namespace systole::explore {
namespace {

Model Shipped(const std::string& name) {
  Model model = LoadModel(std::string(SYSTOLE_SOURCE_DIR) + "/models/" + name + "/model.onnx");
  ChooseMultipliers(model, Rounding::kFloat32);
  return model;
}

struct Point {
  HwConfig config;
  ProgramOptions options;
  MemoryTiming memory;
};

// Any configuration, some of them not possible, many of them too small for a LeNet-5.
Point RandomPoint(std::mt19937_64& random) {
  auto pick = [&random](std::initializer_list<int> values) {
    return values.begin()[random() % values.size()];
  };
  Point p;
  HwConfig& c = p.config;
  c.rows = random() % 2 ? pick({2, 4, 8, 16, 32, 64}) : 1 + static_cast<int>(random() % 66);
  c.cols = random() % 2 ? pick({2, 4, 8, 16, 32, 64}) : 1 + static_cast<int>(random() % 66);
  c.wport = pick({1, 1, 1, 2, 4});
  c.lanes = std::max(1, std::min(c.cols, pick({1, 2, 3, 4, 8, 16, 30})));
  c.act_kib = pick({4, 16, 32, 64});
  c.act_groups = pick({1, 2, 4, 8});
  c.wgt_kib = pick({8, 128, 256, 512});
  c.par_kib = pick({4, 16, 32});
  c.ktab_kib = pick({1, 4, 16});
  c.acc_depth = pick({4, 16, 32, 64, 128, 256, 1000});
  c.axi_data_width = pick({32, 64, 128});
  c.outstanding = pick({1, 2, 4, 8, 32});
  c.queue_depth = pick({2, 4, 8, 64});
  if (random() % 20 == 0) c.roundings = 1 + static_cast<int>(random() % 63);
  if (random() % 20 == 0) c.row_sum = 0;
  p.options.images = 1 + static_cast<int>(random() % 6);
  p.options.batch = 1 + static_cast<int>(random() % 4);
  p.options.fuse_pool = random() % 4 != 0;
  p.options.pack_pixels = random() % 4 != 0;
  p.memory.latency = 1 + static_cast<int>(random() % 120);
  return p;
}

void ExpectSameRun(const NativeResult& got, const std::vector<Instruction>& code,
                   const Program& program, const MemoryTiming& memory) {
  ASSERT_EQ(code.size(), program.code.size());
  for (size_t i = 0; i < code.size(); ++i)
    ASSERT_EQ(code[i].word, program.code[i].word) << "instruction " << i;
  const HwConfig& c = program.config;
  const Timeline t = Simulate(program.code, c, memory);
  ASSERT_TRUE(t.ok()) << Describe(t);
  EXPECT_EQ(got.instructions, static_cast<int64_t>(program.code.size()));
  EXPECT_EQ(got.cycles, t.total);
  EXPECT_EQ(got.counters.cycles, t.counters.cycles);
  EXPECT_EQ(got.counters.macs, t.counters.macs);
  EXPECT_EQ(got.counters.read_beats, t.counters.read_beats);
  EXPECT_EQ(got.counters.write_beats, t.counters.write_beats);
  EXPECT_EQ(got.read_bytes, t.counters.read_beats * c.axi_data_width / 8);
  EXPECT_EQ(got.write_bytes, t.counters.write_beats * c.axi_data_width / 8);
  EXPECT_EQ(got.cycles_per_image, static_cast<double>(t.total) / program.options.images);
  EXPECT_DOUBLE_EQ(got.utilization * static_cast<double>(t.total) * c.rows * c.cols,
                   static_cast<double>(got.macs));
  // The model's, which are not what the array does: it adds zeros where it packs, and leaves out
  // pixels that no pooling window reads.
  int64_t macs = 0;
  for (const auto& layer : program.report) macs += static_cast<int64_t>(layer.macs);
  EXPECT_EQ(got.macs, macs * program.options.images);
  for (const auto& causes : got.counters.cycles) {
    EXPECT_EQ(causes[0] + causes[1] + causes[2] + causes[3], got.cycles);
  }
}

// What a reason must speak of.
std::string Word(Misfit misfit) {
  switch (misfit) {
    case Misfit::kParameter:
      return "is not possible";
    case Misfit::kUnsupported:
      return "build";
    case Misfit::kAccumulator:
      return "ACC_DEPTH=";
    case Misfit::kActivation:
      return "ACT_KIB=";
    case Misfit::kWeight:
      return "WGT_KIB=";
    case Misfit::kOffset:
      return "KTAB_KIB=";
    case Misfit::kChannel:
      return "PAR_KIB=";
    default:
      return "too large for this accelerator";
  }
}

// One instance for all points, so that what a point leaves behind would show in the next.
void Compare(const Model& model, uint64_t seed, int points, std::map<Misfit, int>* seen) {
  NativeCost cost(model);
  std::mt19937_64 random(seed);
  for (int k = 0; k < points; ++k) {
    SCOPED_TRACE(model.name + ", seed " + std::to_string(seed) + ", point " + std::to_string(k));
    const Point p = RandomPoint(random);
    const NativeResult got = cost.Evaluate(p.config, p.options, p.memory);
    ++(*seen)[got.misfit];
    try {
      const Program program = Compile(model, p.config, p.options);
      ASSERT_TRUE(got.fits()) << got.reason;
      EXPECT_EQ(got.reason, "");
      ExpectSameRun(got, cost.code(), program, p.memory);
    } catch (const InputError& e) {
      ASSERT_FALSE(got.fits()) << e.what();
      EXPECT_EQ(got.reason, e.what());
      EXPECT_NE(got.reason.find(Word(got.misfit)), std::string::npos) << got.reason;
      EXPECT_EQ(got.cycles, 0);
      EXPECT_EQ(got.instructions, 0);
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(NativeCost, EqualsCompilerAndCycleModelOnShippedModels) {
  std::map<Misfit, int> seen;
  Compare(Shipped("lenet5-mnist"), 1, 400, &seen);
  Compare(Shipped("lenet5-avgpool"), 2, 200, &seen);
  Compare(Shipped("fashion3x3"), 3, 200, &seen);
  EXPECT_GE(seen[Misfit::kNone], 200);
  for (const Misfit misfit : {Misfit::kParameter, Misfit::kUnsupported, Misfit::kActivation,
                              Misfit::kWeight, Misfit::kChannel}) {
    EXPECT_GE(seen[misfit], 3) << MisfitName(misfit);
  }
}

TEST(NativeCost, EqualsCompilerAndCycleModelOnRandomModels) {
  std::map<Misfit, int> seen;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Compare(RandomNetwork(seed).Build(Rounding::kFloor), 1000 + seed, 10, &seen);
    if (HasFailure()) return;
  }
  for (const LayerCase& c : LayerCases()) {
    Compare(c.net.Build(c.rounding), 5, 4, &seen);
    if (HasFailure()) return;
  }
  EXPECT_GE(seen[Misfit::kNone], 400);
  EXPECT_GE(seen[Misfit::kOffset], 3);
}

// The limits that drawn points seldom meet, worked by hand.
TEST(NativeCost, NamesRareLimits) {
  // A 3x3 pooling window needs nine accumulator entries, as 64 channels are too many for cells of
  // several pixels.
  PoolSpec pool;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 3;
  ConvSpec conv;
  conv.cout = 64;
  NativeCost pooled(
      NetBuilder("pooled", 1, 1, 12, 12).Conv(conv).Pool(pool).Build(Rounding::kFloor));
  HwConfig config;
  config.acc_depth = 8;
  EXPECT_EQ(pooled.Evaluate(config, {}, {}).misfit, Misfit::kAccumulator);
  config.acc_depth = 9;
  EXPECT_EQ(pooled.Evaluate(config, {}, {}).misfit, Misfit::kNone);

  // Lines of 40 * 1024 bytes: the third row of a 3x3 window begins 81,920 bytes after the first,
  // over 65,535.
  NativeCost wide(NetBuilder("wide", 1, 1024, 6, 40).Conv(ConvSpec{}).Build(Rounding::kFloor));
  config = HwConfig{};
  config.act_kib = 1024;
  config.ktab_kib = 64;
  EXPECT_EQ(wide.Evaluate(config, {}, {}).misfit, Misfit::kTooLarge);
  NativeCost narrow(NetBuilder("narrow", 1, 1024, 6, 6).Conv(ConvSpec{}).Build(Rounding::kFloor));
  EXPECT_EQ(narrow.Evaluate(config, {}, {}).misfit, Misfit::kNone);
}

TEST(NativeCost, TimesOnePlanWithSeveralMemories) {
  const Model model = Shipped("lenet5-mnist");
  NativeCost shared(model), single(model);
  ProgramOptions options;
  options.images = options.batch = 2;
  const HwConfig config;
  ASSERT_TRUE(shared.Plan(config, options).fits());
  Cycle before = 0;
  for (const int64_t latency : {1, 20, 100, 1000}) {
    MemoryTiming memory;
    memory.latency = latency;
    const NativeResult a = shared.Time(memory), b = single.Evaluate(config, options, memory);
    EXPECT_EQ(a.cycles, b.cycles);
    EXPECT_EQ(a.counters.cycles, b.counters.cycles);
    EXPECT_GT(a.cycles, before);  // the first image must come before anything else
    before = a.cycles;
  }
}

TEST(NativeCost, InstancesOnThreadsDoNotMeet) {
  const Model model = Shipped("fashion3x3");
  constexpr int kThreads = 4, kPoints = 60;
  auto run = [&model](std::vector<Cycle>* cycles) {
    NativeCost cost(model);
    std::mt19937_64 random(77);
    for (int k = 0; k < kPoints; ++k) {
      const Point p = RandomPoint(random);
      cycles->push_back(cost.Evaluate(p.config, p.options, p.memory).cycles);
    }
  };
  std::vector<std::vector<Cycle>> results(kThreads + 1);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(run, &results[t]);
  for (std::thread& t : threads) t.join();
  run(&results[kThreads]);
  for (int t = 0; t < kThreads; ++t) EXPECT_EQ(results[t], results[kThreads]) << "thread " << t;
}

TEST(NativeCost, NeedsAnImageAndABatch) {
  NativeCost cost(RandomNetwork(3).Build(Rounding::kFloor));
  ProgramOptions options;
  options.images = 0;
  EXPECT_EQ(cost.Evaluate(HwConfig{}, options, {}).reason,
            "images=0 is not possible; allowed: 1 or more");
  options.images = 1;
  options.batch = -1;
  EXPECT_EQ(cost.Evaluate(HwConfig{}, options, {}).misfit, Misfit::kParameter);
}

TEST(NativeCost, RefusesAModelThatNoConfigurationCanRun) {
  Model model = RandomNetwork(3).Build(Rounding::kFloor);
  for (Layer& layer : model.layers) layer.m.clear();
  EXPECT_THROW(NativeCost{model}, InputError);
}

}  // namespace
}  // namespace systole::explore
