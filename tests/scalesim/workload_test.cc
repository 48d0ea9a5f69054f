// The shipped layer tables against published figures, and their conversion.
#include "sw/scalesim/workload.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

constexpr char kHeader[] =
    "layer,type,in_h,in_w,in_channels,filters,filter_h,filter_w,stride_h,stride_w,pad_top,pad_"
    "bottom,pad_left,"
    "pad_right,groups,bias\n";

std::vector<WorkloadLayer> Shipped(const std::string& name) {
  const std::string path = std::string(SYSTOLE_WORKLOADS) + "/" + name + ".csv";
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return ParseWorkload(text.str(), path);
}

struct Published {
  const char* network;
  int64_t macs;
  int64_t parameters;
};

class PublishedTest : public testing::TestWithParam<Published> {};

// LeNet-5: 61,706 parameters with every filter on every map, 61,470 without biases. Caffe's
// LeNet: 2.293 M multiply-adds, 431,080 parameters. AlexNet with two groups: 724 M, 60,965,224.
// VGG-16: 15.47 G, 138,357,544 (138 M). ResNet-18: 1.81 G, 11,689,512. ResNet-50 as published: 3.86
// G (the paper: 3.8), 25,557,032. MobileNet v1: 569 M, 4.23 M; v2: 300 M, 3,504,872.
// DenseNet-121: 2.83 G, 7,978,856.
TEST_P(PublishedTest, MultiplyAddsAndParametersAreThePublishedOnes) {
  int64_t macs = 0, parameters = 0;
  for (const WorkloadLayer& l : Shipped(GetParam().network)) {
    macs += l.Macs();
    parameters += l.Parameters();
  }
  EXPECT_EQ(macs, GetParam().macs);
  EXPECT_EQ(parameters, GetParam().parameters);
}

TEST_P(PublishedTest, TopologyKeepsEveryMultiplyAdd) {
  const std::string text = ToTopologyText(Shipped(GetParam().network));
  int64_t macs = 0;
  for (const NamedLayer& named : ParseTopology(text, "t.csv", InputType::kConv, Compat::kV2)) {
    const Layer& l = named.layer;
    EXPECT_EQ((l.ifmap_h - l.filter_h) % l.stride_h, 0) << named.name;  // no overhang
    EXPECT_EQ((l.ifmap_w - l.filter_w) % l.stride_w, 0) << named.name;
    macs += ((l.ifmap_h - l.filter_h) / l.stride_h + 1) *
            ((l.ifmap_w - l.filter_w) / l.stride_w + 1) * l.filter_h * l.filter_w * l.channels *
            l.filters;
  }
  EXPECT_EQ(macs, GetParam().macs);
}

// Each layer reads as many channels as some layer before it gives (branches and concatenations
// aside).
TEST_P(PublishedTest, PoolingAndNormFollowTheShapeBeforeThem) {
  const std::vector<WorkloadLayer> layers = Shipped(GetParam().network);
  for (size_t i = 1; i < layers.size(); ++i) {
    if (layers[i].type != "maxpool") continue;
    const WorkloadLayer& before = layers[i - 1];
    EXPECT_EQ(layers[i].in_h, before.OutH()) << layers[i].name;
    EXPECT_EQ(layers[i].in_channels, before.filters) << layers[i].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, PublishedTest,
                         testing::Values(Published{"lenet5_28", 416520, 61706},
                                         Published{"lenet5_32", 416520, 61470},
                                         Published{"lenet_caffe", 2293000, 431080},
                                         Published{"alexnet", 724406816, 60965224},
                                         Published{"vgg16", 15470264320, 138357544},
                                         Published{"resnet18", 1814073344, 11689512},
                                         Published{"resnet34", 3663761408, 21797672},
                                         Published{"resnet50", 3857973248, 25557032},
                                         Published{"resnet101", 7570194432, 44549160},
                                         Published{"mobilenet_v1", 568740352, 4231976},
                                         Published{"mobilenet_v2", 300774272, 3504872},
                                         Published{"densenet121", 2834161664, 7978856},
                                         Published{"densenet169", 3359843328, 14149480}),
                         [](const auto& info) { return std::string(info.param.network); });

TEST(WorkloadTest, GroupsPaddingAndDepthwiseConvert) {
  const std::vector<WorkloadLayer> layers =
      ParseWorkload(std::string("# comment\n") + kHeader +
                        "DPname,conv,8,8,4,6,3,3,2,2,1,1,1,1,2,0\ndw,conv,8,8,4,8,3,3,1,1,1,1,1,1,"
                        "4,1\np,maxpool,8,8,8,"
                        "8,2,2,2,2,0,0,0,0,8,0\n",
                    "w.csv");
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].Macs(), 4 * 4 * 6 * 9 * 2);
  EXPECT_EQ(layers[1].Parameters(), 8 * (9 + 1));
  // 8 + 2 - 3 = 7 is odd: the last padded row is reached by no window of stride 2.
  EXPECT_EQ(ToTopologyText(layers),
            "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num "
            "Filter, Strides,\n"
            "Dpname_group0, 9, 9, 3, 3, 2, 3, 2,\n"
            "Dpname_group1, 9, 9, 3, 3, 2, 3, 2,\n"
            "dw_DP, 10, 10, 3, 3, 4, 2, 1,\n");
}

TEST(WorkloadTest, MistakesAreNamedWithTheirLine) {
  const auto error = [](const std::string& text) -> std::string {
    try {
      ParseWorkload(text, "w.csv");
    } catch (const InputError& e) {
      return e.what();
    }
    return "no error";
  };
  const std::string h = kHeader;
  EXPECT_NE(error("").find("no header line"), std::string::npos);
  EXPECT_NE(error("layer,type\n").find("line 1: the header must be layer,type,in_h"),
            std::string::npos);
  EXPECT_NE(error(h + "a,conv,8,8\n").find("line 2: 4 columns, but 16 are needed"),
            std::string::npos);
  EXPECT_NE(error(h + "a,lstm,8,8,1,1,3,3,1,1,0,0,0,0,1,0\n").find("type must be conv"),
            std::string::npos);
  EXPECT_NE(error(h + "a,conv,8,8,1,1,3,3,0,1,0,0,0,0,1,0\n").find("stride_h must be at least 1"),
            std::string::npos);
  EXPECT_NE(error(h + "a,conv,8,8,4,6,3,3,1,1,0,0,0,0,4,0\n").find("groups must divide"),
            std::string::npos);
  EXPECT_NE(error(h + "a,conv,2,8,1,1,3,3,1,1,0,0,0,0,1,0\n").find("higher than the padded input"),
            std::string::npos);
}

}  // namespace
}  // namespace systole::scalesim
