#include "systemc/accelerator.h"

#include <algorithm>
#include <cstring>

#include "sw/isa/registers.h"
#include "systemc/byte_enables.h"

namespace systole {

using sc_core::sc_time;

Accelerator::Accelerator(const sc_core::sc_module_name& name, const HwConfig& config,
                         const MemoryTiming& timing, const sc_time& period, RunObserver* observer)
    : sc_module(name),
      registers("registers"),
      data("data"),
      fetch("fetch"),
      irq("irq"),
      config_(config),
      timing_(timing),
      period_(period),
      latency_(period * static_cast<double>(timing.latency)),
      observer_(observer),
      executor_(config),
      control_(config) {
  registers.register_b_transport(this, &Accelerator::Transport);
  SC_THREAD(Main);
  SC_METHOD(DriveIrq);
  sensitive << irq_event_;
}

// ---- Registers

void Accelerator::Transport(tlm::tlm_generic_payload& t, sc_time& delay) {
  const uint64_t offset = t.get_address();
  if (t.get_data_length() != 4 || t.get_streaming_width() < 4 || offset % 4 != 0) {
    return t.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
  }
  auto* word = reinterpret_cast<uint8_t*>(t.get_data_ptr());
  ControlRegisters::Answer answer;
  if (t.is_read()) {
    uint32_t value;
    answer = control_.Read(static_cast<uint32_t>(offset), &value);
    for (unsigned b = 0; b < 4; ++b) {
      if (Enabled(t, b)) word[b] = static_cast<uint8_t>(value >> (8 * b));
    }
  } else if (t.is_write()) {
    const uint32_t value =
        word[0] | uint32_t{word[1]} << 8 | uint32_t{word[2]} << 16 | uint32_t{word[3]} << 24;
    uint32_t mask = 0;
    for (unsigned b = 0; b < 4; ++b) mask |= Enabled(t, b) ? 0xFFu << (8 * b) : 0;
    ControlRegisters::Command command;
    answer = control_.Write(static_cast<uint32_t>(offset), value, mask, &command);
    if (command == ControlRegisters::Command::kStart && !control_.busy) {
      start_ = control_.busy = control_.locked = true;
    } else if (command == ControlRegisters::Command::kSoftReset) {
      soft_reset_ = true;
      start_ = false;
      control_.busy = control_.locked = control_.draining = true;
    }
    if (command != ControlRegisters::Command::kNone && (start_ || soft_reset_)) {
      control_.done = control_.error = false;
      control_.error_word = control_.error_pc = 0;
      zero_ = sc_core::sc_time_stamp() + delay + period_;
      command_event_.notify(delay);
    }
    irq_event_.notify(delay);
  } else {
    return t.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  }
  delay += period_;
  t.set_response_status(answer == ControlRegisters::Answer::kOk ? tlm::TLM_OK_RESPONSE
                        : answer == ControlRegisters::Answer::kUnmapped
                            ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                            : tlm::TLM_COMMAND_ERROR_RESPONSE);
}

void Accelerator::HardReset() {
  hard_reset_ = true;
  start_ = soft_reset_ = bus_open_ = false;
  bus_idle_ = sc_core::SC_ZERO_TIME;
  control_ = ControlRegisters(config_);
  command_event_.notify(sc_core::SC_ZERO_TIME);
  irq_event_.notify(sc_core::SC_ZERO_TIME);
}

// ---- The run

void Accelerator::Main() {
  for (;;) {
    while (!start_ && !soft_reset_) {
      if (control_.draining && !bus_open_ && bus_idle_ > sc_core::sc_time_stamp()) {
        wait(bus_idle_ - sc_core::sc_time_stamp(), command_event_);
      } else {
        control_.draining = control_.locked = bus_open_;
        wait(command_event_);
      }
    }
    hard_reset_ = false;
    if (soft_reset_) {
      Abort(bus_open_ ? kForever : 0, zero_);
    } else {
      start_ = false;
      Run();
    }
  }
}

// False: a reset came first.
bool Accelerator::WaitUntil(const sc_time& time) {
  while (sc_core::sc_time_stamp() < time && !soft_reset_ && !hard_reset_) {
    wait(time - sc_core::sc_time_stamp(), command_event_);
  }
  return !soft_reset_ && !hard_reset_;
}

void Accelerator::Run() {
  const RunSettings settings = control_.Settings();
  if (!bus_open_ && bus_idle_ > sc_core::sc_time_stamp()) {
    control_.draining = true;
    if (!WaitUntil(bus_idle_)) return;
    zero_ = bus_idle_ + period_;
  }
  control_.draining = bus_open_;
  run_zero_ = zero_;
  held_ = 0;
  const auto at = [&](Cycle cycle) { return run_zero_ + period_ * static_cast<double>(cycle); };
  control_.counters = RunCounters{};
  control_.total = 0;
  if (bus_open_) {  // waits for a bus that never becomes idle
    while (settings.watchdog == 0 && !soft_reset_ && !hard_reset_) wait(command_event_);
    if (!WaitUntil(at(settings.watchdog))) return;
    RunResult result;
    result.error = ErrorCode::kWatchdog;
    result.engine = 4;
    result.end = settings.watchdog;
    result.bus_idle = kForever;
    return Finish(result);
  }

  Sequencer run(timing_, settings, &executor_, this, observer_);
  bool more = true;
  while (more) {
    const Cycle next = run.Next();
    while (next == kForever && !soft_reset_ && !hard_reset_) wait(command_event_);
    if (!soft_reset_ && !hard_reset_ && WaitUntil(at(next))) {
      late_ = sc_core::SC_ZERO_TIME;
      more = run.Step();
      Hold();
      continue;
    }
    if (hard_reset_) return;
    const Cycle now = static_cast<Cycle>((sc_core::sc_time_stamp() - run_zero_) / period_);
    return Abort(run.BusIdleFrom(now), run_zero_);
  }
  control_.draining = run.draining();
  const RunResult& result = run.result();
  while (result.end == kForever && !soft_reset_ && !hard_reset_) wait(command_event_);
  if (soft_reset_) return Abort(result.bus_idle, run_zero_);
  if (hard_reset_ || !WaitUntil(at(result.end))) {
    if (soft_reset_) Abort(result.bus_idle, run_zero_);
    return;
  }
  Finish(result);
}

void Accelerator::Finish(const RunResult& result) {
  OweUntil(result.bus_idle);
  control_.busy = false;
  control_.done = true;
  control_.irq_status |= reg::kIrqDone;
  if (result.error != ErrorCode::kNone) {
    control_.error = true;
    control_.irq_status |= reg::kIrqError;
    control_.error_word = static_cast<uint32_t>(result.error) | static_cast<uint32_t>(result.engine)
                                                                    << 8;
    control_.error_pc = result.pc;
  }
  control_.total = result.end + held_;
  control_.counters = result.counters;
  if (result.error == ErrorCode::kNone) {  // while it is held, every engine waits for data
    for (auto& engine : control_.counters.cycles)
      engine[static_cast<size_t>(reg::Cause::kWaitData)] += held_;
  }
  irq_event_.notify(sc_core::SC_ZERO_TIME);
}

// After a run or a reset: locked and draining while the bus owes answers.
void Accelerator::OweUntil(Cycle idle) {
  bus_open_ = idle == kForever;
  bus_idle_ = bus_open_ ? sc_core::SC_ZERO_TIME : run_zero_ + period_ * static_cast<double>(idle);
  control_.locked = control_.draining = bus_open_ || bus_idle_ > sc_core::sc_time_stamp();
}

// Soft reset: idle when the bus is, or when the watchdog gives up.
void Accelerator::Abort(Cycle idle_from, const sc_time& zero) {
  soft_reset_ = false;
  control_.draining = control_.busy = control_.locked = true;
  bus_open_ = idle_from == kForever;
  sc_time until = zero + period_ * static_cast<double>(bus_open_ ? 0 : idle_from);
  if (bus_open_) {
    const uint32_t watchdog = control_.Settings().watchdog;
    while (watchdog == 0 && !hard_reset_ && !soft_reset_) wait(command_event_);
    until = sc_core::sc_time_stamp() + period_ * static_cast<double>(watchdog + 1);
  }
  if (!bus_open_ && until < bus_idle_) until = bus_idle_;
  if (until < sc_core::sc_time_stamp() + period_) until = sc_core::sc_time_stamp() + period_;
  if (!WaitUntil(until)) return;
  control_.busy = start_ = false;
  control_.locked = control_.draining = bus_open_;
}

// ---- Bursts

// Answers that came later than the laws were told hold everything by that time, in whole periods:
// bursts of one instruction overlap, so that the latest of them counts.
void Accelerator::Hold() {
  if (late_ == sc_core::SC_ZERO_TIME) return;
  Cycle periods = static_cast<Cycle>(late_ / period_);
  if (period_ * static_cast<double>(periods) < late_) ++periods;
  run_zero_ += period_ * static_cast<double>(periods);
  held_ += periods;
}

BusPorts::Answer Accelerator::Burst(tlm_utils::simple_initiator_socket<Accelerator>* port,
                                    tlm::tlm_command command, Cycle address_cycle, uint64_t address,
                                    uint8_t* bytes, size_t length, uint8_t* enables) {
  tlm::tlm_generic_payload& t = transaction_;
  t.set_command(command);
  t.set_address(address);
  t.set_data_ptr(bytes);
  t.set_data_length(static_cast<unsigned>(length));
  t.set_streaming_width(static_cast<unsigned>(length));
  t.set_byte_enable_ptr(enables);
  t.set_dmi_allowed(false);
  t.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  // A memory may wait itself, or leave that to the annotated delay. One that has waited may have
  // made an address of the same instruction late already.
  const sc_time sent =
      std::max(run_zero_ + period_ * static_cast<double>(address_cycle), sc_core::sc_time_stamp());
  sc_time delay = sent - sc_core::sc_time_stamp();
  (*port)->b_transport(t, delay);
  if (t.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) return Answer::kNever;
  if (t.is_response_error()) return Answer::kError;
  const sc_time answered = sc_core::sc_time_stamp() + delay;
  const sc_time told = run_zero_ + period_ * static_cast<double>(address_cycle) + latency_;
  if (answered > told) late_ = std::max(late_, answered - told);
  return Answer::kOk;
}

BusPorts::Answer Accelerator::Fetch(Cycle cycle, uint64_t address, uint8_t* bytes, size_t length) {
  return Burst(&fetch, tlm::TLM_READ_COMMAND, cycle, address, bytes, length);
}

BusPorts::Answer Accelerator::Read(Cycle cycle, uint64_t address, uint8_t* bytes, size_t length) {
  return Burst(&data, tlm::TLM_READ_COMMAND, cycle, address, bytes, length);
}

BusPorts::Answer Accelerator::Write(Cycle cycle, uint64_t address, const uint8_t* bytes,
                                    size_t length) {
  const size_t beat = static_cast<size_t>(config_.AxiBytes());
  if (length % beat == 0) {
    return Burst(&data, tlm::TLM_WRITE_COMMAND, cycle, address, const_cast<uint8_t*>(bytes),
                 length);
  }
  // Whole beats, as on the bus; the strobes of the last one become byte enables.
  const size_t whole = (length + beat - 1) / beat * beat;
  uint8_t padded[kBurstBytes] = {}, enables[kBurstBytes] = {};
  std::memcpy(padded, bytes, length);
  std::memset(enables, TLM_BYTE_ENABLED, length);
  transaction_.set_byte_enable_length(static_cast<unsigned>(whole));
  return Burst(&data, tlm::TLM_WRITE_COMMAND, cycle, address, padded, whole, enables);
}

}  // namespace systole
