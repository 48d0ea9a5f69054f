// Random layers and random mappings of the Eyeriss-like design's space, as a Timeloop file would
// have them; those that the machine refuses are drawn again.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>

#include "sw/base/error.h"
#include "sw/nest/nest_plan.h"
#include "sw/timeloop/evaluation.h"
#include "tests/timeloop/layer.h"

namespace systole::nest::testing {

using timeloop::Loop;
using timeloop::Mapping;
using timeloop::Spec;

class RandomNest {
 public:
  RandomNest(const Spec& design, const HwConfig& config, uint32_t seed)
      : design_(design), config_(config), random_(seed) {}

  // A layer and a mapping of it that Timeloop's model takes for valid and the machine executes.
  // Counts the refusals by their rule.
  NestPlan Draw(std::map<std::string, int>* refused) {
    for (;;) {
      DrawLayer();
      DrawMapping();
      timeloop::Evaluation evaluation;
      timeloop::Evaluate(spec_.problem, spec_.arch, mapping_, timeloop::Rules::kTimeloop,
                         &evaluation);
      if (!evaluation.valid) continue;
      try {
        return PlanNest(ReadNest(spec_, mapping_), config_);
      } catch (const InputError& e) {
        const std::string text = e.what(), begin = "not executable: ";
        EXPECT_EQ(text.compare(0, begin.size(), begin), 0) << text;
        const std::string rule = text.substr(begin.size());
        ++(*refused)[rule.substr(0, rule.find(':'))];
      }
    }
  }
  const Spec& spec() const { return spec_; }
  const Mapping& mapping() const { return mapping_; }

 private:
  int64_t In(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint32_t>(high - low + 1));
  }
  template <size_t kSize>
  int64_t OneOf(const std::array<int64_t, kSize>& values) {
    return values[random_() % kSize];
  }

  void DrawLayer() {
    timeloop::ConvShape s;
    depthwise_ = In(0, 4) == 0;
    s.c = depthwise_ ? 1 : OneOf<6>({1, 2, 3, 4, 6, 8});
    s.m = OneOf<6>({1, 2, 4, 6, 8, 12});
    s.r = OneOf<6>({1, 1, 2, 3, 4, 5});
    s.s = In(0, 3) == 0 ? OneOf<4>({1, 2, 3, 5}) : s.r;
    s.n = OneOf<4>({1, 1, 2, 3});
    s.p = OneOf<6>({1, 2, 4, 6, 7, 9});
    s.q = OneOf<6>({1, 2, 4, 6, 7, 9});
    s.wstride = OneOf<4>({1, 1, 2, 3});
    s.hstride = OneOf<4>({1, 1, 2, 3});
    spec_ = design_;
    spec_.problem = timeloop::ConvProblem(s);
    if (depthwise_) spec_.problem.tensors[1].axes[1] = {{1, 1}};  // Inputs go by M
  }

  // Splits every bound over the places that its dimension has, and shuffles the loops of a list.
  void DrawMapping() {
    enum { kC, kM, kR, kS, kN, kP, kQ };
    mapping_ = Mapping{};
    mapping_.levels.resize(7);
    const std::array<unsigned, 7> keep = {4, 1, 2, 0, 0, 6, 7};
    for (int b = 0; b < 7; ++b) mapping_.levels[b].keep = keep[b];
    const bool dw = depthwise_;
    std::array<std::vector<int>, 7> places;  // levels; 3 and 4 are spatial
    places[kC] = {1, 3, 5, 6}, places[kM] = {0, 3, 4, 5, 6}, places[kR] = {1, 5, 6};
    places[kS] = {3, 5, 6}, places[kN] = places[kP] = {5, 6}, places[kQ] = {4, 5, 6};
    if (dw) places[kM] = {3, 5, 6};
    for (int d : {kC, kM, kR, kS, kN, kP, kQ}) {
      int64_t rest = spec_.problem.bounds[d];
      std::array<int64_t, 7> factor{1, 1, 1, 1, 1, 1, 1};
      for (int64_t prime = 2; rest > 1;) {
        if (rest % prime != 0) {
          ++prime;
          continue;
        }
        factor[places[d][random_() % places[d].size()]] *= prime;
        rest /= prime;
      }
      for (int b = 0; b < 7; ++b) {
        if (factor[b] == 1) continue;
        auto& level = mapping_.levels[b];
        (b == 3 || b == 4 ? level.spatial : level.temporal).push_back({d, factor[b], b == 3});
      }
    }
    for (int b : {5, 6}) {
      auto& loops = mapping_.levels[b].temporal;
      std::shuffle(loops.begin(), loops.end(), random_);
    }
  }

  const Spec design_;
  const HwConfig config_;
  std::mt19937 random_;
  Spec spec_;
  Mapping mapping_;
  bool depthwise_ = false;
};

}  // namespace systole::nest::testing
