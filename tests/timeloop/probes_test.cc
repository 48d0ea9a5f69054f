// What Timeloop v3.0.3 itself printed of 20 mappings: every count equal. Needs the data folder
// (SYSTOLE_DATA, timeloop/probes.json).
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sw/timeloop/evaluation.h"
#include "sw/timeloop/spec.h"

namespace systole::timeloop {
namespace {

// The probe's design, layer and mapping as one file.
Spec SpecOfProbe(const nlohmann::json& probe, const std::string& design) {
  YAML::Node root = YAML::Load(design);
  YAML::Node problem = root["problem"];
  problem["instance"] = YAML::Load(probe["problem_instance"].dump());
  root.remove("architecture_constraints");
  root["mapping"] = YAML::Load(probe["mapping_timeloop"].dump());
  return ReadSpec({{std::string(probe["id"]), YAML::Dump(root)}});
}

void ExpectLevels(const Spec& spec, const Evaluation& ours, const nlohmann::json& levels) {
  for (int c = 0; c < spec.arch.Levels(); ++c) {
    const nlohmann::json& theirs = levels.at(spec.arch.levels[c].name);
    EXPECT_EQ(ours.levels[c].cycles, theirs["cycles"].get<double>());
    for (int t = 0; t < spec.problem.Tensors(); ++t) {
      const std::string& name = spec.problem.tensors[t].name;
      SCOPED_TRACE(spec.arch.levels[c].name + " " + name);
      const Counts& counts = ours.levels[c].tensors[t];
      ASSERT_EQ(counts.kept, theirs["tensors"].contains(name));
      if (!counts.kept) continue;
      const nlohmann::json& one = theirs["tensors"][name];
      EXPECT_EQ(counts.tile, one["tile_words"].get<int64_t>());
      EXPECT_EQ(counts.partition, one["partition_words"].get<int64_t>());
      EXPECT_EQ(ours.levels[c].instances, one["instances"].get<int64_t>());
      EXPECT_EQ(counts.reads, one["reads_per_instance"].get<double>());
      EXPECT_EQ(counts.fills, one["fills_per_instance"].get<double>());
      EXPECT_EQ(counts.updates, one["updates_per_instance"].get<double>());
      const double energy = one["energy_pJ_total"];
      EXPECT_NEAR(counts.energy, energy, 1e-9 * energy);
    }
  }
}

TEST(Probes, EveryCountIsTimeloops) {
  const char* data = std::getenv("SYSTOLE_DATA");
  const std::string path = std::string(data != nullptr ? data : "") + "/timeloop/probes.json";
  if (data == nullptr || !std::filesystem::exists(path)) {
    GTEST_SKIP() << "set SYSTOLE_DATA to a folder with timeloop/probes.json";
  }
  const nlohmann::json file = nlohmann::json::parse(std::ifstream(path));
  ASSERT_EQ(file["probes"].size(), 20u);
  for (const nlohmann::json& probe : file["probes"]) {
    SCOPED_TRACE("probe " + std::string(probe["id"]));
    const Spec spec = SpecOfProbe(probe, file["arch_yaml"][std::string(probe["design"])]);
    Evaluation ours;
    Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &ours);
    const nlohmann::json& theirs = probe["output"];
    ASSERT_EQ(ours.valid, theirs["valid"].get<bool>()) << ours.reason;
    if (!ours.valid) continue;
    EXPECT_EQ(ours.cycles, theirs["cycles"].get<double>());
    EXPECT_EQ(ours.utilization, theirs["utilization"].get<double>());
    const double energy = theirs["energy_pJ"];
    EXPECT_NEAR(ours.energy, energy, 1e-9 * energy);
    ExpectLevels(spec, ours, theirs["levels"]);
  }
}

}  // namespace
}  // namespace systole::timeloop
