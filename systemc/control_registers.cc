#include "systemc/control_registers.h"

#include "sw/isa/registers.h"

namespace systole {
namespace {

constexpr uint32_t kParamEnd = reg::kParam0 + 4 * kParamWords;

}  // namespace

ControlRegisters::ControlRegisters(const HwConfig& config) : config_(config) {
  for (uint32_t offset : {reg::kProgLo, reg::kProgHi, reg::kProgLen, reg::kWatchdog, reg::kRdBaseLo,
                          reg::kRdBaseHi, reg::kRdLastLo, reg::kRdLastHi, reg::kWrBaseLo,
                          reg::kWrBaseHi, reg::kWrLastLo, reg::kWrLastHi}) {
    stored_[offset] = 0;
  }
}

ControlRegisters::Answer ControlRegisters::Read(uint32_t offset, uint32_t* value) {
  *value = 0;
  switch (offset) {
    case reg::kId:
      *value = reg::kIdValue;
      return Answer::kOk;
    case reg::kVersion:
      *value = reg::kVersionValue;
      return Answer::kOk;
    case reg::kCtrl:
      return Answer::kOk;
    case reg::kStatus:
      *value = (busy ? reg::kStatusBusy : 0) | (done ? reg::kStatusDone : 0) |
               (error ? reg::kStatusError : 0) | (draining ? reg::kStatusDraining : 0);
      return Answer::kOk;
    case reg::kError:
      *value = error_word;
      return Answer::kOk;
    case reg::kErrorPc:
      *value = error_pc;
      return Answer::kOk;
    case reg::kIrqEnable:
      *value = irq_enable;
      return Answer::kOk;
    case reg::kIrqStatus:
      *value = irq_status;
      return Answer::kOk;
    default:
      break;
  }
  if (offset >= reg::kParam0 && offset < kParamEnd) {
    *value = config_.ParamWord(static_cast<int>(offset - reg::kParam0) / 4);
    return Answer::kOk;
  }
  const auto stored = stored_.find(offset);
  if (stored != stored_.end()) {
    *value = stored->second;
    return Answer::kOk;
  }
  if (offset >= reg::kCntFirst && offset < reg::kCntEnd) {
    if (offset % 8 == 0) {
      const uint64_t counter = Counter(offset);
      *value = static_cast<uint32_t>(counter);
      counter_high_ = static_cast<uint32_t>(counter >> 32);
    } else {
      *value = counter_high_;
    }
    return Answer::kOk;
  }
  return Answer::kUnmapped;
}

uint64_t ControlRegisters::Counter(uint32_t offset) const {
  const HardwareCounters counted = AsHardware(counters, total);
  for (const CounterInfo& counter : kCounters) {
    if (counter.offset == offset) return counted.*counter.member;
  }
  const uint32_t place = (offset - reg::kCntEngine) / 8;
  const CauseInfo& cause = kCauses[place % reg::kNumCauses];
  return counted.engine[place / reg::kNumCauses].*cause.member;
}

ControlRegisters::Answer ControlRegisters::Write(uint32_t offset, uint32_t value, uint32_t mask,
                                                 Command* command) {
  *command = Command::kNone;
  value &= mask;
  switch (offset) {
    case reg::kCtrl:
      if ((value & reg::kCtrlSoftReset) != 0) {
        *command = Command::kSoftReset;
      } else if ((value & reg::kCtrlStart) != 0) {
        *command = Command::kStart;
      }
      return Answer::kOk;
    case reg::kIrqEnable:
      irq_enable = ((irq_enable & ~mask) | value) & (reg::kIrqDone | reg::kIrqError);
      return Answer::kOk;
    case reg::kIrqStatus:
      irq_status &= ~value;
      return Answer::kOk;
    default:
      break;
  }
  const auto stored = stored_.find(offset);
  if (stored != stored_.end()) {
    if (locked && offset != reg::kWatchdog) return Answer::kRefused;
    stored->second = (stored->second & ~mask) | value;
    return Answer::kOk;
  }
  uint32_t ignored;
  const uint32_t high = counter_high_;
  const Answer readable = Read(offset, &ignored);
  counter_high_ = high;
  return readable == Answer::kOk ? Answer::kRefused : Answer::kUnmapped;
}

uint64_t ControlRegisters::Wide(uint32_t low) const {
  return stored_.at(low) | uint64_t{stored_.at(low + 4)} << 32;
}

RunSettings ControlRegisters::Settings() const {
  RunSettings s;
  s.program = Wide(reg::kProgLo);
  s.length = stored_.at(reg::kProgLen);
  s.watchdog = stored_.at(reg::kWatchdog);
  s.read_first = Wide(reg::kRdBaseLo);
  s.read_last = Wide(reg::kRdLastLo);
  s.write_first = Wide(reg::kWrBaseLo);
  s.write_last = Wide(reg::kWrLastLo);
  return s;
}

}  // namespace systole
