// Networks from memory as a cost, the bound below it, and the search that the bound cuts short:
// against the compiler with the cycle model, and against the exhaustive sweep.
#include <gtest/gtest.h>

#include <fstream>

#include "sw/base/error.h"
#include "sw/explore/native/native_cost.h"
#include "sw/explore/search/front.h"
#include "sw/explore/search/search_bounded.h"
#include "sw/explore/space/point_evaluator.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/least_cycles.h"
#include "sw/tiling/tiling.h"
#include "sw/timing/timeline.h"

namespace systole::explore {
namespace {

const std::string kNetwork = SYSTOLE_SOURCE_DIR "/models/cifar10/short/resnet20-10-20-40.onnx";

Space SpaceOf(const std::string& axes, const std::string& objectives, const std::string& more) {
  return ParseSpace("cost = \"native\"\nobjectives = [" + objectives + "]\n[space]\n" + axes +
                        "\n[[workload]]\nfile = \"" + kNetwork + "\"\n" + more,
                    "s.toml");
}

int64_t Cycles(const Model& model, const HwConfig& config, int images) {
  ProgramOptions options;
  options.images = options.batch = images;
  const Program p = CompileTiled(model, config, options);
  int64_t cycles = 0;
  for (const Segment& s : Segments(p)) {
    const Timeline t =
        Simulate({p.code.begin() + s.first, p.code.begin() + s.last}, config, MemoryTiming{});
    EXPECT_TRUE(t.ok());
    cycles += t.total;
  }
  return cycles;
}

TEST(FromMemory, CostsWhatTheCompiledProgramTakes) {
  Model model = LoadModel(kNetwork);
  ChooseMultipliers(model, Rounding::kFloat32);
  HwConfig config;
  config.rows = 12;
  config.cols = 14;
  config.act_kib = 16;
  config.act_groups = 8;
  ProgramOptions options;
  options.images = options.batch = 2;
  NativeCost cost(model, true);
  const NativeResult result = cost.Evaluate(config, options, MemoryTiming{});
  ASSERT_TRUE(result.fits()) << result.reason;
  EXPECT_EQ(result.cycles, Cycles(model, config, 2));
  EXPECT_LE(cost.Least(config, options), result.cycles);
  uint64_t macs = 0;
  for (const auto& row : CompileTiled(model, config, options).report) macs += row.macs;
  EXPECT_EQ(result.macs, static_cast<int64_t>(2 * macs));
}

class BoundedTest : public testing::Test {
 protected:
  // Every point of the space, or what `bounded` leaves of them.
  void Take(const Space& of) {
    space = &of;
    evaluator = std::make_unique<PointEvaluator>(of, &reasons);
  }
  Evaluation At(int64_t id) {
    std::vector<WorkloadResult> results(space->workloads.size());
    std::vector<double> objectives(space->objectives.size());
    const std::string* reason = nullptr;
    Evaluation e;
    e.feasible =
        evaluator->Evaluate(id, results.data(), objectives.data(), &reason) == Outcome::kFeasible;
    if (!e.feasible) return e;
    for (size_t o = 0; o < objectives.size(); ++o)
      e.objectives.push_back(space->objectives[o].Maximise() ? -objectives[o] : objectives[o]);
    return e;
  }
  bool BoundAt(int64_t id, std::vector<double>* bound) {
    const std::string* reason = nullptr;
    if (evaluator->Excluded(id, &reason)) return false;
    bound->resize(space->objectives.size());
    EXPECT_TRUE(evaluator->Bound(id, bound->data()));
    for (size_t o = 0; o < bound->size(); ++o)
      if (space->objectives[o].Maximise()) (*bound)[o] = -(*bound)[o];
    return true;
  }

  class SpaceProblem : public Problem {
   public:
    explicit SpaceProblem(BoundedTest* test) : test_(test) {}
    const std::vector<int>& Radix() const override { return test_->space->grid.Radix(); }
    int Objectives() const override { return static_cast<int>(test_->space->objectives.size()); }
    std::vector<Evaluation> Evaluate(const std::vector<Point>& points) override {
      std::vector<Evaluation> all;
      for (const Point& p : points) all.push_back(test_->At(test_->space->grid.IdOf(p)));
      count_ += static_cast<int64_t>(points.size());
      return all;
    }
    int64_t Evaluations() const override { return count_; }

   private:
    BoundedTest* test_;
    int64_t count_ = 0;
  };

  BoundedResult Bounded(int64_t keep) {
    SpaceProblem problem(this);
    BoundedOptions options;
    options.keep = keep;
    options.bound = [this](const Point& p, std::vector<double>* b) {
      return BoundAt(space->grid.IdOf(p), b);
    };
    return BoundedSearch(&problem, options);
  }

  const Space* space = nullptr;
  Reasons reasons;
  std::unique_ptr<PointEvaluator> evaluator;
};

const char* const kAxes =
    "rows = [5, 8, 16, 24]\ncols = [7, 16, 32]\nlanes = [4, 16]\nact_kib = [16, 64]\n"
    "wgt_kib = [16, 128]\naxi_data_width = [32, 128]\nact_groups = 8\nbatch = [1, 2]";

TEST_F(BoundedTest, NoDesignComesBelowItsBound) {
  const Space s = SpaceOf(kAxes, "\"cycles\", \"utilization\"", "from_memory = true\n");
  Take(s);
  int64_t feasible = 0;
  double closest = 1e9;
  for (int64_t id = 0; id < s.grid.Points(); id += 3) {
    std::vector<double> bound;
    ASSERT_TRUE(BoundAt(id, &bound));
    const Evaluation e = At(id);
    if (!e.feasible) continue;
    ++feasible;
    for (size_t o = 0; o < bound.size(); ++o)
      EXPECT_LE(bound[o], e.objectives[o]) << "point " << id;
    closest = std::min(closest, e.objectives[0] / bound[0]);
  }
  EXPECT_GE(feasible, 40);
  EXPECT_LT(closest, 1.1) << "a bound that says little decides little";
}

TEST_F(BoundedTest, FindsTheBestOfAllPoints) {
  const Space s = SpaceOf(
      kAxes, "\"cycles\"",
      "from_memory = true\n[[constraint]]\nname = \"small\"\nexpr = \"rows * cols < 500\"\n");
  Take(s);
  std::vector<std::pair<double, int64_t>> all;
  int64_t outside = 0;
  for (int64_t id = 0; id < s.grid.Points(); ++id) {
    const std::string* reason = nullptr;
    if (evaluator->Excluded(id, &reason)) {
      ++outside;
      continue;
    }
    if (const Evaluation e = At(id); e.feasible) all.push_back({e.objectives[0], id});
  }
  std::sort(all.begin(), all.end());
  const BoundedResult result = Bounded(5);
  std::vector<std::pair<double, int64_t>> found;
  for (size_t i = 0; i < result.search.points.size(); ++i) {
    if (result.search.evaluations[i].feasible)
      found.push_back(
          {result.search.evaluations[i].objectives[0], s.grid.IdOf(result.search.points[i])});
  }
  std::sort(found.begin(), found.end());
  ASSERT_GE(found.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(found[i], all[i]);
  EXPECT_EQ(result.outside, outside);
  EXPECT_GT(result.hopeless, s.grid.Points() / 4);
  EXPECT_EQ(result.hopeless + result.outside + static_cast<int64_t>(result.search.points.size()),
            s.grid.Points());
}

TEST_F(BoundedTest, FindsTheFrontOfAllPoints) {
  const std::string axes =
      "rows = [8, 12, 16]\ncols = [7, 8, 16, 32]\nlanes = [2, 16]\nact_kib = [16, 64]\n"
      "axi_data_width = [32, 128]\nact_groups = 8";
  const Space s = SpaceOf(axes, "\"cycles\", \"pes\"", "from_memory = true\n");
  Take(s);
  std::vector<std::vector<double>> all, found;
  std::vector<int64_t> found_ids;
  for (int64_t id = 0; id < s.grid.Points(); ++id) all.push_back(At(id).objectives);
  const BoundedResult result = Bounded(1);
  std::vector<std::pair<int64_t, std::vector<double>>> some;
  for (size_t i = 0; i < result.search.points.size(); ++i)
    some.push_back({s.grid.IdOf(result.search.points[i]), result.search.evaluations[i].objectives});
  std::sort(some.begin(), some.end());
  for (const auto& [id, objectives] : some) {
    found_ids.push_back(id);
    found.push_back(objectives);
  }
  std::vector<int64_t> want, got;
  for (const size_t i : ParetoFront(all, Ties::kFirst)) want.push_back(static_cast<int64_t>(i));
  for (const size_t i : ParetoFront(found, Ties::kFirst)) got.push_back(found_ids[i]);
  EXPECT_EQ(got, want);
  EXPECT_GT(result.hopeless, 0);
}

TEST(Bounded, RefusesWhatItCannotBound) {
  const auto error = [](const std::string& cost, const std::string& more) {
    try {
      ParseSpace("cost = \"" + cost + "\"\n[space]\nrows = 8\n[[workload]]\nfile = \"" + kNetwork +
                     "\"\n" + more,
                 "s.toml");
    } catch (const InputError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_NE(error("scalesim", "from_memory = true").find("from_memory is for the native"),
            std::string::npos);
  EXPECT_NE(error("native", "from_memory = true\nper_layer = true").find("choose one"),
            std::string::npos);
}

}  // namespace
}  // namespace systole::explore
