// The law between known sizes, against tables computed apart; files of both forms.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "sw/base/error.h"
#include "sw/driver/parameters.h"
#include "sw/energy/energy_law.h"
#include "sw/energy/read_energy.h"

namespace systole::energy {
namespace {

std::string Shipped(const std::string& name) {
  std::stringstream text;
  text << std::ifstream(SYSTOLE_SOURCE_DIR "/models/energy/" + name).rdbuf();
  return text.str();
}

// What models/designs/energy/eyeriss_horowitz.yaml has for memories of these sizes.
TEST(EnergyLaw, GivesTheTableOfTheDesigns) {
  const EnergyLaw law = HorowitzLaw();
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 8 * 1024, 64, false), 10);
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 32 * 1024, 64, true), 20);
  EXPECT_NEAR(MemoryEnergy(law, 128 * 1024, 64, false), 38.0731, 5e-5);  // shared_glb
  EXPECT_NEAR(MemoryEnergy(law, 12, 8, false) * 2, 0.135316 / std::sqrt(2), 1e-6);
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 32, 16, true), 0.15625);  // psum_spad
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 2, 16, true), 0.0390625);
}

TEST(EnergyLaw, GoesOnAboveTheLargestSize) {
  EnergyLaw law;
  law.memories = {{1024, 8, 1, 2}, {4096, 8, 2, 8}};
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 16384, 8, false), 4);
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 16384, 16, true), 64);
  EXPECT_DOUBLE_EQ(MemoryEnergy(law, 256, 8, false), 0.5);
}

// The default configuration, by hand.
TEST(EnergyLaw, DefaultConfiguration) {
  const EnergyTable t = TableOf(HorowitzLaw(), HwConfig{});
  EXPECT_DOUBLE_EQ(t[Action::mac], 0.3);
  EXPECT_DOUBLE_EQ(t[Action::gather_read], 2.5);           // a byte of 32 KiB: 20 / 8
  EXPECT_NEAR(t[Action::weight_read], 38.0731 / 8, 1e-5);  // of 128 KiB
  // 2 x 128 entries of 4 bytes: 10 sqrt(1 / 8) for 64 bits
  EXPECT_DOUBLE_EQ(t[Action::sum_read], 10 * std::sqrt(1.0 / 8) / 2);
  EXPECT_DOUBLE_EQ(t[Action::requantize], 3.4);
  EXPECT_DOUBLE_EQ(t[Action::read_beat], 1300);
  EXPECT_DOUBLE_EQ(t[Action::write_byte], 162.5);
}

// Row stationary, by hand: a spad of 32 bytes takes 10 sqrt(32 / 8192) = 0.625 pJ for 64 bits.
TEST(EnergyLaw, RowStationarySpads) {
  const EnergyTable t = TableOf(HorowitzLaw(), ParseParameters({"ENGINE=row", "RS_ROWS=5"}));
  EXPECT_DOUBLE_EQ(t[Action::ifmap_fill], 0.625 / 8);
  const double byte = 10 * std::sqrt(1.0 / 8192) / 8;  // a register
  EXPECT_DOUBLE_EQ(t[Action::ifmap_read], 0.625 / 8 + byte);
  EXPECT_DOUBLE_EQ(t[Action::vector], byte);
  EXPECT_DOUBLE_EQ(t[Action::filter_read], 10 * std::sqrt(64.0 / 8192) / 8);
  EXPECT_DOUBLE_EQ(t[Action::psum_write], 10 * std::sqrt(48.0 / 8192) * 24 / 64);
  EXPECT_DOUBLE_EQ(t[Action::mac], 0.2 + 0.075 + 10 * std::sqrt(2.0 / 8192) / 4);
  EXPECT_DOUBLE_EQ(t[Action::chain_add], 0.1 * 27 / 32);  // 24 bits, 5 rows
  EXPECT_DOUBLE_EQ(t[Action::chain_pass], 10 * std::sqrt(27.0 / 8 / 8192) * 27 / 64);
  EXPECT_EQ(t[Action::idle_psum_read], t[Action::psum_read]);
  EXPECT_EQ(TableOf(HorowitzLaw(), HwConfig{})[Action::psum_read], 0);
}

TEST(EnergyFile, ShippedHorowitzIsTheDefault) {
  HwConfig config;
  config.rows = 5, config.act_kib = 4;
  const EnergyTable read = ReadEnergy("horowitz", Shipped("horowitz_45nm.yaml"), config);
  EXPECT_EQ(read.action, TableOf(HorowitzLaw(), config).action);
  EXPECT_EQ(read.name, HorowitzLaw().name);
}

TEST(EnergyFile, ShippedTimeloop) {
  const EnergyTable t = ReadEnergy("timeloop", Shipped("timeloop_45nm.yaml"), HwConfig{});
  EXPECT_DOUBLE_EQ(t[Action::weight_read], 32.286 / 8);
  EXPECT_DOUBLE_EQ(t[Action::weight_write], 26.065 / 8);
  EXPECT_DOUBLE_EQ(t[Action::pass], 40 * 0.009);
  EXPECT_DOUBLE_EQ(t[Action::read_beat], 512);
}

TEST(EnergyFile, WrittenTableIsReadBack) {
  EnergyTable table = TableOf(HorowitzLaw(), HwConfig{});
  table.cycle = 1.5;
  const EnergyTable read = ReadEnergy("file", EnergyYaml(table), HwConfig{});
  for (int a = 0; a < kNumActions; ++a) {
    EXPECT_NEAR(read.action[a], table.action[a], 1e-8 * table.action[a]) << kActions[a].name;
  }
  EXPECT_EQ(read.cycle, 1.5);
  EXPECT_EQ(read.idle_pe, 0);
}

TEST(EnergyFile, ScaleSparesTheMemoryOutside) {
  EnergyTable table = TableOf(HorowitzLaw(), HwConfig{});
  ScaleEnergy(0.5, &table);
  EXPECT_DOUBLE_EQ(table[Action::mac], 0.15);
  EXPECT_DOUBLE_EQ(table[Action::read_beat], 1300);
}

struct Bad {
  const char* name;
  std::string text, says;
};
std::string Law(const std::string& from, const std::string& to) {
  std::string text = Shipped("horowitz_45nm.yaml");
  return text.replace(text.find(from), from.size(), to);
}
std::string Table(const std::string& from, const std::string& to) {
  std::string text = EnergyYaml(TableOf(HorowitzLaw(), HwConfig{}));
  return text.replace(text.find(from), from.size(), to);
}

TEST(EnergyFile, RefusesByName) {
  const Bad cases[] = {
      {"unknown key", Law("add_32", "ad_32"), "did you mean add_32?"},
      {"missing", Law("  dram_bit: 20.3125\n", ""), "has no 'dram_bit'"},
      {"negative", Law("dram_bit: 20", "dram_bit: -20"), "is below 0"},
      {"memory of nothing", Law("kib: 8,", "kib: 0,"), "is not above 0"},
      {"sizes not in order", Law("kib: 1024", "kib: 32"), "is not above the one before"},
      {"no number", Law("multiply_8: 0.2", "multiply_8: x"), "multiply_8"},
      {"unknown action", Table("name: tap,", "name: tapp,"), "did you mean tap"},
      {"an action missing", Table("    - {name: skew,", "    # {name: skew,"),
       "has no energy of 'skew'"},
      {"an action twice", Table("name: skew,", "name: pass,"), "is there twice"},
      {"another component", Table("name: systole", "name: eyeriss"), "write systole"},
      {"both", Shipped("horowitz_45nm.yaml") + Table("#", "#"), "none or both"},
      {"neither", "{}", "none or both"},
  };
  for (const Bad& bad : cases) {
    SCOPED_TRACE(bad.name);
    try {
      ReadEnergy("file.yaml", bad.text, HwConfig{});
      ADD_FAILURE() << "was read";
    } catch (const InputError& e) {
      const std::string what = e.what();
      EXPECT_NE(what.find(bad.says), std::string::npos) << what;
      EXPECT_EQ(what.find("file.yaml: "), 0u) << what;
      EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    }
  }
}

}  // namespace
}  // namespace systole::energy
