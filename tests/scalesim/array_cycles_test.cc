// SCALE-Sim's folds beside this array's, one at a time: the difference is a constant of the array.
//
//   a tile of K vectors     max(K, R-1) + 2R + C + 5    SCALE-Sim: K + R + C - 2, sums need not
//   leave a slice of M vectors    C + M + R + C + 5,          SCALE-Sim: R + M + R + C - 2, weights
//   of R
//                           weights of C columns        rows
//
// So R + 7 more, where K is no less than R - 1, and C - R + 7: one cycle from issue to slot, three
// to the array's edge, two of accumulation, the row sum's column; output stationary R - 1 rows that
// the last sum goes down and one cycle of the bottom row's own. array_rtl_test.cc has the same from
// the RTL's stamps.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sw/scalesim/array_folds.h"
#include "sw/scalesim/evaluate.h"
#include "sw/scalesim/geometry.h"
#include "sw/scalesim/topology.h"
#include "sw/scalesim/workload.h"

namespace systole::scalesim {
namespace {

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
        for (const Dataflow flow : {Dataflow::kOs, Dataflow::kWs, Dataflow::kIs}) {
          Machine machine;
          machine.rows = rows, machine.cols = cols, machine.dataflow = flow;
          const Geometry g = MakeGeometry(machine, l.layer, {});
          const ArrayFolds a = FoldsOnArray(machine, l.layer);
          const bool os = flow == Dataflow::kOs;
          // Every fold of a layer takes as long: T of its lines are vectors.
          const int64_t idle = os ? std::max<int64_t>(rows - 1 - g.t, 0) : 0;
          const int64_t apart = os ? rows + 7 + idle : cols - rows + 7;
          ASSERT_EQ(a.folds, g.folds);
          ASSERT_EQ(a.apart, apart);
          ASSERT_EQ(a.alone, g.folds * (g.fold_lines + apart))
              << l.name << ", " << rows << "x" << cols << ", dataflow " << static_cast<int>(flow);
          ASSERT_LE(a.together, a.alone);
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
  EXPECT_GT(short_tiles, 100);  // depthwise ones have 9 or 25 vectors
  EXPECT_LT(short_tiles, layers / 3);
}

}  // namespace
}  // namespace systole::scalesim
