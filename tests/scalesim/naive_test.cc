// Closed forms and event simulation against the naive restatement, on random machines and layers.
#include <gtest/gtest.h>

#include <random>

#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/report.h"
#include "tests/scalesim/naive_model.h"

namespace systole::scalesim {
namespace {

std::string Text(const LayerReport& report) {
  Reports text;
  AppendLayer(0, report, Options(), &text);
  return text.compute + text.bandwidth + text.detail;
}

struct Case {
  Machine machine;
  Layer layer;
};

Case Draw(uint32_t seed, int64_t max_size, int64_t max_array) {
  std::mt19937 rng(seed);
  const auto pick = [&](int64_t low, int64_t high) {
    return low + static_cast<int64_t>(rng() % (high - low + 1));
  };
  Case c;
  Machine& m = c.machine;
  m.rows = pick(1, max_array);
  m.cols = pick(1, max_array);
  m.dataflow = static_cast<Dataflow>(pick(0, 2));
  m.user_bandwidth = pick(0, 2) > 0;
  m.ifmap_kb = pick(1, 2);
  m.filter_kb = pick(1, 2);
  m.ofmap_kb = pick(1, 2);
  const int64_t bandwidths[] = {1, 2, 3, 7, 10, 16, 33, 100, 600};
  m.ifmap_bandwidth = m.filter_bandwidth = m.ofmap_bandwidth = bandwidths[pick(0, 8)];
  Layer& l = c.layer;
  l.filter_h = pick(1, 4);
  l.filter_w = pick(1, 4);
  l.ifmap_h = l.filter_h + pick(0, max_size);
  l.ifmap_w = l.filter_w + pick(0, max_size);
  l.channels = pick(1, 20);
  l.filters = pick(1, 40);
  l.stride_h = pick(1, 4);
  l.stride_w = pick(0, 3) ? l.stride_h : pick(1, 4);
  return c;
}

std::string Describe(const Case& c) {
  const Machine& m = c.machine;
  const Layer& l = c.layer;
  std::string text = "array";
  for (int64_t v : {m.rows, m.cols}) text += " " + std::to_string(v);
  text += " dataflow " + std::to_string(static_cast<int>(m.dataflow)) +
          (m.user_bandwidth ? " USER" : " CALC") + " kB";
  for (int64_t v : {m.ifmap_kb, m.filter_kb, m.ofmap_kb}) text += " " + std::to_string(v);
  text += " bandwidth " + std::to_string(m.ifmap_bandwidth) + " layer";
  for (int64_t v : {l.ifmap_h, l.ifmap_w, l.filter_h, l.filter_w, l.channels, l.filters, l.stride_h,
                    l.stride_w}) {
    text += " " + std::to_string(v);
  }
  return text;
}

TEST(NaiveTest, RandomLayersOnSmallArraysAgreeInEveryField) {
  int stalled = 0;
  for (uint32_t seed = 1; seed <= 450; ++seed) {
    const Case c = Draw(seed, 12, 12);
    const LayerReport naive = NaiveEvaluate(c.machine, c.layer);
    if (naive.total_cycles == 0) continue;
    stalled += naive.stall_cycles > 0;
    const LayerReport ours = EvaluateLayer(c.machine, c.layer);
    ASSERT_EQ(Text(ours), Text(naive)) << "seed " << seed << ": " << Describe(c);
    ASSERT_EQ(EvaluateCycles(c.machine, c.layer), naive.total_cycles)
        << "seed " << seed << ": " << Describe(c);
  }
  EXPECT_GE(stalled, 80);
}

TEST(NaiveTest, RandomLayersOnWideArraysAgreeInEveryField) {
  for (uint32_t seed = 10001; seed <= 10060; ++seed) {
    const Case c = Draw(seed, 10, 150);
    ASSERT_EQ(Text(EvaluateLayer(c.machine, c.layer)), Text(NaiveEvaluate(c.machine, c.layer)))
        << "seed " << seed << ": " << Describe(c);
  }
}

}  // namespace
}  // namespace systole::scalesim
