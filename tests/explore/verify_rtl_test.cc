// Designs as hardware: predictions that hold, ones that do not, and designs that cannot be. The
// shapes are those that `make test` builds.
#include "sw/explore/rtl/verify_rtl.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "sw/base/error.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "tb/rtl_library.h"

namespace systole::explore {
namespace {

HwConfig Shape(int rows, int cols) {
  HwConfig config;
  config.rows = rows, config.cols = cols;
  config.lanes = std::min(8, cols);
  return config;
}

RtlWorkload LeNet() {
  RtlWorkload workload{"lenet5", LoadModel(SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx")};
  ChooseMultipliers(workload.model, Rounding::kFloat32);
  return workload;
}

RtlDesign Design(const std::string& name, const HwConfig& config, int batch, int64_t latency = 20) {
  RtlDesign design;
  design.name = name;
  design.config = config;
  design.options.images = design.options.batch = batch;
  design.memory.latency = latency;
  return design;
}

// What a Print function writes.
template <typename Print>
std::string Printed(Print print) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* out = open_memstream(&text, &size);
  print(out);
  std::fclose(out);
  std::string result(text, size);
  std::free(text);
  return result;
}

#define SKIP_UNLESS_BUILT(config)              \
  try {                                        \
    CheckRtlBuilt(config, RtlVariant::kPlain); \
  } catch (const InputError& error) {          \
    GTEST_SKIP() << error.what();              \
  }

TEST(VerifyRtlTest, PredictionsHoldOnEveryShape) {
  std::vector<RtlDesign> designs = {Design("a", Shape(16, 16), 1), Design("b", Shape(5, 7), 2),
                                    Design("c", Shape(12, 14), 3, 100)};
  for (const RtlDesign& d : designs) SKIP_UNLESS_BUILT(d.config);
  designs[0].predicted = {5675};  // docs/performance.md: one image on 16x16
  std::vector<std::string> lines;
  VerifySettings settings;
  settings.progress = [&](const std::string& line) { lines.push_back(line); };
  const std::vector<RtlCheck> checks = VerifyRtl(designs, {LeNet()}, settings);
  ASSERT_EQ(checks.size(), 3u);
  const int bytes[] = {6 * 14 * 14 + 16 * 5 * 5 + 120 + 84 + 10 + 10, 2,
                       3};  // pooled tensors, and the output stored
  for (size_t i = 0; i < checks.size(); ++i) {
    const RtlCheck& c = checks[i];
    SCOPED_TRACE(c.design);
    EXPECT_EQ(c.why_not, "");
    EXPECT_EQ(c.differences, 0) << c.told[0];
    EXPECT_EQ(c.rtl, c.predicted);
    EXPECT_EQ(c.bytes, (i == 0 ? 1 : bytes[i]) * bytes[0]);
    ASSERT_EQ(c.layers.size(), 6u);  // lead-in, C1+S2, C3+S4, C5, F6, OUT
    int64_t sum = 0;
    for (const LayerCycles& l : c.layers) {
      EXPECT_EQ(l.rtl, l.predicted) << l.name;
      sum += l.rtl;
    }
    EXPECT_EQ(sum, c.rtl);
  }
  EXPECT_EQ(checks[0].rtl, 5675);
  EXPECT_EQ(lines.size(), 6u);  // a build and a run each
  int status = -1;
  const std::string text = Printed([&](std::FILE* out) { status = PrintRtlChecks(checks, out); });
  EXPECT_EQ(status, 0);
  EXPECT_NE(text.find("3 of 3 runs equal"), std::string::npos) << text;
  EXPECT_NE(text.find("a   (make rtl)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("b   (make rtl ROWS=5 COLS=7)\n"), std::string::npos) << text;
}

TEST(VerifyRtlTest, AWrongPredictionIsADifference) {
  RtlDesign design = Design("a", Shape(5, 7), 1);
  SKIP_UNLESS_BUILT(design.config);
  const int64_t right = VerifyRtl({design}, {LeNet()}, {}).front().rtl;
  design.predicted = {right + 1};
  const std::vector<RtlCheck> checks = VerifyRtl({design}, {LeNet()}, {});
  EXPECT_EQ(checks[0].differences, 2);  // the laws and the RTL say otherwise
  int status = -1;
  const std::string text = Printed([&](std::FILE* out) { status = PrintRtlChecks(checks, out); });
  EXPECT_EQ(status, 1);
  EXPECT_NE(text.find("DIFFERENT: the search predicted " + std::to_string(right + 1)),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("0 of 1 runs equal"), std::string::npos) << text;
}

TEST(VerifyRtlTest, ALawFaultIsADifferenceInItsLayer) {
  RtlDesign design = Design("a", Shape(5, 7), 1);
  SKIP_UNLESS_BUILT(design.config);
  design.memory.law_fault[1] = 1;  // MATMUL
  const RtlCheck check = VerifyRtl({design}, {LeNet()}, {}).front();
  EXPECT_GT(check.differences, 0);
  EXPECT_NE(check.predicted, check.rtl);
}

TEST(VerifyRtlTest, WhatCannotBeBuiltSaysWhy) {
  HwConfig too_many = Shape(16, 16);
  too_many.rows = 100;
  const std::vector<RtlCheck> checks = VerifyRtl({Design("a", too_many, 1)}, {LeNet()}, {});
  ASSERT_EQ(checks.size(), 1u);
  EXPECT_NE(checks[0].why_not.find("ROWS=100"), std::string::npos) << checks[0].why_not;
  int status = -1;
  const std::string text = Printed([&](std::FILE* out) { status = PrintRtlChecks(checks, out); });
  EXPECT_EQ(status, 2);
  EXPECT_NE(text.find("not run: parameter ROWS=100"), std::string::npos) << text;
}

TEST(VerifyRtlTest, ADesignThatTheCompilerRefuses) {
  RtlDesign design = Design("a", Shape(5, 7), 1);
  SKIP_UNLESS_BUILT(design.config);
  design.options.images = design.options.batch = 10000;  // no activation buffer holds so many
  EXPECT_NE(VerifyRtl({design}, {LeNet()}, {}).front().why_not, "");
  // A search that predicted its cycles was wrong.
  design.predicted = {1000};
  const RtlCheck check = VerifyRtl({design}, {LeNet()}, {}).front();
  EXPECT_EQ(check.why_not, "");
  EXPECT_GT(check.differences, 0);
}

// SCALE-Sim's machine of 5x7 with these buffers is our default configuration of that shape.
ScaleSimDesign Machine() {
  ScaleSimDesign design;
  design.name = "5x7";
  design.machine.rows = 5, design.machine.cols = 7;
  design.machine.ifmap_kb = design.machine.ofmap_kb = 16;
  design.machine.filter_kb = 128;
  return design;
}

TEST(VerifyScaleSimTest, LayersRunBesideTheirPredictions) {
  SKIP_UNLESS_BUILT(Shape(5, 7));
  ScaleSimWorkloadLayers workload{"layers", {{"gemm", {}}, {"conv", {}}, {"large", {}}}};
  workload.layers[0].layer = {7, 3, 1, 3, 1, 7, 1, 1, 1, 1};        // M = 7, K = 3, N = 7
  workload.layers[1].layer = {12, 10, 3, 3, 4, 9, 2, 1, 1, 1};      // strides 2 and 1
  workload.layers[2].layer = {300, 300, 3, 3, 64, 64, 1, 1, 1, 1};  // 5.6 MB of input
  const auto checks = RunScaleSimDesigns({Machine()}, {workload}, {}, {});
  ASSERT_EQ(checks.size(), 3u);
  // os: two folds of 3 + 5 + 7 - 2 lines; ws: one of 7 + 2 5 + 7 - 2; SCALE-Sim counts one less.
  EXPECT_EQ(checks[0].predicted, 2 * 13 - 1);
  EXPECT_EQ(checks[0].predicted_ws, 22 - 1);
  for (int i : {0, 1}) {
    EXPECT_EQ(checks[i].why_not, "");
    EXPECT_EQ(checks[i].differences, 0);
    EXPECT_GT(checks[i].rtl_array, 0);
    EXPECT_GT(checks[i].rtl_run, checks[i].rtl_array);
  }
  // Seven windows and the array's latency of rows + cols + 5: no array of this shape is faster.
  EXPECT_GE(checks[0].rtl_array, 7 + 5 + 7 + 5);
  EXPECT_NE(checks[2].why_not, "");
  EXPECT_GT(checks[2].predicted, 0);
  int status = -1;
  const std::string text =
      Printed([&](std::FILE* out) { status = PrintScaleSimChecks(checks, out); });
  EXPECT_EQ(status, 0);
  EXPECT_NE(text.find("25 os"), std::string::npos) << text;
  EXPECT_NE(text.find("not run: "), std::string::npos) << text;
}

TEST(VerifyScaleSimTest, TheBestDataflowOfEachLayer) {
  ScaleSimDesign design = Machine();
  design.machine.rows = 1000;  // predictions do not need hardware
  design.each = true;
  ScaleSimWorkloadLayers workload{"layers", {{"gemm", {7, 3, 1, 3, 1, 7, 1, 1, 1, 1}}}};
  const auto checks = RunScaleSimDesigns({design}, {workload}, {}, {});
  ASSERT_EQ(checks.size(), 1u);
  EXPECT_NE(checks[0].why_not.find("ROWS"), std::string::npos) << checks[0].why_not;
  EXPECT_EQ(checks[0].dataflow,
            scalesim::Dataflow::kOs);  // 3 + 1000 + 7 - 2 lines; the others have twice the rows
  EXPECT_EQ(checks[0].predicted, 1008 - 1);
}

TEST(VerifyScaleSimTest, BuffersBecomeWhatCanBeElaborated) {
  scalesim::Machine machine;
  machine.rows = 16, machine.cols = 4;
  machine.ifmap_kb = 40, machine.ofmap_kb = 30, machine.filter_kb = 100;
  const HwConfig config = RtlConfigOf(machine);
  EXPECT_EQ(config.rows, 16);
  EXPECT_EQ(config.cols, 4);
  EXPECT_EQ(config.lanes, 4);
  EXPECT_EQ(config.act_kib, 128);  // 70 and up
  EXPECT_EQ(config.wgt_kib, 100);
  machine.rows = 1;
  EXPECT_THROW(RtlConfigOf(machine), InputError);
}

}  // namespace
}  // namespace systole::explore
