// Accounts of whole programs: layers add up, and shares that other code counts are the same.
#include "sw/energy/account.h"

#include <gtest/gtest.h>

#include "sw/driver/parameters.h"
#include "sw/energy/energy_law.h"
#include "sw/model/load.h"
#include "sw/program/traffic.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"

namespace systole::energy {
namespace {

Program LeNet(int images, const HwConfig& config) {
  Model model = LoadModel(SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx");
  ChooseMultipliers(model, Rounding::kFloat32);
  ProgramOptions options;
  options.images = options.batch = images;
  return CompileNetwork(model, config, options);
}

void ExpectConsistent(const Program& program) {
  const Account a = AccountOf(program, MemoryTiming{});
  ActionCounts sum;
  int64_t macs = 0;
  for (const LayerActions& layer : a.layers) {
    sum += layer.counts;
    macs += layer.macs;
  }
  EXPECT_EQ(sum, a.code);
  EXPECT_EQ(macs, a.macs);
  // The cycle model's own counters.
  EXPECT_EQ(a.code[Action::mac], a.counters.macs);
  EXPECT_EQ(a.code[Action::read_beat], a.counters.read_beats);
  EXPECT_EQ(a.code[Action::write_beat], a.counters.write_beats);
  uint64_t read = 0, written = 0;
  for (const Traffic& row : TrafficByRow(program)) {
    read += row.read;
    written += row.written;
  }
  EXPECT_EQ(static_cast<uint64_t>(a.code[Action::write_byte]), written);
  EXPECT_LE(read, static_cast<uint64_t>(a.code[Action::read_beat] * program.config.AxiBytes()));
  EXPECT_EQ(
      a.code[Action::fetch_beat],
      static_cast<int64_t>(program.code.size() * kInstructionBytes) / program.config.AxiBytes());
  for (int e = 0; e < kNumEngines; ++e) {
    int64_t cycles = 0;
    for (const int64_t cause : a.counters.cycles[e]) cycles += cause;
    EXPECT_EQ(cycles, a.cycles);
  }
  EXPECT_GE(a.IdlePes(), 0);
  const EnergyTable table = TableOf(HorowitzLaw(), program.config);
  double engines = 0;
  for (int e = 0; e <= kFetchUnit; ++e) engines += EnergyOf(a.code, table, e);
  EXPECT_NEAR(engines, EnergyOf(a.code, table), 1e-9 * engines);
  EXPECT_EQ(EnergyOf(a, table), EnergyOf(a.code, table));  // nothing for idle elements
}

TEST(Account, OnChip) { ExpectConsistent(LeNet(3, HwConfig{})); }

TEST(Account, FromMemory) {
  HwConfig small;
  small.act_kib = small.wgt_kib = 4;
  const Program program = LeNet(1, small);
  EXPECT_TRUE(program.setup.empty());
  ExpectConsistent(program);
}

TEST(Account, RowStationary) {
  ExpectConsistent(LeNet(3, ParseParameters({"ENGINE=row"})));
  const Program program =
      LeNet(1, ParseParameters({"ENGINE=row", "RS_ROWS=5", "RS_COLS=7", "ACT_KIB=4", "WGT_KIB=4"}));
  EXPECT_TRUE(program.setup.empty());
  ExpectConsistent(program);
}

TEST(Account, IdleElementsAndCyclesCostWhatTheTableSays) {
  const Account a = AccountOf(LeNet(1, HwConfig{}), MemoryTiming{});
  EnergyTable table;
  table.idle_pe = 2;
  table.cycle = 5;
  EXPECT_EQ(EnergyOf(a, table), 2.0 * static_cast<double>(a.cycles * 256 - a.code[Action::pass]) +
                                    5.0 * static_cast<double>(a.cycles));
  const Account row = AccountOf(LeNet(1, ParseParameters({"ENGINE=row"})), MemoryTiming{});
  EXPECT_EQ(row.IdlePes(),
            row.cycles * 168 - row.code[Action::filter_read] - row.code[Action::idle_filter_read]);
}

}  // namespace
}  // namespace systole::energy
