#include "sw/check/activation_draw.h"

#include <algorithm>

#include "sw/arith/add.h"
#include "sw/check/instruction_builder.h"

namespace systole::check {
namespace {

using testing::Make;

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

}  // namespace

Channel PoolChannel(ProgramBuilder* b) {
  Channel ch;
  ch.bias = b->Between(-40, 40);
  ch.m = (1u << 30) + (static_cast<uint32_t>(b->Below(1 << 23)) << 7);
  ch.s = static_cast<uint8_t>(b->Between(30, 35));
  return ch;
}

namespace {

// The three entries of an addition; `offset` is a 24-bit number << `shift` in float32.
std::vector<Channel> SumEntries(const AddParams& p, int32_t offset, uint32_t shift, bool float32) {
  return {{-p.z2, p.m2, static_cast<uint8_t>(p.s2)},
          {-p.z1, p.m1, static_cast<uint8_t>(p.s1)},
          {offset, float32 ? shift : p.m, static_cast<uint8_t>(p.s)}};
}

// Numbers of any size, up to the largest shifts.
std::vector<Channel> WideSum(ProgramBuilder* b) {
  AddParams p;
  p.z1 = b->Between(-128, 127), p.z2 = b->Between(-128, 127);
  const int shift = b->Between(b->Below(2) == 0 ? 32 : 0, kMostAddShift);
  p.m1 = static_cast<uint32_t>(b->Between(1, 1 << 13));
  p.m2 = static_cast<uint32_t>(b->Between(1, 1 << 13));
  p.s1 = std::clamp(shift + b->Between(-3, 3), 0, kMostAddShift);
  p.s2 = std::clamp(shift + b->Between(-3, 3), 0, kMostAddShift);
  p.s = std::min(62, shift + b->Between(12, 17));
  return SumEntries(p, b->Between(-(1 << 23), (1 << 23) - 1), static_cast<uint32_t>(shift), true);
}

// The first sum has 25 bits, so every other one is a tie; where x1 - z1 = -4 the offset is gone
// again, and the bit that was rounded shows in the result.
std::vector<Channel> TieOfTheFirstSum(ProgramBuilder* b) {
  AddParams p;
  p.z1 = b->Between(-100, 100), p.z2 = b->Between(-128, 127);
  const int offset = b->Between(1 << 22, (1 << 23) - 1);  // times 4
  p.m1 = static_cast<uint32_t>(offset);
  p.m2 = static_cast<uint32_t>(2 * b->Between(0, 1) + 1);
  p.s = b->Between(0, 2);
  return SumEntries(p, offset, 2, true);
}

}  // namespace

std::vector<Channel> SumChannels(ProgramBuilder* b, Rounding mode, int* zy) {
  const auto tensor = [&] {
    AddTensor t;
    t.scale = static_cast<float>(b->Between(1, 300)) / 128.0F;
    t.zero_point = b->Between(-128, 127);
    return t;
  };
  const AddParams p = ChooseAdd(tensor(), tensor(), tensor(), mode, "check");
  *zy = p.zy;
  int64_t offset = p.offset;
  uint32_t shift = 0;
  while (offset != 0 && offset % 2 == 0) offset /= 2, ++shift;
  return SumEntries(p, static_cast<int32_t>(offset), shift, mode == Rounding::kFloat32);
}

std::vector<Channel> RareSum(ProgramBuilder* b, bool ties) {
  return ties ? TieOfTheFirstSum(b) : WideSum(b);
}

Instruction ActivationDraw::Pool(int from, int to, int room, int mode) {
  for (;;) {
    // Now and then as many taps as a global average has, or more channels than any array has.
    const int kind = b_->Below(8);
    const bool many_taps = kind == 0, many_channels = kind == 1;
    const int nx = b_->Between(1, many_taps ? 2 : 5), ny = b_->Between(1, many_taps ? 2 : 4),
              most = many_taps ? 63 : 3, ntx = b_->Between(1, most), nty = b_->Between(1, most);
    const bool one_row = many_channels || b_->Below(2) == 0;
    const int channels =
        b_->Between(1, many_channels ? room : (one_row ? 3 : pool_rows_) * c_.lanes);
    const int rs_tx = b_->Between(1, many_taps ? 2 : 20),
              rs_ty = b_->Between(0, many_taps ? 3 : 40), rs_x = b_->Between(0, 30),
              rs_y = b_->Between(0, 60), sx = channels + b_->Below(4), sy = nx * sx + b_->Below(20);
    const int read = (nx - 1) * rs_x + (ny - 1) * rs_y + (ntx - 1) * rs_tx + (nty - 1) * rs_ty +
                     channels,
              write = (nx - 1) * sx + (ny - 1) * sy + channels;
    if (std::max(read, write) > room) continue;
    Instruction i = Common(Opcode::kPostAct, nx, ny, channels, mode, b_->Between(-100, 100));
    i.Set(field::kPaRow, one_row);
    i.Set(field::kPaSum, U(b_->Below(2)));
    i.Set(field::kPaSrc, U(from + b_->Below(room - read + 1)));
    i.Set(field::kPaRsY, U(rs_y));
    i.Set(field::kPaRsX, U(rs_x));
    i.Set(field::kPaRsTy, U(rs_ty));
    i.Set(field::kPaRsTx, U(rs_tx));
    i.Set(field::kPaNtx, U(ntx));
    i.Set(field::kPaNty, U(nty));
    i.Set(field::kPoSx, U(sx));
    i.Set(field::kPoSy, U(sy));
    i.Set(field::kPoOut, U(to + b_->Below(room - write + 1)));
    return i;
  }
}

Instruction ActivationDraw::Add(int from, int to, int room, int mode, int zy, int row) {
  for (;;) {
    const int nx = b_->Between(1, 6), ny = b_->Between(1, 4),
              channels = b_->Between(1, 3 * c_.lanes), sx = channels + b_->Below(4);
    const int line = (nx - 1) * sx + channels, sy = nx * sx + b_->Below(20),
              rs_y = b_->Between(0, 60), pb_y = b_->Between(0, 60);
    const int read = line + (ny - 1) * std::max(rs_y, pb_y), write = line + (ny - 1) * sy;
    if (std::max(read, write) > room) continue;
    Instruction i = Common(Opcode::kPostActAdd, nx, ny, channels, mode, zy);
    i.Set(field::kPoPar, U(row));
    i.Set(field::kPaSrc, U(from + b_->Below(room - read + 1)));
    i.Set(field::kPbSrc, U(from + b_->Below(room - read + 1)));
    i.Set(field::kPaRsY, U(rs_y));
    i.Set(field::kPbRsY, U(pb_y));
    i.Set(field::kPoSx, U(sx));
    i.Set(field::kPoSy, U(sy));
    i.Set(field::kPoOut, U(to + b_->Below(room - write + 1)));
    return i;
  }
}

Instruction ActivationDraw::Common(Opcode opcode, int nx, int ny, int channels, int mode, int zy) {
  const int lo = b_->Below(3) == 0 ? b_->Between(-128, 60) : -128,
            hi = b_->Below(3) == 0 ? b_->Between(lo, 127) : 127;
  return Make(opcode, {{field::kPoRounding, U(mode)},
                       {field::kPoNx, U(nx)},
                       {field::kPoNy, U(ny)},
                       {field::kPaNchan, U(channels)},
                       {field::kPoZy, U(zy & 0xFF)},
                       {field::kPoLo, U(lo & 0xFF)},
                       {field::kPoHi, U(hi & 0xFF)}});
}

}  // namespace systole::check
