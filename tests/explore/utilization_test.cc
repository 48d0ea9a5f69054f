// Utilization is the same figure wherever it is told.
#include <nlohmann/json.hpp>

#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

class UtilizationTest : public ExploreTest {
 protected:
  nlohmann::json Run(const std::string& options) const {
    const std::string command = fmt::format(
        "{} run {}/models/lenet5-mnist/model.onnx --images "
        "{}/models/digits/images.idx3-ubyte.gz --first 1 --batch 1 --backend tlm "
        "--json {} {} >{}",
        SYSTOLE_RUN, SYSTOLE_SOURCE_DIR, SYSTOLE_SOURCE_DIR, Path("run.json"), options,
        Path("std.run"));
    EXPECT_EQ(std::system(command.c_str()), 0);
    return nlohmann::json::parse(Read(Path("run.json")));
  }
};

TEST_F(UtilizationTest, ExploreAndRunSayTheSame) {
  for (const bool fuse : {true, false}) {
    const std::string space = Write(
        "s.toml", fmt::format("cost = \"native\"\nobjectives = [\"utilization\"]\n[space]\n"
                              "rows = 16\ncols = 16\nbatch = 1\nfuse_pool = {}\n[[workload]]\n"
                              "name = \"lenet\"\nfile = \"{}/models/lenet5-mnist/model.onnx\"\n",
                              fuse ? "[\"yes\"]" : "[\"no\"]", SYSTOLE_SOURCE_DIR));
    const Result r = Explore(fmt::format("{} --json {}", space, Path("e.json")));
    ASSERT_EQ(r.status, 0) << r.err;
    const auto best = nlohmann::json::parse(Read(Path("e.json")))["best"][0];
    const auto run = Run(fuse ? "" : "--no-fuse");
    const double cycles = best["lenet.cycles"];
    EXPECT_EQ(cycles, run["batch_1"]["cycles"]["tlm"].get<double>());
    // LeCun et al.'s 416,520 multiply-adds; packing and pooling add others.
    const double expected = 416520 / (cycles * 256);
    EXPECT_DOUBLE_EQ(best["lenet.utilization"].get<double>() / 100, expected);
    EXPECT_DOUBLE_EQ(best["utilization"].get<double>() / 100, expected);
    EXPECT_DOUBLE_EQ(run["batch_1"]["utilization"].get<double>(), expected);
  }
}

}  // namespace
}  // namespace systole::explore
