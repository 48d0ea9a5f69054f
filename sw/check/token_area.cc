// Tokens: every ordered pair of engines, and what the counters cannot do.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/program_builder.h"
#include "sw/driver/disassemble.h"
#include "sw/functional/check.h"
#include "sw/timing/timeline.h"

namespace systole::check {
namespace {

using testing::Make;
using testing::MakeMatmul;
using testing::MakePost;
using testing::MakeTransfer;
using testing::With;

constexpr char kFiles[] = "systole_tokens, systole_queue, systole_control";
constexpr Opcode kSync[kNumEngines] = {Opcode::kSyncLoad, Opcode::kSyncMatmul, Opcode::kSyncPost,
                                       Opcode::kSyncStore};

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// Short work of an engine, of about `length` cycles, whose bytes are known whatever the
// accumulators hold (parameter row 0 multiplies by 0).
Instruction Work(const ProgramBuilder& b, int engine, int length) {
  const HwConfig& c = b.config();
  length = std::max(1, length);
  switch (engine) {
    case 0:
      // With one address group, POST may be writing it.
      if (c.act_groups == 1)
        return MakeTransfer(Opcode::kLoadWgt, kData, U(PaddedRowBytes(Opcode::kLoadWgt, c)));
      return With(
          MakeTransfer(Opcode::kFill, 0, 1, U(std::min(length, b.area().half() / 2))),
          {{field::kLsBuf, U(b.area().in())}, {field::kLsFill, 77}, {field::kLsBufStride, 1}});
    case 1: {
      const int m = std::min(length, c.acc_depth);
      return With(MakeMatmul(U(m), U(std::min(c.WgtRows(), (length + m - 1) / m)), 1),
                  {{field::kMmFirst, 1}, {field::kMmBase, U(b.area().in())}});
    }
    case 2:
      return With(MakePost(U(std::min(length, b.area().half() / 2))),
                  {{field::kPoZy, 9},
                   {field::kPoLo, 0x80},
                   {field::kPoHalf, 1},
                   {field::kPoRounding, 0},
                   {field::kPoOut, U(b.area().out())},
                   {field::kPoSx, 1}});
    default:
      return With(MakeTransfer(Opcode::kStore, kOut + U(c.AxiBytes()), U(length)),
                  {{field::kLsBuf, U(b.area().out() + b.area().half() / 2)}});
  }
}

int BuiltMode(const HwConfig& c) {
  int mode = 0;
  while (!(c.roundings >> mode & 1)) ++mode;
  return mode;
}

// Offset row 0 and parameter row 0, then each engine waits for them.
void Prologue(ProgramBuilder* b) {
  std::vector<uint16_t> offsets;
  for (int j = 0; j < b->config().rows; ++j) offsets.push_back(static_cast<uint16_t>(j));
  b->LoadKtab(0, {offsets});
  b->LoadPar(0, {Channel{0, 0, 31}});
  b->result().code.back().Set(field::kPush, 0xE);
  for (int e = 1; e < kNumEngines; ++e) b->Add(Make(kSync[e], {{field::kPopLoad, 1}}));
}

void Add(ProgramBuilder* b, Instruction i) {
  if (i.opcode() == Opcode::kPost) i.Set(field::kPoRounding, U(BuiltMode(b->config())));
  b->Add(i);
}

// Whether some cycle both gives and takes a token of the pair.
bool Coincide(const std::vector<Instruction>& code, const Timeline& t, int source, int taker) {
  std::vector<Cycle> gives;
  for (size_t i = 0; i < code.size(); ++i) {
    if (static_cast<int>(code[i].engine()) == source && (code[i].Get(field::kPush) >> taker & 1))
      gives.push_back(t.retire[i]);
  }
  for (size_t i = 0; i < code.size(); ++i) {
    if (static_cast<int>(code[i].engine()) != taker || code[i].Get(kPopField[source]) == 0)
      continue;
    if (std::find(gives.begin(), gives.end(), t.issue[i]) != gives.end()) return true;
  }
  return false;
}

// `source` gives tokens one after the other; `taker`, held back by a third engine, takes those
// there are in cycles in a row. At the end it waits for one more, which must come late.
Case PairProgram(const HwConfig& c, int source, int taker, uint64_t seed) {
  ProgramBuilder b(c,
                   fmt::format("tokens, {} to {}, given and taken in one cycle", EngineName(source),
                               EngineName(taker)),
                   kFiles, seed);
  // MATMUL and STORE read: not at once, where there is one address group.
  int third = 0;
  while (third == source || third == taker || (third == 1 && source == 3) ||
         (third == 3 && source == 1)) {
    ++third;
  }
  Prologue(&b);
  const int gives = std::min(c.queue_depth, 6);
  for (int k = 0; k < gives; ++k) {
    Add(&b, With(Work(b, source, k == 0 ? b.Between(1, 120) : b.Between(1, 4)),
                 {{field::kPush, uint64_t{1} << taker}}));
  }
  Add(&b, With(Work(b, third, b.Between(1, 160)), {{field::kPush, uint64_t{1} << taker}}));
  b.Add(Make(kSync[taker], {{kPopField[third], 1}, {kPopField[source], 1}}));
  for (int k = 1; k < gives; ++k) b.Add(Make(kSync[taker], {{kPopField[source], 1}}));
  Add(&b, With(Work(b, source, 60), {{field::kPush, uint64_t{1} << taker}}));
  b.Add(Make(kSync[taker], {{kPopField[source], 1}}));
  return b.result();
}

// The first seed whose program has a cycle that gives and takes, by the cycle model.
std::optional<Case> Coinciding(const HwConfig& c, int source, int taker) {
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Case k = PairProgram(c, source, taker, seed);
    const Timeline t = Simulate(k.code, c, MemoryTiming{k.latency, {}});
    if (t.ok() && Coincide(k.code, t, source, taker)) return k;
  }
  return std::nullopt;
}

// As many tokens as a counter holds (255), then one more.
void Limits(AreaRun* run, int source, int taker) {
  const HwConfig& c = run->config();
  for (int count : {255, 256}) {
    ProgramBuilder b(
        c,
        fmt::format("tokens, {} given by {} to {}", count, EngineName(source), EngineName(taker)),
        kFiles, 1);
    Prologue(&b);
    const size_t first = b.result().code.size();
    for (int k = 0; k < count; ++k)
      Add(&b, With(Work(b, source, 1), {{field::kPush, uint64_t{1} << taker}}));
    if (count == 255) {
      for (int k = 0; k < 36; ++k) b.Add(Make(kSync[taker], {{kPopField[source], 7}}));
      b.Add(Make(kSync[taker], {{kPopField[source], 3}}));
    } else {
      b.result().expect = {ErrorCode::kToken, source, static_cast<uint32_t>(first) + 255};
    }
    run->Try(b.result());
  }
}

void Deadlocks(AreaRun* run) {
  const HwConfig& c = run->config();
  for (int e = 0; e < kNumEngines; ++e) {
    ProgramBuilder b(c, fmt::format("tokens, {} waits for ever", EngineName(e)), kFiles, 1);
    const int other = (e + 1) % kNumEngines;
    Prologue(&b);
    Add(&b, Work(b, other, 5));
    const uint32_t waits = static_cast<uint32_t>(b.result().code.size());
    b.Add(Make(kSync[e], {{kPopField[other], 1}}));
    b.Add(Make(kSync[other], {{kPopField[e], 2}}));
    Add(&b, Work(b, e, 3));
    b.result().expect = {ErrorCode::kToken, e, waits};
    run->Try(b.result());
  }
}

// Waits at the queue's output, with nothing else under way, while its giver is dispatched: no
// deadlock.
Case Early(const HwConfig& c, int source, int taker) {
  ProgramBuilder b(
      c, fmt::format("tokens, {} waits before {} is there", EngineName(taker), EngineName(source)),
      "systole_fetch, systole_control, systole_tokens", 6);
  b.Add(Make(kSync[taker], {{kPopField[source], 1}}));
  for (int k = 0; k < 3; ++k) b.Add(Make(kSync[source]));
  Add(&b, With(Work(b, source, 1), {{field::kPush, uint64_t{1} << taker}}));
  return b.result();
}

// More instructions than the queues hold, behind one that takes long: the dispatcher waits, for
// each engine in turn, and goes on in order.
Case FullQueues(const HwConfig& c) {
  ProgramBuilder b(c, "tokens, full queues hold the dispatcher", "systole_fetch, systole_queue", 5);
  Prologue(&b);
  for (int e = 0; e < kNumEngines; ++e) {
    Add(&b, Work(b, e, 100));
    for (int k = 0; k < c.queue_depth + 3; ++k) Add(&b, Work(b, e, 1 + k % 3));
    // With one address group the engines take turns.
    const int next = (e + 1) % kNumEngines;
    if (c.act_groups == 1) {
      b.result().code.back().Set(field::kPush, uint64_t{1} << next);
      b.Add(Make(kSync[next], {{kPopField[e], 1}}));
    }
    Add(&b, Work(b, next, 2));
  }
  return b.result();
}

}  // namespace

void CheckTokens(AreaRun* run) {
  const HwConfig& c = run->config();
  for (int source = 0; source < kNumEngines; ++source) {
    for (int taker = 0; taker < kNumEngines && run->goes_on(); ++taker) {
      if (source == taker) continue;
      if (const std::optional<Case> found = Coinciding(c, source, taker)) {
        run->Try(*found);
      } else {
        run->Skip(fmt::format("no short program in which {} gives as {} takes", EngineName(source),
                              EngineName(taker)));
      }
    }
  }
  for (int source : {0, 3}) {  // those that need nothing before them
    for (int taker = 0; taker < kNumEngines; ++taker) {
      if (source != taker && run->goes_on()) run->Try(Early(c, source, taker));
    }
  }
  for (int e = 0; e < kNumEngines && run->goes_on(); ++e) Limits(run, e, (e + 1) % kNumEngines);
  Deadlocks(run);
  run->Try(FullQueues(c));
}

}  // namespace systole::check
