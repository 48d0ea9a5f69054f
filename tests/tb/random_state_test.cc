// Memories and registers without reset start with random bits: no byte and no cycle follows them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "sw/golden/golden.h"
#include "sw/timing/timeline.h"
#include "tests/tb/faults_fixture.h"

namespace systole {
namespace {

std::unique_ptr<RtlDevice> Open(int seed) {
  std::unique_ptr<RtlDevice> device =
      OpenRtl(FaultConfig(), RtlVariant::kRandom, {fmt::format("+verilator+seed+{}", seed)});
  device->SetTiming({kFaultLatency, false, 0});
  return device;
}

// Stores the first 64 bytes of the activation buffer, which nothing has written.
std::vector<uint8_t> BufferAtPowerUp(RtlDevice* device) {
  Program program;
  program.config = FaultConfig();
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

TEST(RandomStateTest, EverySeedIsAnotherState) {
  std::set<std::vector<uint8_t>> states;
  for (int seed = 1; seed <= 4; ++seed) states.insert(BufferAtPowerUp(Open(seed).get()));
  EXPECT_EQ(states.size(), 4u);
  EXPECT_EQ(states.count(BufferAtPowerUp(Open(3).get())), 1u);  // and the same seed the same
}

class RandomState : public testing::TestWithParam<FaultNet> {};

TEST_P(RandomState, NoByteAndNoCycleFollowsIt) {
  const NetBuilder net = FaultNetwork(GetParam());
  const Model model = net.Build(Rounding::kFloat32);
  const std::vector<int8_t> images = net.Images(kFaultImages);
  const Program program = FaultProgram(GetParam(), model);
  std::vector<int8_t> golden;
  for (int i = 0; i < kFaultImages; ++i) {
    const std::vector<int8_t> out =
        RunReference(model, &images[i * images.size() / kFaultImages]).back();
    golden.insert(golden.end(), out.begin(), out.end());
  }
  const Timeline setup = Simulate(program.setup, program.config, MemoryTiming{kFaultLatency, {}});
  const Timeline code = Simulate(program.code, program.config, MemoryTiming{kFaultLatency, {}});

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

INSTANTIATE_TEST_SUITE_P(Networks, RandomState, testing::Values(FaultNet::kChain, FaultNet::kGraph),
                         FaultNetName);

}  // namespace
}  // namespace systole
