// Whole networks weight, output and input stationary and layer by layer what is fastest, on the
// SystemC platform and the verilated RTL: every byte golden's, every stamp and counter the cycle
// model's. Networks of the data folder (SYSTOLE_DATA) are skipped where they are not there, and RTL
// of shapes that `make test` does not build. SYSTOLE_LONG_RUNS=1 adds MobileNet v2 in RTL.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <tuple>

#include "sw/base/error.h"
#include "sw/compare/target.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/tiling/network.h"
#include "tests/accelerator/run_check.h"
#include "tests/golden/random_model.h"

namespace systole {
namespace {

struct Net {
  const char *name, *path;                  // of the project, or of the data folder
  bool shipped, large, asymmetric = false;  // whose weights' zero points keep it weight stationary
};
constexpr Net kNets[] = {
    {"LeNet5", "/models/lenet5-mnist/model.onnx", true, false},
    {"Fashion3x3", "/models/fashion3x3/model.onnx", true, false},
    {"ResNet8", "/tflite/pretrainedResnet_quant.tflite", false, false},
    {"KeywordSpotting", "/tflite/kws_ref_model.tflite", false, false},
    {"VisualWakeWords", "/tflite/vww_96_int8.tflite", false, false},
    {"MobileNetV1", "/tflite/mobilenet_v1_0.25_128_quant.tflite", false, false, true},
    {"MobileNetV2", "/tflite/tf2_mobilenet_v2_1.0_224_ptq.tflite", false, true},
};

struct Shape {
  int rows, cols;
  bool built;  // its RTL library by `make test`
};
constexpr Shape kShapes[] = {{16, 16, false}, {8, 8, false}, {5, 7, true}};

struct Flow {
  const char* name;
  Dataflow dataflow;
  int code;  // of MmDataflow, of which there must be Matmuls; 0: of any
};
constexpr Flow kFlows[] = {{"ws", Dataflow::kWs, 0},
                           {"os", Dataflow::kOs, 1},
                           {"is", Dataflow::kIs, 2},
                           {"auto", Dataflow::kAuto, 0}};

class DataflowNetworksTest : public testing::TestWithParam<std::tuple<int, int, int>> {
 protected:
  void Run(const std::string& backend) {
    const Net& net = kNets[std::get<0>(GetParam())];
    const Shape& shape = kShapes[std::get<1>(GetParam())];
    const Flow& flow = kFlows[std::get<2>(GetParam())];
    if (net.large && backend == "rtl" && std::getenv("SYSTOLE_LONG_RUNS") == nullptr)
      GTEST_SKIP() << "takes minutes; SYSTOLE_LONG_RUNS=1 runs it";
    const char* data = std::getenv("SYSTOLE_DATA");
    const std::string path =
        (net.shipped ? SYSTOLE_SOURCE_DIR : std::string(data == nullptr ? "." : data)) + net.path;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there (SYSTOLE_DATA)";
    HwConfig config;
    config.rows = shape.rows;
    config.cols = shape.cols;
    config.lanes = std::min(config.lanes, config.cols);
    config.dataflows = 7;
    std::unique_ptr<Target> device;
    try {
      device = MakeTarget(backend, config, {});
    } catch (const InputError& e) {
      if (shape.built) throw;
      GTEST_SKIP() << e.what();
    }
    Model model = LoadModel(path);
    ChooseMultipliers(model, net.shipped ? Rounding::kFloat32 : Rounding::kTflite);
    std::mt19937_64 random(1);
    const std::vector<int8_t> image = RandomImage(model, random);
    ProgramOptions options;
    options.dataflow = flow.dataflow;
    const Program program = CompileNetwork(model, config, options);
    int of_flow = 0;
    for (const Instruction& i : program.code) {
      of_flow += i.opcode() == Opcode::kMatmul &&
                 i.Get(field::kMmDataflow) == static_cast<uint64_t>(flow.code);
    }
    if (flow.code != 0) EXPECT_EQ(of_flow > 0, !net.asymmetric);
    Session session(device.get(), &program);
    const TargetRun run = session.Run(image.data());
    const MemoryTiming timing;
    EXPECT_EQ(CheckRun(model, program, image, session.setup(), run, &timing), "");
    std::printf("%s, %s, %s on %dx%d: %llu cycles\n", backend.c_str(), net.name, flow.name,
                shape.rows, shape.cols, static_cast<unsigned long long>(run.counters.total));
  }
};
TEST_P(DataflowNetworksTest, OnTlm) { Run("tlm"); }
TEST_P(DataflowNetworksTest, OnRtl) { Run("rtl"); }
INSTANTIATE_TEST_SUITE_P(Table, DataflowNetworksTest,
                         testing::Combine(testing::Range(0, static_cast<int>(std::size(kNets))),
                                          testing::Range(0, static_cast<int>(std::size(kShapes))),
                                          testing::Range(0, static_cast<int>(std::size(kFlows)))),
                         [](const auto& test) {
                           const Shape& s = kShapes[std::get<1>(test.param)];
                           return std::string(kNets[std::get<0>(test.param)].name) + "_" +
                                  std::to_string(s.rows) + "x" + std::to_string(s.cols) + "_" +
                                  kFlows[std::get<2>(test.param)].name;
                         });

}  // namespace
}  // namespace systole
