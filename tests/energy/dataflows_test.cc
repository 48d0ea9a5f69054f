// One layer in the three dataflows, 3x3 over 56x56 pixels, 64 channels to 64 filters, on the 16x16
// array of the default buffers: what docs/performance.md says of cycles, accesses and energy.
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

Work InputStationary(const HwConfig& c) {  // all filters past 2 tiles: 32 entries, 4 times
  Work w;
  w.Add(With(MakeMatmul(16, kSteps / 16, 64), {{field::kMmKlast, 16},
                                               {field::kMmFirst, 1},
                                               {field::kMmNb, 2},
                                               {field::kMmAccInc, 32},
                                               {field::kMmDataflow, 2}}),
        kPixels / 32, c);
  return w;
}

TEST(Dataflows, OneLayerInEach) {
  HwConfig c;
  c.dataflows = 7;
  const Work ws = WeightStationary(c), os = OutputStationary(c), is = InputStationary(c);
  EXPECT_EQ(is.of(Action::mac), ws.of(Action::mac));
  // 16 slots for the first pixels, 72 folds of 64 filters.
  EXPECT_EQ(is.cycles, (16 + 72 * 64) * 98);
  EXPECT_EQ(is.cycles, 453152);
  EXPECT_EQ(is.of(Action::sum_write) + is.of(Action::sum_read), 14249984);
  EXPECT_EQ(is.of(Action::weight_read), 7225344);
  EXPECT_EQ(is.of(Action::gather_read), 1806336);
  EXPECT_EQ(ws.of(Action::gather_read), 7225344);
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
  EXPECT_EQ(microjoules(is, sums), 25.9);
  EXPECT_EQ(microjoules(is, weights), 34.6);
  EXPECT_EQ(microjoules(ws, {Action::gather_read}), 18.1);
  EXPECT_EQ(microjoules(is, {Action::gather_read}), 4.5);
}

}  // namespace
}  // namespace systole::energy
