// Each depth of the pipelines stands in one place: where it alone is changed there, the cycle model
// and the conflict check change as an independent machine with that depth does. An offset written
// down a second time in sw/ would stay behind.
#include <gtest/gtest.h>

#include "sw/functional/conflicts.h"
#include "sw/timing/timeline.h"
#include "tests/timing/crowded_program.h"
#include "tests/timing/cycle_stepper.h"
#include "tests/timing/depth_changes.h"
#include "tests/timing/port_model.h"
#include "tests/timing/random_program.h"

namespace systole {
namespace {

using testing::Changed;
using testing::CycleStepper;
using testing::DepthChange;
using testing::Depths;
using testing::StepResult;

constexpr int kLatency = 7;

HwConfig Small() {
  HwConfig c;
  c.rows = 5, c.cols = 6, c.wport = 2, c.lanes = 4, c.queue_depth = 4, c.outstanding = 2;
  return c;
}

// The pipelines as they are, and each depth changed.
template <typename Body>
void ForEveryDepth(Body&& body) {
  body("none", MemoryTiming{kLatency}, Depths{});
  for (const DepthChange& change : testing::DepthChanges())
    body(change.name, Changed(kLatency, change), Changed(change));
}

TEST(PipelineDepths, AreTheSteppersAsTheyStand) {
  for (const DepthChange& change : testing::DepthChanges())
    EXPECT_EQ(Pipeline{}.*change.law, Depths{}.*change.stepper) << change.name;
}

TEST(PipelineDepths, TheCycleModelFollowsEachOne) {
  std::vector<int64_t> unchanged;
  ForEveryDepth([&](const std::string& name, const MemoryTiming& timing, const Depths& depths) {
    std::vector<int64_t> totals;
    for (uint32_t seed = 1; seed <= 20; ++seed) {
      const auto code = testing::RandomProgram(Small(), seed).Make(60, testing::Tokens::kEarlier);
      const Timeline t = Simulate(code, Small(), timing);
      const StepResult s = CycleStepper(code, Small(), kLatency, depths).Run();
      ASSERT_TRUE(t.ok()) << name;
      ASSERT_EQ(t.issue, s.issue) << name << ", seed " << seed;
      ASSERT_EQ(t.retire, s.retire) << name << ", seed " << seed;
      ASSERT_EQ(t.total, s.total) << name << ", seed " << seed;
      totals.push_back(t.total);
    }
    if (name == "none") unchanged = totals;
    // What only errors and collisions depend on changes no run that ends well.
    const bool hidden =
        name == "none" || name == "slot_to_activation_read" || name == "matmul_error_to_control";
    EXPECT_EQ(totals == unchanged, hidden) << name;
  });
}

// The first collision that the monitor reports over a whole program.
std::optional<Conflict> Monitored(const std::vector<Instruction>& code, const StepResult& steps,
                                  const MemoryTiming& timing, const std::vector<uint16_t>& ktab) {
  std::vector<uint32_t> order;
  for (uint32_t i = 0; i < code.size(); ++i) order.push_back(i);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return steps.issue[a] < steps.issue[b]; });
  ConflictMonitor monitor(Small(), timing);
  std::optional<Conflict> first;
  for (uint32_t i : order) {
    const auto c = monitor.Issue(i, code[i], steps.issue[i], ktab.data());
    const auto key = [](const Conflict& k) {
      return std::make_tuple(k.seen, k.engine, !k.oldest, k.index);
    };
    if (c.has_value() && (!first.has_value() || key(*c) < key(*first))) first = c;
  }
  return first;
}

TEST(PipelineDepths, TheConflictCheckFollowsEachOne) {
  const HwConfig c = Small();
  std::vector<uint16_t> ktab(static_cast<size_t>(c.KtabRows() * c.rows));
  for (int r = 0; r < testing::kKtabRows; ++r) {
    for (int j = 0; j < c.rows; ++j)
      ktab[static_cast<size_t>(r * c.rows + j)] = static_cast<uint16_t>(r * c.Banks() + j);
  }
  using Found = std::tuple<int64_t, int64_t, int, uint32_t>;
  std::vector<Found> unchanged;
  ForEveryDepth([&](const std::string& name, const MemoryTiming& timing, const Depths& depths) {
    std::vector<Found> all;
    int found = 0, sums = 0, posts = 0;
    for (uint32_t seed = 1; seed <= 150; ++seed) {
      const std::vector<Instruction> code = testing::CrowdedProgram(c, seed);
      const StepResult steps = CycleStepper(code, c, kLatency, depths).Run();
      const auto want = testing::FirstCollision(code, steps, c, depths, ktab);
      const auto got = Monitored(code, steps, timing, ktab);
      ASSERT_EQ(got.has_value(), want.has_value()) << name << ", seed " << seed;
      if (!want.has_value()) continue;
      const Found w{want->cycle, want->seen, want->engine, want->index};
      ASSERT_EQ(Found(got->cycle, got->seen, got->engine, got->index), w)
          << name << ", seed " << seed << ": cycle " << want->cycle << " engine " << want->engine
          << " index " << want->index << ", not " << got->cycle << " " << got->engine << " "
          << got->index;
      all.push_back(w);
      ++found;
      sums += want->oldest;
      posts += want->engine == 2;
    }
    // The programs do collide, in every way, and not always.
    EXPECT_GT(found, 50) << name;
    EXPECT_LT(found, 150) << name;
    EXPECT_GT(sums, 5) << name;
    EXPECT_GT(posts, 5) << name;
    if (name == "none") unchanged = all;
    EXPECT_EQ(all == unchanged, name == "none" || name == "retire_to_done") << name;
  });
}

}  // namespace
}  // namespace systole
