// Memories and registers without reset start with random bits: no byte and no cycle follows them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "sw/check/net_builder.h"
#include "sw/compiler/compiler.h"
#include "sw/driver/driver.h"
#include "sw/golden/golden.h"
#include "sw/timing/timeline.h"
#include "tb/rtl_library.h"

namespace systole {
namespace {

constexpr int kLatency = 20, kImages = 2;

HwConfig Config() {
  HwConfig config;
  config.rows = 5;
  config.cols = 7;
  config.lanes = 7;
  return config;
}

std::unique_ptr<RtlDevice> Open(int seed) {
  std::unique_ptr<RtlDevice> device =
      OpenRtl(Config(), RtlVariant::kRandom, {fmt::format("+verilator+seed+{}", seed)});
  device->SetTiming({kLatency, false, 0});
  return device;
}

// Stores the first 64 bytes of the activation buffer, which nothing has written.
std::vector<uint8_t> BufferAtPowerUp(RtlDevice* device) {
  Program program;
  program.config = Config();
  Instruction store;
  store.Set(field::kOpcode, static_cast<uint64_t>(Opcode::kStore));
  store.Set(field::kLsAddr, 0x20000);
  store.Set(field::kLsBytes, 64);
  store.Set(field::kLsLines, 1);
  device->WriteMemory(0x10000, &store, kInstructionBytes);
  const std::pair<uint32_t, uint32_t> writes[] = {
      {reg::kProgLo, 0x10000},   {reg::kProgLen, 1},           {reg::kRdBaseLo, 0x10000},
      {reg::kRdLastLo, 0x1FFFF}, {reg::kWrBaseLo, 0x20000},    {reg::kWrLastLo, 0x2FFFF},
      {reg::kIrqEnable, 3},      {reg::kCtrl, reg::kCtrlStart}};
  for (const auto& [offset, value] : writes) device->WriteReg(offset, value);
  EXPECT_TRUE(device->WaitInterrupt(10000));
  EXPECT_EQ(device->ReadReg(reg::kStatus), reg::kStatusDone);
  device->WriteReg(reg::kIrqStatus, 3);
  std::vector<uint8_t> bytes(64);
  device->ReadMemory(0x20000, bytes.data(), bytes.size());
  return bytes;
}

TEST(RandomState, EverySeedIsAnotherState) {
  std::set<std::vector<uint8_t>> states;
  for (int seed = 1; seed <= 4; ++seed) states.insert(BufferAtPowerUp(Open(seed).get()));
  EXPECT_EQ(states.size(), 4u);
  EXPECT_EQ(states.count(BufferAtPowerUp(Open(3).get())), 1u);  // and the same seed the same
}

TEST(RandomState, NoByteAndNoCycleFollowsIt) {
  NetBuilder net("random_state", 11, 3, 9, 8);
  ConvSpec conv;
  conv.cout = 9;
  conv.pad = {1, 1, 1, 1};
  conv.weight_zero_point = 2;
  net.Conv(conv).Pool({}).FullyConnected(10);
  const Model model = net.Build(Rounding::kFloat32);
  const std::vector<int8_t> images = net.Images(kImages);
  ProgramOptions options;
  options.images = options.batch = kImages;
  const Program program = Compile(model, Config(), options);
  std::vector<int8_t> golden;
  for (int i = 0; i < kImages; ++i) {
    const std::vector<int8_t> out =
        RunReference(model, &images[i * images.size() / kImages]).back();
    golden.insert(golden.end(), out.begin(), out.end());
  }
  const Timeline setup = Simulate(program.setup, program.config, MemoryTiming{kLatency, {}});
  const Timeline code = Simulate(program.code, program.config, MemoryTiming{kLatency, {}});

  for (int seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const std::unique_ptr<RtlDevice> device = Open(seed);
    if (seed % 2 == 0) BufferAtPowerUp(device.get());
    Driver driver(device.get(), {3000, 100000});
    driver.Load(program);
    driver.WriteImages(program, images.data());
    driver.RunSetup(program);
    EXPECT_EQ(driver.ReadCounters().total, static_cast<uint64_t>(setup.total));
    const std::vector<Observation> none;
    device->Record(&program.code, &none);
    driver.RunCode(program);
    EXPECT_EQ(driver.ReadCounters().total, static_cast<uint64_t>(code.total));
    EXPECT_EQ(driver.ReadOutputs(program), golden);
    for (size_t i = 0; i < program.code.size(); ++i) {
      ASSERT_EQ(static_cast<int64_t>(device->record().stamps[i].issue), code.issue[i]) << i;
      ASSERT_EQ(static_cast<int64_t>(device->record().stamps[i].retire), code.retire[i]) << i;
    }
  }
}

}  // namespace
}  // namespace systole
