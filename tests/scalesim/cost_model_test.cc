// Worked numbers: layers small enough to count by hand, and the run that a source document prints.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "sw/base/error.h"
#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/python_set.h"
#include "sw/scalesim/utilization.h"

namespace {

int64_t g_allocations = 0;

}  // namespace

// Counted, for EvaluatesLayersThatFitWithoutAllocating.
void* operator new(size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace systole::scalesim {
namespace {

Machine MachineOf(int64_t rows, int64_t cols, Dataflow dataflow) {
  Machine m;
  m.rows = rows;
  m.cols = cols;
  m.dataflow = dataflow;
  m.ifmap_kb = m.filter_kb = m.ofmap_kb = 36;
  m.user_bandwidth = true;
  return m;
}

Layer Gemm(int64_t m, int64_t n, int64_t k) {
  Layer l;
  l.ifmap_h = m;
  l.ifmap_w = l.filter_w = k;
  l.filters = n;
  return l;
}

TEST(CostModelTest, DocumentsLineOn1x64) {
  // 3 folds of 7 + 2 + 64 - 2 = 71 lines.
  const LayerReport r = EvaluateLayer(MachineOf(1, 64, Dataflow::kWs), Gemm(7, 7, 3));
  EXPECT_EQ(r.total_cycles, 212);
  EXPECT_EQ(r.stall_cycles, 0);
  EXPECT_DOUBLE_EQ(r.overall_util, 147.0 * 100 / (212 * 64));
  EXPECT_DOUBLE_EQ(r.mapping_eff, 7.0 / 64 * 100);
}

TEST(CostModelTest, BestShapeOf64PesForTheDocumentsGemmIs8x8OutputStationary) {
  int64_t best = 1 << 30, winners = 0;
  for (int64_t rows = 1; rows <= 64; rows *= 2) {
    for (Dataflow dataflow : {Dataflow::kOs, Dataflow::kWs, Dataflow::kIs}) {
      const int64_t cycles = EvaluateCycles(MachineOf(rows, 64 / rows, dataflow), Gemm(7, 7, 3));
      if (cycles < best) winners = 0;
      best = std::min(best, cycles);
      winners += cycles == best;
    }
  }
  EXPECT_EQ(best, 16);
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(EvaluateCycles(MachineOf(8, 8, Dataflow::kOs), Gemm(7, 7, 3)), 16);
  EXPECT_EQ(EvaluateCycles(MachineOf(8, 8, Dataflow::kWs), Gemm(7, 7, 3)), 28);
}

TEST(CostModelTest, CorrectedLeavesOutTheKnownBugs) {
  Options corrected;
  corrected.corrected = true;
  const LayerReport ws = EvaluateLayer(MachineOf(8, 8, Dataflow::kWs), Gemm(8, 8, 8), corrected);
  EXPECT_EQ(ws.total_cycles, 8 + 2 * 8 + 8 - 2);  // lines, not the index of the last one
  EXPECT_DOUBLE_EQ(ws.compute_util,
                   100.0 * 512 / (64 * 30));  // equals the overall utilization of one full fold
  EXPECT_DOUBLE_EQ(ws.overall_util, ws.compute_util);
  const LayerReport os = EvaluateLayer(MachineOf(8, 8, Dataflow::kOs), Gemm(8, 8, 8), corrected);
  EXPECT_EQ(os.ofmap_sram.words, 64);
  EXPECT_EQ(EvaluateLayer(MachineOf(8, 8, Dataflow::kOs), Gemm(8, 8, 8)).ofmap_sram.words,
            64 + 8 + 8);
}

TEST(CostModelTest, CorrectedDropsOverhangingWindows) {
  Layer l;  // 4x4, filter 2x2, stride 3: one whole window, though SCALE-Sim rounds up to two a side
  l.ifmap_h = l.ifmap_w = 4;
  l.filter_h = l.filter_w = 2;
  l.stride_h = l.stride_w = 3;
  Options corrected;
  corrected.corrected = true;
  const Machine m = MachineOf(4, 4, Dataflow::kOs);
  EXPECT_EQ(EvaluateLayer(m, l).ifmap_sram.words, 4 * 4);
  EXPECT_EQ(EvaluateLayer(m, l, corrected).ifmap_sram.words, 1 * 4);
}

TEST(CostModelTest, CorrectedPrefetchesInTheOrderOfUse) {
  // LeNet-5's C5: in SCALE-Sim the ws filter list is not in the order of use, and the array stalls
  // for 18825 cycles.
  Layer c5;
  c5.ifmap_h = c5.ifmap_w = c5.filter_h = c5.filter_w = 5;
  c5.channels = 16;
  c5.filters = 120;
  Options corrected;
  corrected.corrected = true;
  const Machine m = MachineOf(16, 16, Dataflow::kWs);
  EXPECT_EQ(EvaluateLayer(m, c5).stall_cycles, 18825);
  // 48000 words in the order of use, in chunks of 369 words, the last of 30: 50 chunks fill the
  // first window, two prefetches of 50 bring the rest, the second of them starting the list anew.
  const LayerReport r = EvaluateLayer(m, c5, corrected);
  EXPECT_EQ(r.filter_dram.words, 149 * 369 + 30);
  EXPECT_LE(r.stall_cycles, 48000 / 10);
}

// LeNet-5 in SCALE-Sim v3, bandwidth 10 everywhere: total and stalls of single layers, measured
// with it.
TEST(CostModelTest, Version3CountsAStallTwice) {
  Options v3;
  v3.compat = Compat::kV3;
  Layer c1;
  c1.ifmap_h = c1.ifmap_w = 32;
  c1.filter_h = c1.filter_w = 5;
  c1.filters = 6;
  Layer c5;
  c5.ifmap_h = c5.ifmap_w = c5.filter_h = c5.filter_w = 5;
  c5.channels = 16;
  c5.filters = 120;
  struct {
    Layer layer;
    int64_t size, kb;
    Dataflow dataflow;
    int64_t v2_total, v2_stall, v3_total, v3_stall;
  } const cases[] = {{c1, 16, 36, Dataflow::kWs, 1896, 237, 2133, 474},
                     {c5, 16, 36, Dataflow::kWs, 28224, 18825, 28343, 18944},
                     {c1, 32, 36, Dataflow::kWs, 1938, 1061, 2999, 2122},
                     {c1, 16, 4, Dataflow::kOs, 14037, 11343, 14087, 11393},
                     {c5, 32, 4, Dataflow::kIs, 28958, 26177, 29081, 26300}};
  for (const auto& c : cases) {
    Machine m = MachineOf(c.size, c.size, c.dataflow);
    m.ifmap_kb = m.filter_kb = m.ofmap_kb = c.kb;
    EXPECT_EQ(EvaluateLayer(m, c.layer).total_cycles, c.v2_total);
    EXPECT_EQ(EvaluateLayer(m, c.layer).stall_cycles, c.v2_stall);
    EXPECT_EQ(EvaluateLayer(m, c.layer, v3).total_cycles, c.v3_total);
    EXPECT_EQ(EvaluateLayer(m, c.layer, v3).stall_cycles, c.v3_stall);
  }
}

TEST(CostModelTest, EvaluatesLayersThatFitWithoutAllocating) {
  Layer conv;
  conv.ifmap_h = conv.ifmap_w = 14;
  conv.filter_h = conv.filter_w = 5;
  conv.channels = 6;
  conv.filters = 16;
  for (Dataflow dataflow : {Dataflow::kOs, Dataflow::kWs, Dataflow::kIs}) {
    for (bool user : {false, true}) {
      Machine m = MachineOf(16, 16, dataflow);
      m.user_bandwidth = user;
      m.ofmap_kb = 1;  // this one drains while the array runs
      const int64_t before = g_allocations;
      EvaluateLayer(m, conv);
      EvaluateCycles(m, conv);
      EXPECT_EQ(g_allocations, before);
    }
  }
}

TEST(CostModelTest, ZeroCyclesAreRefusedUnlessCorrected) {
  const Machine m = MachineOf(1, 1, Dataflow::kOs);
  EXPECT_THROW(EvaluateLayer(m, Gemm(1, 1, 1)), InputError);
  Options corrected;
  corrected.corrected = true;
  EXPECT_EQ(EvaluateLayer(m, Gemm(1, 1, 1), corrected).total_cycles, 1);
}

TEST(CostModelTest, BufferFlushedTwiceInOneCycleIsRefused) {
  // 1 kB: a boundary after every 500 misses; a row of 2000 filter words has four.
  Machine m = MachineOf(1, 2000, Dataflow::kWs);
  m.user_bandwidth = false;
  m.filter_kb = 1;
  EXPECT_THROW(EvaluateLayer(m, Gemm(3, 2000, 3)), InputError);
  m.filter_kb = 64;
  EXPECT_NO_THROW(EvaluateLayer(m, Gemm(3, 2000, 3)));
}

TEST(CostModelTest, TrueDivideRoundsOnce) {
  EXPECT_EQ(TrueDivide(1, 3), 1.0 / 3);
  EXPECT_EQ(TrueDivide(14700, 212 * 64), 14700.0 / 13568);
  // 9007199254740993 = 2^53 + 1 is no double; divided by 3 the quotient is one.
  EXPECT_EQ(TrueDivide(9007199254740993, 3), 3002399751580331.0);
  EXPECT_EQ(TrueDivide(int64_t{1} << 62, 3), 1537228672809129301.0);
}

TEST(PythonSetTest, IteratesAsCPythonDoes) {
  // list({float(x) for x in ...}) of CPython 3.11.
  const auto order = [](std::vector<int64_t> values) {
    PythonSet set;
    for (int64_t v : values) set.Insert(v);
    std::vector<int64_t> out;
    set.ForEach([&](int64_t v) { out.push_back(v); });
    return out;
  };
  EXPECT_EQ(order({9, 1, 17, 3}), (std::vector<int64_t>{9, 3, 1, 17}));
  EXPECT_EQ(order({100, 36, 4, 68, 132, 5, 7}), (std::vector<int64_t>{132, 100, 4, 36, 68, 5, 7}));
  EXPECT_EQ(order({0, 8, 16, 24, 32, 40, 48, 56, 64, 72}),
            (std::vector<int64_t>{0, 32, 64, 8, 40, 72, 16, 48, 24, 56}));
  std::vector<int64_t> scattered;
  for (int64_t i = 0; i < 20; ++i) scattered.push_back(1000003 * i % 4093);
  EXPECT_EQ(order(scattered),
            (std::vector<int64_t>{0,   3613, 2462, 1311, 1822, 671,  1151, 3773, 3133, 1982,
                                  831, 2622, 3293, 2142, 991,  3933, 351,  3453, 2302, 511}));
}

}  // namespace
}  // namespace systole::scalesim
