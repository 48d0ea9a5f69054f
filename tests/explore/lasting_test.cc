// Nothing lost, nothing half-written: kills, Ctrl-C, full disks, folders that cannot be written,
// other stores.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "sw/base/error.h"
#include "sw/explore/engine/database.h"
#include "tb/rtl_library.h"
#include "tests/explore/explore_fixture.h"

namespace systole::explore {
namespace {

// About a second of work of two cores, several commits: stalls are simulated.
const char* const kSlow = R"(
cost = "scalesim"
objectives = ["cycles", "pes"]
[space]
rows = {min = 4, max = 40}
cols = {min = 4, max = 40}
dataflow = ["ws", "is"]
sram_kb = [2, 8]
bandwidth = [4, 10]
[[workload]]
name = "a"
gemm = [256, 288, 128]
)";

class LastingTest : public ExploreTest {
 protected:
  // Starts the program; standard output and error go to files.
  pid_t Start(const std::vector<std::string>& arguments) {
    const pid_t child = fork();
    if (child != 0) return child;
    const int out = open(Path("std.out").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int err = open(Path("std.err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    dup2(out, 1);
    dup2(err, 2);
    std::vector<char*> argv = {const_cast<char*>(SYSTOLE_EXPLORE)};
    for (const std::string& argument : arguments)
      argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(SYSTOLE_EXPLORE, argv.data());
    _exit(127);
  }

  static int Wait(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }

  // Rows that are committed in a store.
  static int64_t Rows(const std::string& path) {
    const Database database(path);
    if (QueryInteger(database, "SELECT count(*) FROM sqlite_master WHERE name = 'points'") == 0)
      return 0;
    return QueryInteger(database, "SELECT count(*) FROM points");
  }

  // A store that has the rows of every fourth chunk: that many are committed, however fast the
  // machine is.
  void MakeQuarter(const std::string& space, const std::string& store) {
    const std::string part = Path("part.sqlite");
    ASSERT_EQ(Explore(fmt::format("{} --store {} --shard 1/4", space, part)).status, 0);
    ASSERT_EQ(Explore(fmt::format("merge {} {}", store, part)).status, 1);
    std::filesystem::remove(part);
  }

  static void Sleep(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  }
};

TEST_F(LastingTest, KilledAtFiftyRandomMomentsTheRowsAreThoseOfOneRun) {
  const std::string space = Write("s.toml", kSlow);
  ASSERT_EQ(Explore(fmt::format("{} --csv {}", space, Path("whole.csv"))).status, 0);
  const std::string whole = Read(Path("whole.csv"));
  ASSERT_EQ(std::count(whole.begin(), whole.end(), '\n'), 1 + 37 * 37 * 2 * 2 * 2);

  const unsigned seed = 20;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937 random(seed);
  int kills = 0, sweeps = 0, in_mid_sweep = 0;
  while (kills < 50) {
    double longest = 0.7;  // seconds; more where a busy machine commits nothing in that time
    const std::string store = Path(fmt::format("{}.sqlite", sweeps++));
    for (int64_t committed = 0;;) {
      const pid_t child = Start({space, "--store", store, "--resume", "--csv", Path("out.csv")});
      Sleep(std::uniform_real_distribution<>(0, longest)(random));
      kill(child, SIGKILL);
      const int status = Wait(child);
      if (!WIFSIGNALED(status)) {
        ASSERT_EQ(WEXITSTATUS(status), 0) << Read(Path("std.err"));
        break;  // it was faster
      }
      ++kills;
      if (access(store.c_str(), F_OK) != 0) continue;  // it had not come that far
      const int64_t rows = Rows(store);
      ASSERT_GE(rows, committed);
      if (rows > committed) ++in_mid_sweep;
      longest = rows > committed ? 0.7 : std::min(longest * 1.2, 10.0);
      committed = rows;
    }
    ASSERT_EQ(Read(Path("out.csv")), whole) << "sweep " << sweeps;
  }
  EXPECT_GE(in_mid_sweep, 5);  // kills that met a sweep with something to lose
}

TEST_F(LastingTest, InterruptEndsCleanlyAndSaysHowToGoOn) {
  const std::string space = Write("s.toml", kSlow), store = Path("s.sqlite");
  ASSERT_EQ(Explore(fmt::format("{} --csv {}", space, Path("whole.csv"))).status, 0);
  for (const int signal : {SIGINT, SIGTERM}) {
    std::filesystem::remove(store);
    int status = 0;
    for (double delay = 0.3; delay > 0.001; delay /= 2) {  // until it comes in the middle
      const pid_t child = Start({space, "--store", store, "--resume", "--csv", Path("out.csv")});
      while (access(store.c_str(), F_OK) != 0)
        Sleep(0.001);  // signals are caught before it is there
      Sleep(delay);
      kill(child, signal);
      status = Wait(child);
      ASSERT_TRUE(WIFEXITED(status));
      if (WEXITSTATUS(status) != 0) break;
      std::filesystem::remove(store);
      std::filesystem::remove(Path("out.csv"));
    }
    EXPECT_EQ(WEXITSTATUS(status), 128 + signal);
    EXPECT_NE(Read(Path("std.err")).find("Go on with the same command and --resume"),
              std::string::npos);
    EXPECT_EQ(Read(Path("std.out")), "");
    EXPECT_FALSE(std::filesystem::exists(Path("out.csv")));
    EXPECT_EQ(Explore(fmt::format("{} --store {} --resume --csv {}", space, store, Path("out.csv")))
                  .status,
              0);
    EXPECT_EQ(Read(Path("out.csv")), Read(Path("whole.csv")));
    std::filesystem::remove(Path("out.csv"));
  }
}

TEST_F(LastingTest, AFileSizeLimitIsOneClearErrorAndWhatWasCommittedStays) {
  const std::string space = Write("s.toml", kSlow), store = Path("s.sqlite");
  ASSERT_EQ(Explore(fmt::format("{} --csv {}", space, Path("whole.csv"))).status, 0);
  // A store with a quarter of the rows, and room for a few more: whatever the speed, some are
  // committed, and not all.
  MakeQuarter(space, store);
  const int64_t before = Rows(store);
  ASSERT_GT(before, 2000);
  const std::string limit =
      fmt::format("ulimit -f {};", std::filesystem::file_size(store) / 512 + 40);  // 20 kB more
  ExpectRefused(Explore(fmt::format("{} --store {} --resume", space, store), limit),
                {"s.sqlite: no space is left for it, or a file size limit is met", "--resume"});
  const int64_t kept = Rows(store);
  EXPECT_GE(kept, before);
  EXPECT_LT(kept, 10952);
  // 200 kB: less than the CSV.
  ExpectRefused(Explore(fmt::format("{} --csv {}", space, Path("small.csv")), "ulimit -f 400;"),
                {"small.csv: cannot be written: File too large"});
  EXPECT_EQ(
      Explore(fmt::format("{} --store {} --resume --csv {}", space, store, Path("out.csv"))).status,
      0);
  EXPECT_EQ(Read(Path("out.csv")), Read(Path("whole.csv")));
  EXPECT_EQ(Files(), (std::vector<std::string>{"out.csv", "s.sqlite", "s.toml", "whole.csv"}));
}

// A real full disk: a small file system in memory, in a name space of its own.
TEST_F(LastingTest, AFullDiskIsOneClearErrorAndTheStoreGoesOnElsewhere) {
  if (std::system("unshare -Urm true 2>/dev/null") != 0) {
    GTEST_SKIP()
        << "needs mount name spaces: sysctl kernel.unprivileged_userns_clone=1, or run as root";
  }
  const std::string space = Write("s.toml", kSlow), disk = Path("disk");
  std::filesystem::create_directory(disk);
  MakeQuarter(space, Path("quarter.sqlite"));
  const int64_t before = Rows(Path("quarter.sqlite"));
  ASSERT_GT(before, 2000);
  const std::string script =
      Write("std.sh", fmt::format(R"(
mount -t tmpfs -o size=600k none {0} || exit 9
cp {3}/quarter.sqlite {0}/s.sqlite
{1} {2} --resume --store {0}/s.sqlite >{3}/std.out 2>{3}/std.err; echo $? >{3}/std.status
{1} {2} --csv {0}/s.csv >>{3}/std.out 2>{3}/std.err2; echo $? >>{3}/std.status
ls {0} >{3}/std.ls
cp {0}/s.sqlite {3}/rescued.sqlite
)",
                                  disk, SYSTOLE_EXPLORE, space, folder_.string()));
  ASSERT_EQ(std::system(("unshare -Urm sh " + script).c_str()), 0);
  EXPECT_EQ(Read(Path("std.status")), "2\n2\n");
  EXPECT_EQ(Read(Path("std.out")), "");
  const std::string err = Read(Path("std.err")), err2 = Read(Path("std.err2"));
  EXPECT_NE(err.find("s.sqlite: no space is left for it"), std::string::npos) << err;
  EXPECT_EQ(std::count(err.begin(), err.end(), '\n'), 1) << err;
  EXPECT_NE(err2.find("s.csv: cannot be written: No space left on device"), std::string::npos)
      << err2;
  EXPECT_EQ(Read(Path("std.ls")).find("csv"), std::string::npos) << "nothing half-written";
  EXPECT_GE(Rows(Path("rescued.sqlite")), before);
  ASSERT_EQ(Explore(fmt::format("{} --csv {}", space, Path("whole.csv"))).status, 0);
  ASSERT_EQ(Explore(fmt::format("{} --resume --store {} --csv {}", space, Path("rescued.sqlite"),
                                Path("out.csv")))
                .status,
            0);
  EXPECT_EQ(Read(Path("out.csv")), Read(Path("whole.csv")));
}

TEST_F(LastingTest, AFolderThatCannotBeWrittenIsSaidBeforeAnythingIsComputed) {
  const std::string space = Write("s.toml", R"toml(  # days of work
cost = "scalesim"
[space]
rows = {min = 1, max = 5000}
cols = {min = 1, max = 5000}
sram_kb = {min = 1, max = 5000}
[[workload]]
gemm = [256, 288, 128]
)toml");
  for (const char* option : {"--store", "--csv", "--json", "--html"}) {
    // Not even root writes here; a bare root folder may have no /proc.
    for (const char* path : {"/proc/x", "/proc/none/x"}) {
      if (!std::filesystem::exists("/proc/self")) continue;
      ExpectRefused(Explore(fmt::format("{} {} {}", space, option, path)),
                    {path, "cannot be written"});
    }
    ExpectRefused(Explore(fmt::format("{} {} {}/x", space, option, space)),
                  {"s.toml/x", "cannot be written"});
  }
  EXPECT_EQ(Files(), (std::vector<std::string>{"s.toml"}));
}

TEST_F(LastingTest, ResumeRefusesAnotherSpaceSeedOrShard) {
  const std::string small =
      "cost = \"scalesim\"\n[space]\nrows = [2, 4]\n[[workload]]\ngemm = [7, 7, 3]\n";
  const std::string space = Write("s.toml", small), store = Path("s.sqlite");
  const std::string resume = fmt::format("{} --store {} --resume", space, store);
  ASSERT_EQ(Explore(resume).status, 0) << "a store that is not there yet is begun";
  ExpectRefused(Explore(fmt::format("{} --store {}", space, store)),
                {store, "is there already", "--resume"});
  ExpectRefused(Explore(resume + " --seed 2"), {store, "made with seed 1, not 2"});
  ExpectRefused(Explore(resume + " --shard 1/2"), {store, "made with shard 1/1, not 1/2"});
  Write("s.toml", small + "weight = 2\n");
  ExpectRefused(Explore(resume), {store, "another space", "weight 1", "weight 2"});
  Write("s.toml", "cost = \"scalesim\"\n[space]\nrows = [2, 8]\n[[workload]]\ngemm = [7, 7, 3]\n");
  ExpectRefused(Explore(resume), {store, "another space", "axis rows = 2 4", "axis rows = 2 8"});
  ExpectRefused(Explore(fmt::format("{0} --store {0} --resume", space)),
                {"--store", "is the input SPACE.toml"});
  ExpectRefused(Explore(fmt::format("{} --store {} --resume", space, Write("other", small))),
                {"other", "is no SQLite file"});
  std::filesystem::remove(Path("other"));
  Write("s.toml", small + "# only a remark\n");
  EXPECT_EQ(Explore(resume).status, 0);
}

TEST_F(LastingTest, ASecondProcessOnTheSameStoreIsRefused) {
  const std::string space = Write("s.toml", kSlow), store = Path("s.sqlite");
  {
    const Database holder(store);
    holder.Execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    ExpectRefused(Explore(fmt::format("{} --store {} --resume", space, store)),
                  {store, "another process has it open"});
  }
}

TEST_F(LastingTest, OptionsThatDoNotFitTogetherAreRefused) {
  const std::string space = Write("s.toml", kSlow);
  ExpectRefused(Explore(space + " --budget 5"), {"--budget is for searches"});
  ExpectRefused(Explore(Write("s3.toml", "budget = 5\n" + std::string(kSlow))),
                {"s3.toml: budget is for searches; method exhaustive decides every point"});
  ExpectRefused(Explore(space + " --method random"), {"method random needs a budget"});
  const std::string huge = Write("s2.toml",
                                 "cost = \"scalesim\"\n[space]\nrows = {min = 1, max = 20000}\n"
                                 "cols = {min = 1, max = 20000}\nsram_kb = {min = 1, max = 20000}\n"
                                 "[[workload]]\ngemm = [7, 7, 3]\n");
  ExpectRefused(Explore(huge), {"8,000,000,000,000 points", "or search"});
  std::filesystem::remove(huge);
  std::filesystem::remove(Path("s3.toml"));
  ExpectRefused(Explore(space + " --shard 1/2"), {"--shard needs --store"});
  ExpectRefused(Explore(space + " --resume"), {"--resume needs --store"});
  ExpectRefused(Explore(space + " --shard 3/2 --store x"), {"--shard 3/2: is no i/n"});
  ExpectRefused(Explore(space + " --method random --budget 5 --shard 1/2 --store " + Path("x")),
                {"cannot be cut"});
  ExpectRefused(Explore(space + " --colour"), {"--colour", "-h"});
  ExpectRefused(Explore(space + " --threads 0"), {"--threads"});
  ExpectRefused(Explore(Path("none.toml")), {"none.toml: cannot be read"});
  ExpectRefused(Explore(""), {"SPACE"});
  ExpectRefused(Explore("merge " + Path("o.sqlite")), {"STORES"});
  EXPECT_EQ(Files(), (std::vector<std::string>{"s.toml"}));
  EXPECT_EQ(Explore("-h").status, 0);
  EXPECT_EQ(Explore("merge -h").status, 0);
}

// Winners that run as RTL for some seconds: Ctrl-C ends it at the next run, and nothing else is
// written.
TEST_F(LastingTest, CtrlCWhileWinnersRunAsRtl) {
  try {
    CheckRtlBuilt(HwConfig{}, RtlVariant::kPlain);
  } catch (const InputError& error) {
    GTEST_SKIP() << error.what();
  }
  const std::string space = Write("s.toml", R"(
cost = "native"
[space]
batch = 2
latency = {min = 1, max = 400}
[[workload]]
file = ")" SYSTOLE_SOURCE_DIR R"(/models/lenet5-mnist/model.onnx"
)");
  const pid_t child = Start({space, "--verify-rtl", "400", "--store", Path("s.sqlite"), "--html",
                             Path("s.html"), "--csv", Path("s.csv")});
  for (int i = 0;
       i < 6000 && Read(Path("std.err")).find("design 2 of 400: running") == std::string::npos;
       ++i) {
    Sleep(0.01);
  }
  kill(child, SIGINT);
  const int status = Wait(child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  const std::string err = Read(Path("std.err")), out = Read(Path("std.out"));
  EXPECT_NE(err.find("stopped; 400 points are in " + Path("s.sqlite")), std::string::npos) << err;
  EXPECT_EQ(err.find("design 400 of 400"), std::string::npos);
  EXPECT_NE(out.find("runs equal in every layer"), std::string::npos);  // what had run
  EXPECT_EQ(Files(), (std::vector<std::string>{"s.csv", "s.sqlite", "s.toml"}));
}

}  // namespace
}  // namespace systole::explore
