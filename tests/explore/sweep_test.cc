// An exhaustive sweep against loops written out, and the same rows whatever threads and shards.
#include "sw/explore/engine/sweep.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "sw/compiler/compiler.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/scalesim/evaluate.h"
#include "sw/timing/timeline.h"
#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

class SweepTest : public ExploreTest {
 protected:
  std::string Csv(const std::string& space, const std::string& arguments = "") {
    const Result r = Explore(fmt::format("{} --csv {} {}", space, Path("out.csv"), arguments));
    EXPECT_EQ(r.status, 0) << r.err;
    return Read(Path("out.csv"));
  }
  static std::vector<std::vector<std::string>> Cells(const std::string& csv) {
    std::vector<std::vector<std::string>> rows;
    std::stringstream lines(csv);
    for (std::string line; std::getline(lines, line);) {
      rows.emplace_back();
      std::stringstream cells(line);
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }
};

// GEMM M = 7, N = 7, K = 3: F folds of L lines take F L - 1 cycles (docs/scalesim.md), written out
// by hand.
TEST_F(SweepTest, TheShapesOf64ElementsForOneProduct) {
  const Result r = Explore(
      fmt::format("{}/models/spaces/gemm64.toml --csv {}", SYSTOLE_SOURCE_DIR, Path("g.csv")));
  ASSERT_EQ(r.status, 0) << r.err;
  const auto rows = Cells(Read(Path("g.csv")));
  ASSERT_EQ(rows.size(), 22u);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"id", "pe_budget", "rows", "dataflow", "sram_kb",
                                               "bandwidth", "cols", "infeasible", "gemm.cycles",
                                               "gemm.utilization", "cycles"}));
  const auto folds = [](int size, int side) { return (size + side - 1) / side; };
  std::map<std::pair<int, std::string>, int> expected;
  for (int r = 1; r <= 64; r *= 2) {
    const int c = 64 / r;
    expected[{r, "os"}] = folds(7, r) * folds(7, c) * (3 + r + c - 2) - 1;
    expected[{r, "ws"}] = folds(3, r) * folds(7, c) * (7 + 2 * r + c - 2) - 1;
    expected[{r, "is"}] = folds(3, r) * folds(7, c) * (7 + 2 * r + c - 2) - 1;
  }
  EXPECT_EQ((expected[{8, "os"}]), 16);
  EXPECT_EQ((expected[{1, "ws"}]), 212);
  for (size_t i = 1; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i][8],
              std::to_string(expected[std::make_pair(std::stoi(rows[i][2]), rows[i][3])]))
        << i;
  }
  const size_t best = r.out.find("best in cycles\n");
  ASSERT_NE(best, std::string::npos);
  std::stringstream table(r.out.substr(best));
  std::string line, id, array_rows, flow, cols, cycles;
  std::getline(table, line);
  std::getline(table, line);
  table >> id >> array_rows >> flow >> cols >> cycles;
  EXPECT_EQ(std::make_tuple(array_rows, flow, cols, cycles), std::make_tuple("8", "os", "8", "16"));
}

// The points in loops of their own, in the order of the file, against the library of the cost
// model.
TEST_F(SweepTest, EqualsNestedLoopsOfSingleEvaluations) {
  const std::string space = Write("s.toml", R"toml(
cost = "scalesim"
objectives = ["cycles", "traffic", "utilization", "stalls", "pes", "buffer"]
[space]
rows = [3, 8]
ofmap_kb = [1, 4]
cols = {min = 2, max = 6, step = 2}
dataflow = ["is", "each", "os"]
bandwidth = ["calc", 2]
[[constraint]]
expr = "rows * cols <= 32 && !(rows == 3 && dataflow == os)"
[[workload]]
name = "a"
gemm = [9, 20, 30]
weight = 3
[[workload]]
name = "b"
gemm = [40, 5, 11]
)toml");
  std::string expected =
      "id,rows,ofmap_kb,cols,dataflow,bandwidth,infeasible,a.cycles,a.utilization,a.traffic,a."
      "stalls,b.cycles,"
      "b.utilization,b.traffic,b.stalls,cycles,traffic,utilization,stalls,pes,buffer\n";
  const char* const names[] = {"os", "ws", "is"};
  const int64_t shapes[2][3] = {{9, 20, 30}, {40, 5, 11}};  // M, N, K
  int64_t id = -1;
  for (const int rows : {3, 8}) {
    for (const int ofmap : {1, 4}) {
      for (const int cols : {2, 4, 6}) {
        for (const char* flow : {"is", "each", "os"}) {
          for (const int bandwidth : {0, 2}) {
            ++id;
            if (rows * cols > 32 || (rows == 3 && std::string(flow) == "os")) continue;
            scalesim::LayerReport best[2];
            for (int w = 0; w < 2; ++w) {
              best[w].total_cycles = -1;
              for (int d = 0; d < 3; ++d) {
                if (std::string(flow) != "each" && std::string(flow) != names[d]) continue;
                scalesim::Machine m;
                m.rows = rows, m.cols = cols, m.ofmap_kb = ofmap;
                m.dataflow = static_cast<scalesim::Dataflow>(d);
                m.user_bandwidth = bandwidth > 0;
                if (bandwidth)
                  m.ifmap_bandwidth = m.filter_bandwidth = m.ofmap_bandwidth = bandwidth;
                scalesim::Layer l;
                l.ifmap_h = shapes[w][0], l.filters = shapes[w][1],
                l.ifmap_w = l.filter_w = shapes[w][2];
                const scalesim::LayerReport report = EvaluateLayer(m, l);
                if (best[w].total_cycles < 0 || report.total_cycles < best[w].total_cycles)
                  best[w] = report;
              }
            }
            const auto words = [&](int w) {
              return best[w].ifmap_dram.words + best[w].filter_dram.words +
                     best[w].ofmap_dram.words;
            };
            const int64_t macs[2] = {9 * 20 * 30, 40 * 5 * 11};
            const auto util = [&](double m, double c) { return 100.0 * (m / (c * (rows * cols))); };
            expected += fmt::format("{},{},{},{},{},{},", id, rows, ofmap, cols, flow,
                                    bandwidth ? std::to_string(bandwidth) : "calc");
            for (int w = 0; w < 2; ++w) {
              expected += fmt::format(
                  ",{},{},{},{}", best[w].total_cycles,
                  util(static_cast<double>(macs[w]), static_cast<double>(best[w].total_cycles)),
                  words(w), best[w].stall_cycles);
            }
            const int64_t cycles = 3 * best[0].total_cycles + best[1].total_cycles;
            expected += fmt::format(
                ",{},{},{},{},{},{}\n", cycles, 3 * words(0) + words(1),
                util(static_cast<double>(3 * macs[0] + macs[1]), static_cast<double>(cycles)),
                3 * best[0].stall_cycles + best[1].stall_cycles, rows * cols, 128 + ofmap);
          }
        }
      }
    }
  }
  EXPECT_EQ(Csv(space), expected);
}

TEST_F(SweepTest, NativePointsAreWhatCompilerAndCycleModelSay) {
  const std::string model_path =
      std::string(SYSTOLE_SOURCE_DIR) + "/models/lenet5-mnist/model.onnx";
  const std::string space = Write("n.toml", fmt::format(R"(
cost = "native"
record = "traffic"
[space]
rows = [8, 12]
wgt_kib = [4, 128]
latency = [1, 50]
batch = [1, 3]
packing = ["no", "yes"]
[[workload]]
name = "net"
file = "{}"
)",
                                                        model_path));
  const auto rows = Cells(Csv(space));
  ASSERT_EQ(rows.size(), 33u);
  Model model = LoadModel(model_path);
  ChooseMultipliers(model, ParseRounding("float32"));
  int feasible = 0;
  for (size_t i = 1; i < rows.size(); ++i) {
    const std::vector<std::string>& row = rows[i];
    HwConfig config;
    config.rows = std::stoi(row[1]);
    config.wgt_kib = std::stoi(row[2]);
    ProgramOptions options;
    options.images = options.batch = std::stoi(row[4]);
    options.pack_pixels = row[5] == "yes";
    MemoryTiming memory;
    memory.latency = std::stoi(row[3]);
    if (config.wgt_kib == 4) {  // 60 kB of weights
      EXPECT_NE(row[6].find("weight: net: "), std::string::npos) << row[6];
      continue;
    }
    ++feasible;
    const Program program = Compile(model, config, options);
    const Timeline timeline = Simulate(program.code, config, memory);
    EXPECT_EQ(row[6], "");
    EXPECT_EQ(row[7], std::to_string(timeline.total));
    EXPECT_EQ(row[9],
              std::to_string((timeline.counters.read_beats + timeline.counters.write_beats) * 8));
    EXPECT_EQ(row[10], fmt::format("{}", static_cast<double>(timeline.total) / options.images));
  }
  EXPECT_EQ(feasible, 16);
}

// Some 40,000 points: several chunks a thread.
const char* const kMany = R"(
cost = "scalesim"
objectives = ["cycles", "pes"]
[space]
rows = {min = 1, max = 60}
cols = {min = 1, max = 60}
dataflow = ["os", "ws", "is"]
sram_kb = [2, 4, 8, 16]
[[constraint]]
name = "flat"
expr = "rows <= 2 * cols"
[[workload]]
gemm = [30, 40, 50]
)";

TEST_F(SweepTest, ThreadsDoNotChangeAByte) {
  const std::string space = Write("m.toml", kMany);
  const std::string one = Csv(space, "--threads 1");
  EXPECT_GT(one.size(), 1000000u);
  EXPECT_EQ(Csv(space, "--threads 4"), one);
  EXPECT_EQ(Csv(space, "--threads 7 --store " + Path("m.sqlite")), one);
}

TEST_F(SweepTest, ShardsMergeIntoTheRowsOfOneRun) {
  const std::string space = Write("m.toml", kMany);
  const std::string whole = Csv(space);
  std::string stores;
  for (int i = 1; i <= 3; ++i) {
    const Result r = Explore(
        fmt::format("{} --store {} --shard {}/3", space, Path(fmt::format("{}.sqlite", i)), i));
    ASSERT_EQ(r.status, 0) << r.err;
    stores += " " + Path(fmt::format("{}.sqlite", i));
  }
  const Result merged = Explore("merge " + Path("all.sqlite") + stores);
  EXPECT_EQ(merged.status, 0) << merged.err;
  EXPECT_EQ(Csv(space, "--resume --store " + Path("all.sqlite")), whole);
  // The merged store had everything, counts of excluded points included.
  const std::string out = Explore(space + " --resume --store " + Path("all.sqlite")).out;
  EXPECT_NE(out.find("evaluated 0 (and 43,200 from the store) of 43,200"), std::string::npos)
      << out;
  EXPECT_EQ(out.substr(out.find("constraint: flat")).substr(0, 17), "constraint: flat\n");

  // The same shard twice does no harm, a missing one is named.
  const Result twice =
      Explore(fmt::format("merge {0}/two.sqlite {0}/1.sqlite {0}/1.sqlite {0}/3.sqlite", Path("")));
  EXPECT_EQ(twice.status, 1);
  EXPECT_NE(twice.out.find("missing shards: 2/3\n"), std::string::npos) << twice.out;
  EXPECT_EQ(Csv(space, "--resume --store " + Path("two.sqlite")), whole);
}

TEST_F(SweepTest, MergeRefusesWhatDoesNotBelongTogether) {
  const std::string a = Write("a.toml", kMany);
  const std::string b = Write("b.toml", std::string(kMany) + "weight = 2\n");
  ASSERT_EQ(Explore(fmt::format("{} --shard 1/2 --store {}", a, Path("a.sqlite"))).status, 0);
  ASSERT_EQ(Explore(fmt::format("{} --shard 2/2 --store {}", b, Path("b.sqlite"))).status, 0);
  const std::string out = Path("o.sqlite");
  ExpectRefused(Explore(fmt::format("merge {} {} {}", out, Path("a.sqlite"), Path("b.sqlite"))),
                {"b.sqlite", "of another space"});
  ExpectRefused(Explore(fmt::format("merge {} {} {}", out, Path("a.sqlite"), Path("c.sqlite"))),
                {"c.sqlite: is not there"});
  ExpectRefused(Explore(fmt::format("merge {} {} {}", out, Path("a.sqlite"), a)),
                {"a.toml: is no SQLite file"});
  ExpectRefused(Explore(fmt::format("merge {} {}", Path("b.sqlite"), Path("a.sqlite"))),
                {"is there already"});
  EXPECT_EQ(Files(), (std::vector<std::string>{"a.sqlite", "a.toml", "b.sqlite", "b.toml"}));
}

TEST_F(SweepTest, AChunkIsAFunctionOfTheSpaceAlone) {
  EXPECT_EQ(ChunkPoints(1), 1);
  EXPECT_EQ(ChunkCount(21), 21);
  for (const int64_t points :
       {int64_t{1}, int64_t{4095}, int64_t{4097}, int64_t{500000}, int64_t{1} << 40}) {
    EXPECT_GE(ChunkCount(points) * ChunkPoints(points), points);
    EXPECT_LT((ChunkCount(points) - 1) * ChunkPoints(points), points);
  }
}

}  // namespace
}  // namespace systole::explore
