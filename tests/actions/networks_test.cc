// Whole networks on the RTL: LeNet-5 on chip, ResNet-8 and a depthwise network from memory, each
// action of setup and of every run as the model counts it. The TensorFlow Lite files are of the
// data folder (SYSTOLE_DATA); what is missing is skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "sw/compare/target.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"
#include "tests/actions/counts.h"

namespace systole {
namespace {

class CountingTarget : public Target {
 public:
  explicit CountingTarget(const HwConfig& config)
      : device_(OpenRtl(config, RtlVariant::kActions)) {}
  RtlDevice* device() override { return device_.get(); }
  void Record(const std::vector<Instruction>* code,
              const std::vector<Observation>* observations) override {
    device_->Record(code, observations);
  }
  const RunRecord& record() const override { return device_->record(); }
  void Trace(const std::string&, uint64_t, uint64_t) override {}

 private:
  std::unique_ptr<RtlDevice> device_;
};

void Compare(const std::string& path, Rounding rounding, int images) {
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there (SYSTOLE_DATA)";
  Model model = LoadModel(path);
  ChooseMultipliers(model, rounding);
  std::mt19937 random(1);
  std::vector<int8_t> pixels(static_cast<size_t>(model.tensors[0].Elements() * images));
  for (int8_t& p : pixels) p = static_cast<int8_t>(random());
  for (const HwConfig& config : testing::CountedShapes()) {
    SCOPED_TRACE(config.Key());
    ProgramOptions options;
    options.images = options.batch = images;
    const Program program = CompileNetwork(model, config, options);
    CountingTarget target(config);
    Session session(&target, &program);
    const ActionCounts setup = target.device()->Actions();
    EXPECT_EQ(testing::Difference(testing::Sum(program.setup, config), setup), "") << "setup";
    session.Run(pixels.data());
    EXPECT_EQ(
        testing::Difference(testing::Sum(program.code, config), target.device()->Actions() - setup),
        "");
  }
}

std::string Data(const std::string& file) {
  const char* data = std::getenv("SYSTOLE_DATA");
  return std::string(data == nullptr ? "." : data) + "/tflite/" + file;
}

TEST(ActionsOfNetworks, LeNet5) {
  Compare(SYSTOLE_SOURCE_DIR "/models/lenet5-mnist/model.onnx", Rounding::kFloat32, 3);
}
TEST(ActionsOfNetworks, ResNet8) {
  Compare(Data("pretrainedResnet_quant.tflite"), Rounding::kTflite, 1);
}
TEST(ActionsOfNetworks, DsCnn) { Compare(Data("kws_ref_model.tflite"), Rounding::kTflite, 1); }

}  // namespace
}  // namespace systole
