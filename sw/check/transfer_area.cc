// LOAD, FILL and STORE: lines, tails, bursts, borders.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/program_builder.h"

namespace systole::check {
namespace {

using testing::MakeTransfer;
using testing::With;

constexpr char kFiles[] =
    "systole_burst_walker, systole_load, systole_store, systole_act_buffer, systole_act_span";

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// Lines of every length up to two beats and a byte, at every place in the banks.
Case Tails(const HwConfig& c) {
  ProgramBuilder b(c, "transfers, every tail of a line", kFiles, 1);
  const int beat = c.AxiBytes();
  for (int n = 1; n <= 2 * beat + 1; ++n) {
    const int in = b.area().in() + b.Below(b.area().half() - n);
    b.Then(With(MakeTransfer(Opcode::kLoadAct, kData + U(n * 40 * beat), U(n)),
                {{field::kLsBuf, U(in)}}));
    b.Then(
        With(MakeTransfer(Opcode::kStore, kOut + U(n * 8 * beat), U(n)), {{field::kLsBuf, U(in)}}));
    b.Then(With(MakeTransfer(Opcode::kFill, 0, U(n)),
                {{field::kLsBuf, U(b.area().out() + b.Below(b.area().half() - n))},
                 {field::kLsFill, U(n * 37 & 0xFF)}}));
  }
  return b.result();
}

// Lines that begin at each beat before and behind a 256-byte border and cross it.
Case Borders(const HwConfig& c) {
  ProgramBuilder b(c, "transfers, lines across 256-byte borders", kFiles, 2);
  const int beat = c.AxiBytes(), lines = 256 / beat;
  const int step = std::max(1, lines / 16), bytes = std::min(300, b.area().half());
  for (int k = 0; k < lines; k += step) {
    const uint64_t at = U(1024 * (k / step) + k * beat);
    b.Then(With(MakeTransfer(Opcode::kLoadAct, kData + at, U(bytes)),
                {{field::kLsBuf, U(b.area().in() + b.Below(b.area().half() - bytes + 1))}}));
    b.Then(With(MakeTransfer(Opcode::kStore, kOut + at, U(bytes - k % 3)),
                {{field::kLsBuf, U(b.area().in() + b.Below(b.area().half() - bytes + 1))}}));
  }
  return b.result();
}

// More bursts than may be open: one long line, and many of one beat.
Case ManyBursts(const HwConfig& c) {
  ProgramBuilder b(c, "transfers, more bursts than OUTSTANDING", kFiles, 3);
  const int beat = c.AxiBytes();
  const int bytes = std::min(b.area().bytes, 256 * (c.outstanding + 3));
  const int lines = std::min(3 * c.outstanding + 2, b.area().bytes / beat);
  b.Then(With(MakeTransfer(Opcode::kLoadAct, kData + U(beat), U(bytes)),
              {{field::kLsBuf, U(b.area().base)}}));
  b.Then(With(MakeTransfer(Opcode::kStore, kOut + U(beat), U(bytes)),
              {{field::kLsBuf, U(b.area().base)}}));
  b.Then(With(MakeTransfer(Opcode::kLoadAct, kData + 0x4000, U(beat - 1), U(lines), U(2 * beat)),
              {{field::kLsBuf, U(b.area().base)}, {field::kLsBufStride, U(beat)}}));
  b.Then(With(MakeTransfer(Opcode::kStore, kOut + 0x4000, U(beat - 1), U(lines), U(3 * beat)),
              {{field::kLsBuf, U(b.area().base)}, {field::kLsBufStride, U(beat)}}));
  return b.result();
}

// Lines that all lie at one address, in memory or in the buffer.
Case Repeats(const HwConfig& c) {
  ProgramBuilder b(c, "transfers, lines at one address", kFiles, 5);
  const int beat = c.AxiBytes(), bytes = beat + 3;
  const uint64_t in = U(b.area().in()), out = U(b.area().out());
  b.Then(With(MakeTransfer(Opcode::kLoadAct, kData, U(bytes), 3),
              {{field::kLsBuf, in}, {field::kLsBufStride, U(bytes)}}));
  b.Then(With(MakeTransfer(Opcode::kStore, kOut, U(bytes), 3), {{field::kLsBuf, in}}));
  b.Then(With(MakeTransfer(Opcode::kLoadAct, kData + 0x1000, U(bytes), 3, U(2 * beat)),
              {{field::kLsBuf, out}, {field::kLsBufStride, 0}}));
  b.Then(With(MakeTransfer(Opcode::kStore, kOut + 0x1000, U(bytes), 3, U(2 * beat)),
              {{field::kLsBuf, out}, {field::kLsBufStride, 0}}));
  return b.result();
}

// To the very last byte of the activation buffer, and back.
Case BufferEnd(const HwConfig& c) {
  ProgramBuilder b(c, "transfers, the end of the activation buffer", kFiles, 4);
  for (int n : {1, c.AxiBytes(), 100}) {
    const int at = c.ActBytes() - n;
    b.Then(With(MakeTransfer(Opcode::kLoadAct, kData + U(n * 64), U(n)), {{field::kLsBuf, U(at)}}));
    b.Then(With(MakeTransfer(Opcode::kStore, kOut + U(n * 512), U(n)), {{field::kLsBuf, U(at)}}));
  }
  return b.result();
}

Case RandomTransfers(const HwConfig& c, int k) {
  ProgramBuilder b(c, fmt::format("transfers, program {}", k), kFiles, U(500 + k));
  const int beat = c.AxiBytes();
  for (int n = 0; n < 24; ++n) {
    const int kind = b.Below(3);
    const int lines = b.Below(2) ? 1 : b.Between(2, 6);
    const int most = b.area().bytes / lines;
    const int bytes = b.Between(1, std::min(most, lines > 1 ? 90 : 700));
    const int stride = b.Between(bytes, std::min(most, bytes + 40));
    const int span = (lines - 1) * stride + bytes;
    const Opcode opcode = kind == 0 ? Opcode::kLoadAct : kind == 1 ? Opcode::kFill : Opcode::kStore;
    const uint64_t mem_stride = U((bytes + beat - 1) / beat * beat + b.Below(20) * beat);
    b.Then(With(MakeTransfer(opcode, (kind == 2 ? kOut : kData) + U(b.Below(3000) * beat), U(bytes),
                             U(lines), mem_stride),
                {{field::kLsBuf, U(b.area().base + b.Below(b.area().bytes - span + 1))},
                 {field::kLsBufStride, U(stride)},
                 {field::kLsFill, U(b.Below(256))}}));
  }
  Case result = b.result();
  result.latency = k % 3 == 0 ? 20 : k % 3 == 1 ? 1 : 100;
  return result;
}

}  // namespace

void CheckTransfers(AreaRun* run) {
  const HwConfig& c = run->config();
  run->Try(Tails(c));
  run->Try(Borders(c));
  run->Try(ManyBursts(c));
  run->Try(Repeats(c));
  run->Try(BufferEnd(c));
  for (int k = 0; k < 24 && run->goes_on(); ++k) run->Try(RandomTransfers(c, k));
}

}  // namespace systole::check
