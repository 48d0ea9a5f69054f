// Whole networks on the row-stationary array, on the SystemC platform and the verilated RTL: every
// byte golden's, every stamp and counter the cycle model's. Networks of the data folder
// (SYSTOLE_DATA) are skipped where they are not there, and RTL of shapes that `make test` does not
// build. SYSTOLE_LONG_RUNS=1 adds what takes minutes: MobileNet v2 in RTL, and the large networks
// with random weights on the chip of docs/row_stationary.md#networks-from-memory.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <tuple>

#include "sw/base/error.h"
#include "sw/compare/target.h"
#include "sw/driver/parameters.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"
#include "tests/accelerator/run_check.h"
#include "tests/golden/random_model.h"
#include "tests/tiling/networks.h"

namespace systole {
namespace {

enum class Size { kSmall, kLarge, kHuge };  // on every array; 12x14 and 14x12; with long runs

struct Net {
  const char* name;
  const char* path;  // of the project, of the data folder; without: tests/tiling/networks.h has it
  bool shipped;
  int images;
  Size size;
};
constexpr Net kNets[] = {
    {"LeNet5", "/models/lenet5-mnist/model.onnx", true, 3, Size::kSmall},
    {"Fashion3x3", "/models/fashion3x3/model.onnx", true, 2, Size::kSmall},
    {"ResNet8", "/tflite/pretrainedResnet_quant.tflite", false, 1, Size::kSmall},
    {"KeywordSpotting", "/tflite/kws_ref_model.tflite", false, 1, Size::kSmall},
    {"VisualWakeWords", "/tflite/vww_96_int8.tflite", false, 1, Size::kSmall},
    {"MobileNetV2", "/tflite/tf2_mobilenet_v2_1.0_224_ptq.tflite", false, 1, Size::kLarge},
    {"mobilenet_v1", nullptr, true, 1, Size::kHuge},
    {"resnet18", nullptr, true, 1, Size::kHuge},
};

struct Array {
  const char* name;
  std::vector<std::string> parameters;
  Size size;
  bool built;  // its RTL library by `make test`
};
std::vector<Array> Arrays() {
  return {
      {"12x14", {}, Size::kLarge, true},
      {"14x12", {"RS_ROWS=14", "RS_COLS=12"}, Size::kLarge, false},
      {"5x7",
       {"ROWS=8", "COLS=8", "LANES=3", "RS_ROWS=5", "RS_COLS=7", "IFMAP_SPAD=16", "WGT_SPAD=30",
        "PSUM_SPAD=3"},
       Size::kSmall,
       true},
      {"3x4", {"ROWS=4", "COLS=4", "RS_ROWS=3", "RS_COLS=4"}, Size::kSmall, false},
      {"8x8", {"ROWS=8", "COLS=8", "RS_ROWS=8", "RS_COLS=8", "ACC_DEPTH=512"}, Size::kSmall, false},
      {"6x16", {"ROWS=8", "RS_ROWS=6", "RS_COLS=16"}, Size::kSmall, false},
      {"chip", {"ACT_KIB=128", "ACT_GROUPS=8", "LANES=16", "OUTSTANDING=16"}, Size::kHuge, false}};
}
constexpr int kArrays = 7;

std::string PathOf(const Net& net) {
  if (net.path == nullptr) return "";
  const char* data = std::getenv("SYSTOLE_DATA");
  return (net.shipped ? SYSTOLE_SOURCE_DIR : std::string(data == nullptr ? "." : data)) + net.path;
}

class RowNetworksTest : public testing::TestWithParam<std::tuple<int, int>> {
 protected:
  void Run(const std::string& backend) {
    const Net& net = kNets[std::get<0>(GetParam())];
    const Array array = Arrays()[static_cast<size_t>(std::get<1>(GetParam()))];
    if (net.size > array.size) GTEST_SKIP() << "too much for this array";
    if (net.size < Size::kHuge && array.size == Size::kHuge) GTEST_SKIP() << "of the large ones";
    if (net.size == Size::kHuge || (net.size == Size::kLarge && backend == "rtl")) {
      if (std::getenv("SYSTOLE_LONG_RUNS") == nullptr)
        GTEST_SKIP() << "takes minutes; SYSTOLE_LONG_RUNS=1 runs it";
    }
    const std::string path = PathOf(net);
    if (!path.empty() && !std::filesystem::exists(path))
      GTEST_SKIP() << path << " is not there (SYSTOLE_DATA)";
    std::vector<std::string> parameters = array.parameters;
    parameters.insert(parameters.begin(), "ENGINE=row");
    const HwConfig config = ParseParameters(parameters);
    std::unique_ptr<Target> device;
    try {
      device = MakeTarget(backend, config, {});
    } catch (const InputError& e) {
      if (array.built) throw;
      GTEST_SKIP() << e.what();
    }
    Model model = path.empty() ? Network(net.name) : LoadModel(path);
    if (!path.empty())
      ChooseMultipliers(model, net.shipped ? Rounding::kFloat32 : Rounding::kTflite);
    std::mt19937_64 random(1);
    std::vector<int8_t> images;
    for (int i = 0; i < net.images; ++i) {
      const std::vector<int8_t> image = RandomImage(model, random);
      images.insert(images.end(), image.begin(), image.end());
    }
    ProgramOptions options;
    options.images = options.batch = net.images;
    const Program program = CompileNetwork(model, config, options);
    Session session(device.get(), &program);
    const TargetRun run = session.Run(images.data());
    const MemoryTiming timing;
    EXPECT_EQ(CheckRun(model, program, images, session.setup(), run, &timing), "");
    std::printf("%s, %s on %s: %llu cycles\n", backend.c_str(), net.name, array.name,
                static_cast<unsigned long long>(run.counters.total));
  }
};
TEST_P(RowNetworksTest, OnTlm) { Run("tlm"); }
TEST_P(RowNetworksTest, OnRtl) { Run("rtl"); }
INSTANTIATE_TEST_SUITE_P(Table, RowNetworksTest,
                         testing::Combine(testing::Range(0, static_cast<int>(std::size(kNets))),
                                          testing::Range(0, kArrays)),
                         [](const auto& test) {
                           return std::string(kNets[std::get<0>(test.param)].name) + "_" +
                                  Arrays()[static_cast<size_t>(std::get<1>(test.param))].name;
                         });

}  // namespace
}  // namespace systole
