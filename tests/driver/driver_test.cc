// The register conversation of the driver, word by word, against a strict mock: any access not
// listed here, or in another order, fails.
#include "sw/driver/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <stdexcept>
#include <vector>

#include "sw/base/error.h"
#include "sw/isa/registers.h"

namespace systole {
namespace {

using ::testing::_;
using ::testing::HasSubstr;
using ::testing::InSequence;
using ::testing::Return;
using ::testing::StrictMock;

class MockDevice : public Device {
 public:
  MOCK_METHOD(uint32_t, ReadReg, (uint32_t offset), (override));
  MOCK_METHOD(void, WriteReg, (uint32_t offset, uint32_t value), (override));
  MOCK_METHOD(void, WriteMemory, (uint64_t address, const void* data, size_t bytes), (override));
  MOCK_METHOD(void, ReadMemory, (uint64_t address, void* data, size_t bytes), (override));
  MOCK_METHOD(bool, WaitInterrupt, (uint64_t max_cycles), (override));
};

// Two images of 2 x 2 x 3 (C x H x W) in lines of 16 bytes; outputs 3 x 1 x 1.
Program SmallProgram() {
  Program p;
  p.options.images = 2;
  p.options.base = 0x10000000;
  p.setup.resize(1);
  p.setup_address = 0x10000000;
  p.code.resize(3);
  p.code[1].Set(field::kOpcode, 0x20);
  p.code[1].Set(field::kMmWcols, 5);
  p.code_address = 0x10000100;
  p.constants = {1, 2, 3};
  p.constants_address = 0x10000200;
  p.input = {0x10000300, 2, 3, 2, 16};
  p.input_stride = 0x40;
  p.output = {0x10000400, 1, 1, 3, 8};
  p.output_stride = 0x10;
  p.memory_end = 0x10000500;
  return p;
}

class DriverTest : public ::testing::Test {
 protected:
  void ExpectStart(uint32_t address, uint32_t length) {
    EXPECT_CALL(device_, WriteReg(0x020, address));
    EXPECT_CALL(device_, WriteReg(0x024, 0));
    EXPECT_CALL(device_, WriteReg(0x028, length));
    EXPECT_CALL(device_, WriteReg(0x02C, 500));
    EXPECT_CALL(device_, WriteReg(0x030, 0x10000000));  // read window: the whole program
    EXPECT_CALL(device_, WriteReg(0x034, 0));
    EXPECT_CALL(device_, WriteReg(0x038, 0x100004FF));
    EXPECT_CALL(device_, WriteReg(0x03C, 0));
    EXPECT_CALL(
        device_,
        WriteReg(0x040, 0x10000400));  // write window: the outputs, to the end of the last beat
    EXPECT_CALL(device_, WriteReg(0x044, 0));
    EXPECT_CALL(device_, WriteReg(0x048, 0x10000417));
    EXPECT_CALL(device_, WriteReg(0x04C, 0));
    EXPECT_CALL(device_, WriteReg(0x01C, 3));
    EXPECT_CALL(device_, WriteReg(0x018, 3));
    EXPECT_CALL(device_, WriteReg(0x008, 1));
  }

  StrictMock<MockDevice> device_;
  Driver driver_{&device_, {500, 12345}};
  Program program_ = SmallProgram();
};

TEST_F(DriverTest, IdentifyReadsIdentityAndEveryParameterInOrder) {
  InSequence sequence;
  EXPECT_CALL(device_, ReadReg(0x000)).WillOnce(Return(0x53595354));
  EXPECT_CALL(device_, ReadReg(0x004)).WillOnce(Return(0x00010000));
  EXPECT_CALL(device_, ReadReg(0x080)).WillOnce(Return(0x08011010));
  EXPECT_CALL(device_, ReadReg(0x084)).WillOnce(Return(0x00040020));
  EXPECT_CALL(device_, ReadReg(0x088)).WillOnce(Return(0x00080080));
  EXPECT_CALL(device_, ReadReg(0x08C)).WillOnce(Return(0x00040080));
  EXPECT_CALL(device_, ReadReg(0x090)).WillOnce(Return(0x04200040));
  EXPECT_CALL(device_, ReadReg(0x094)).WillOnce(Return(0x033F0808));
  EXPECT_CALL(device_, ReadReg(0x098)).WillOnce(Return(0x00000303));
  driver_.Identify(HwConfig{});
}

TEST_F(DriverTest, IdentifyNamesTheFirstRegisterThatDiffers) {
  InSequence sequence;
  EXPECT_CALL(device_, ReadReg(0x000)).WillOnce(Return(0x53595354));
  EXPECT_CALL(device_, ReadReg(0x004)).WillOnce(Return(0x00010000));
  EXPECT_CALL(device_, ReadReg(0x080)).WillOnce(Return(0x08010810));  // 8 columns
  try {
    driver_.Identify(HwConfig{});
    FAIL() << "accepted";
  } catch (const InputError& e) {
    EXPECT_THAT(e.what(), HasSubstr("COLS"));
    EXPECT_THAT(e.what(), HasSubstr("0x08010810"));
    EXPECT_THAT(e.what(), HasSubstr("0x08011010"));
  }
}

TEST_F(DriverTest, LoadWritesSetupCodeAndConstants) {
  InSequence sequence;
  EXPECT_CALL(device_, WriteMemory(0x10000000, _, 32));
  EXPECT_CALL(device_, WriteMemory(0x10000100, _, 96));
  EXPECT_CALL(device_, WriteMemory(0x10000200, _, 3));
  driver_.Load(program_);
}

TEST_F(DriverTest, ImagesAreWrittenAsLinesOfPixels) {
  // Image 0 holds c*100 + y*10 + x.
  std::vector<int8_t> images(2 * 12);
  for (int c = 0; c < 2; ++c) {
    for (int y = 0; y < 2; ++y) {
      for (int x = 0; x < 3; ++x)
        images[c * 6 + y * 3 + x] = static_cast<int8_t>(c * 100 + y * 10 + x);
    }
  }
  std::vector<int8_t> first(22);
  EXPECT_CALL(device_, WriteMemory(0x10000300, _, 22))
      .WillOnce([&](uint64_t, const void* data, size_t bytes) {
        std::memcpy(first.data(), data, bytes);
      });
  EXPECT_CALL(device_, WriteMemory(0x10000340, _, 22));
  driver_.WriteImages(program_, images.data());
  const int8_t line0[] = {0, 100, 1, 101, 2, 102};
  const int8_t line1[] = {10, 110, 11, 111, 12, 112};
  EXPECT_EQ(0, std::memcmp(first.data(), line0, 6));
  EXPECT_EQ(0, std::memcmp(first.data() + 16, line1, 6));
}

TEST_F(DriverTest, OutputsAreReadBackAsPlanes) {
  program_.output = {0x10000400, 1, 2, 3, 8};  // 1 line of 2 pixels of 3 channels
  for (int i = 0; i < 2; ++i) {
    EXPECT_CALL(device_, ReadMemory(0x10000400 + 0x10 * i, _, 6))
        .WillOnce([i](uint64_t, void* data, size_t) {
          const int8_t line[] = {1, 2, 3, 4, 5, static_cast<int8_t>(6 + i)};
          std::memcpy(data, line, 6);
        });
  }
  EXPECT_EQ(driver_.ReadOutputs(program_),
            (std::vector<int8_t>{1, 4, 2, 5, 3, 6, 1, 4, 2, 5, 3, 7}));
}

TEST_F(DriverTest, SetupAndCodeAreRunsOfTheirOwn) {
  InSequence sequence;
  ExpectStart(0x10000000, 1);
  EXPECT_CALL(device_, WaitInterrupt(12345)).WillOnce(Return(true));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(2));
  EXPECT_CALL(device_, WriteReg(0x01C, 3));
  ExpectStart(0x10000100, 3);
  EXPECT_CALL(device_, WaitInterrupt(12345)).WillOnce(Return(true));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(2));
  EXPECT_CALL(device_, WriteReg(0x01C, 3));
  driver_.RunSetup(program_);
  driver_.RunCode(program_);
}

TEST_F(DriverTest, AnErrorNamesCodeEngineInstructionAndItsText) {
  InSequence sequence;
  ExpectStart(0x10000100, 3);
  EXPECT_CALL(device_, WaitInterrupt(12345)).WillOnce(Return(true));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(6));
  EXPECT_CALL(device_, WriteReg(0x01C, 3));
  EXPECT_CALL(device_, ReadReg(0x010)).WillOnce(Return(0x0103));
  EXPECT_CALL(device_, ReadReg(0x014)).WillOnce(Return(1));
  try {
    driver_.RunCode(program_);
    FAIL() << "no error";
  } catch (const HardwareError& e) {
    EXPECT_EQ(e.code, ErrorCode::kBufferRange);
    EXPECT_EQ(e.engine, 1);
    EXPECT_EQ(e.pc, 1u);
    EXPECT_STREQ(e.what(),
                 "hardware: error 3 (buffer address out of range) in MATMUL at instruction 1: "
                 "Matmul | Wcols 5");
  }
}

TEST_F(DriverTest, AMissingInterruptIsAnError) {
  InSequence sequence;
  ExpectStart(0x10000100, 3);
  EXPECT_CALL(device_, WaitInterrupt(12345)).WillOnce(Return(false));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(1));
  EXPECT_THROW(driver_.RunCode(program_), HardwareError);
}

TEST_F(DriverTest, LooksUpWhileItWaits) {
  std::vector<uint64_t> looks;
  Driver driver(&device_, {500, 12345, [&](uint64_t cycles) { looks.push_back(cycles); }, 5000});
  InSequence sequence;
  ExpectStart(0x10000100, 3);
  EXPECT_CALL(device_, WaitInterrupt(5000)).Times(2).WillRepeatedly(Return(false));
  EXPECT_CALL(device_, WaitInterrupt(2345)).WillOnce(Return(true));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(2));
  EXPECT_CALL(device_, WriteReg(0x01C, 3));
  driver.RunCode(program_);
  EXPECT_EQ(looks, (std::vector<uint64_t>{5000, 5000, 2345}));
}

TEST_F(DriverTest, ALookMayLeaveTheRun) {
  Driver driver(&device_, {500, 12345, [](uint64_t) { throw std::domain_error("left"); }, 5000});
  InSequence sequence;
  ExpectStart(0x10000100, 3);
  EXPECT_CALL(device_, WaitInterrupt(5000)).WillOnce(Return(false));
  EXPECT_THROW(driver.RunCode(program_), std::domain_error);
}

TEST_F(DriverTest, AnInterruptWithoutDoneOrErrorIsAnError) {
  InSequence sequence;
  ExpectStart(0x10000100, 3);
  EXPECT_CALL(device_, WaitInterrupt(12345)).WillOnce(Return(true));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(1));
  EXPECT_CALL(device_, WriteReg(0x01C, 3));
  EXPECT_THROW(driver_.RunCode(program_), HardwareError);
}

TEST_F(DriverTest, SoftResetPollsUntilDrained) {
  InSequence sequence;
  EXPECT_CALL(device_, WriteReg(0x008, 2));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(9));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(8));
  EXPECT_CALL(device_, ReadReg(0x00C)).WillOnce(Return(0));
  driver_.SoftReset();
}

TEST_F(DriverTest, CountersAreReadLowWordFirst) {
  // Each 64-bit counter holds its offset in both halves; the low word latches the high word, so it
  // comes first.
  uint32_t expected = 0x100;
  EXPECT_CALL(device_, ReadReg(_)).Times(40).WillRepeatedly([&](uint32_t offset) {
    EXPECT_EQ(offset, expected);
    expected += 4;
    return offset & ~4u;
  });
  const HardwareCounters c = driver_.ReadCounters();
  auto both = [](uint64_t offset) { return offset << 32 | offset; };
  EXPECT_EQ(c.total, both(0x100));
  EXPECT_EQ(c.macs, both(0x108));
  EXPECT_EQ(c.read_beats, both(0x110));
  EXPECT_EQ(c.write_beats, both(0x118));
  EXPECT_EQ(c.engine[0].busy, both(0x120));
  EXPECT_EQ(c.engine[2].wait_token, both(0x168));
  EXPECT_EQ(c.engine[3].empty, both(0x198));
}

}  // namespace
}  // namespace systole
