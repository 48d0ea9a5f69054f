// SCALE-Sim's folds as programs on the verilated array: a Matmul each, one at a time (each waits
// until the one before has retired) and behind each other. From stamps alone: a fold takes R + 7
// cycles more than SCALE-Sim's output stationary, C - R + 7 weight and input stationary; behind
// each other they end when `together` says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sw/check/bench.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/layer_cases.h"
#include "sw/check/program_builder.h"
#include "sw/scalesim/array_folds.h"
#include "sw/scalesim/geometry.h"

namespace systole::scalesim {
namespace {

using check::Case;
using check::ProgramBuilder;

struct Shape {
  int rows, cols, dataflows;
};

// As SCALE-Sim's GEMM: M x K x N.
Layer Gemm(int m, int k, int n) {
  Layer l;
  l.ifmap_h = m;
  l.ifmap_w = l.filter_w = k;
  l.filters = n;
  return l;
}

// `folds` Matmuls of T vectors on all rows. What they multiply does not matter here: all read the
// same window and the same weights.
Case Program(const HwConfig& config, bool os, int64_t t, int columns, int64_t folds, bool alone) {
  ProgramBuilder b(config, "SCALE-Sim's folds", "systole_matmul_control", 1);
  std::vector<uint16_t> offsets;
  for (int j = 0; j < config.rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
  b.LoadKtab(0, {offsets});
  for (int64_t f = 0; f < folds; ++f) {
    const uint64_t dataflow = os ? pipeline::kOutputStationary : 0;
    b.Then(testing::With(
        testing::MakeMatmul(static_cast<uint64_t>(t), 1, static_cast<uint64_t>(columns)),
        {{field::kMmKlast, static_cast<uint64_t>(config.rows)},
         {field::kMmFirst, 1},
         {field::kMmDataflow, dataflow}}));
    if (alone) b.Then(testing::MakePost(1));
  }
  b.result().dump = false;
  b.result().watchdog = 1000000;
  return b.result();
}

// The same input stationary: T filters past a pixel a column; alone a Matmul a fold, else all folds
// as slices of one.
Case InputProgram(const HwConfig& config, int64_t t, int columns, int64_t folds, bool alone) {
  ProgramBuilder b(config, "SCALE-Sim's folds, input stationary", "systole_matmul_control", 1);
  std::vector<uint16_t> offsets;
  for (int j = 0; j < config.rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
  b.LoadKtab(0, {offsets});
  const uint64_t pixels = static_cast<uint64_t>(columns);
  for (int64_t f = 0; f < (alone ? folds : 1); ++f) {
    b.Then(testing::With(testing::MakeMatmul(pixels, alone ? 1 : static_cast<uint64_t>(folds),
                                             static_cast<uint64_t>(t)),
                         {{field::kMmKlast, static_cast<uint64_t>(config.rows)},
                          {field::kMmFirst, 1},
                          {field::kMmDataflow, pipeline::kInputStationary},
                          {field::kMmAccInc, pixels}}));
    if (alone) b.Then(testing::MakePost(1));
  }
  b.result().dump = false;
  b.result().watchdog = 1000000;
  return b.result();
}

std::vector<Stamp> MatmulStamps(check::Bench* bench, const Case& program) {
  bench->Run(program);  // which compares every stamp with the model's, too
  std::vector<Stamp> stamps;
  for (size_t i = 0; i < program.code.size(); ++i) {
    if (program.code[i].opcode() == Opcode::kMatmul)
      stamps.push_back(bench->device()->record().stamps[i]);
  }
  return stamps;
}

class ArrayRtl : public ::testing::TestWithParam<Shape> {};

TEST_P(ArrayRtl, AFoldIsScaleSimsAndAConstant) {
  HwConfig config = CaseConfig(GetParam().rows, GetParam().cols);
  config.dataflows = GetParam().dataflows;
  check::Bench bench(config, RtlVariant::kPlain);
  Machine machine;
  machine.rows = config.rows;
  machine.cols = config.cols;
  // LeNet-5's second convolution and last layers, a depthwise filter, one of everything.
  const Layer layers[] = {Gemm(100, 150, 16), Gemm(1, 84, 10), Gemm(1, 120, 84),
                          Gemm(49, 9, 1),     Gemm(1, 1, 1),   Gemm(30, 64, 40)};
  int programs = 0, inputs = 0;
  for (const Dataflow flow : {Dataflow::kOs, Dataflow::kWs, Dataflow::kIs}) {
    const bool os = flow == Dataflow::kOs;
    if (os && config.dataflows == 1) continue;
    machine.dataflow = flow;
    // Output stationary weights reach as many columns as there are rows.
    if (os) machine.cols = config.OsCols();
    for (const Layer& layer : layers) {
      const Geometry g = MakeGeometry(machine, layer, {});
      if (os ? g.t > config.WgtRows() : g.t > config.acc_depth) continue;
      const int columns = static_cast<int>(machine.cols);
      // Input stationary where it is built and filters fit, else its law: weight stationary.
      const int64_t more = (g.t - 1) / config.cols;
      const bool is = flow == Dataflow::kIs && (config.dataflows & 4) != 0 && g.t <= 127 &&
                      columns * (more + 1) <= config.acc_depth && g.folds * g.t <= config.WgtRows();
      inputs += is;
      const std::string where = fmt::format("{} x {} x {}, {} folds{}", g.m, g.k, g.n, g.folds,
                                            os   ? ", os"
                                            : is ? ", is"
                                                 : "");
      const auto run = [&](bool alone) {
        return MatmulStamps(&bench, is ? InputProgram(config, g.t, columns, g.folds, alone)
                                       : Program(config, os, g.t, columns, g.folds, alone));
      };
      // From the first column of weights, or the issue where they come with their vectors, to the
      // last of these columns: the retire is that of all columns.
      const int64_t load = os ? 1 : is ? 0 : columns;
      const auto taken = [&](const Stamp& first, const Stamp& last) {
        return static_cast<int64_t>(last.retire - first.issue) + load - (config.cols - columns);
      };
      const ArrayFolds folds = FoldsOnArray(machine, layer);
      const std::vector<Stamp> alone = run(true), together = run(false);
      ASSERT_EQ(static_cast<int64_t>(alone.size()), g.folds);
      for (const Stamp& s : alone) ASSERT_EQ(taken(s, s), g.fold_lines + folds.apart) << where;
      EXPECT_EQ(taken(together.front(), together.back()), folds.together) << where;
      ++programs;
    }
  }
  EXPECT_GE(programs, 8);
  EXPECT_EQ(inputs > 0, (config.dataflows & 4) != 0);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ArrayRtl,
                         ::testing::Values(Shape{16, 16, 1}, Shape{12, 14, 1}, Shape{5, 7, 7}),
                         [](const auto& info) {
                           return fmt::format("{}x{}", info.param.rows, info.param.cols);
                         });

}  // namespace
}  // namespace systole::scalesim
