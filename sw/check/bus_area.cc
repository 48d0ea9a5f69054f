// Memories that misbehave: error responses in every burst, slaves that never answer, the watchdog.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "sw/check/activation_draw.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/overlap.h"
#include "sw/check/row_tile.h"
#include "sw/check/tile.h"
#include "sw/driver/disassemble.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::MakeTransfer;
using testing::With;

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

using Fields = std::vector<std::pair<Field, uint64_t>>;

// Two loads, two stores and what fills three fetch bursts, each transfer of three bursts.
constexpr uint32_t kSecondLoad = 1, kFirstStore = 3;
constexpr uint64_t kLoadAt = kData + 128, kStoreAt = kOut + 128;

Case Traffic(const HwConfig& c) {
  const WorkArea area(c);
  const uint64_t bytes = U(std::min(600, area.half()));
  Case k;
  k.look = "systole_load, systole_store, systole_fetch, systole_control";
  k.code = {
      With(MakeTransfer(Opcode::kLoadAct, kData + 0x4000, 64), {{field::kLsBuf, U(area.in())}}),
      With(MakeTransfer(Opcode::kLoadAct, kLoadAt, bytes),
           {{field::kLsBuf, U(area.in())}, {field::kPush, testing::kToStore}}),
      Make(Opcode::kSyncStore, {{field::kPopLoad, 1}}),
      With(MakeTransfer(Opcode::kStore, kStoreAt, bytes), {{field::kLsBuf, U(area.in())}}),
      With(MakeTransfer(Opcode::kStore, kOut + 0x4000, 64), {{field::kLsBuf, U(area.in())}})};
  while (k.code.size() < 20) k.code.push_back(Make(Opcode::kSyncPost));
  return k;
}

AxiFault At(AxiFault::Kind kind, uint64_t address, uint8_t response = 2) {
  AxiFault f;
  f.kind = kind;
  f.first = f.last = address;
  f.response = response;
  return f;
}

void ErrorResponses(AreaRun* run) {
  for (uint8_t response : {2, 3}) {
    const char* name = response == 2 ? "SLVERR" : "DECERR";
    for (int burst = 0; burst < 3; ++burst) {
      if (128 + std::min(600, run->bench()->area().half()) <= 256 * burst) continue;
      Case k = Traffic(run->config());
      k.name = fmt::format("bus errors, {} for burst {} of LOAD", name, burst);
      k.read =
          At(AxiFault::Kind::kError, std::max(kLoadAt, kLoadAt - 128 + U(256 * burst)), response);
      k.expect = {ErrorCode::kReadResponse, 0, kSecondLoad};
      run->Try(k);
      k = Traffic(run->config());
      k.name = fmt::format("bus errors, {} for burst {} of STORE", name, burst);
      k.write =
          At(AxiFault::Kind::kError, std::max(kStoreAt, kStoreAt - 128 + U(256 * burst)), response);
      k.expect = {ErrorCode::kWriteResponse, 3, kFirstStore};
      run->Try(k);
      k = Traffic(run->config());
      k.name = fmt::format("bus errors, {} for burst {} of the fetch", name, burst);
      k.fetch = At(AxiFault::Kind::kError, kCode + U(256 * burst), response);
      k.expect = {ErrorCode::kReadResponse, 4, static_cast<uint32_t>(8 * burst)};
      run->Try(k);
    }
    // The last open burst of its engine.
    Case k = Traffic(run->config());
    k.name = fmt::format("bus errors, {} for the only burst of the last STORE", name);
    k.write = At(AxiFault::Kind::kError, kOut + 0x4000, response);
    k.expect = {ErrorCode::kWriteResponse, 3, kFirstStore + 1};
    run->Try(k);
    k.name = fmt::format("bus errors, {} for a LOAD alone", name);
    k.code = {With(MakeTransfer(Opcode::kLoadAct, kLoadAt, 8),
                   {{field::kLsBuf, U(run->bench()->area().in())}})};
    k.write = {};
    k.read = At(AxiFault::Kind::kError, kLoadAt, response);
    k.expect = {ErrorCode::kReadResponse, 0, 0};
    run->Try(k);
  }
}

// Ends by the watchdog; then the slave and the accelerator are reset.
void Silence(AreaRun* run, AxiFault::Kind kind, const char* what) {
  for (int port = 0; port < 3; ++port) {
    const char* names[] = {"LOAD", "the fetch", "STORE"};
    Case k = Traffic(run->config());
    k.watchdog = 400;
    k.name = fmt::format("bus errors, {} to {}", what, names[port]);
    k.look = "systole_control";
    AxiFault* faults[] = {&k.read, &k.fetch, &k.write};
    const uint64_t at[] = {kLoadAt, kCode, kStoreAt};
    *faults[port] = At(kind, at[port]);
    // A port that is never ready fails the first transfer of all.
    const bool deaf = kind == AxiFault::Kind::kNotReady;
    const Outcome outcomes[] = {{ErrorCode::kWatchdog, 0, deaf ? 0 : kSecondLoad},
                                {ErrorCode::kWatchdog, 4, 0},
                                {ErrorCode::kWatchdog, 3, kFirstStore}};
    k.expect = outcomes[port];
    run->Try(k.name, [&] {
      Bench* bench = run->bench();
      bench->Run(k);
      bench->device()->SetFaults({}, {}, {});
      bench->ClearFaults();
      bench->device()->Reset();
      bench->Run(OverlapCase(run->config(), "after " + k.name, 1));
    });
  }
}

// One burst of Syncs: its address is taken in cycle 1, its first beat comes in cycle 41, and the 39
// cycles between them pass without progress.
void WatchdogToTheCycle(AreaRun* run) {
  for (uint32_t watchdog : {39u, 40u}) {
    Case k;
    k.code.assign(8, Make(Opcode::kSyncPost));
    k.latency = 40;
    k.watchdog = watchdog;
    k.name = fmt::format("bus errors, a watchdog of {} cycles, memory latency 40", watchdog);
    k.look = "systole_control";
    if (watchdog < 40) k.expect = {ErrorCode::kWatchdog, 4, 0};
    run->Try(k.name, [&] {
      run->bench()->Run(k);
      run->bench()->device()->Idle(200);
      run->bench()->Run(OverlapCase(run->config(), "after " + k.name, 1));
    });
  }
}

// Work that needs no bus is progress, however long it takes.
void LongerThanTheWatchdog(AreaRun* run) {
  const HwConfig& c = run->config();
  const WorkArea area(c);
  Case k;
  k.watchdog = 60;
  k.look = "systole_control, systole_top";
  k.name = "bus errors, a Fill longer than the watchdog";
  k.code = {With(MakeTransfer(Opcode::kFill, 0, 1, U(std::min(300, area.bytes))),
                 {{field::kLsBuf, U(area.in())}, {field::kLsBufStride, 1}, {field::kLsFill, 3}})};
  run->Try(k);
  // One entry or byte again and again; the parameters multiply by 0.
  int mode = 0;
  while (!(c.roundings >> mode & 1)) ++mode;
  const Fields output = {{field::kPoOut, U(area.out())}, {field::kPoRounding, U(mode)}};
  const Fields input = {{field::kPaNchan, 1}, {field::kPaSrc, U(area.in())}};
  const auto long_one = [&](Opcode opcode, std::initializer_list<Fields> lists) {
    Instruction i = Make(opcode, {{field::kPoNx, 200}, {field::kPoNy, 1}, {field::kPoHi, 127}});
    for (const Fields& fields : lists) {
      for (const auto& [f, value] : fields) i.Set(f, value);
    }
    return i;
  };
  std::vector<Instruction> all = {long_one(
      Opcode::kPost, {output, {{field::kPoNtx, 1}, {field::kPoNty, 1}, {field::kPoNchan, 1}}})};
  const bool adds = c.add_unit != 0 && c.ParRows() >= SumRows(c);
  if (c.post_act != 0) {
    all.push_back(
        long_one(Opcode::kPostAct, {output, input, {{field::kPaNtx, 1}, {field::kPaNty, 1}}}));
  }
  if (adds) {
    all.push_back(long_one(Opcode::kPostActAdd, {output, input, {{field::kPbSrc, U(area.in())}}}));
  }
  for (const Instruction& i : all) {
    ProgramBuilder b(
        c, fmt::format("bus errors, a {} longer than the watchdog", OpcodeName(i.opcode())), k.look,
        1);
    b.LoadPar(0, std::vector<Channel>(adds ? 3 : 1, Channel{0, 0, 31}));
    b.Then(i);
    b.result().watchdog = 60;
    run->Try(b.result());
  }
  if (c.engine != 0) {
    ProgramBuilder b(c, "bus errors, RowConvs longer than the watchdog", k.look, 1);
    RowTile tile;
    tile.nx = c.acc_depth / c.cols;
    while (tile.slices < 8 && tile.slices + 1 <= c.WgtRows()) ++tile.slices;
    b.Then(LoadRowTile(&b, tile, Operands::kFull));
    for (int more = 0; more < 60; more += tile.nx * tile.slices)
      b.Add(With(b.result().code.back(), {{field::kRcFirst, 0}}));
    b.result().watchdog = 60;
    return run->Try(b.result());
  }
  // As many vectors and slices as buffers hold, dense and in column mode.
  const int vectors = std::min(c.acc_depth, 40), slices = std::min(c.WgtRows(), 8);
  if (vectors * slices <= 60) return run->Skip("a Matmul longer than the watchdog: buffers small");
  for (const bool column : {false, true}) {
    if (column && c.taps == 0) continue;
    ProgramBuilder b(c,
                     fmt::format("bus errors, a Matmul{} longer than the watchdog",
                                 column ? " in column mode" : ""),
                     k.look, 1);
    std::vector<uint16_t> offsets(U(c.rows));
    std::iota(offsets.begin(), offsets.end(), uint16_t{0});
    b.LoadKtab(0, {offsets});
    const Instruction matmul = With(testing::MakeMatmul(U(vectors), U(slices), 1),
                                    {{field::kMmFirst, 1}, {field::kMmBase, U(area.in())}});
    b.Then(column ? InColumnMode(matmul, 1, 1) : matmul);
    b.result().watchdog = 60;
    run->Try(b.result());
  }
}

}  // namespace

void CheckBusErrors(AreaRun* run) {
  ErrorResponses(run);
  Silence(run, AxiFault::Kind::kNoResponse, "no answer");
  Silence(run, AxiFault::Kind::kNotReady, "never ready");
  WatchdogToTheCycle(run);
  LongerThanTheWatchdog(run);
}

}  // namespace systole::check
