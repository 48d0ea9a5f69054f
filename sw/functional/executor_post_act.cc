// POST of the executor from the activation buffer: pools, rescaling, copies; the sum of two
// tensors.
#include <algorithm>

#include "sw/arith/add.h"
#include "sw/arith/requantize.h"
#include "sw/functional/executor.h"

namespace systole {
namespace {

int32_t Add32(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

// What both instructions share: pixels, channels and the output.
struct Output {
  explicit Output(const Instruction& i)
      : nx(i.Get(field::kPoNx)),
        ny(i.Get(field::kPoNy)),
        channels(i.Get(field::kPaNchan)),
        out(i.Get(field::kPoOut)),
        sx(i.Get(field::kPoSx)),
        sy(i.Get(field::kPoSy)),
        zy(i.GetInt8(field::kPoZy)),
        lo(i.GetInt8(field::kPoLo)),
        hi(i.GetInt8(field::kPoHi)),
        mode(static_cast<Rounding>(i.Get(field::kPoRounding))) {}

  // f(y, x, done, n) of each pixel: channels [done, done + n) of a chunk, in the hardware's order.
  template <typename F>
  void ForEach(size_t lanes, F f) const {
    for (size_t done = 0; done < channels; done += lanes) {
      for (size_t y = 0; y < ny; ++y) {
        for (size_t x = 0; x < nx; ++x) f(y, x, done, std::min(lanes, channels - done));
      }
    }
  }

  size_t nx, ny, channels, out, sx, sy;
  int zy, lo, hi;
  Rounding mode;
};

// The zero point of an operand from its entry's bias, nine bits of two's complement.
int ZeroPoint(int32_t bias) {
  const int low = bias & 0x1FF;
  return low < 256 ? -low : 512 - low;
}

}  // namespace

void Executor::PostAct(const Instruction& i) {
  const Output o(i);
  const size_t ntx = i.Get(field::kPaNtx), nty = i.Get(field::kPaNty);
  const size_t lanes = static_cast<size_t>(config_.lanes);
  const bool sum = i.Get(field::kPaSum) != 0, one_row = i.Get(field::kPaRow) != 0;
  const auto* act = reinterpret_cast<const int8_t*>(activations_.data());
  o.ForEach(lanes, [&](size_t y, size_t x, size_t done, size_t n) {
    const size_t from =
        i.Get(field::kPaSrc) + y * i.Get(field::kPaRsY) + x * i.Get(field::kPaRsX) + done;
    const Parameter* p =
        &parameters_[(i.Get(field::kPoPar) + (one_row ? 0 : done / lanes)) * lanes];
    uint8_t pixel[64];
    for (size_t k = 0; k < n; ++k) {
      int32_t v = sum ? 0 : INT32_MIN;
      for (size_t ty = 0; ty < nty; ++ty) {
        for (size_t tx = 0; tx < ntx; ++tx) {
          const int32_t tap =
              act[from + ty * i.Get(field::kPaRsTy) + tx * i.Get(field::kPaRsTx) + k];
          v = sum ? v + tap : std::max(v, tap);
        }
      }
      pixel[k] = static_cast<uint8_t>(
          Requantize(Add32(v, p[k].bias), p[k].m, p[k].s, o.mode, o.zy, o.lo, o.hi));
    }
    std::copy_n(pixel, n, &activations_[o.out + y * o.sy + x * o.sx + done]);
  });
}

void Executor::PostActAdd(const Instruction& i) {
  const Output o(i);
  const size_t lanes = static_cast<size_t>(config_.lanes);
  const Parameter* e = &parameters_[i.Get(field::kPoPar) * lanes];
  // The operand at PaSrc is added first: the second one of sw/arith/add.h.
  const bool float32 = o.mode == Rounding::kFloat32;
  AddParams p;
  p.z2 = ZeroPoint(e[0].bias);
  p.z1 = ZeroPoint(e[1].bias);
  p.m2 = e[0].m;
  p.m1 = e[1].m;
  p.s2 = float32 ? e[0].s : e[0].s % 32;
  p.s1 = float32 ? e[1].s : e[1].s % 32;
  p.offset = static_cast<int64_t>(static_cast<uint64_t>(int64_t{e[2].bias}) << (e[2].m % 64));
  p.m = e[2].m;
  p.s = e[2].s;
  p.zy = o.zy;
  const auto* act = reinterpret_cast<const int8_t*>(activations_.data());
  o.ForEach(lanes, [&](size_t y, size_t x, size_t done, size_t n) {
    const int8_t* second = act + i.Get(field::kPaSrc) + y * i.Get(field::kPaRsY) + x * o.sx + done;
    const int8_t* first = act + i.Get(field::kPbSrc) + y * i.Get(field::kPbRsY) + x * o.sx + done;
    uint8_t pixel[64];
    for (size_t k = 0; k < n; ++k)
      pixel[k] = static_cast<uint8_t>(AddQuantized(first[k], second[k], p, o.mode, o.lo, o.hi));
    std::copy_n(pixel, n, &activations_[o.out + y * o.sy + x * o.sx + done]);
  });
}

}  // namespace systole
