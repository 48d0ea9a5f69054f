// Sizes against what synthesis printed (docs/recorded/area.txt, area_row.txt).
#include "sw/energy/area.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace systole::energy {
namespace {

// "total  GATES FLOPS BITS" before "synth: ROWS=.. COLS=..:" of a configuration.
struct Synthesized {
  std::string parameters;
  double gates = 0, flops = 0, bits = 0;
};
std::vector<Synthesized> Recorded(const std::string& name) {
  std::ifstream file(SYSTOLE_SOURCE_DIR "/docs/recorded/" + name);
  std::vector<Synthesized> all;
  Synthesized one;
  for (std::string line, word; std::getline(file, line);) {
    std::istringstream words(line);
    words >> word;
    if (word == "total") words >> one.gates >> one.flops >> one.bits;
    if (word == "synth:") {
      one.parameters = line.substr(7, line.find(": no latch") - 7);
      all.push_back(one);
    }
  }
  return all;
}

HwConfig ConfigOf(const std::string& parameters) {
  HwConfig config;
  std::istringstream words(parameters);
  for (std::string word; words >> word;) {
    const size_t equals = word.find('=');
    for (const ParameterInfo& p : kParameters) {
      if (word.substr(0, equals) == p.name) config.*p.member = std::stoi(word.substr(equals + 1));
    }
  }
  return config;
}

TEST(Area, IsThatOfSynthesis) {
  std::vector<Synthesized> recorded = Recorded("area.txt"), row = Recorded("area_row.txt");
  ASSERT_GE(recorded.size(), 2u);
  ASSERT_EQ(row.size(), 2u);
  recorded.push_back(row[0]);
  for (const Synthesized& s : recorded) {
    SCOPED_TRACE(s.parameters);
    const Area area = AreaOf(ConfigOf(s.parameters));
    EXPECT_NEAR(area.gates, s.gates, 0.005 * s.gates);
    EXPECT_NEAR(area.flops, s.flops, 0.005 * s.flops);
    EXPECT_EQ(area.memory_bits, s.bits);
  }
}

// One that the figures do not come from: what `scripts/synth.sh ROWS=4 COLS=12 LANES=4 ACT_GROUPS=8
// QUEUE_DEPTH=4` printed.
TEST(Area, LiesNearAThirdSynthesis) {
  const Area area = AreaOf(ConfigOf("ROWS=4 COLS=12 LANES=4 ACT_GROUPS=8 QUEUE_DEPTH=4"));
  EXPECT_NEAR(area.gates, 172671, 0.03 * 172671);
  EXPECT_NEAR(area.flops, 25004, 0.03 * 25004);
  EXPECT_EQ(area.memory_bits, 1485312);
}

TEST(Area, RowStationaryLiesNearASecondSynthesis) {
  const Synthesized s = Recorded("area_row.txt").at(1);
  const Area area = AreaOf(ConfigOf(s.parameters));
  EXPECT_NEAR(area.gates, s.gates, 0.03 * s.gates);
  EXPECT_NEAR(area.flops, s.flops, 0.03 * s.flops);
  EXPECT_EQ(area.memory_bits, s.bits);
}

}  // namespace
}  // namespace systole::energy
