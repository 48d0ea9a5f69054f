// POST from the activation buffer: taps, sums, chunks, both additions, what POST wrote before.
#include <fmt/format.h>

#include <algorithm>

#include "sw/arith/add.h"
#include "sw/check/area_run.h"
#include "sw/check/instruction_builder.h"
#include "sw/check/tile.h"

namespace systole::check {
namespace {

using testing::Make;

uint64_t U(int64_t v) { return static_cast<uint64_t>(v); }

// Channels that a pool needs: small sums pass unchanged, others are scaled down.
Channel PoolChannel(ProgramBuilder* b) {
  Channel ch;
  ch.bias = b->Between(-40, 40);
  ch.m = (1u << 30) + (static_cast<uint32_t>(b->Below(1 << 23)) << 7);
  ch.s = static_cast<uint8_t>(b->Between(30, 35));
  return ch;
}

// The three entries of an addition of random scales.
std::vector<Channel> Sum(ProgramBuilder* b, Rounding mode, int* zy) {
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
  const bool float32 = mode == Rounding::kFloat32;
  return {{-p.z2, p.m2, static_cast<uint8_t>(p.s2)},
          {-p.z1, p.m1, static_cast<uint8_t>(p.s1)},
          {static_cast<int32_t>(offset), float32 ? shift : p.m, static_cast<uint8_t>(p.s)}};
}

// Bytes read lie in [from, from + room), those written in [to, to + room).
class Drawing {
 public:
  Drawing(ProgramBuilder* b, int pool_rows) : b_(b), c_(b->config()), pool_rows_(pool_rows) {}

  Instruction Pool(int from, int to, int room, int mode) {
    for (;;) {
      const int nx = b_->Between(1, 5), ny = b_->Between(1, 4), ntx = b_->Between(1, 3),
                nty = b_->Between(1, 3);
      const bool one_row = b_->Below(2) == 0;
      const int channels = b_->Between(1, (one_row ? 3 : pool_rows_) * c_.lanes);
      const int rs_tx = b_->Between(1, 20), rs_ty = b_->Between(0, 40), rs_x = b_->Between(0, 30),
                rs_y = b_->Between(0, 60), sx = channels + b_->Below(4),
                sy = nx * sx + b_->Below(20);
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

  Instruction Add(int from, int to, int room, int mode, int zy, int row) {
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

 private:
  Instruction Common(Opcode opcode, int nx, int ny, int channels, int mode, int zy) {
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

  ProgramBuilder* b_;
  const HwConfig& c_;
  int pool_rows_;
};

}  // namespace

void CheckActivations(AreaRun* run) {
  const HwConfig& c = run->config();
  if (c.post_act == 0) return run->Skip("PostAct is not built (POST_ACT=0)");
  const int sum_rows = (3 + c.lanes - 1) / c.lanes;
  const bool adds = c.add_unit != 0 && c.ParRows() > sum_rows;
  if (!adds) run->Skip("PostActAdd is not built (ADD_UNIT=0), or PAR_KIB too small for it");
  const int pool_rows = std::min(3, c.ParRows() - (adds ? sum_rows : 0));
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
      channels = Sum(&b, static_cast<Rounding>(mode), &zy);
      channels.resize(U(sum_rows * c.lanes));
    }
    for (int n = 0; n < pool_rows * c.lanes; ++n) channels.push_back(PoolChannel(&b));
    b.LoadPar(0, channels);
    Drawing draw(&b, pool_rows);
    for (int p = 0; p < 8; ++p) {
      const bool again = p % 4 == 3;  // of what was written before
      const int from = again ? out : b.area().in(), to = again ? out + quarter : out;
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
}

}  // namespace systole::check
