// SPACE.toml: what it may say, and what it is told where it says something else.
#include "sw/explore/space/space.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "sw/base/error.h"

namespace systole::explore {
namespace {

constexpr char kGemm[] = "[[workload]]\ngemm = [7, 7, 3]\n";

Space Parse(const std::string& text) { return ParseSpace(text, "s.toml"); }

// `lines`: from the second line on; the first is the cost model, the last two are a workload.
std::string Error(const std::string& lines, const std::string& cost = "scalesim") {
  try {
    Parse("cost = \"" + cost + "\"\n" + lines + "\n" + kGemm);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

Space Scale(const std::string& lines) {
  return Parse("cost = \"scalesim\"\n" + lines + "\n" + kGemm);
}

TEST(SpaceTest, AxesKeepTheOrderOfTheFileAndTheLastVariesFastest) {
  const Space s = Scale("[space]\nrows = [4, 2]\ndataflow = [\"ws\", \"os\"]\ncols = 3");
  ASSERT_EQ(s.axes.size(), 3u);
  EXPECT_EQ(s.axes[0].name, "rows");
  EXPECT_EQ(s.axes[1].name, "dataflow");
  EXPECT_EQ(s.axes[2].name, "cols");
  EXPECT_EQ(s.axes[0].values, (std::vector<int64_t>{4, 2}));
  EXPECT_EQ(s.axes[1].labels, (std::vector<std::string>{"ws", "os"}));
  EXPECT_EQ(s.grid.Points(), 4);
  EXPECT_EQ(s.grid.PointOf(1), (Point{0, 1, 0}));
  EXPECT_EQ(s.grid.PointOf(2), (Point{1, 0, 0}));
  for (int64_t id = 0; id < 4; ++id) EXPECT_EQ(s.grid.IdOf(s.grid.PointOf(id)), id);
}

TEST(SpaceTest, RangesStepAndDouble) {
  const Space s = Scale(
      "[space]\nrows = {min = 3, max = 11, step = 4}\ncols = {min = 3, max = 33, pow2 = true}");
  EXPECT_EQ(s.axes[0].values, (std::vector<int64_t>{3, 7, 11}));
  EXPECT_EQ(s.axes[1].values, (std::vector<int64_t>{4, 8, 16, 32}));
  EXPECT_EQ(Scale("[space]\nrows = {min = 5, max = 6}").axes[0].values,
            (std::vector<int64_t>{5, 6}));
}

TEST(SpaceTest, APeBudgetAloneMeansEveryShape) {
  const Space s = Scale("[space]\npe_budget = 12");
  ASSERT_EQ(s.axes.size(), 2u);
  EXPECT_EQ(s.axes[1].name, "rows");
  EXPECT_EQ(s.axes[1].values, (std::vector<int64_t>{1, 2, 3, 4, 6, 12}));
  std::vector<int64_t> p(s.cost->Parameters().size());
  s.Parameters(2, p.data());
  EXPECT_EQ(p[kRows], 3);
  EXPECT_EQ(p[kCols], 4);
}

TEST(SpaceTest, WorkloadsCarryWeightsAndObjectivesFindThem) {
  const Space s = Parse(
      "cost = \"scalesim\"\nobjectives = [\"cycles\", \"utilization:b\"]\n[space]\nrows = 8\n"
      "[[workload]]\nname = \"a\"\ngemm = [1, 2, 3]\nweight = 2.5\n[[workload]]\nname = "
      "\"b\"\ngemm = [4, 5, 6]\n");
  EXPECT_EQ(s.weights, (std::vector<double>{2.5, 1}));
  EXPECT_EQ(s.objectives[0].workload, -1);
  EXPECT_EQ(s.objectives[1].workload, 1);
  EXPECT_TRUE(s.objectives[1].Maximise());
}

TEST(SpaceTest, CommandLineGoesBeforeTheFile) {
  Overrides overrides;
  overrides.method = "random";
  overrides.seed = 7;
  overrides.budget = 3;
  const Space s = ParseSpace(
      std::string("cost = \"scalesim\"\nseed = 2\nbudget = 9\n[space]\nrows = 8\n") + kGemm,
      "s.toml", overrides);
  EXPECT_EQ(s.method, "random");
  EXPECT_EQ(s.seed, 7u);
  EXPECT_EQ(s.budget, 3);
}

TEST(SpaceTest, DescriptionIgnoresSpellingAndSeesMeaning) {
  const auto a = Scale("[space]\nrows = [1, 2, 3] # three").Describe();
  const auto b = Scale("[space]\n\nrows = {min = 1, max = 3}").Describe();
  const auto c = Scale("[space]\nrows = {min = 1, max = 4}").Describe();
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

struct Case {
  const char* lines;
  const char* place;  // the message starts with it
  const char* what;   // and holds this
};

class SpaceErrorTest : public ::testing::TestWithParam<Case> {};

TEST_P(SpaceErrorTest, NamesPlaceAndRemedyInOneLine) {
  const std::string error = Error(GetParam().lines);
  EXPECT_EQ(error.rfind(GetParam().place, 0), 0u) << error;
  EXPECT_NE(error.find(GetParam().what), std::string::npos) << error;
  EXPECT_EQ(error.find('\n'), std::string::npos) << error;
}

INSTANTIATE_TEST_SUITE_P(
    All, SpaceErrorTest,
    ::testing::Values(
        Case{"[space", "s.toml:2: ", ""},  //
        Case{"colour = 1\n[space]\nrows = 8", "s.toml:2: ", "colour is no key here; there are"},
        Case{"[space]\nrows = 8\nheight = 3", "s.toml:4: [space] ",
             "has no axis height; its axes: rows, cols"},
        Case{"[space]\nrows = 8\nbatch = 3", "s.toml:4: [space] ",
             "scalesim cost model has no axis batch"},
        Case{"[space]\nrows = []", "s.toml:3: [space] ", "rows: the list is empty"},
        Case{"[space]", "s.toml:2: [space] ", "has no axis"},
        Case{"[space]\nrows = [8,\n 16,\n 8]", "s.toml:5: [space] ", "rows: 8 stands there twice"},
        Case{"[space]\nrows = 0", "s.toml:3: [space] ", "rows: 0 is not possible; allowed: 1 to"},
        Case{"[space]\nrows = -4", "s.toml:3: [space] ", "rows: -4 is not possible"},
        Case{"[space]\nrows = 1.5", "s.toml:3: [space] ", "no whole number"},
        Case{"[space]\nrows = \"many\"", "s.toml:3: [space] ", "\"many\" is not possible"},
        Case{"[space]\ndataflow = \"rs\"", "s.toml:3: [space] ",
             "\"os\", \"ws\", \"is\", \"each\""},
        Case{"[space]\ndataflow = 1", "s.toml:3: [space] ", "1 is not possible"},
        Case{"[space]\nrows = {min = 4}", "s.toml:3: [space] ", "a range needs min and max"},
        Case{"[space]\nrows = {min = 4, max = 2}", "s.toml:3: [space] ", "min 4 is above max 2"},
        Case{"[space]\nrows = {min = 1, max = 4, step = 0}", "s.toml:3: [space] ",
             "step must be at least 1"},
        Case{"[space]\nrows = {min = 1, max = 4, by = 2}", "s.toml:3: [space] ",
             "by is no key of a range"},
        Case{"[space]\nrows = {min = 5, max = 7, pow2 = true}", "s.toml:3: [space] ",
             "no power of two from 5 to 7"},
        Case{"[space]\nrows = {min = 1, max = 8, pow2 = true, step = 2}", "s.toml:3: [space] ",
             "exclude each other"},
        Case{"[space]\nsram_kb = 4\nifmap_kb = 4", "s.toml:4: [space] ", "exclude each other"},
        Case{"[space]\nbandwidth = 4\nofmap_bandwidth = 4", "s.toml:4: [space] ",
             "exclude each other"},
        Case{"[space]\nrows = 8\npe_rule = \"most\"", "s.toml:4: [space] ",
             "pe_rule is for pe_budget"},
        Case{"[space]\npe_budget = 8\npe_rule = \"about\"", "s.toml:4: [space] ",
             "\"exact\" or \"most\""},
        Case{"[space]\nrows = 8\n[[constraint]]\nexpr = \"rows <=\"",
             "s.toml:5: ", "constraint \"rows <=\""},
        Case{"[space]\nrows = 8\n[[constraint]]\nexpr = \"rows < depth\"",
             "s.toml:5: ", "its names are rows, cols"},
        Case{"[space]\nrows = 8\n[[constraint]]\nname = \"x\"", "s.toml:4: [[constraint]] ",
             "expr is missing"},
        Case{"[space]\nrows = 8\n[constraint]\nexpr = \"1\"",
             "s.toml:4: ", "written as [[constraint]]"},
        Case{"objectives = [\"energy\"]\n[space]\nrows = 8",
             "s.toml:2: ", "known to the native cost model only"},
        Case{"objectives = [\"area\"]\n[space]\nrows = 8",
             "s.toml:2: ", "known to the native cost model only"},
        Case{"energy = \"e.yaml\"\n[space]\nrows = 8", "s.toml:2: ", "is for the objective energy"},
        Case{"objectives = [\"speed\"]\n[space]\nrows = 8",
             "s.toml:2: ", "'speed' is unknown; choose from cycles"},
        Case{"objectives = [\"cycles:lenet\"]\n[space]\nrows = 8",
             "s.toml:2: ", "no workload 'lenet'"},
        Case{"objectives = []\n[space]\nrows = 8", "s.toml:2: ", "not empty"},
        Case{"method = \"guess\"\n[space]\nrows = 8",
             "s.toml:2: ", "method 'guess' is unknown; choose from"},
        Case{"seed = -1\n[space]\nrows = 8", "s.toml:2: ", "seed must be a whole number"},
        Case{"budget = 0\n[space]\nrows = 8",
             "s.toml:2: ", "budget must be a whole number, at least 1"},
        Case{"[space]\nrows = 8\n[[workload]]\ngemm = [1, 2]", "s.toml:5: [[workload]] ",
             "gemm must be [M, N, K]"},
        Case{"[space]\nrows = 8\n[[workload]]\nweight = 1", "s.toml:4: [[workload]] ",
             "needs either file"},
        Case{"[space]\nrows = 8\n[[workload]]\nfile = \"x.csv\"", "s.toml:5: [[workload]] ",
             "x.csv is not there"},
        Case{"[space]\nrows = 8\n[[workload]]\ngemm = [1, 2, 3]\nweight = 0",
             "s.toml:6: ", "weight must be above 0"},
        Case{"[space]\nrows = 8\n[[workload]]\ngemm = [7, 7, 3]",
             "s.toml:6: ", "two workloads named gemm7x7x3"}));

TEST(SpaceTest, RefusesWhatIsMissing) {
  const auto error = [](const std::string& text) -> std::string {
    try {
      Parse(text);
    } catch (const InputError& e) {
      return e.what();
    }
    return "no error";
  };
  EXPECT_NE(error(std::string("[space]\nrows = 8\n") + kGemm).find("s.toml: cost is missing"),
            std::string::npos);
  EXPECT_NE(error("cost = \"scalesim\"\n[space]\nrows = 8\n").find("no [[workload]]"),
            std::string::npos);
  EXPECT_NE(error(std::string("cost = \"scalesim\"\n") + kGemm).find("no [space]"),
            std::string::npos);
  EXPECT_NE(error(std::string("cost = \"x\"\n[space]\nrows = 8\n") + kGemm)
                .find("s.toml:1: cost 'x' is unknown"),
            std::string::npos);
}

TEST(SpaceTest, TheNativeModelTellsWhatItCannotVary) {
  EXPECT_NE(Error("[space]\npacking = \"some\"", "native").find("allowed: \"no\", \"yes\""),
            std::string::npos);
  EXPECT_NE(Error("[space]\ndataflow = \"rs\"", "native")
                .find("allowed: \"ws\", \"os\", \"is\", \"auto\""),
            std::string::npos);
  EXPECT_NE(Error("[space]\nsram_kb = 4", "native").find("native cost model has no axis sram_kb"),
            std::string::npos);
  EXPECT_NE(Error("[space]\nrows = 65", "native").find("allowed: 2 to 64"), std::string::npos);
}

TEST(SpaceTest, EveryShippedSpaceCanBeRead) {
  int spaces = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(SYSTOLE_SOURCE_DIR "/models/spaces")) {
    if (entry.path().extension() != ".toml") continue;
    ++spaces;
    if (entry.path().stem() == "resnet50_memory" &&
        !std::filesystem::exists(SYSTOLE_SOURCE_DIR
                                 "/build/torchvision/resnet50_1_224_qlinear.onnx")) {
      // Its network is made by `make torchvision`; all before it is read.
      try {
        LoadSpace(entry.path().string());
        ADD_FAILURE() << entry.path() << " names a network that is not there";
      } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("resnet50_1_224_qlinear.onnx is not there"),
                  std::string::npos)
            << e.what();
      }
      continue;
    }
    const Space space = LoadSpace(entry.path().string());
    if (entry.path().stem().string().find("500k") != std::string::npos) {
      EXPECT_GE(space.grid.Points(), 500000) << entry.path();
    }
  }
  EXPECT_GE(spaces, 10);
}

}  // namespace
}  // namespace systole::explore
