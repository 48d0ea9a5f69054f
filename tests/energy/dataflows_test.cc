// One layer in both dataflows, 3x3 over 56x56 pixels, 64 channels to 64 filters, on the 16x16 array
// of the default buffers: what docs/performance.md says of cycles, accesses and energy.
#include <gtest/gtest.h>

#include <cmath>

#include "sw/check/instruction_builder.h"
#include "sw/energy/energy_law.h"
#include "sw/timing/laws.h"

namespace systole::energy {
namespace {

using testing::MakeMatmul;
using testing::With;

constexpr int64_t kPixels = 56 * 56, kSteps = 3 * 3 * 64, kFolds = 64 / 16;

struct Work {
  int64_t cycles = 0;
  ActionCounts counts;

  void Add(const Instruction& i, int64_t times, const HwConfig& c) {
    cycles += times * ShapeOfMatmul(i, LawConfig(c, MemoryTiming{})).Occupancy();
    const ActionCounts one = CountActions(i, c);
    for (int64_t k = 0; k < times; ++k) counts += one;
  }
  int64_t of(Action a) const { return counts[a]; }
};

Work WeightStationary(const HwConfig& c) {  // tiles of two lines
  Work w;
  w.Add(With(MakeMatmul(112, kSteps / 16, 16), {{field::kMmKlast, 16}, {field::kMmFirst, 1}}),
        kPixels / 112 * kFolds, c);
  return w;
}
Work OutputStationary(const HwConfig& c) {  // 7 tiles an instruction: 112 pixels
  Work w;
  w.Add(With(MakeMatmul(kSteps, 7, 16),
             {{field::kMmKlast, 16}, {field::kMmFirst, 1}, {field::kMmDataflow, 1}}),
        kPixels / 112 * kFolds, c);
  return w;
}

TEST(Dataflows, OneLayerInBoth) {
  HwConfig c;
  c.dataflows = 3;
  const Work ws = WeightStationary(c), os = OutputStationary(c);
  EXPECT_EQ(ws.of(Action::mac), kPixels * kSteps * 64);
  EXPECT_EQ(os.of(Action::mac), ws.of(Action::mac));
  EXPECT_EQ(ws.cycles, 451584);
  EXPECT_EQ(os.cycles, 463344);
  EXPECT_EQ(ws.of(Action::sum_write) + ws.of(Action::sum_read), 15140608);
  EXPECT_EQ(os.of(Action::sum_write) + os.of(Action::sum_read), 213248);
  EXPECT_EQ(ws.of(Action::weight_read), 1032192);
  EXPECT_EQ(os.of(Action::weight_read), 7225344);
  EXPECT_EQ(ws.of(Action::gather_read), os.of(Action::gather_read));
  const EnergyTable table = TableOf(HorowitzLaw(), c);
  const auto microjoules = [&](const Work& w, std::initializer_list<Action> actions) {
    double sum = 0;
    for (Action a : actions) sum += static_cast<double>(w.of(a)) * table[a];
    return std::round(sum / 1e5) / 10;
  };
  const auto sums = {Action::sum_write, Action::sum_read, Action::drain};
  const auto weights = {Action::weight_read, Action::weight_shift, Action::weight_swap};
  EXPECT_EQ(microjoules(ws, sums), 27.5);
  EXPECT_EQ(microjoules(os, sums), 0.6);
  EXPECT_EQ(microjoules(ws, weights), 5.0);
  EXPECT_EQ(microjoules(os, weights), 36.0);
}

}  // namespace
}  // namespace systole::energy
