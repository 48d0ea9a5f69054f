// Folders of text files: what a small one becomes, and what is refused with which line.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sw/base/error.h"
#include "sw/golden/golden.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"

namespace systole {
namespace {

class TextImportTest : public testing::Test {
 protected:
  // 1 x 2 x 2 -> convolution with two 2 x 2 filters, ReLU -> fully connected to 1.
  TextImportTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "systole_text_XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Write("network.txt", "# a comment\ninput x uint8 1 2 2\nconv c 2 2 2 relu\n\nfc f 1\n");
    Write("x_scale_zero.txt", "0.5 3\n");
    Write("c.weight.txt", "1 2\n-3 4\n5 -6\n7 -128\n");
    Write("c.bias.txt", "10 -20\n");
    Write("c.weight_scale_zero.txt", "1 0\n0.25 0\n");
    Write("c_scale_zero.txt", "0.5 7\n");
    Write("f.weight.txt", "2 -1\n");
    Write("f.weight_scale_zero.txt", "1 -2\n");
    Write("f_scale_zero.txt", "0.5 128\n");
  }
  ~TextImportTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
  }
  void Remove(const std::string& name) const { std::filesystem::remove(folder_ + "/" + name); }

  // The message without the folder, after changing one file.
  std::string Refusal(const std::string& name, const std::string& text) const {
    Write(name, text);
    return Refusal();
  }
  std::string Refusal() const {
    try {
      LoadModel(folder_);
    } catch (const InputError& error) {
      const std::string what = error.what();
      EXPECT_EQ(what.find('\n'), std::string::npos);
      return what.rfind(folder_ + "/", 0) == 0 ? what.substr(folder_.size() + 1) : what;
    }
    return "";
  }

  std::string folder_;
};

TEST_F(TextImportTest, ReadsEveryFile) {
  const Model model = LoadModel(folder_);
  ASSERT_EQ(model.tensors.size(), 3u);
  EXPECT_EQ(model.tensors[0].boundary, DType::kUint8);
  EXPECT_EQ(model.tensors[0].zero_point, 3 - 128);
  EXPECT_EQ(model.tensors[0].scale, 0.5f);
  EXPECT_EQ(model.tensors[2].zero_point, 0);
  EXPECT_FALSE(model.quantizes_images);
  const Layer& conv = model.layers[0];
  EXPECT_EQ(conv.weights, (std::vector<int8_t>{1, 2, -3, 4, 5, -6, 7, -128}));
  EXPECT_EQ(conv.weight_scales, (std::vector<float>{1.0f, 0.25f}));
  EXPECT_EQ(conv.bias, (std::vector<int32_t>{10, -20}));
  EXPECT_EQ(conv.clamp_lo, 7 - 128);
  const Layer& full = model.layers[1];
  EXPECT_EQ(full.bias, (std::vector<int32_t>{0}));
  EXPECT_EQ(full.weight_zero_point, -2);
  EXPECT_EQ(full.clamp_lo, -128);
}

// By hand: x - 3 = {1, 2, 3, 4}. Filter 0: 1 + 4 - 9 + 16 + 10 = 22, times 0.5 * 1 / 0.5 = 22, + 7.
// Filter 1: 5 - 12 + 21 - 512 - 20 < 0: ReLU, 7. f: (22 * (2 + 2) + 0 * (-1 + 2)) * 0.5 * 1 / 0.5 =
// 88, + 128 = 216.
TEST_F(TextImportTest, ComputesWhatIsWorkedByHand) {
  Model model = LoadModel(folder_);
  ChooseMultipliers(model, Rounding::kHalfEven);
  const std::vector<int8_t> image = {4 - 128, 5 - 128, 6 - 128, 7 - 128};
  const std::vector<std::vector<int8_t>> outputs = RunReference(model, image.data());
  EXPECT_EQ(outputs.at(0), (std::vector<int8_t>{29 - 128, 7 - 128}));
  EXPECT_EQ(outputs.at(1), (std::vector<int8_t>{216 - 128}));
}

TEST_F(TextImportTest, ReadsWindowsPoolingAndImages) {
  Write("network.txt",
        "input x int8 1 4 4\nimage 0.5 1\nconv c 2 2 2 stride 2 1 pad 0 1 0 0\nmaxpool p 1 2 "
        "stride 1 2\n"
        "avgpool q 2 2 pad 1 0 0 0 count_include_pad\n");
  Write("x_scale_zero.txt", "0.5 -3\n");
  Write("q_scale_zero.txt", "0.125 4\n");
  Write("c_scale_zero.txt", "0.5 -128\n");
  const Model model = LoadModel(folder_);
  EXPECT_TRUE(model.quantizes_images);
  EXPECT_EQ(model.image.scale, 0.5);
  EXPECT_EQ(model.image.mean, 1.0);
  EXPECT_EQ(model.layers[0].stride_h, 2);
  EXPECT_EQ(model.layers[0].pad.left, 1);
  EXPECT_EQ(model.tensors[1].h, 2);
  EXPECT_EQ(model.tensors[1].w, 4);
  EXPECT_EQ(model.tensors[2].w, 2);
  EXPECT_EQ(model.tensors[2].zero_point, -128);  // the convolution's
  EXPECT_TRUE(model.layers[2].count_include_pad);
  EXPECT_EQ(model.tensors[3].h, 2);
  EXPECT_EQ(model.tensors[3].scale, 0.125f);
}

// Two branches of x, joined with x itself.
TEST_F(TextImportTest, ReadsAGraph) {
  Write("network.txt",
        "input x int8 1 1 2\nmaxpool p 1 2 pad 0 0 0 1\nmaxpool r 1 1 relu from x\n"
        "concat j p x r\nmaxpool y 1 1\n");
  Write("x_scale_zero.txt", "0.5 3\n");
  Model model = LoadModel(folder_);
  ASSERT_EQ(model.layers.size(), 4u);
  EXPECT_EQ(model.layers[1].inputs, std::vector<int>{0});
  EXPECT_EQ(model.layers[2].kind, LayerKind::kConcat);
  EXPECT_EQ(model.layers[2].inputs, (std::vector<int>{1, 0, 2}));
  ChooseMultipliers(model, Rounding::kHalfEven);
  const int8_t image[] = {-7, 9};
  EXPECT_EQ(RunReference(model, image).back(), (std::vector<int8_t>{9, 9, -7, 9, 3, 9}));
}

TEST_F(TextImportTest, RefusesGraphs) {
  Write("x_scale_zero.txt", "0.5 3\n");
  const std::string input = "input x int8 1 2 2\n";
  EXPECT_EQ(Refusal("network.txt", input + "maxpool p 1 1 from q\n"),
            "network.txt: line 2: 'q' is no input or layer of a line before");
  EXPECT_EQ(Refusal("network.txt", input + "concat j\n"),
            "network.txt: line 2: a tensor to join is missing");
  EXPECT_EQ(Refusal("network.txt", input + "maxpool p 2 2\nconcat j x p\n"),
            "network.txt: line 3: 'x' and 'p' differ in height, width, scale or zero point");
  EXPECT_NE(Refusal("network.txt", input + "maxpool p 1 1\nmaxpool q 1 1 from x\n")
                .find("no layer reads tensor 1 ('p')"),
            std::string::npos);
}

TEST_F(TextImportTest, NamesTheMissingFile) {
  Remove("c.weight.txt");
  EXPECT_NE(Refusal().find("c.weight.txt"), std::string::npos);
  Remove("network.txt");
  EXPECT_EQ(Refusal(),
            "network.txt: no such file; a folder of text files needs one that lists its layers");
}

TEST_F(TextImportTest, RefusesNetworks) {
  EXPECT_EQ(Refusal("network.txt", "conv c 2 2 2\n"),
            "network.txt: line 1: a line 'input' must come first");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2\n"),
            "network.txt: line 1: the width is missing");
  EXPECT_EQ(Refusal("network.txt", "input x int4 1 2 2\n"),
            "network.txt: line 1: type 'int4' is unknown; known are uint8, int8");
  EXPECT_EQ(
      Refusal("network.txt", "input x uint8 1 2 2\n\nlstm c\n"),
      "network.txt: line 3: 'lstm' is unknown; known are input, image, conv, fc, maxpool, avgpool, "
      "concat");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nconv c 2 3 2\n"),
            "network.txt: line 2: a window of 3 does not fit into 2 with its padding");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nconv c 2 2 2 relu6\n"),
            "network.txt: line 2: 'relu6' is no option of conv");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nconv x 2 2 2\n"),
            "network.txt: line 2: the name 'x' is used twice");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nconv ../c 2 2 2\n"),
            "network.txt: line 2: '../c' cannot be part of a file name");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nconv c 2 2 2 groups 3\n"),
            "network.txt: line 2: 3 groups do not divide 1 inputs and 2 outputs");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2 2\n"),
            "network.txt: line 1: '2' is not expected here");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\n"), "network.txt: lists no layer");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 0 2\n"),
            "network.txt: line 1: '0' is no integer from 1 to 65536");
}

TEST_F(TextImportTest, RefusesLayersTooLarge) {
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nfc f 16777216\n"),
            "f.weight.txt: holds 2 integers; weights of 16777216 x 4 need 67108864");
  EXPECT_EQ(
      Refusal("network.txt", "input x uint8 16777216 65536 65536\nconv x2 16777216 65536 65536\n"),
      "network.txt: line 2: the layer has too many weights");
  EXPECT_EQ(Refusal("network.txt", "input x uint8 1 2 2\nmaxpool p 1 1 pad 65536 0 65536 0\n"),
            "network.txt: line 2: the output is too large");
}

TEST_F(TextImportTest, RefusesTensors) {
  EXPECT_EQ(Refusal("c.bias.txt", "10 2147483648\n"),
            "c.bias.txt: line 1: '2147483648' is no integer from -2147483648 to 2147483647");
  EXPECT_EQ(Refusal("c.bias.txt", "10\n"),
            "c.bias.txt: holds 1 integers; biases of 2 outputs need 2");
  EXPECT_EQ(Refusal("c.weight.txt", "1 2 3 4\n5 6 7 128\n"),
            "c.weight.txt: line 2: '128' is no integer from -128 to 127");
  EXPECT_EQ(Refusal("c.weight.txt", "1 2 3 4 5 nan 7 8\n"),
            "c.weight.txt: line 1: 'nan' is no integer from -128 to 127");
  EXPECT_EQ(Refusal("c.weight.txt", "1 2 3\n"),
            "c.weight.txt: holds 3 integers; weights of 2 x 1 x 2 x 2 need 8");
}

TEST_F(TextImportTest, RefusesScales) {
  EXPECT_EQ(Refusal("c_scale_zero.txt", "0.5\n"),
            "c_scale_zero.txt: line 1: a scale and a zero point are needed, and nothing else");
  EXPECT_EQ(Refusal("c_scale_zero.txt", "0.5 1\n0.5 1\n"),
            "c_scale_zero.txt: holds 2 lines; one is needed");
  EXPECT_EQ(Refusal("c_scale_zero.txt", "0.5 256\n"),
            "c_scale_zero.txt: line 1: '256' is no integer from 0 to 255");
  for (const std::string bad : {"nan", "inf", "0", "-1", "1e-60", "0.5x"}) {
    EXPECT_EQ(Refusal("c_scale_zero.txt", bad + " 0\n"),
              "c_scale_zero.txt: line 1: the scale '" + bad +
                  "' is no positive finite number of single precision");
  }
  Write("c_scale_zero.txt", "0.5 7\n");
  EXPECT_EQ(Refusal("c.weight_scale_zero.txt", "1 0\n1 1\n"),
            "c.weight_scale_zero.txt: line 2: the zero point differs from the first line's; all "
            "outputs share one");
  EXPECT_EQ(Refusal("c.weight_scale_zero.txt", "1 0\n1 0\n1 0\n"),
            "c.weight_scale_zero.txt: holds 3 lines; one, or one for each of 2 outputs, is needed");
}

}  // namespace
}  // namespace systole
