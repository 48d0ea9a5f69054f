// Buffers that are too small: all are named at once, with values that fit.
#include "sw/compiler/fit.h"

#include <gtest/gtest.h>

#include <set>

#include "sw/base/error.h"
#include "sw/check/net_builder.h"
#include "sw/compiler/compiler.h"
#include "sw/model/graph.h"

namespace systole {
namespace {

HwConfig Smallest() {
  HwConfig config;
  config.rows = config.cols = 8;
  config.lanes = 4;
  config.act_kib = config.wgt_kib = config.par_kib = config.ktab_kib = 1;
  config.acc_depth = 4;
  return config;
}

// A layer for every buffer: 5x5 windows whose offsets are uneven, a pooling window of more entries
// than the accumulators have, many weights and channels.
Model Demanding() {
  NetBuilder net("demanding", 7, 3, 24, 24, 5);
  ConvSpec conv;
  conv.cout = 6;
  conv.kernel_h = conv.kernel_w = 5;
  net.Conv(conv);
  PoolSpec pool;
  pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 3;
  net.Pool(pool);
  conv.cout = 90;
  conv.kernel_h = conv.kernel_w = 3;
  conv.dilation_w = 2;
  net.Conv(conv);
  net.FullyConnected(100);
  return net.Build(Rounding::kHalfEven);
}

Misfit MisfitOf(const Model& model, const HwConfig& config) {
  try {
    Compile(model, config, {});
  } catch (const MisfitError& e) {
    return e.misfit();
  }
  return Misfit::kNone;
}

TEST(FitTest, NamesEveryShortageAndValuesThatFit) {
  const Model model = Demanding();
  Planner planner(model);
  const Fit fit = FindFit(planner, Smallest(), {});
  ASSERT_EQ(fit.refusal, "");
  std::set<std::string> named;
  for (const Shortage& s : fit.shortages) named.insert(s.parameter);
  EXPECT_GE(named.size(), 4u);
  EXPECT_EQ(named.size(), fit.shortages.size()) << "each once";
  EXPECT_EQ(MisfitOf(model, fit.config), Misfit::kNone);
  // Each value is needed: with half of it (the others as they are) its buffer is too small again.
  for (const Shortage& s : fit.shortages) {
    for (const ParameterInfo& p : kParameters) {
      if (s.parameter != p.name) continue;
      EXPECT_EQ(fit.config.*p.member, s.fits);
      HwConfig half = fit.config;
      half.*p.member /= 2;
      EXPECT_EQ(MisfitOf(model, half), s.misfit) << s.parameter << "=" << s.fits;
    }
  }
}

TEST(FitTest, TheMessageHasTheValuesThatFit) {
  const Model model = Demanding();
  Planner planner(model);
  const Fit fit = FindFit(planner, Smallest(), {});
  try {
    CompileOrExplain(model, Smallest(), {});
    FAIL();
  } catch (const MisfitError& e) {
    const std::string text = e.what();
    EXPECT_EQ(text.rfind("demanding: ", 0), 0u) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos);
    // 100 fully connected outputs of all the 90 x 7 x 3 inputs: most of the weights.
    const size_t weights = text.find("weights need ");
    EXPECT_NE(text.find("for layer 'fc3')", weights), std::string::npos) << text;
    for (const Shortage& s : fit.shortages) {
      const std::string now = s.parameter == "ACC_DEPTH" ? "=4 " : "=1 ";
      EXPECT_NE(text.find(s.parameter + now), std::string::npos) << text;
      EXPECT_NE(text.find(s.parameter + "=" + std::to_string(s.fits)), std::string::npos) << text;
    }
  }
}

TEST(FitTest, SaysWhereNoBufferHelps) {
  NetBuilder net("large", 7, 64, 256, 256, 0);
  ConvSpec conv;
  conv.cout = 64;
  net.Conv(conv);
  const Model model = net.Build(Rounding::kHalfEven);
  Planner planner(model);
  const Fit fit = FindFit(planner, HwConfig(), {});
  EXPECT_EQ(fit.misfit, Misfit::kActivation);
  EXPECT_NE(fit.refusal.find("no ACT_KIB that can be built is large enough"), std::string::npos)
      << fit.refusal;
}

TEST(FitTest, AGraphIsRefusedByItsFirstLayerThatIsNoChain) {
  Model model = Demanding();
  Layer concat;
  concat.name = "join";
  concat.op = "Concat";
  concat.kind = LayerKind::kConcat;
  Tensor out = model.tensors.back();
  out.name = "joined";
  out.c *= 2;
  const int last = static_cast<int>(model.tensors.size()) - 1;
  Append(model, concat, {last, last}, out);
  try {
    CompileOrExplain(model, HwConfig(), {});
    FAIL();
  } catch (const MisfitError& e) {
    EXPECT_EQ(e.misfit(), Misfit::kUnsupported);
    const std::string text = e.what();
    EXPECT_EQ(text.rfind("demanding: layer 'join' (Concat): ", 0), 0u) << text;
    EXPECT_NE(text.find("cut the model there"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace systole
