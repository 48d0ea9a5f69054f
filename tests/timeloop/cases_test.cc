// What timeloop-model v3.0.3 computed of 300 random mappings, recorded by
// scripts/timeloop_cases.py: every count, cycles and validity equal.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>
#include <zlib.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "sw/timeloop/evaluation.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

nlohmann::json ReadRecord() {
  const std::string path = std::string(TIMELOOP_TEST_DATA) + "/v3_cases.json.gz";
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  std::string text;
  char chunk[1 << 16];
  for (int n; file && (n = gzread(file, chunk, sizeof chunk)) > 0;) text.append(chunk, n);
  if (file) gzclose(file);
  return nlohmann::json::parse(text);
}

std::string InstanceText(const nlohmann::json& instance) {
  std::string text;
  for (const auto& [name, value] : instance.items()) {
    text += (text.empty() ? "" : ", ") + name + ": " + value.dump();
  }
  return text;
}

void ExpectLevel(const Problem& problem, const LevelResult& ours, const nlohmann::json& theirs) {
  EXPECT_EQ(ours.cycles, theirs["cycles"].get<double>());
  for (int t = 0; t < problem.Tensors(); ++t) {
    const std::string& name = problem.tensors[t].name;
    SCOPED_TRACE(name);
    const Counts& counts = ours.tensors[t];
    ASSERT_EQ(counts.kept, theirs.contains(name));
    if (!counts.kept) continue;
    const std::vector<double> one = theirs[name];
    EXPECT_EQ(counts.tile, one[0]);
    EXPECT_EQ(counts.partition, one[1]);
    EXPECT_EQ(ours.instances, one[2]);
    EXPECT_EQ(counts.reads, one[3]);
    EXPECT_EQ(counts.fills, one[4]);
    EXPECT_EQ(counts.updates, one[5]);
    EXPECT_NEAR(counts.energy, one[2] * one[6], 1e-9 * one[2] * one[6]);
  }
}

TEST(Cases, EveryCountIsTimeloops) {
  const nlohmann::json record = ReadRecord();
  ASSERT_EQ(record["cases"].size(), 300u);
  std::map<std::string, int> valid, throttled, linked;
  int number = 0;
  for (const nlohmann::json& c : record["cases"]) {
    SCOPED_TRACE("case " + std::to_string(number++) + ", " + std::string(c["kind"]));
    const std::string design = c["design"];
    std::vector<SpecFile> files = DesignFiles(design);
    files.push_back(ConvFile(InstanceText(c["instance"])));
    files.push_back({"mapping.yaml", "mapping: " + c["mapping"].dump()});
    const Spec spec = ReadSpec(files);
    Evaluation ours;
    Evaluate(spec.problem, spec.arch, *spec.mapping, Rules::kTimeloop, &ours);
    const nlohmann::json& theirs = c["answer"];
    ASSERT_EQ(ours.valid, theirs["valid"].get<bool>()) << ours.reason;
    if (!ours.valid) continue;
    EXPECT_EQ(ours.cycles, theirs["cycles"].get<double>());
    EXPECT_EQ(ours.compute_cycles, theirs["mac"]["cycles"].get<double>());
    EXPECT_NEAR(ours.mac_energy, theirs["mac"]["energy"].get<double>(), 1e-9 * ours.mac_energy);
    EXPECT_NEAR(ours.energy, theirs["energy"].get<double>(), 1e-9 * ours.energy);
    double links = 0;
    for (int l = 0; l < spec.arch.Levels(); ++l) {
      SCOPED_TRACE(spec.arch.levels[l].name);
      ExpectLevel(spec.problem, ours.levels[l], theirs["levels"].at(spec.arch.levels[l].name));
      for (const Counts& counts : ours.levels[l].tensors) links += counts.kept * counts.link_words;
    }
    ++valid[design];
    if (ours.cycles > ours.compute_cycles) ++throttled[design];
    if (links > 0) ++linked[design];
  }
  // The record has something of everything.
  for (const auto& [design, count] : valid) {
    EXPECT_GE(count, 80) << design;
    EXPECT_GE(throttled[design], 3) << design;
  }
  EXPECT_EQ(valid.size(), 3u);
  EXPECT_GE(linked["eyeriss_like"], 10);
}

}  // namespace
}  // namespace systole::timeloop
