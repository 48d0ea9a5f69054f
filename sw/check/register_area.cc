// The register port, and what resets leave.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sw/base/error.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/overlap.h"
#include "sw/check/program_builder.h"
#include "sw/timing/timeline.h"

namespace systole::check {
namespace {

using testing::MakeTransfer;

constexpr char kFiles[] = "systole_csr, systole_control";

struct Register {
  const char* name;
  uint32_t offset;
  uint32_t writable;  // its bits
};
constexpr Register kWritable[] = {
    {"IRQ_ENABLE", reg::kIrqEnable, 3},  {"PROG_LO", reg::kProgLo, ~0u},
    {"PROG_HI", reg::kProgHi, ~0u},      {"PROG_LEN", reg::kProgLen, ~0u},
    {"WATCHDOG", reg::kWatchdog, ~0u},   {"RD_BASE_LO", reg::kRdBaseLo, ~0u},
    {"RD_BASE_HI", reg::kRdBaseHi, ~0u}, {"RD_LAST_LO", reg::kRdLastLo, ~0u},
    {"RD_LAST_HI", reg::kRdLastHi, ~0u}, {"WR_BASE_LO", reg::kWrBaseLo, ~0u},
    {"WR_BASE_HI", reg::kWrBaseHi, ~0u}, {"WR_LAST_LO", reg::kWrLastLo, ~0u},
    {"WR_LAST_HI", reg::kWrLastHi, ~0u},
};

void ExpectRegister(Bench* bench, const std::string& when, const char* name, uint32_t offset,
                    uint32_t want) {
  const uint32_t got = bench->device()->ReadReg(offset);
  bench->Expect(
      got == want,
      fmt::format("{}: {} (0x{:03x}) is 0x{:x}, must be 0x{:x}", when, name, offset, got, want),
      kFiles);
}

// What is not configuration: status, errors, counters.
void ExpectIdle(Bench* bench, const std::string& when) {
  ExpectRegister(bench, when, "STATUS", reg::kStatus, 0);
  ExpectRegister(bench, when, "ERROR", reg::kError, 0);
  ExpectRegister(bench, when, "ERROR_PC", reg::kErrorPc, 0);
  ExpectRegister(bench, when, "CTRL", reg::kCtrl, 0);
  for (uint32_t offset = reg::kCntFirst; offset < reg::kCntEnd; offset += 8) {
    const uint64_t value = bench->Get64(offset);
    bench->Expect(value == 0,
                  fmt::format("{}: the counter at 0x{:03x} is {}, must be 0", when, offset, value),
                  "systole_counters");
  }
}

void ExpectAfterReset(Bench* bench, const std::string& when) {
  ExpectIdle(bench, when);
  ExpectRegister(bench, when, "IRQ_STATUS", reg::kIrqStatus, 0);
  for (const Register& r : kWritable) ExpectRegister(bench, when, r.name, r.offset, 0);
  try {
    Driver(bench->device()).Identify(bench->config());
  } catch (const InputError& e) {
    bench->Expect(false, when + ": " + e.what(), kFiles);
  }
}

// Offsets without a register, between those that there are.
constexpr uint32_t kNone[] = {0x050, 0x07C, reg::kParam0 + 4 * kParamWords, 0x0FC, 0x1A0, 0xFFC};

void ExpectNone(Bench* bench, const std::string& when) {
  for (uint32_t offset : kNone)
    ExpectRegister(bench, "an offset without a register, " + when, "it", offset, 0);
}

void EveryBit(Bench* bench) {
  RtlDevice* const d = bench->device();
  for (uint32_t seed : {0x9E3779B9u, 0x61C88646u}) {  // one the other's complement, nearly
    uint32_t value = seed;
    for (const Register& r : kWritable) d->WriteReg(r.offset, value = value * 5 + 0x01234567);
    value = seed;
    for (const Register& r : kWritable) {
      value = value * 5 + 0x01234567;
      ExpectRegister(bench, "registers written", r.name, r.offset, value & r.writable);
    }
  }
  // Read only, or not there: nothing changes.
  for (uint32_t offset :
       {reg::kId, reg::kVersion, reg::kStatus, reg::kError, reg::kErrorPc, reg::kCntTotal}) {
    const uint32_t before = d->ReadReg(offset);
    d->WriteReg(offset, ~before);
    ExpectRegister(bench, "a read-only register written", "it", offset, before);
  }
  for (uint32_t offset : kNone) d->WriteReg(offset, ~0u);
  ExpectNone(bench, "written");
}

// Also those that no program here needs: addresses beyond 4 GiB, the highest bits.
void ResetOfEveryBit(Bench* bench) {
  const std::string when = "a reset with every bit set";
  for (const Register& r : kWritable) bench->device()->WriteReg(r.offset, r.writable);
  bench->device()->Reset();
  bench->Forget();
  ExpectAfterReset(bench, when);
}

// A long enough program, and its time by the laws.
struct Long {
  Case c;
  uint64_t total;
  explicit Long(const HwConfig& config) : c(OverlapCase(config, "a run", 3, 42)) {
    c.look = kFiles;
    total = static_cast<uint64_t>(Simulate(c.code, config, MemoryTiming{c.latency, {}}).total);
  }
};

// Interrupts: masked, raised, cleared bit by bit.
void Interrupts(Bench* bench) {
  RtlDevice* const d = bench->device();
  const Long run(bench->config());
  bench->Start(run.c);
  d->WriteReg(reg::kIrqEnable, 0);
  bench->Expect(!d->WaitInterrupt(run.total + 500), "a masked interrupt is raised", kFiles);
  ExpectRegister(bench, "after a run", "IRQ_STATUS", reg::kIrqStatus, reg::kIrqDone);
  ExpectRegister(bench, "after a run", "STATUS", reg::kStatus, reg::kStatusDone);
  ExpectNone(bench, "after a run");  // where the counters have values
  d->WriteReg(reg::kIrqEnable, reg::kIrqError);
  bench->Expect(!d->WaitInterrupt(5), "DONE raises the interrupt of ERROR", kFiles);
  d->WriteReg(reg::kIrqEnable, reg::kIrqDone);
  bench->Expect(d->WaitInterrupt(5), "DONE does not raise the interrupt", kFiles);
  d->WriteReg(reg::kIrqStatus, reg::kIrqError);
  bench->Expect(d->WaitInterrupt(5), "clearing ERROR clears DONE, too", kFiles);
  d->WriteReg(reg::kIrqStatus, reg::kIrqDone);
  bench->Expect(!d->WaitInterrupt(5), "a cleared interrupt stays", kFiles);
  ExpectRegister(bench, "cleared", "IRQ_STATUS", reg::kIrqStatus, 0);
  bench->Forget();
}

// START and the registers of a run are locked while it lasts.
void Locked(Bench* bench) {
  RtlDevice* const d = bench->device();
  const Long run(bench->config());
  bench->Start(run.c);
  d->Idle(20);
  d->WriteReg(reg::kCtrl, reg::kCtrlStart);
  for (const Register& r : kWritable) {
    if (r.offset == reg::kIrqEnable || r.offset == reg::kWatchdog) continue;
    const uint32_t before = d->ReadReg(r.offset);
    d->WriteReg(r.offset, before ^ 0x5A5A5A00u);
    ExpectRegister(bench, "written during a run", r.name, r.offset, before);
  }
  const uint32_t status = d->ReadReg(reg::kStatus);
  bench->Expect(status == reg::kStatusBusy || status == reg::kStatusDone,
                fmt::format("STATUS during a run is 0x{:x}", status), kFiles);
  const Outcome o =
      bench->Finish(run.total + 2000, "a run with writes to locked registers", kFiles);
  bench->Expect(o == Outcome{}, "a run with writes to locked registers fails", kFiles);
  bench->CompareCounters("START written during a run",
                         Simulate(run.c.code, bench->config(), MemoryTiming{run.c.latency, {}}),
                         false);
  bench->Forget();
}

void EmptyProgram(Bench* bench) {
  Case c;
  c.name = "a program of no instructions";
  c.look = kFiles;
  bench->Run(c);
}

}  // namespace

void CheckRegisters(AreaRun* run) {
  Bench* const bench = run->bench();
  run->Try("after power-up", [=] { ExpectAfterReset(bench, "after power-up"); });
  run->Try("every bit", [=] { EveryBit(bench); });
  run->Try("reset of every bit", [=] { ResetOfEveryBit(bench); });
  run->Try("interrupts", [=] { Interrupts(bench); });
  run->Try("locked registers", [=] { Locked(bench); });
  run->Try("an empty program", [=] { EmptyProgram(bench); });
}

void CheckResets(AreaRun* run) {
  Bench* const bench = run->bench();
  const std::string ended = "a soft reset after a run";
  run->Try(ended, [&] {
    bench->Run(OverlapCase(run->config(), "a run before " + ended, 1));
    Driver(bench->device()).SoftReset();
    bench->Forget();
    ExpectIdle(bench, ended);
  });
  const Long reference(run->config());
  for (int k = 0; k < 20 && run->goes_on(); ++k) {
    const uint64_t cycle = 1 + reference.total * static_cast<uint64_t>(k) / 20;
    const std::string hard = fmt::format("a reset after {} cycles", cycle);
    run->Try(hard, [&] {
      bench->Start(reference.c);
      bench->device()->Idle(cycle);
      bench->device()->Reset();
      bench->Forget();
      ExpectAfterReset(bench, hard);
      bench->Run(OverlapCase(run->config(), "a run after " + hard, 1));
    });
    const std::string soft = fmt::format("a soft reset after {} cycles", cycle);
    run->Try(soft, [&] {
      bench->Start(reference.c);
      const std::pair<const char*, uint32_t> kept[] = {{"PROG_LEN", reg::kProgLen},
                                                       {"RD_LAST_LO", reg::kRdLastLo}};
      uint32_t values[2];
      for (int i = 0; i < 2; ++i) values[i] = bench->device()->ReadReg(kept[i].second);
      bench->device()->Idle(cycle);
      Driver(bench->device()).SoftReset();
      bench->Forget();
      ExpectIdle(bench, soft);
      for (int i = 0; i < 2; ++i)
        ExpectRegister(bench, soft, kept[i].first, kept[i].second, values[i]);
      bench->Run(OverlapCase(run->config(), "a run after " + soft, 1));
    });
  }
}

}  // namespace systole::check
