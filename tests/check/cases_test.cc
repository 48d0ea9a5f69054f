// The cases of `systole check` for any legal parameters: each is the program that it says it is, by
// the functional model, which knows nothing of the RTL. No configuration is left without the areas
// that it can have.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "sw/base/error.h"
#include "sw/check/area_run.h"
#include "sw/check/layer_cases.h"
#include "sw/driver/parameters.h"

namespace systole::check {
namespace {

// Runs all areas without a device; cases by area.
std::map<std::string, int> RunDry(const HwConfig& config) {
  Bench bench(config);
  std::map<std::string, int> cases;
  for (const Area& area : Areas()) {
    if (config.engine != 0 && !area.either_array) continue;
    AreaRun run(&bench, area.name, 100);
    area.run(&run);
    for (const std::string& d : run.differences()) ADD_FAILURE() << d;
    cases[area.name] = run.cases();
  }
  return cases;
}

TEST(CheckCasesTest, AreLegalOnRandomConfigurations) {
  constexpr uint64_t kSeed = 5;
  std::mt19937_64 random(kSeed);
  const auto pick = [&](std::initializer_list<int> values) {
    return values.begin()[random() % values.size()];
  };
  int legal = 0;
  for (int trial = 0; trial < 1000 && legal < 60; ++trial) {
    HwConfig c;
    c.rows = pick({2, 3, 5, 8, 16, 64});
    c.cols = pick({2, 3, 6, 8, 17, 64});
    c.wport = pick({1, 1, 2, 3, c.cols});
    c.lanes = std::min(c.cols, pick({1, 2, 4, 8, 64}));
    c.act_kib = pick({1, 2, 8, 32, 256});
    c.act_groups = pick({1, 2, 4, 16});
    c.wgt_kib = pick({1, 4, 128});
    c.par_kib = pick({1, 2, 8});
    c.ktab_kib = pick({1, 4});
    c.acc_depth = pick({4, 7, 32, 128, 1024});
    c.axi_data_width = pick({32, 64, 128});
    c.axi_addr_width = pick({32, 40, 64});
    c.outstanding = pick({1, 2, 8, 32});
    c.queue_depth = pick({2, 4, 8, 64});
    c.roundings = pick({63, 1, 16, 32, 42});
    c.row_sum = pick({0, 1});
    c.taps = pick({0, 1, 3, 64});
    c.dataflows = pick({1, 3, 5, 7});
    c.post_act = pick({0, 1});
    c.add_unit = c.post_act * pick({0, 1});
    try {
      Validate(c);
    } catch (const InputError&) {
      continue;
    }
    ++legal;
    SCOPED_TRACE(fmt::format("trial {}: {}", trial, FormatParameters(c)));
    const std::map<std::string, int> cases = RunDry(c);
    for (const auto& [area, count] : cases) {
      if (area == "columns") EXPECT_EQ(count > 0, c.taps > 0);
      if (area == "tiles") EXPECT_EQ(count > 0, (c.dataflows & 2) != 0);
      if (area == "filters") EXPECT_EQ(count > 0, (c.dataflows & 4) != 0);
      if (area == "activations") EXPECT_EQ(count > 0, c.post_act > 0);
      const bool always = area != "layers" && area != "columns" && area != "tiles" &&
                          area != "filters" && area != "activations" && area != "rows";
      if (always) EXPECT_GT(count, 0) << area;
    }
    if (HasFailure()) return;
  }
  EXPECT_EQ(legal, 60);
}

// The areas that ENGINE=row can have, on shapes of all kinds.
TEST(CheckCasesTest, AreLegalOnRandomRowStationaryConfigurations) {
  constexpr uint64_t kSeed = 6;
  std::mt19937_64 random(kSeed);
  const auto pick = [&](std::initializer_list<int> values) {
    return values.begin()[random() % values.size()];
  };
  int legal = 0;
  for (int trial = 0; trial < 1000 && legal < 40; ++trial) {
    HwConfig c;
    c.engine = 1;
    c.row_sum = c.taps = 0;
    c.rows = pick({2, 4, 8, 16, 32});
    c.cols = pick({2, 4, 8, 16, 32});
    c.rs_rows = 1 + static_cast<int>(random() % static_cast<uint64_t>(c.rows));
    c.rs_cols = 1 + static_cast<int>(random() % static_cast<uint64_t>(c.cols));
    c.lanes = std::min(c.cols, pick({1, 3, 8, 16}));
    c.ifmap_spad = pick({4, 8, 16, 32});
    c.wgt_spad = pick({2, 10, 30, 64});
    c.psum_spad = pick({1, 2, 3, 16});
    c.act_kib = pick({4, 8, 32, 256});
    c.act_groups = pick({1, 2, 8});
    c.wgt_kib = pick({1, 4, 128});
    c.ktab_kib = pick({1, 4});
    c.acc_depth = c.cols * pick({1, 3, 8});
    c.axi_data_width = pick({32, 64, 128});
    c.roundings = pick({63, 1, 16});
    c.post_act = pick({0, 1});
    c.add_unit = c.post_act * pick({0, 1});
    try {
      Validate(c);
    } catch (const InputError&) {
      continue;
    }
    ++legal;
    SCOPED_TRACE(fmt::format("trial {}: {}", trial, FormatParameters(c)));
    const std::map<std::string, int> cases = RunDry(c);
    EXPECT_GT(cases.at("rows"), 70);
    EXPECT_GT(cases.at("fields"), 100);
    EXPECT_EQ(cases.count("array"), 0u);
    if (HasFailure()) return;
  }
  EXPECT_EQ(legal, 40);
}

TEST(CheckCasesTest, TheDefaultConfigurationHasAll) {
  const std::map<std::string, int> cases = RunDry(HwConfig{});
  EXPECT_EQ(cases.size(), 19u);
  EXPECT_EQ(static_cast<size_t>(cases.at("layers")), LayerCases().size());
  EXPECT_GE(cases.at("tokens"), 12 + 8 + 4 + 1);
  int all = 0;
  for (const auto& [area, count] : cases) all += count;
  EXPECT_GE(all, 700);
}

}  // namespace
}  // namespace systole::check
