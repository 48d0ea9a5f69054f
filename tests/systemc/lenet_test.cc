// The shipped LeNet-5, compiled, run by the real driver on the SystemC platform: every tensor of
// every image equals the golden reference, every cycle the cycle model.
#include <gtest/gtest.h>

#include "sw/compiler/compiler.h"
#include "sw/driver/driver.h"
#include "sw/golden/golden.h"
#include "sw/model/images.h"
#include "sw/model/load.h"
#include "sw/quant/choose_multipliers.h"
#include "sw/timing/timeline.h"
#include "systemc/tlm_device.h"

namespace systole {
namespace {

void RunLenet(const HwConfig& config, const ProgramOptions& options, int64_t latency) {
  const std::string models = std::string(SYSTOLE_SOURCE_DIR) + "/models/";
  Model model = LoadModel(models + "lenet5-mnist/model.onnx");
  ChooseMultipliers(model, Rounding::kFloat32);
  const Images images = LoadImages(models + "digits/images.idx3-ubyte.gz", model, options.images);
  ASSERT_EQ(images.count, options.images);
  const Program program = Compile(model, config, options);

  TlmDevice device(config, MemoryTiming{latency});
  Driver driver(&device);
  driver.Identify(config);
  driver.Load(program);
  driver.WriteImages(program, images.data.data());
  driver.RunSetup(program);
  EXPECT_EQ(driver.ReadCounters().total,
            static_cast<uint64_t>(Simulate(program.setup, config, MemoryTiming{latency}).total));
  device.Record(&program.code, &program.observations);
  driver.RunCode(program);
  const std::vector<int8_t> outputs = driver.ReadOutputs(program);

  const Timeline t = Simulate(program.code, config, MemoryTiming{latency});
  ASSERT_TRUE(t.ok()) << Describe(t);
  EXPECT_EQ(driver.ReadCounters().total, static_cast<uint64_t>(t.total));
  for (size_t i = 0; i < program.code.size(); ++i) {
    ASSERT_EQ(static_cast<Cycle>(device.record().stamps[i].issue), t.issue[i]) << i;
    ASSERT_EQ(static_cast<Cycle>(device.record().stamps[i].retire), t.retire[i]) << i;
  }

  std::vector<std::vector<std::vector<int8_t>>> golden;  // [image][tensor - 1]
  for (int i = 0; i < options.images; ++i) golden.push_back(RunReference(model, images.Image(i)));
  const size_t one = golden[0].back().size();
  for (int i = 0; i < options.images; ++i) {
    EXPECT_EQ(std::vector<int8_t>(outputs.begin() + i * one, outputs.begin() + (i + 1) * one),
              golden[i].back())
        << i;
  }
  ASSERT_FALSE(program.observations.empty());
  for (size_t k = 0; k < program.observations.size(); ++k) {
    const Observation& o = program.observations[k];
    const std::vector<int8_t>& seen = device.record().tensors[k];
    const std::vector<int8_t>& expected = golden[o.image][o.tensor - 1];
    ASSERT_EQ(seen.size(), expected.size()) << "image " << o.image << ", tensor " << o.tensor;
    for (int y = 0; y < o.layout.h; ++y) {
      for (int x = 0; x < o.layout.w; ++x) {
        for (int c = 0; c < o.layout.c; ++c) {
          ASSERT_EQ(seen[(y * o.layout.w + x) * o.layout.c + c],
                    expected[(c * o.layout.h + y) * o.layout.w + x])
              << "image " << o.image << ", tensor " << o.tensor << ", " << c << ", " << y << ", "
              << x;
        }
      }
    }
  }
}

TEST(TlmLenet, BatchOneEqualsGoldenAndModel) {
  ProgramOptions options;
  options.images = 5;
  RunLenet(HwConfig{}, options, 20);
}

TEST(TlmLenet, BatchSixteenEqualsGoldenAndModel) {
  ProgramOptions options;
  options.images = 32;
  options.batch = 16;
  RunLenet(HwConfig{}, options, 20);
}

TEST(TlmLenet, UnfusedOnASmallArrayWithASlowMemory) {
  HwConfig config;
  config.rows = 8, config.cols = 8, config.wport = 2;
  ProgramOptions options;
  options.images = 4;
  options.batch = 2;
  options.fuse_pool = false;
  RunLenet(config, options, 100);
}

}  // namespace
}  // namespace systole
