// The golden reference in mode float32 against ONNX Runtime: 40 random quantized chains with the
// outputs that it computed for them (tests/python/random_models).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "sw/golden/fast.h"
#include "sw/golden/golden.h"
#include "sw/model/graph.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/model/npy.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/quant/onnx_runtime.h"

namespace systole {
namespace {

TEST(OnnxRuntimeTest, GoldenGivesTheSameOutputs) {
  int equal_models = 0, averaging_models = 0;
  int64_t averaged = 0, differing = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RANDOM_MODELS)) {
    if (!entry.is_directory()) continue;
    const std::string folder = entry.path().string();
    Model model = LoadModel(folder + "/model.onnx");
    ChooseMultipliers(model, Rounding::kFloat32);
    FastGolden golden(model);
    const Images images = LoadImages(folder + "/input.npy", model);
    const NpyArray expected = ReadNpy(folder + "/expected.npy");
    ASSERT_EQ(expected.Elements(), images.count * golden.OutputSize()) << folder;
    const int offset = expected.type == NpyType::kUint8 ? 128 : 0;
    std::vector<int8_t> output(golden.OutputSize());
    int greatest = 0;
    for (int64_t i = 0; i < images.count; ++i) {
      golden.RunOutputs(images.Image(i), output.data());
      for (size_t k = 0; k < output.size(); ++k) {
        const auto want = static_cast<int8_t>(expected.bytes[i * output.size() + k] - offset);
        const int difference = std::abs(output[k] - want);
        greatest = std::max(greatest, difference);
        differing += difference != 0;
      }
    }
    if (!EqualsOnnxRuntime(model)) {  // a tie may fall the other way
      EXPECT_LE(greatest, 1) << folder;
      averaged += images.count * golden.OutputSize();
      ++averaging_models;
    } else {
      EXPECT_EQ(greatest, 0) << folder;
      ++equal_models;
    }
  }
  EXPECT_GE(equal_models, 20);
  RecordProperty("averaged_outputs", std::to_string(averaged));
  RecordProperty("averaged_outputs_that_differ", std::to_string(differing));
  std::printf("%d models equal; %d averaging models: %ld of %ld outputs differ by one\n",
              equal_models, averaging_models, static_cast<long>(differing),
              static_cast<long>(averaged));
}

// Graphs that branch and join channels (tests/python/random_graphs).
TEST(OnnxRuntimeTest, GoldenGivesTheSameOutputsOfGraphs) {
  int graphs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RANDOM_GRAPHS)) {
    if (!entry.is_directory()) continue;
    const std::string folder = entry.path().string();
    Model model = LoadModel(folder + "/model.onnx");
    ChooseMultipliers(model, Rounding::kFloat32);
    const Images images = LoadImages(folder + "/input.npy", model);
    const NpyArray expected = ReadNpy(folder + "/expected.npy");
    const int offset = expected.type == NpyType::kUint8 ? 128 : 0;
    const int64_t size = model.tensors.back().Elements();
    ASSERT_EQ(expected.Elements(), images.count * size) << folder;
    EXPECT_FALSE(IsChain(model)) << folder;
    EXPECT_TRUE(EqualsOnnxRuntime(model)) << folder;
    ++graphs;
    FastGolden fast(model);
    for (int64_t i = 0; i < images.count; ++i) {
      const std::vector<std::vector<int8_t>> outputs = RunReference(model, images.Image(i));
      EXPECT_EQ(fast.Run(images.Image(i)), outputs) << folder;
      for (int64_t k = 0; k < size; ++k) {
        const int want = static_cast<int8_t>(expected.bytes[i * size + k] - offset);
        EXPECT_EQ(outputs.back()[k], want) << folder << " element " << k;
      }
    }
  }
  EXPECT_EQ(graphs, 16);
}

}  // namespace
}  // namespace systole
