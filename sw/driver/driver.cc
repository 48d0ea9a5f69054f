#include "sw/driver/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sw/base/error.h"
#include "sw/driver/disassemble.h"
#include "sw/driver/host_step.h"
#include "sw/isa/registers.h"
#include "sw/program/layout.h"

namespace systole {
namespace {

// "Param0 (ROWS, COLS, WPORT, LANES)", lowest bits first.
std::string ParamName(int word) {
  std::map<int, const char*> names;
  for (const ParameterInfo& p : kParameters) {
    if (p.word == word) names[p.lsb] = p.name;
  }
  std::string text;
  for (const auto& [lsb, name] : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return fmt::format("Param{} ({})", word, text);
}

}  // namespace

HardwareCounters& operator+=(HardwareCounters& sum, const HardwareCounters& counters) {
  for (const CounterInfo& c : kCounters) sum.*c.member += counters.*c.member;
  for (int e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& cause : kCauses)
      sum.engine[e].*cause.member += counters.engine[e].*cause.member;
  }
  return sum;
}

void Driver::WriteReg64(uint32_t offset, uint64_t value) {
  device_->WriteReg(offset, static_cast<uint32_t>(value));
  device_->WriteReg(offset + 4, static_cast<uint32_t>(value >> 32));
}

uint64_t Driver::ReadReg64(uint32_t offset) {
  const uint64_t low = device_->ReadReg(offset);
  return low | uint64_t{device_->ReadReg(offset + 4)} << 32;
}

void Driver::Identify(const HwConfig& expected) {
  auto expect = [this](const std::string& name, uint32_t offset, uint32_t value) {
    const uint32_t got = device_->ReadReg(offset);
    if (got == value) return;
    throw InputError(fmt::format(
        "accelerator: register {} holds 0x{:08x}, the program needs 0x{:08x}; compile for the "
        "accelerator's own parameters",
        name, got, value));
  };
  expect("Id", reg::kId, reg::kIdValue);
  expect("Version", reg::kVersion, reg::kVersionValue);
  for (int word = 0; word < kParamWords; ++word) {
    expect(ParamName(word), reg::kParam0 + 4 * static_cast<uint32_t>(word),
           expected.ParamWord(word));
  }
}

void Driver::Load(const Program& program) {
  static_assert(sizeof(Instruction) == kInstructionBytes);
  auto write = [&](uint64_t address, const void* data, size_t bytes) {
    if (bytes > 0) device_->WriteMemory(address, data, bytes);
  };
  write(program.setup_address, program.setup.data(), program.setup.size() * kInstructionBytes);
  for (const Segment& s : Segments(program))
    write(s.address, program.code.data() + s.first, (s.last - s.first) * kInstructionBytes);
  write(program.constants_address, program.constants.data(), program.constants.size());
}

void Driver::WriteImages(const Program& program, const int8_t* images) {
  const TensorLayout& t = program.input;
  for (int i = 0; i < program.options.images; ++i, images += size_t(t.c) * t.h * t.w) {
    const std::vector<int8_t> lines = PlanesToLines(t, images);
    device_->WriteMemory(t.address + i * program.input_stride, lines.data(), lines.size());
  }
}

void Driver::RunSetup(const Program& program) {
  Run(program, program.setup.data(), program.setup.size(), program.setup_address, 0);
}

void Driver::RunCode(const Program& program) {
  for (const Segment& segment : Segments(program)) {
    if (segment.first < segment.last) RunSegment(program, segment);
    RunHostSteps(segment);
  }
}

void Driver::RunSegment(const Program& program, const Segment& segment) {
  Run(program, program.code.data() + segment.first, segment.last - segment.first, segment.address,
      segment.first);
}

void Driver::RunHostSteps(const Segment& segment) {
  for (const HostStep& step : segment.host) RunHostStep(step, device_);
}

bool Driver::WaitForEnd() {
  if (!settings_.look) return device_->WaitInterrupt(settings_.max_cycles);
  for (uint64_t left = settings_.max_cycles; left > 0;) {
    const uint64_t cycles = std::min(left, settings_.look_every);
    const bool ended = device_->WaitInterrupt(cycles);
    settings_.look(cycles);
    if (ended) return true;
    left -= cycles;
  }
  return false;
}

void Driver::Run(const Program& program, const Instruction* code, size_t count, uint64_t address,
                 uint32_t first) {
  WriteReg64(reg::kProgLo, address);
  device_->WriteReg(reg::kProgLen, static_cast<uint32_t>(count));
  device_->WriteReg(reg::kWatchdog, settings_.watchdog);
  WriteReg64(reg::kRdBaseLo, program.options.base);
  WriteReg64(reg::kRdLastLo, program.memory_end - 1);
  WriteReg64(reg::kWrBaseLo, WriteBase(program));
  WriteReg64(reg::kWrLastLo, WriteEnd(program) - 1);
  device_->WriteReg(reg::kIrqStatus, reg::kIrqDone | reg::kIrqError);
  device_->WriteReg(reg::kIrqEnable, reg::kIrqDone | reg::kIrqError);
  device_->WriteReg(reg::kCtrl, reg::kCtrlStart);

  const bool interrupted = WaitForEnd();
  const uint32_t status = device_->ReadReg(reg::kStatus);
  if (!interrupted) {
    throw HardwareError(fmt::format("hardware: no interrupt within {} cycles, status 0x{:x}",
                                    settings_.max_cycles, status),
                        ErrorCode::kNone, 4, 0);
  }
  device_->WriteReg(reg::kIrqStatus, reg::kIrqDone | reg::kIrqError);
  if (status & reg::kStatusError) {
    const uint32_t error = device_->ReadReg(reg::kError);
    const uint32_t pc = device_->ReadReg(reg::kErrorPc);
    const auto error_code = static_cast<ErrorCode>(error & 0xFF);
    const int engine = error >> 8 & 0xFF;
    const std::string text = pc < count ? Disassemble(code[pc]) : "past the program's end";
    throw HardwareError(fmt::format("hardware: error {} ({}) in {} at instruction {}: {}",
                                    static_cast<int>(error_code), ErrorText(error_code),
                                    EngineName(engine), first + pc, text),
                        error_code, engine, first + pc);
  }
  if (!(status & reg::kStatusDone)) {
    throw HardwareError(
        fmt::format("hardware: interrupt with status 0x{:x}: neither done nor error", status),
        ErrorCode::kNone, 4, 0);
  }
}

std::vector<int8_t> Driver::ReadOutputs(const Program& program) {
  const TensorLayout& t = program.output;
  if (t.h == 0) return {};
  const size_t size = size_t(t.c) * t.h * t.w;
  std::vector<int8_t> outputs(program.options.images * size), lines(SpanBytes(t));
  for (int i = 0; i < program.options.images; ++i) {
    device_->ReadMemory(t.address + i * program.output_stride, lines.data(), lines.size());
    LinesToPlanes(t, lines.data(), outputs.data() + i * size);
  }
  return outputs;
}

std::vector<int8_t> Driver::ReadTensor(const TensorLayout& t) {
  std::vector<int8_t> lines(SpanBytes(t)), planes(size_t(t.c) * t.h * t.w);
  device_->ReadMemory(t.address, lines.data(), lines.size());
  LinesToPlanes(t, lines.data(), planes.data());
  return planes;
}

void Driver::WriteTensor(const TensorLayout& t, const std::vector<int8_t>& planes) {
  const uint64_t pixel = t.PixelStride();
  const size_t plane = size_t(t.h) * t.w;
  std::vector<int8_t> lines(SpanBytes(t));
  // Between its pixels lie those of others.
  if (pixel != static_cast<uint64_t>(t.c))
    device_->ReadMemory(t.address, lines.data(), lines.size());
  for (size_t i = 0; i < plane; ++i) {
    int8_t* to = lines.data() + i / t.w * t.line_stride + i % t.w * pixel;
    for (int c = 0; c < t.c; ++c) to[c] = planes[c * plane + i];
  }
  device_->WriteMemory(t.address, lines.data(), lines.size());
}

HardwareCounters Driver::ReadCounters() {
  HardwareCounters c;
  for (const CounterInfo& counter : kCounters) c.*counter.member = ReadReg64(counter.offset);
  for (int e = 0; e < kNumEngines; ++e) {
    for (const CauseInfo& cause : kCauses) {
      c.engine[e].*cause.member = ReadReg64(reg::EngineCounter(e, cause.cause));
    }
  }
  return c;
}

void Driver::SoftReset() {
  constexpr int kMaxPolls = 100000;
  device_->WriteReg(reg::kCtrl, reg::kCtrlSoftReset);
  for (int poll = 0; poll < kMaxPolls; ++poll) {
    if (!(device_->ReadReg(reg::kStatus) & (reg::kStatusBusy | reg::kStatusDraining))) return;
  }
  throw HardwareError("hardware: soft reset: outstanding bus transactions never drain",
                      ErrorCode::kNone, 4, 0);
}

}  // namespace systole
