// Networks: layers as problems, sums over them, the files that are written.
#include <gtest/gtest.h>

#include <algorithm>

#include "sw/timeloop/network_charts.h"
#include "sw/timeloop/network_layers.h"
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
  request.layers = LayersOf(scalesim::ParseWorkload(kTable, "t.csv"));
  request.designs = {{"ey", DesignFiles("eyeriss_like")},
                     {"ws", DesignFiles("simple_weight_stationary")}};
  return request;
}

std::vector<NetworkAnswer> Answers(const NetworkRequest& request) {
  return MapNetwork(request, [](size_t, size_t) {});
}

// R and P lie along the width of 17, S and Q along the height of 9; a group of two at a time.
TEST(Network, LayersBecomeProblems) {
  const std::vector<NetworkLayer> layers = Request().layers;
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].shape.Text(), "N1 C2 M4 R5 S3 P13 Q4 stride 1x2");
  EXPECT_EQ(layers[0].groups, 2);
  EXPECT_EQ(layers[2].shape.Text(), "N1 C32 M10 R1 S1 P1 Q1");
}

// Input words are the box that the windows touch: 13 columns of 5 at stride 1, 4 rows of 3 at 2.
TEST(Network, StridesGoWithTheirAxis) {
  const Problem problem = ConvProblem(Request().layers[0].shape);
  EXPECT_EQ(problem.tensors[1].Words(problem.bounds.data()), 2 * 17 * 9);
}

// LeNet-5 of 28 x 28 pixels with 2 pixels around them, by the paper.
TEST(Network, AnOnnxFileIsOne) {
  const auto layers = ReadNetwork(std::string(SYSTOLE_DESIGNS) + "/../lenet5-mnist/model.onnx");
  const char* shapes[] = {"N1 C1 M6 R5 S5 P28 Q28", "N1 C6 M16 R5 S5 P10 Q10",
                          "N1 C16 M120 R5 S5 P1 Q1", "N1 C120 M84 R1 S1 P1 Q1",
                          "N1 C84 M10 R1 S1 P1 Q1"};
  ASSERT_EQ(layers.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(layers[i].shape.Text(), shapes[i]);
}

// 6 channels of 5 x 9 in 2 groups, windows of 3 x 2 of every second row, to 8 channels of 3 x 4.
TEST(Network, ModelsHaveDilationsAndFlatLayers) {
  Model model;
  model.tensors.resize(4);
  model.tensors[0] = {"in", 6, 5, 9};
  model.tensors[1] = model.tensors[2] = {"mid", 8, 3, 4};
  model.tensors[3] = {"out", 10, 1, 1};
  model.layers.resize(3);
  Layer& conv = model.layers[0];
  conv.name = "conv";
  conv.inputs = {0};
  conv.kernel_h = 2;
  conv.kernel_w = 3;
  conv.stride_w = 2;
  conv.dilation_h = 2;
  conv.groups = 2;
  model.layers[1].inputs = {1};
  model.layers[1].kind = LayerKind::kTable;
  model.layers[2].inputs = {2};
  model.layers[2].kind = LayerKind::kFullyConnected;
  const std::vector<NetworkLayer> layers = LayersOf(model);
  ASSERT_EQ(layers.size(), 2u);
  EXPECT_EQ(layers[0].shape.Text(), "N1 C3 M4 R3 S2 P4 Q3 stride 2x1 dilation 1x2");
  EXPECT_EQ(layers[0].groups, 2);
  EXPECT_EQ(layers[1].shape.Text(), "N1 C96 M10 R1 S1 P1 Q1");
  const Problem problem = ConvProblem(layers[0].shape);
  EXPECT_EQ(problem.tensors[1].Words(problem.bounds.data()), 3 * 9 * 5);
}

TEST(Network, SumsAreOfEveryLayerAndGroup) {
  const NetworkRequest request = Request();
  const std::vector<NetworkAnswer> answers = Answers(request);
  ASSERT_EQ(answers.size(), 2u);
  const MapResult conv =
      FindBest(ReadSpec(DesignFiles("eyeriss_like"), ConvProblem(request.layers[0].shape)), {});
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

// c beats b and e, d is equal to c, f is worse than a in one and the same in the other.
TEST(Network, FrontHoldsWhatNothingBeats) {
  const std::vector<DesignPoint> points = {{"a", 10, 7}, {"b", 30, 6}, {"c", 20, 5}, {"d", 20, 5},
                                           {"e", 21, 5}, {"f", 11, 7}, {"g", 90, 1}};
  EXPECT_EQ(ParetoFront(points), (std::vector<size_t>{0, 2, 6}));
  const std::string chart = FrontChart(points);
  for (const char* named : {">a<", ">c<", ">g<"}) EXPECT_NE(chart.find(named), std::string::npos);
  for (const char* not_named : {">b<", ">e<", ">f<"}) {
    EXPECT_EQ(chart.find(not_named), std::string::npos);
  }
}

TEST(Network, PageDrawsTheFrontOfSeveralDesignsByBatch) {
  NetworkRequest request = Request();
  request.batches = {1, 4};
  const std::string page = NetworkPage("net", "edp", Answers(request));
  EXPECT_NE(page.find("One image at batch 1: the front"), std::string::npos);
  EXPECT_NE(page.find("One image at batch 4: the front"), std::string::npos);
  request.designs.resize(1);
  EXPECT_EQ(NetworkPage("net", "edp", Answers(request)).find("the front"), std::string::npos);
}

}  // namespace
}  // namespace systole::timeloop
