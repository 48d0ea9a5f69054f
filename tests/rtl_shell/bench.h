// The verilated accelerator with small buffers, run from the register port: what every test of the
// shell needs.
//
// Memory map of the tests: program at kCode, data at [kData, kData + kDataBytes), both inside the
// read window [kCode, kData + kDataBytes); the write window is [kOut, kOut + kDataBytes).
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sw/check/instruction_builder.h"
#include "sw/isa/registers.h"
#include "tb/rtl_library.h"

namespace systole::testing {

inline constexpr uint64_t kCode = 0x10000, kData = 0x20000, kOut = 0x40000, kDataBytes = 0x10000;
inline constexpr uint64_t kLimit = 200000;  // cycles a test's run may take

// The small configurations that tests/rtl_shell/CMakeLists.txt builds.
inline HwConfig SmallConfig(int data_width, int outstanding, int queue_depth = 4) {
  HwConfig c;
  c.rows = c.cols = c.lanes = 2;
  c.act_kib = 8;
  c.wgt_kib = c.par_kib = c.ktab_kib = 1;
  c.acc_depth = 4;
  c.axi_data_width = data_width;
  c.outstanding = outstanding;
  c.queue_depth = queue_depth;
  return c;
}

struct Outcome {
  bool interrupted = false;
  uint32_t status = 0;
  ErrorCode code = ErrorCode::kNone;
  uint32_t engine = 0, index = 0;
};

inline std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << (o.interrupted ? "" : "no interrupt, ") << "status " << o.status << " error "
             << ErrorText(o.code) << " engine " << o.engine << " instruction " << o.index;
}

class Bench {
 public:
  explicit Bench(const HwConfig& config = SmallConfig(64, 8))
      // The programs of these tests are arbitrary: engines may read what others write.
      : config(config), device(OpenRtl(config, RtlVariant::kPlain, {"+systole_any_program"})) {
    Configure();
  }

  // After construction and after every hardware reset.
  void Configure() {
    Set64(reg::kProgLo, kCode);
    Set64(reg::kRdBaseLo, kCode);
    Set64(reg::kRdLastLo, kData + kDataBytes - 1);
    Set64(reg::kWrBaseLo, kOut);
    Set64(reg::kWrLastLo, kOut + kDataBytes - 1);
    device->WriteReg(reg::kIrqEnable, reg::kIrqDone | reg::kIrqError);
  }

  void Set64(uint32_t offset, uint64_t value) {
    device->WriteReg(offset, static_cast<uint32_t>(value));
    device->WriteReg(offset + 4, static_cast<uint32_t>(value >> 32));
  }
  uint64_t Get64(uint32_t offset) {
    const uint64_t low = device->ReadReg(offset);
    return low | uint64_t{device->ReadReg(offset + 4)} << 32;
  }
  uint32_t Status() { return device->ReadReg(reg::kStatus); }

  // Puts the program into memory and starts it.
  void Start(const std::vector<Instruction>& program) {
    code = program;
    device->WriteMemory(kCode, code.data(), code.size() * kInstructionBytes);
    device->WriteReg(reg::kProgLen, static_cast<uint32_t>(code.size()));
    Restart();
  }

  // Starts the program that is there.
  void Restart() {
    device->WriteReg(reg::kIrqStatus, reg::kIrqDone | reg::kIrqError);
    device->Record(&code, &no_observations_);
    device->WriteReg(reg::kCtrl, reg::kCtrlStart);
  }

  Outcome Finish() {
    Outcome o;
    o.interrupted = device->WaitInterrupt(kLimit);
    o.status = Status();
    const uint32_t error = device->ReadReg(reg::kError);
    o.code = static_cast<ErrorCode>(error & 0xFF);
    o.engine = error >> 8;
    o.index = device->ReadReg(reg::kErrorPc);
    return o;
  }

  Outcome Run(const std::vector<Instruction>& program) {
    Start(program);
    return Finish();
  }

  const HwConfig config;
  std::unique_ptr<RtlDevice> device;
  std::vector<Instruction> code;

 private:
  std::vector<Observation> no_observations_;
};

inline void ExpectDone(const Outcome& o) {
  EXPECT_TRUE(o.interrupted) << o;
  EXPECT_EQ(o.status, reg::kStatusDone) << o;
  EXPECT_EQ(o.code, ErrorCode::kNone) << o;
}

inline void ExpectError(const Outcome& o, ErrorCode code, uint32_t engine, uint32_t index) {
  EXPECT_TRUE(o.interrupted) << o;
  EXPECT_EQ(o.status, reg::kStatusDone | reg::kStatusError) << o;
  EXPECT_EQ(o.code, code) << o;
  EXPECT_EQ(o.engine, engine) << o;
  EXPECT_EQ(o.index, index) << o;
}

}  // namespace systole::testing
