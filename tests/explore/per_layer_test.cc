// per_layer: rows of a table by themselves, against the compiler and the cycle model run on each of
// them.
#include <gtest/gtest.h>

#include "sw/base/error.h"
#include "sw/compiler/compiler.h"
#include "sw/explore/native/table_model.h"
#include "sw/explore/space/native_model.h"
#include "sw/explore/space/space.h"
#include "sw/timing/timeline.h"
#include "tb/rtl_library.h"
#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

const std::string kTables = SYSTOLE_SOURCE_DIR "/models/workloads/";

class PerLayerTest : public ExploreTest {
 protected:
  // `lines`: of the one workload.
  static Space Parse(const std::string& axes, const std::string& lines) {
    return ParseSpace("cost = \"native\"\n[space]\n" + axes + "\n[[workload]]\n" + lines + "\n",
                      "s.toml");
  }

  static std::string Error(const std::string& lines, const std::string& cost = "native") {
    try {
      ParseSpace("cost = \"" + cost + "\"\n[space]\nrows = 8\n[[workload]]\n" + lines + "\n",
                 "s.toml");
    } catch (const InputError& error) {
      return error.what();
    }
    return "no error";
  }

  // Of the first workload at a point; `reason` where it is infeasible.
  static WorkloadResult At(const Space& space, int64_t id, std::string* reason) {
    std::vector<int64_t> p(space.cost->Parameters().size());
    space.Parameters(id, p.data());
    std::vector<WorkloadResult> results(space.workloads.size());
    reason->clear();
    space.cost->NewEvaluator()->Evaluate(p.data(), results.data(), reason);
    return results[0];
  }

  static int64_t Cycles(const Space& space) {
    std::string reason;
    const WorkloadResult result = At(space, 0, &reason);
    EXPECT_EQ(reason, "");
    return result.cycles;
  }

  struct Sum {
    int64_t cycles = 0, macs = 0, bytes = 0;
  };

  // Every row, the same ones too, compiled and simulated from the beginning.
  static Sum SumOf(const std::string& table, const HwConfig& config, int batch, int64_t latency) {
    ProgramOptions options;
    options.images = options.batch = batch;
    MemoryTiming memory;
    memory.latency = latency;
    Sum sum;
    for (const RowModel& row :
         RowModelsFromTable(scalesim::ParseWorkload(Read(kTables + table), table), table)) {
      const Program program = Compile(row.model, config, options);
      const Timeline t = Simulate(program.code, config, memory);
      EXPECT_TRUE(t.ok()) << row.layer;
      sum.cycles += static_cast<int64_t>(t.total);
      for (const auto& layer : program.report)
        sum.macs += static_cast<int64_t>(layer.macs) * options.images;
      sum.bytes += (t.counters.read_beats + t.counters.write_beats) * config.axi_data_width / 8;
    }
    return sum;
  }

  static void ExpectSum(const std::string& table, const std::string& axes, const HwConfig& config,
                        int batch, int64_t latency) {
    const Space space = Parse(axes, "file = \"" + kTables + table + "\"\nper_layer = true");
    std::string reason;
    const WorkloadResult result = At(space, space.grid.Points() - 1, &reason);
    ASSERT_EQ(reason, "");
    const Sum sum = SumOf(table, config, batch, latency);
    EXPECT_EQ(result.cycles, sum.cycles);
    EXPECT_EQ(result.macs, sum.macs);
    EXPECT_EQ(result.traffic, sum.bytes);
    EXPECT_EQ(result.images, batch);
  }
};

TEST_F(PerLayerTest, IsTheSumOfEveryRowCompiledAndSimulated) {
  ExpectSum("lenet5_28.csv", "batch = [1, 3]\nlatency = [20, 77]", HwConfig{}, 3, 77);
  HwConfig config;
  config.rows = config.cols = 32;
  config.act_kib = 2048;
  config.wgt_kib = 4096;
  config.par_kib = 16;
  config.ktab_kib = 64;
  const std::string axes =
      "rows = 32\ncols = 32\nact_kib = 2048\nwgt_kib = 4096\npar_kib = 16\nktab_kib = 64";
  ExpectSum("resnet18.csv", axes, config, 1, 20);
  ExpectSum("mobilenet_v1.csv", axes, config, 1, 20);
}

TEST_F(PerLayerTest, RowsOfOneShapeArePlannedOnce) {
  const Space space = Parse("rows = 8", "file = \"" + kTables + "resnet18.csv\"\nper_layer = true");
  const std::vector<NativePart>& parts = NativeWorkloads(*space.cost)[0].parts;
  int64_t rows = 0;
  for (const NativePart& part : parts) rows += part.times;
  EXPECT_EQ(rows, 23);  // 20 convolutions, 2 poolings, 1 dense
  // conv1, pool1; 64, 128, 256 and 512 channels: the first of a stage, its projection, all others;
  // pool, fc. The 64 have neither first nor projection.
  EXPECT_EQ(parts.size(), 14u);
  EXPECT_EQ(parts[2].layer, "conv2a_1");
  EXPECT_EQ(parts[2].times, 4);
}

TEST_F(PerLayerTest, ARowThatDoesNotFitMakesTheDesignInfeasibleAndIsNamed) {
  const Space space =
      Parse("act_kib = [32, 2048]\nwgt_kib = [128, 4096]\npar_kib = 16\nktab_kib = 64",
            "file = \"" + kTables + "resnet18.csv\"\nper_layer = true");
  std::string reason;
  At(space, 0, &reason);
  EXPECT_EQ(reason.rfind("activation: resnet18: ", 0), 0u) << reason;
  EXPECT_NE(reason.find("conv1"), std::string::npos) << reason;
  At(space, 2, &reason);  // activations fit, weights do not
  EXPECT_EQ(reason.rfind("weight: resnet18: ", 0), 0u) << reason;
  At(space, 3, &reason);
  EXPECT_EQ(reason, "");
}

TEST_F(PerLayerTest, RowsThatFitNowhereAreRefusedOrLeftOut) {
  const std::string lines = "file = \"" + kTables + "vgg16.csv\"\nper_layer = true";
  const std::string error = Error(lines);
  EXPECT_NE(error.find("layer 'conv1_2'"), std::string::npos) << error;
  EXPECT_NE(error.find("skip_unfit = true leaves out"), std::string::npos) << error;
  const Space space = Parse("rows = 8", lines + "\nskip_unfit = true");
  ASSERT_EQ(space.cost->Notes().size(), 1u);
  // conv1_2 has 224 * 224 * 64 * 576 of 15,470,264,320 products, fc6 and fc7 102,760,448 and
  // 16,777,216: 12.7 %.
  EXPECT_NE(space.cost->Notes()[0].find("conv1_2, fc6, fc7 (12.7 % of the products)"),
            std::string::npos)
      << space.cost->Notes()[0];
  EXPECT_NE(
      space.Describe(),
      Parse("rows = 8", "file = \"" + kTables + "resnet18.csv\"\nper_layer = true").Describe());
}

TEST_F(PerLayerTest, TopologiesAreTheirRows) {
  const std::string gemm = Write("gemm.csv", "Layer,M,N,K,\nfirst,7,9,30,\nsecond,40,5,16,\n");
  const int64_t first = Cycles(Parse("rows = 8", "gemm = [7, 9, 30]"));
  const int64_t second = Cycles(Parse("rows = 8", "gemm = [40, 5, 16]"));
  EXPECT_EQ(Cycles(Parse("rows = 8", "file = \"" + gemm + "\"\ntype = \"gemm\"\nper_layer = true")),
            first + second);

  // Stride 2 over 12 positions with a window of 3: floor(9 / 2) + 1 = 5 windows; the last position
  // is not read.
  const std::string conv =
      Write("conv.csv", "Layer,H,W,fh,fw,C,N,stride,\nc,12,12,3,3,4,6,2,\nc_DP,6,6,3,3,2,1,1,\n");
  const std::string table =
      Write("table.csv",
            "layer,type,in_h,in_w,in_channels,filters,filter_h,filter_w,stride_h,stride_w,"
            "pad_top,pad_bottom,pad_left,pad_right,groups,bias\n"
            "c,conv,12,12,4,6,3,3,2,2,0,0,0,0,1,0\n"
            "d,conv,6,6,1,1,3,3,1,1,0,0,0,0,1,0\n"
            "e,conv,6,6,1,1,3,3,1,1,0,0,0,0,1,0\n");
  EXPECT_EQ(Cycles(Parse("rows = 8", "file = \"" + conv + "\"\nper_layer = true")),
            Cycles(Parse("rows = 8", "file = \"" + table + "\"\nper_layer = true")));
  EXPECT_NE(Error("file = \"" + conv + "\"").find("per_layer = true takes its rows"),
            std::string::npos);
}

TEST_F(PerLayerTest, IsRefusedWhereItMeansNothing) {
  EXPECT_NE(Error("gemm = [1, 2, 3]\nper_layer = true").find("s.toml:6: "), std::string::npos);
  const std::string file = "file = \"" + kTables + "lenet5_28.csv\"\n";
  EXPECT_NE(Error(file + "skip_unfit = true").find("skip_unfit needs per_layer"),
            std::string::npos);
  EXPECT_NE(Error(file + "per_layer = true", "scalesim").find("scalesim always does so"),
            std::string::npos);
  EXPECT_NE(
      Error("file = \"" SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx\"\nper_layer = true")
          .find("per_layer is for layer tables"),
      std::string::npos);
  EXPECT_NE(Error(file + "type = \"conv\"").find("is a layer table, leave type out"),
            std::string::npos);
}

TEST_F(PerLayerTest, RunsAsRtl) {
  try {
    CheckRtlBuilt(HwConfig{}, RtlVariant::kPlain);
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  const std::string space = Write(
      "s.toml", "cost = \"native\"\n[space]\nrows = 16\nbatch = [1, 2]\n[[workload]]\nfile = \"" +
                    kTables + "lenet5_28.csv\"\nper_layer = true\n");
  const Result r = Explore(space + " --verify-rtl 2");
  EXPECT_EQ(r.status, 0) << r.out << r.err;
  EXPECT_NE(r.out.find("14 of 14 runs equal"), std::string::npos) << r.out;
  // The whole run of 7 rows, both designs; the sum that was predicted stands in the table of the
  // best, too.
  const Sum one = SumOf("lenet5_28.csv", HwConfig{}, 1, 20),
            two = SumOf("lenet5_28.csv", HwConfig{}, 2, 20);
  for (const Sum& sum : {one, two}) {
    const std::string text =
        fmt::format("lenet5_28: 7 rows predicted {}, RTL {}, difference 0", sum.cycles, sum.cycles);
    EXPECT_NE(r.out.find(text), std::string::npos) << text << " in " << r.out;
  }
}

}  // namespace
}  // namespace systole::explore
