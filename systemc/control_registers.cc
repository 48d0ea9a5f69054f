#include "systemc/control_registers.h"

#include "sw/isa/registers.h"

namespace systole {
namespace {

constexpr uint32_t kCounterBytes = reg::kCntEngine + 32 * kNumEngines - reg::kCntTotal;

uint32_t Packed(int a, int b, int shift_b) {
  return static_cast<uint32_t>(a) | static_cast<uint32_t>(b) << shift_b;
}

}  // namespace

ControlRegisters::ControlRegisters(const HwConfig& config) : config_(config) {
  for (uint32_t offset : {reg::kProgLo, reg::kProgHi, reg::kProgLen, reg::kWatchdog, reg::kRdBaseLo,
                          reg::kRdBaseHi, reg::kRdLastLo, reg::kRdLastHi, reg::kWrBaseLo,
                          reg::kWrBaseHi, reg::kWrLastLo, reg::kWrLastHi}) {
    stored_[offset] = 0;
  }
}

ControlRegisters::Answer ControlRegisters::Read(uint32_t offset, uint32_t* value) {
  const HwConfig& c = config_;
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
    case reg::kParam0:
      *value = Packed(c.rows, c.cols, 8) | Packed(c.wport, c.lanes, 8) << 16;
      return Answer::kOk;
    case reg::kParam1:
      *value = Packed(c.act_kib, c.act_groups, 16);
      return Answer::kOk;
    case reg::kParam2:
      *value = Packed(c.wgt_kib, c.par_kib, 16);
      return Answer::kOk;
    case reg::kParam3:
      *value = Packed(c.acc_depth, c.ktab_kib, 16);
      return Answer::kOk;
    case reg::kParam4:
      *value = Packed(c.axi_data_width, c.axi_addr_width, 16) |
               static_cast<uint32_t>(c.axi_id_width) << 24;
      return Answer::kOk;
    case reg::kParam5:
      *value = Packed(c.queue_depth, c.outstanding, 8) | Packed(c.roundings, c.row_sum, 8) << 16 |
               static_cast<uint32_t>(c.dataflows) << 25;
      return Answer::kOk;
    default:
      break;
  }
  const auto stored = stored_.find(offset);
  if (stored != stored_.end()) {
    *value = stored->second;
    return Answer::kOk;
  }
  if (offset >= reg::kCntTotal && offset < reg::kCntTotal + kCounterBytes) {
    if (offset % 8 == 0) {
      const uint64_t counter = Counter((offset - reg::kCntTotal) / 8);
      *value = static_cast<uint32_t>(counter);
      counter_high_ = static_cast<uint32_t>(counter >> 32);
    } else {
      *value = counter_high_;
    }
    return Answer::kOk;
  }
  return Answer::kUnmapped;
}

uint64_t ControlRegisters::Counter(uint32_t index) const {
  switch (index) {
    case 0:
      return static_cast<uint64_t>(total);
    case 1:
      return static_cast<uint64_t>(counters.macs);
    case 2:
      return static_cast<uint64_t>(counters.read_beats);
    case 3:
      return static_cast<uint64_t>(counters.write_beats);
    default:
      return static_cast<uint64_t>(counters.cycles[(index - 4) / 4][(index - 4) % 4]);
  }
}

ControlRegisters::Answer ControlRegisters::Write(uint32_t offset, uint32_t value,
                                                 Command* command) {
  *command = Command::kNone;
  switch (offset) {
    case reg::kCtrl:
      if ((value & reg::kCtrlSoftReset) != 0) {
        *command = Command::kSoftReset;
      } else if ((value & reg::kCtrlStart) != 0) {
        *command = Command::kStart;
      }
      return Answer::kOk;
    case reg::kIrqEnable:
      irq_enable = value & (reg::kIrqDone | reg::kIrqError);
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
    stored->second = value;
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
