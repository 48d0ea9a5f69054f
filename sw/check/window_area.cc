// The address windows of LOAD, STORE and fetch, to the byte, and addresses of more than 32 bits.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/program_builder.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::MakeTransfer;
using testing::With;

constexpr char kFiles[] = "systole_burst_walker, systole_csr";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// LOAD (or STORE) of 600 bytes from `address`, with a window of its own.
void Transfer(AreaRun* run, bool store, uint64_t address, uint64_t first, uint64_t last,
              bool allowed, const char* what) {
  const WorkArea& area = run->bench()->area();
  const uint64_t bytes = U(std::min(600, area.bytes));
  Case k;
  k.name = fmt::format("windows, {} {}", store ? "STORE" : "LOAD", what);
  k.look = kFiles;
  k.code = {With(MakeTransfer(Opcode::kFill, 0, 8),
                 {{field::kLsBuf, U(area.base)}, {field::kPush, testing::kToStore}}),
            Make(Opcode::kSyncStore, {{field::kPopLoad, 1}}),
            With(MakeTransfer(store ? Opcode::kStore : Opcode::kLoadAct, address, bytes),
                 {{field::kLsBuf, U(area.base)}})};
  k.registers = store ? std::vector<std::pair<uint32_t, uint64_t>>{{reg::kWrBaseLo, first},
                                                                   {reg::kWrLastLo, last}}
                      : std::vector<std::pair<uint32_t, uint64_t>>{{reg::kRdBaseLo, first},
                                                                   {reg::kRdLastLo, last}};
  if (!allowed) {
    k.expect = {store ? ErrorCode::kWriteWindow : ErrorCode::kReadWindow, store ? 3 : 0, 2};
  }
  run->Try(k);
}

void Bounds(AreaRun* run, bool store) {
  const uint64_t beat = U(run->config().AxiBytes());
  const uint64_t bytes = U(std::min(600, run->bench()->area().bytes));
  const uint64_t end = (bytes + beat - 1) / beat * beat;  // whole beats count
  const uint64_t at = (store ? kOut : kData) + 512;
  // The program is read through the same window.
  const uint64_t low = store ? at : kCode;
  const uint64_t top = ~uint64_t{0};
  Transfer(run, store, at, low, at + end - 1, true, "up to its last byte");
  Transfer(run, store, at, low, at + end - 2, false, "one byte too far");
  Transfer(run, store, at, low, at + 255, false, "whose second burst is outside");
  if (store) {
    Transfer(run, store, at, at, kEnd - 1, true, "from its first byte on");
    Transfer(run, store, at, at + 1, kEnd - 1, false, "one byte too early");
  } else {
    Transfer(run, store, kCode - beat, kCode, kOut - 1, false, "one beat too early");
  }
  Transfer(run, store, at, low, top, true, "with no upper bound");
  Transfer(run, store, at, low, uint64_t{1} << 32, true, "below a last byte beyond 4 GiB");
  Transfer(run, store, at + (uint64_t{1} << 63), low, top >> 1, false, "beyond the highest bit");
  if (run->config().axi_addr_width < 64) {
    Transfer(run, store, at + (uint64_t{1} << run->config().axi_addr_width), low, top, false,
             "beyond the address bits");
  }
  // A window of high addresses only: the low words alone would allow it.
  if (store) {
    Transfer(run, store, at, low | uint64_t{1} << 32, (uint64_t{1} << 32) | (kEnd - 1), false,
             "below a window of high addresses");
  }
}

void Fetch(AreaRun* run) {
  const WorkArea& area = run->bench()->area();
  const auto with = [&](const char* what, int instructions, uint64_t prog, uint64_t first,
                        uint64_t last, Outcome expect) {
    Case k;
    k.name = fmt::format("windows, fetch {}", what);
    k.look = "systole_fetch, systole_csr";
    for (int i = 0; i < instructions; ++i) {
      k.code.push_back(
          With(MakeTransfer(Opcode::kFill, 0, 4),
               {{field::kLsBuf, U(area.base + 4 * (i % 32))}, {field::kLsFill, U(i & 0xFF)}}));
    }
    k.registers = {{reg::kProgLo, prog}, {reg::kRdBaseLo, first}, {reg::kRdLastLo, last}};
    k.expect = expect;
    run->Try(k);
  };
  const Outcome first_burst{ErrorCode::kReadWindow, 4, 0}, third{ErrorCode::kReadWindow, 4, 16};
  with("up to its last byte", 20, kCode, kCode, kCode + 20 * 32 - 1, {});
  with("one byte too far", 20, kCode, kCode, kCode + 20 * 32 - 2, third);
  with("one byte too early", 20, kCode, kCode + 1, kOut - 1, first_burst);
  with("of a high address", 3, kCode | uint64_t{1} << 63, kCode, kOut - 1, first_burst);
  with("off its place", 3, kCode + 32, kCode, kOut - 1, {ErrorCode::kBadField, 4, 0});
  with("of a window of high addresses", 3, kCode, kCode | uint64_t{1} << 32, ~uint64_t{0},
       first_burst);
}

}  // namespace

void CheckWindows(AreaRun* run) {
  Bounds(run, false);
  Bounds(run, true);
  Fetch(run);
}

}  // namespace systole::check
