// Networks: layers as problems, sums over them, the files that are written.
#include <gtest/gtest.h>

#include <algorithm>

#include "sw/timeloop/network_report.h"
#include "tests/timeloop/layer.h"

namespace systole::timeloop {
namespace {

constexpr char kTable[] =
    "layer,type,in_h,in_w,in_channels,filters,filter_h,filter_w,stride_h,stride_w,"
    "pad_top,pad_bottom,pad_left,pad_right,groups,bias\n"
    "first,conv,9,17,4,8,3,5,2,1,0,0,0,0,2,0\n"
    "pool,maxpool,4,13,8,8,2,2,2,2,0,0,0,0,8,0\n"
    "again,conv,9,17,4,8,3,5,2,1,0,0,0,0,2,0\n"
    "fc,dense,1,1,32,10,1,1,1,1,0,0,0,0,1,1\n";

NetworkRequest Request() {
  NetworkRequest request;
  request.table = scalesim::ParseWorkload(kTable, "t.csv");
  request.designs = {{"ey", DesignFiles("eyeriss_like")},
                     {"ws", DesignFiles("simple_weight_stationary")}};
  return request;
}

std::vector<NetworkAnswer> Answers(const NetworkRequest& request) {
  return MapNetwork(request, [](size_t, size_t) {});
}

// R and P lie along the width of 17, S and Q along the height of 9; a group of two at a time.
TEST(Network, LayersBecomeProblems) {
  const std::vector<NetworkLayer> layers = LayersOf(Request().table, 3);
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].shape.Text(), "N3 C2 M4 R5 S3 P13 Q4 stride 1x2");
  EXPECT_EQ(layers[0].groups, 2);
  EXPECT_EQ(layers[2].shape.Text(), "N3 C32 M10 R1 S1 P1 Q1");
}

// Input words are the box that the windows touch: 13 columns of 5 at stride 1, 4 rows of 3 at 2.
TEST(Network, StridesGoWithTheirAxis) {
  const Problem problem = ConvProblem(LayersOf(Request().table, 1)[0].shape);
  EXPECT_EQ(problem.tensors[1].Words(problem.bounds.data()), 2 * 17 * 9);
}

TEST(Network, SumsAreOfEveryLayerAndGroup) {
  const NetworkRequest request = Request();
  const std::vector<NetworkAnswer> answers = Answers(request);
  ASSERT_EQ(answers.size(), 2u);
  const MapResult conv = FindBest(
      ReadSpec(DesignFiles("eyeriss_like"), ConvProblem(LayersOf(request.table, 1)[0].shape)), {});
  const MapResult dense = FindBest(SpecOf("eyeriss_like", "C: 32, M: 10"), {});
  EXPECT_EQ(answers[0].Macs(), 2 * 13 * 4 * 8 * 2 * 15 + 320);
  EXPECT_EQ(answers[0].Cycles(), 4 * conv.evaluation.cycles + dense.evaluation.cycles);
  EXPECT_DOUBLE_EQ(answers[0].Energy(), 4 * conv.evaluation.energy + dense.evaluation.energy);
  for (const LayerAnswer& layer : answers[0].layers) {
    double levels = 0;
    for (const auto& level : layer.levels) levels += level.second;
    EXPECT_NEAR(levels, layer.energy, 1e-12 * layer.energy);  // sums in another order
  }
}

TEST(Network, ThreadsDoNotChangeTheAnswer) {
  NetworkRequest request = Request();
  request.batches = {1, 4};
  const Json one = NetworkJson("t", "edp", Answers(request));
  request.jobs = 3;
  Json three = NetworkJson("t", "edp", Answers(request));
  ASSERT_EQ(one["answers"].size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    for (size_t l = 0; l < 3; ++l) {
      three["answers"][i]["layers"][l]["seconds"] = one["answers"][i]["layers"][l]["seconds"];
    }
  }
  EXPECT_EQ(one, three);
}

TEST(Network, FilesNameEveryDesignAndLayer) {
  NetworkRequest request = Request();
  request.designs[0].name = "a<b";
  const std::vector<NetworkAnswer> answers = Answers(request);
  const std::string csv = NetworkCsv(answers);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 2 * 3);
  EXPECT_NE(csv.find("a<b,1,again,N1 C2 M4 R5 S3 P13 Q4 stride 1x2,2,"), std::string::npos);
  const std::string page = NetworkPage("net", "edp", answers);
  EXPECT_NE(page.find("a&lt;b"), std::string::npos);
  EXPECT_EQ(page.find("a<b"), std::string::npos);
  for (const char* part : {"ws, batch 1", "again", "psum_spad", "</html>"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
}

}  // namespace
}  // namespace systole::timeloop
