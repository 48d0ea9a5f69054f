// POST from the activation buffer: taps, sums, chunks, both additions, what POST wrote before.
#include <fmt/format.h>

#include <algorithm>

#include "sw/check/activation_draw.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/tile.h"

namespace systole::check {
namespace {

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// LANES bytes whose first ones lie in one group and whose last ones in the next, copied.
Case BorderCase(const HwConfig& c) {
  ProgramBuilder b(c, "activations, copied across the border of two groups",
                   "systole_act_buffer, systole_act_span, systole_act_group", 499);
  const int half = b.area().half(), border = b.area().out(), lanes = c.lanes;
  b.LoadAct(b.area().in(), b.RandomBytes(half));
  b.LoadAct(border, b.RandomBytes(half));
  int mode = 0;
  while (!(c.roundings >> mode & 1)) ++mode;
  b.LoadPar(0, std::vector<Channel>(U(lanes)));
  int to = border + lanes;
  for (int before = 1; before < lanes && to + lanes <= b.area().end(); ++before, to += lanes) {
    b.Then(testing::Make(Opcode::kPostAct, {{field::kPoRounding, U(mode)},
                                            {field::kPoNx, 1},
                                            {field::kPoNy, 1},
                                            {field::kPaNtx, 1},
                                            {field::kPaNty, 1},
                                            {field::kPaNchan, U(lanes)},
                                            {field::kPaSrc, U(border - before)},
                                            {field::kPoOut, U(to)},
                                            {field::kPoLo, 0x80},
                                            {field::kPoHi, 0x7F}}));
  }
  return b.result();
}

// Additions in float32 of numbers that no network has.
Case RareSumCase(const HwConfig& c, int k) {
  ProgramBuilder b(c, fmt::format("activations, rare sums, program {}", k), "systole_post_add",
                   U(700 + k));
  const int half = b.area().half(), quarter = half / 2;
  std::vector<uint8_t> bytes(U(half));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(b.Below(256));
  b.LoadAct(b.area().in(), bytes);
  std::vector<Channel> channels = RareSum(&b, k % 2 == 0);
  channels.resize(U(SumRows(c) * c.lanes));
  b.LoadPar(0, channels);
  ActivationDraw draw(&b, 1);
  const int zy = b.Between(-128, 127);
  for (int p = 0; p < 16; ++p) {
    b.Then(draw.Add(b.area().in(), b.area().out(), quarter, static_cast<int>(Rounding::kFloat32),
                    zy, 0));
  }
  return b.result();
}

}  // namespace

void CheckActivations(AreaRun* run) {
  const HwConfig& c = run->config();
  if (c.post_act == 0) return run->Skip("PostAct is not built (POST_ACT=0)");
  const int sum_rows = SumRows(c);
  const bool adds = c.add_unit != 0 && c.ParRows() > sum_rows;
  if (!adds) run->Skip("PostActAdd is not built (ADD_UNIT=0), or PAR_KIB too small for it");
  const int pool_rows = std::min(3, c.ParRows() - (adds ? sum_rows : 0));
  run->Try(BorderCase(c));
  for (int k = 0; k < 30 && run->goes_on(); ++k) {
    ProgramBuilder b(c, fmt::format("activations, program {}", k),
                     "systole_post_source, systole_post, systole_post_add, systole_act_buffer",
                     U(500 + k));
    // Read from the first half; written to a quarter, and from there to the other.
    const int half = b.area().half(), quarter = half / 2, out = b.area().out();
    std::vector<uint8_t> bytes(U(half));
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(b.Below(256));
    b.LoadAct(b.area().in(), bytes);
    const int mode = AnyMode(&b);
    int zy = 0;
    std::vector<Channel> channels;
    if (adds) {
      channels = SumChannels(&b, static_cast<Rounding>(mode), &zy);
      channels.resize(U(sum_rows * c.lanes));
    }
    for (int n = 0; n < pool_rows * c.lanes; ++n) channels.push_back(PoolChannel(&b));
    b.LoadPar(0, channels);
    ActivationDraw draw(&b, pool_rows);
    for (int p = 0; p < 8; ++p) {
      const bool again = p % 4 == 3;       // of what was written before,
      const bool across = again && p > 4;  // and of the border between two groups
      const int from = across  ? out - quarter / 2
                       : again ? out
                               : b.area().in(),
                to = again ? out + quarter : out;
      Instruction i;
      if (adds && b.Below(2) == 0) {
        i = draw.Add(from, to, quarter, mode, zy, 0);
      } else {
        i = draw.Pool(from, to, quarter, AnyMode(&b));
        i.Set(field::kPoPar, U(adds ? sum_rows : 0));
      }
      i.Set(field::kPaAfter, again || b.Below(4) == 0);
      b.Then(i);
    }
    run->Try(b.result());
  }
  if (adds && (c.roundings >> static_cast<int>(Rounding::kFloat32) & 1) != 0) {
    for (int k = 0; k < 12 && run->goes_on(); ++k) run->Try(RareSumCase(c, k));
  }
}

}  // namespace systole::check
