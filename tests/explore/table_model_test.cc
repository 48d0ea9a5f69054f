// Models made of layer tables: shapes against the tables, programs against the golden reference.
#include "sw/explore/native/table_model.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "sw/base/error.h"
#include "sw/explore/native/native_cost.h"
#include "tests/compiler/program_check.h"

namespace systole::explore {
namespace {

using scalesim::WorkloadLayer;

std::vector<WorkloadLayer> Table(const std::string& name) {
  std::ifstream in(std::string(SYSTOLE_SOURCE_DIR) + "/models/workloads/" + name + ".csv");
  std::ostringstream text;
  text << in.rdbuf();
  return scalesim::ParseWorkload(text.str(), name + ".csv");
}

std::vector<int8_t> Ramp(int64_t count) {
  std::vector<int8_t> bytes;
  for (int64_t i = 0; i < count; ++i) bytes.push_back(static_cast<int8_t>(i * 37 % 251));
  return bytes;
}

HwConfig Large() {
  HwConfig config;
  config.rows = config.cols = 32;
  config.act_kib = 4096;
  config.wgt_kib = 8192;
  config.par_kib = 256;
  config.ktab_kib = 1024;
  config.acc_depth = 1024;
  return config;
}

TEST(TableModel, LeNetIsAChainThatEqualsGolden) {
  const std::vector<WorkloadLayer> rows = Table("lenet5_28");
  const Model model = ModelFromTable(rows, "lenet");
  ASSERT_EQ(model.layers.size(), 7u);
  EXPECT_EQ(model.tensors[0].Elements(), 28 * 28);
  EXPECT_EQ(model.tensors[1].Elements(), 6 * 28 * 28);
  EXPECT_EQ(model.tensors[5].Elements(), 120);
  EXPECT_EQ(model.tensors[7].Elements(), 10);
  EXPECT_EQ(model.layers[0].weights.size() + model.layers[0].bias.size(), 156u);
  EXPECT_EQ(model.layers[5].kind, LayerKind::kFullyConnected);
  ProgramOptions options;
  options.images = options.batch = 2;
  const ProgramCheck check =
      CheckProgram(model, HwConfig{}, options, MemoryTiming{}, Ramp(2 * 28 * 28));
  EXPECT_EQ(check.problem, "");
  EXPECT_GT(check.bytes_compared, 0);

  // The RTL counts as MACs the products of the convolutions and the additions of average pooling: 4
  // each here, of which a fold of several groups reads all channels. No fewer than the table's.
  int64_t macs = 0;
  for (const WorkloadLayer& row : rows) macs += row.Macs();
  EXPECT_EQ(macs, 416520);  // LeCun et al.: 117,600 + 240,000 + 48,000 + 10,080 + 840
  NativeCost cost(model);
  EXPECT_GE(cost.Evaluate(HwConfig{}, options, MemoryTiming{}).counters.macs, 2 * macs);
}

TEST(TableModel, SameSeedSameWeights) {
  const std::vector<WorkloadLayer> rows = Table("lenet5_28");
  TableModelOptions other;
  other.seed = 2;
  const Model a = ModelFromTable(rows, "a"), b = ModelFromTable(rows, "b"),
              c = ModelFromTable(rows, "c", other);
  for (size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].weights, b.layers[i].weights);
    EXPECT_EQ(a.layers[i].bias, b.layers[i].bias);
  }
  EXPECT_NE(a.layers[0].weights, c.layers[0].weights);
}

TEST(TableModel, NamesTheRowThatLeavesTheChain) {
  try {
    ModelFromTable(Table("resnet18"), "resnet18");
    FAIL();
  } catch (const InputError& e) {
    // The projection reads what the block reads, not what the row before gives.
    EXPECT_NE(std::string(e.what()).find("layer 'conv3a_proj': reads 64 x 56 x 56"),
              std::string::npos)
        << e.what();
  }
  EXPECT_THROW(ModelFromTable({}, "empty"), InputError);
}

TEST(TableModel, RowsStandByThemselves) {
  const std::vector<WorkloadLayer> rows = Table("resnet18");
  const std::vector<RowModel> models = RowModelsFromTable(rows, "resnet18");
  size_t at = 0;
  for (const WorkloadLayer& row : rows) {
    if (row.type == "norm") continue;
    ASSERT_LT(at, models.size());
    const RowModel& m = models[at++];
    EXPECT_EQ(m.layer, row.name);
    ASSERT_EQ(m.why_not, "");
    ASSERT_EQ(m.model.layers.size(), 1u);
    const Tensor &in = m.model.tensors[0], &out = m.model.tensors[1];
    EXPECT_EQ(in.Elements(), row.in_channels * row.in_h * row.in_w);
    EXPECT_EQ(out.Elements(), row.filters * row.OutH() * row.OutW());
    EXPECT_EQ(m.model.layers[0].pad.bottom, row.pad_bottom);
  }
  EXPECT_EQ(at, models.size());
  EXPECT_EQ(models.size(), 23u);  // 20 convolutions (3 projections), 2 poolings, 1 dense
}

TEST(TableModel, RowsThatFitEqualGolden) {
  // Strided, padded on one side only, depthwise, pooled, pointwise, dense.
  const std::set<std::string> wanted = {"conv13_dw", "conv13_pw", "conv12_dw", "pool", "fc"};
  int run = 0;
  for (const RowModel& m : RowModelsFromTable(Table("mobilenet_v1"), "mobilenet_v1")) {
    if (wanted.count(m.layer) == 0) continue;
    ASSERT_EQ(m.why_not, "");
    const ProgramCheck check =
        CheckProgram(m.model, Large(), {}, MemoryTiming{}, Ramp(m.model.tensors[0].Elements()));
    EXPECT_EQ(check.problem, "") << m.layer;
    ++run;
  }
  EXPECT_GE(run, 4);
}

TEST(TableModel, RowsThatFitNowhereSayWhy) {
  int left_out = 0;
  for (const RowModel& m : RowModelsFromTable(Table("vgg16"), "vgg16")) {
    if (m.why_not.empty()) continue;
    ++left_out;
    EXPECT_TRUE(m.model.layers.empty());
    EXPECT_EQ(m.why_not.find("vgg16/" + m.layer + ": layer '" + m.layer + "': "), 0u) << m.why_not;
  }
  // conv1_2 reads and writes 6.4 MB, fc6 and fc7 have 103 and 17 MB of weights; see the limits of
  // Validate.
  EXPECT_GE(left_out, 3);
}

}  // namespace
}  // namespace systole::explore
