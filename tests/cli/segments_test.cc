// `systole run --segments`, as a user calls it: runs of a network side by side come to the bytes
// and the cycles of the same runs one after the other.
#include <nlohmann/json.hpp>

#include "sw/model/npy.h"
#include "tests/cli/command_fixture.h"

namespace systole {
namespace {

using nlohmann::json;

const std::string kNetwork = kRoot + "/models/cifar10/short/resnet20-12-24-48.onnx";

class SegmentsTest : public CommandTest {
 protected:
  void SetUp() override {
    CommandTest::SetUp();
    NpyArray images{NpyType::kUint8, {2, 3, 32, 32}, {}};
    for (int i = 0; i < 2 * 3 * 32 * 32; ++i)
      images.bytes.push_back(static_cast<uint8_t>(i * 2654435761u >> 24));
    WriteNpy(Path("x.npy"), images);
  }

  std::string Run(const std::string& backends) const {
    return "run " + kNetwork + " --images " + Path("x.npy") + " --batch 1 --backend " + backends +
           " ";
  }
};

TEST_F(SegmentsTest, SideBySideAndOneAfterTheOtherAgree) {
  const Result beside = Systole(Run("golden,tlm,rtl") + "--segments 3 --jobs 4 --json " +
                                Path("a.json") + " --outputs " + Path("a.npy"));
  ASSERT_EQ(beside.status, 0) << beside.err;
  EXPECT_NE(beside.out.find("6 runs from START to DONE, simulated side by side"), std::string::npos)
      << beside.out;
  EXPECT_NE(beside.out.find("all equal"), std::string::npos);
  const Result after = Systole(Run("golden,tlm,rtl") + "--segments 3 --jobs 1 --json " +
                               Path("b.json") + " --outputs " + Path("b.npy"));
  ASSERT_EQ(after.status, 0) << after.err;
  EXPECT_NE(after.out.find("6 runs from START to DONE, one after the other"), std::string::npos)
      << after.out;
  json a = json::parse(ReadText(Path("a.json"))), b = json::parse(ReadText(Path("b.json")));
  EXPECT_EQ(a["cycles"], b["cycles"]);
  EXPECT_GT(a["cycles"]["rtl"], 200000);
  EXPECT_EQ(a["cycles"]["rtl"], a["cycles"]["model"]);
  ASSERT_EQ(a["layers"].size(), b["layers"].size());
  // By themselves the runs have each a lead-in; one after the other, a row goes on until the next.
  uint64_t sum[2] = {a["lead_in"]["rtl"], b["lead_in"]["rtl"]};
  for (size_t i = 0; i < a["layers"].size(); ++i) {
    EXPECT_EQ(a["layers"][i]["bytes_compared"], b["layers"][i]["bytes_compared"]) << i;
    EXPECT_EQ(a["layers"][i]["mismatches"], 0) << i;
    sum[0] += a["layers"][i]["cycles"]["rtl"].get<uint64_t>();
    sum[1] += b["layers"][i]["cycles"]["rtl"].get<uint64_t>();
  }
  EXPECT_EQ(sum[0], a["cycles"]["rtl"]);
  EXPECT_EQ(sum[1], b["cycles"]["rtl"]);
  EXPECT_EQ(ReadText(Path("a.npy")), ReadText(Path("b.npy")));
  const Result uncut = Systole(Run("golden,rtl") + "--outputs " + Path("c.npy"));
  EXPECT_EQ(uncut.status, 0);
  EXPECT_EQ(uncut.out.find("from START to DONE"), std::string::npos);
  EXPECT_EQ(ReadText(Path("a.npy")), ReadText(Path("c.npy")));
}

TEST_F(SegmentsTest, WhatCannotBeCutIsRefused) {
  const auto refused = [&](const std::string& arguments, const std::string& words) {
    const Result r = Systole(arguments);
    EXPECT_EQ(r.status, 2) << r.out << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_NE(r.err.find(words), std::string::npos) << r.err;
  };
  refused(Run("golden") + "--segments 2", "--segments: golden has no runs; add tlm or rtl");
  refused(Run("golden,tlm") + "--segments 900", "--segments 900: layers of");
  refused(Run("golden,tlm") + "--segments 0", "--segments");
  refused("run " + kRoot + "/models/lenet5-mnist/model.onnx --segments 2 --images " + kRoot +
              "/models/digits/images.idx3-ubyte.gz --backend tlm",
          "stays on chip as a whole");
}

}  // namespace
}  // namespace systole
