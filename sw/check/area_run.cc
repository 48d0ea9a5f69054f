#include "sw/check/area_run.h"

#include <fmt/format.h>

#include <stdexcept>

#include "sw/check/overlap.h"

namespace systole::check {

const std::vector<Area>& Areas() {
  static const std::vector<Area> areas = {
      {"registers", "values after reset, every bit, locks, interrupts", "docs/registers.md",
       CheckRegisters, true},
      {"transfers", "tails, 256-byte borders, strides, fills, many bursts",
       "bytes, cycles, counters", CheckTransfers, true},
      {"array", "windows, slices, halves, sums that wrap at 2^31", "bytes, cycles, counters",
       CheckArray},
      {"columns", "column mode: taps, ends of slices, lanes", "bytes, cycles or error",
       CheckColumns},
      {"tiles", "output stationary: tiles, sums that leave, lanes", "bytes, cycles or error",
       CheckOutputStationary},
      {"filters", "input stationary: blocks, diagonals, lanes", "bytes, cycles or error",
       CheckInputStationary},
      {"rows", "row stationary: mappings, pace, ports, lanes", "bytes, cycles or error", CheckRows,
       true},
      {"rounding", "each mode built: ties, ends, every near miss", "bytes", CheckRounding},
      {"post", "taps, pairs, strides, chunks, zero points, clamps", "bytes, cycles, counters",
       CheckPost},
      {"activations", "POST of activations: taps, sums, additions, PaAfter",
       "bytes, cycles, counters", CheckActivations},
      {"tokens", "each pair in one cycle, 255, one too many, deadlock", "cycles, counters, errors",
       CheckTokens},
      {"overlap", "all engines at once, memory latencies 1, 20, 100", "bytes, cycles, counters",
       CheckOverlap, true},
      {"stalls", "random back-pressure on every channel", "bytes, sums of counters", CheckStalls,
       true},
      {"windows", "both bounds of each window, 64-bit addresses", "bytes or error", CheckWindows,
       true},
      {"fields", "each check on both sides, all 256 opcodes", "error, engine, instruction",
       CheckFields, true},
      {"conflicts", "ports, halves, entries, banks; off a buffer's end",
       "error, engine, instruction", CheckConflicts},
      {"bus errors", "errors in every burst, silence, the watchdog's cycle",
       "error, engine, instruction", CheckBusErrors, true},
      {"resets", "hard and soft in mid-run, then registers and a run", "registers, bytes, cycles",
       CheckResets, true},
      {"layers", "networks: strides, padding, groups, pools, batches", "golden, cycles, memory",
       CheckLayers, true},
  };
  return areas;
}

namespace {

// The bus checkers say what the masters did wrong.
std::string BehindAssertion(const std::string& what, const std::string& look) {
  if (what.find("axi_read_checker") != std::string::npos)
    return "systole_fetch, systole_load, systole_burst_walker";
  if (what.find("axi_write_checker") != std::string::npos)
    return "systole_store, systole_burst_walker";
  if (what.find("axil_checker") != std::string::npos) return "systole_csr";
  return "that line; " + look;
}

}  // namespace

void AreaRun::Try(const Case& c) {
  Count(c.name, c.look, [&] {
    bench_->Run(c);
    if (c.expect.code != ErrorCode::kNone) bench_->Run(OverlapCase(config(), "after " + c.name, 1));
  });
}

void AreaRun::TryAlone(const Case& c) {
  Count(c.name, c.look, [&] { bench_->Run(c); });
}

void AreaRun::Try(const std::string& name, const std::function<void()>& steps) {
  Count(name, "systole_csr, systole_control", [&] {
    if (!bench_->dry()) steps();
  });
}

void AreaRun::Count(const std::string& name, const std::string& look,
                    const std::function<void()>& steps) {
  if (!goes_on()) return;
  ++cases_;
  std::string text;
  try {
    steps();
    return;
  } catch (const Difference& e) {
    text = e.what();
  } catch (const AssertionFailure& e) {
    text = fmt::format("{}: {}; look at {}", name, e.what(), BehindAssertion(e.what(), look));
  } catch (const HardwareError& e) {
    text = fmt::format("{}: {}; look at {}", name, e.what(), look);
  }
  differences_.push_back(fmt::format("{}: {}", name_, text));
  bench_->Reopen();
}

}  // namespace systole::check
