// SCALE-Sim's folds beside this array's, one at a time: the difference is a constant of the array.
//
//   from the first cycle in which the array is used until the last sum is in its accumulator
//   os   issue .. retire of a tile of K vectors          max(K, R-1) + 2R + C + 5 cycles
//        SCALE-Sim's fold                                K + R + C - 2          (sums need not
//        leave)
//   ws   first weight .. retire of a slice of M vectors  C + M + R + C + 5, weights of C columns
//        SCALE-Sim's fold                                R + M + R + C - 2      (of R rows)
//
// So R + 7 more, where K is no less than R - 1, and C - R + 7: one cycle from issue to slot, three
// to the array's edge, two of accumulation, the row sum's column; output stationary R - 1 rows that
// the last sum goes down and one cycle of the bottom row's own.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/geometry.h"
#include "sw/scalesim/topology.h"
#include "sw/scalesim/workload.h"
#include "sw/timing/matmul_law.h"

namespace systole::scalesim {
namespace {

// From the first load slot, or the issue where there is none, to the retire, both counted.
int64_t CyclesAlone(const MatmulShape& s, const LawConfig& laws) {
  return s.load + MatmulRetire(0, s, laws);
}

TEST(ArrayCycles, DifferFromScaleSimsByAConstantAFold) {
  int64_t layers = 0, folds = 0, short_tiles = 0;
  for (const auto& file : std::filesystem::directory_iterator(SYSTOLE_WORKLOADS)) {
    if (file.path().extension() != ".csv") continue;
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const std::string name = file.path().string(),
                      topology = ToTopologyText(ParseWorkload(text.str(), name));
    for (const NamedLayer& l : ParseTopology(topology, name, InputType::kConv, Compat::kV2)) {
      for (const auto& [rows, cols] : {std::pair{8, 8}, {16, 16}, {32, 32}, {12, 14}}) {
        HwConfig c;
        c.rows = rows, c.cols = cols;
        const LawConfig laws(c, MemoryTiming{});
        for (const Dataflow flow : {Dataflow::kOs, Dataflow::kWs}) {
          Machine machine;
          machine.rows = rows, machine.cols = cols, machine.dataflow = flow;
          const Geometry g = MakeGeometry(machine, l.layer, {});
          const bool os = flow == Dataflow::kOs;
          // Every fold of a layer takes as long: T of its lines are vectors.
          const MatmulShape s = os ? ShapeOfTiles(g.t, 1, laws) : ShapeOfMatmul(g.t, 1, cols, laws);
          const int64_t idle = os ? std::max<int64_t>(rows - 1 - g.t, 0) : 0;
          const int64_t apart = os ? rows + 7 + idle : cols - rows + 7;
          ASSERT_EQ(g.folds * CyclesAlone(s, laws), g.folds * (g.fold_lines + apart))
              << l.name << ", " << rows << "x" << cols << (os ? ", os" : ", ws");
          // Which is what the whole model reports, of a machine that never waits.
          ASSERT_EQ(EvaluateCycles(machine, l.layer), g.folds * g.fold_lines - 1) << l.name;
          ++layers;
          folds += g.folds;
          short_tiles += idle > 0;
        }
      }
    }
  }
  EXPECT_GT(layers, 1000);
  EXPECT_GT(folds, 1000000);
  EXPECT_GT(layers - short_tiles, short_tiles);  // depthwise ones have 9 or 25 vectors
}

}  // namespace
}  // namespace systole::scalesim
