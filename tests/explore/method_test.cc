// Searches through the program: budgets, seeds, threads, replay of a store; and what is shown while
// it runs.
#include <pty.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

const char* const kSpace = R"toml(
cost = "scalesim"
objectives = ["cycles", "pes"]
[space]
rows = {min = 1, max = 64}
cols = {min = 1, max = 64}
dataflow = ["os", "ws", "is"]
sram_kb = [1, 4, 16]
[[constraint]]
expr = "rows * cols <= 1024"
[[workload]]
gemm = [30, 40, 50]
)toml";

class MethodTest : public ExploreTest, public ::testing::WithParamInterface<const char*> {
 protected:
  std::string Csv(const std::string& arguments) {
    const Result r =
        Explore(fmt::format("{} --csv {} {}", Path("s.toml"), Path("out.csv"), arguments));
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_EQ(r.err, "") << "no progress in a log";
    out_ = r.out;
    return Read(Path("out.csv"));
  }
  // Training takes long.
  static int Budget() { return std::string(GetParam()) == "mlp" ? 60 : 400; }
  std::string out_;
};

TEST_P(MethodTest, SeedAndBudgetDecideAndThreadsDoNot) {
  Write("s.toml", kSpace);
  const std::string method = fmt::format("--method {} --budget {} ", GetParam(), Budget());
  const std::string one = Csv(method + "--threads 1");
  EXPECT_NE(out_.find(fmt::format("evaluated {0} of {0}: ", Budget())), std::string::npos) << out_;
  EXPECT_EQ(Csv(method + "--threads 4"), one);
  EXPECT_NE(Csv(method + "--seed 2"), one);
}

TEST_P(MethodTest, ASearchThatWasCutShortTakesTheSameWayAgain) {
  Write("s.toml", kSpace);
  const std::string method = fmt::format("--method {} --budget {} ", GetParam(), Budget());
  const std::string whole = Csv(method);
  // A store that has what an earlier, shorter run evaluated. (The proxy's budget decides what it is
  // trained on.)
  const bool proxy = std::string(GetParam()) == "mlp";
  const std::string store = "--store " + Path("s.sqlite");
  const std::string first =
      Csv(fmt::format("--method {} --budget {} {}", GetParam(), proxy ? Budget() : 150, store));
  const auto rows = std::count(first.begin(), first.end(), '\n') -
                    1;  // points without those a constraint keeps out
  EXPECT_GT(rows, 20);
  EXPECT_EQ(Csv(method + store + " --resume"), whole);
  const std::string counts =
      fmt::format("evaluated {} (and {} from the store)", Budget() - rows, rows);
  EXPECT_NE(out_.find(counts), std::string::npos) << counts << " in: " << out_;
}

INSTANTIATE_TEST_SUITE_P(All, MethodTest,
                         ::testing::Values("random", "genetic", "annealing", "nsga2", "mlp"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(MethodTest, RandomTakesEveryPointOnceWhenTheBudgetIsLarge) {
  Write("s.toml",
        "cost = \"scalesim\"\n[space]\nrows = {min = 1, max = 9}\ncols = [1, 2, 3]\n[[workload]]\n"
        "gemm = [7, 7, 3]\n");
  const std::string all = Csv("");
  EXPECT_EQ(Csv("--method random --budget 1000"), all);
  EXPECT_NE(out_.find("evaluated 27 of 27"), std::string::npos) << out_;
}

TEST_F(MethodTest, ATerminalSeesRateAndTimeLeft) {
  Write("s.toml", R"toml(
cost = "scalesim"
[space]
rows = {min = 4, max = 40}
cols = {min = 4, max = 40}
dataflow = "ws"
sram_kb = [2, 8]
bandwidth = [4, 10]
[[workload]]
gemm = [64, 96, 128]
)toml");
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child < 0) GTEST_SKIP() << "no pseudo-terminal here: mount -t devpts devpts /dev/pts";
  if (child == 0) {
    execl(SYSTOLE_EXPLORE, SYSTOLE_EXPLORE, Path("s.toml").c_str(), nullptr);
    _exit(127);
  }
  std::string seen;
  char buffer[4096];
  for (ssize_t n; (n = read(terminal, buffer, sizeof buffer)) > 0;)
    seen.append(buffer, static_cast<size_t>(n));
  int status = 0;
  waitpid(child, &status, 0);
  close(terminal);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_NE(seen.find("/5,476  "), std::string::npos) << seen;
  EXPECT_NE(seen.find("/s  "), std::string::npos);
  EXPECT_NE(seen.find(" left"), std::string::npos);
  EXPECT_NE(seen.find("\r\033[K"), std::string::npos) << "the line is taken away";
}

TEST_F(MethodTest, JsonHoldsCountsAndTheFront) {
  Write("s.toml", kSpace);
  Csv("--json " + Path("s.json"));
  const std::string json = Read(Path("s.json"));
  for (const char* part : {"\"points\": 36864", "\"method\": \"exhaustive\"", "\"front\": [",
                           "\"pes\": ", "\"constraint: rows * cols <= 1024\": "}) {
    EXPECT_NE(json.find(part), std::string::npos) << part;
  }
}

// The page itself has its own tests; here: that it is given rows, the optimum, and a curve of each
// search.
TEST_F(MethodTest, ThePageOfASweepShowsSearchesBesideTheOptimum) {
  Write("s.toml", kSpace);
  const std::string csv = Csv("--html " + Path("s.html"));
  const std::string page = Read(Path("s.html"));
  EXPECT_EQ(page.rfind("<!doctype html>", 0), 0u);
  std::stringstream lines(csv);
  int64_t best = 1 << 30;
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    const size_t last = line.rfind(',');  // ..., cycles, pes
    best = std::min<int64_t>(best, std::stoll(line.substr(line.rfind(',', last - 1) + 1)));
  }
  EXPECT_NE(page.find(fmt::format("\"optimum\":{}", best)), std::string::npos) << best;
  for (const char* part :
       {"\"genetic\"", "\"annealing\"", "\"random\"", "dataflow", "rows * cols"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

TEST_F(MethodTest, ThePageOfAProxyShowsItsLoss) {
  Write("s.toml", kSpace);
  Csv("--method mlp --budget 60 --html " + Path("s.html"));
  EXPECT_NE(Read(Path("s.html")).find("Trained on "), std::string::npos);
}

}  // namespace
}  // namespace systole::explore
