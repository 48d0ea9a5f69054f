#include "sw/check/area_run.h"

#include <fmt/format.h>

#include <stdexcept>

#include "sw/check/overlap.h"

namespace systole::check {

const std::vector<Area>& Areas() {
  static const std::vector<Area> areas = {
      {"registers", "values after reset, every writable bit, START and windows locked, interrupts",
       "docs/registers.md", CheckRegisters},
      {"transfers",
       "every tail of a line, 256-byte borders, strides, fills, open bursts at the limit",
       "bytes, cycles, counters", CheckTransfers},
      {"array", "windows, slices, offsets, both halves, sums that wrap at 2^31 both ways",
       "bytes, cycles, counters", CheckArray},
      {"rounding",
       "every mode built: ties, their neighbours, saturation, each near miss told apart", "bytes",
       CheckRounding},
      {"post", "taps, pairs, strides both ways, chunks, weight zero points, clamps",
       "bytes, cycles, counters", CheckPost},
      {"tokens", "each pair: given and taken in one cycle, 255 held, one too many, deadlock",
       "cycles, counters, errors", CheckTokens},
      {"overlap", "all engines at once on double buffers, memory latencies 1, 20, 100",
       "bytes, cycles, counters", CheckOverlap},
      {"stalls", "random back-pressure on every channel of every port", "bytes, sums of counters",
       CheckStalls},
      {"windows", "both bounds of both windows and of the fetch, 64-bit addresses",
       "bytes or error", CheckWindows},
      {"fields", "every check of docs/isa.md on both sides of its limit, all 256 opcodes",
       "error, engine, instruction", CheckFields},
      {"conflicts",
       "two users of a group, a half, an entry; lanes in one bank; running off a buffer",
       "error, engine, instruction", CheckConflicts},
      {"bus errors",
       "error responses in every burst, slaves that never answer, the watchdog's cycle",
       "error, engine, instruction", CheckBusErrors},
      {"resets", "hard and soft reset in the middle of a run, then registers and a run",
       "registers, bytes, cycles", CheckResets},
      {"layers", "compiled networks: strides, padding, groups, pooling, batches",
       "golden, cycles, memory", CheckLayers},
  };
  return areas;
}

void AreaRun::Try(const Case& c) {
  Try(c.name, [&] {
    bench_->Run(c);
    if (c.expect.code != ErrorCode::kNone) bench_->Run(OverlapCase(config(), "after " + c.name, 1));
  });
}

void AreaRun::TryAlone(const Case& c) {
  Try(c.name, [&] { bench_->Run(c); });
}

void AreaRun::Try(const std::string& name, const std::function<void()>& steps) {
  if (!goes_on()) return;
  ++cases_;
  std::string text;
  try {
    steps();
    return;
  } catch (const Difference& e) {
    text = e.what();
  } catch (const AssertionFailure& e) {
    text = fmt::format("{}: {}", name, e.what());
  } catch (const HardwareError& e) {
    text = fmt::format("{}: {}", name, e.what());
  }
  differences_.push_back(fmt::format("{}: {}", name_, text));
  bench_->Reopen();
}

}  // namespace systole::check
