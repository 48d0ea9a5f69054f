// Requantization and addition of FastGolden.
#include <cmath>

#include "sw/golden/fast_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sw/golden/fast_requantize.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sw/arith/requantize.h"

HWY_BEFORE_NAMESPACE();
namespace systole {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

bool RequantizeInVectors(const RequantizeTask&) { return false; }
int64_t AddInVectors(const AddTask&) { return 0; }

#else

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::CappedTag<int32_t, kLaneBlock>;

// Mode float32 in single precision itself: all three roundings are the machine's. Limiting the
// product to +-1024 before it is rounded to an integer changes no clamped output.
struct RoundSingle {
  hn::Vec<hn::Rebind<float, D32> > scale;
  RoundSingle(const RequantizeTask& t, int j)
      : scale(hn::LoadU(hn::Rebind<float, D32>(), t.scale + j)) {}
  HWY_INLINE hn::Vec<D32> operator()(hn::Vec<D32> acc) const {
    const hn::Rebind<float, D32> df;
    const auto product = hn::Mul(hn::ConvertTo(df, acc), scale);
    return hn::NearestInt(hn::Min(hn::Max(product, hn::Set(df, -1024.0f)), hn::Set(df, 1024.0f)));
  }
};

using D64 = hn::Repartition<int64_t, D32>;

// The integer modes for shifts of 32 and more, where R fits 32 bits: floor((p + addend) / 2^s) with
//   floor      0
//   half_up    2^(s-1)
//   half_away  2^(s-1) - (p < 0)
//   half_even  2^(s-1) - 1 + (floor(p / 2^s) is odd)
//   tflite     half_away with s - 31 on p = floor((acc m + 2^30) / 2^31)   (left = 0)
// Products are made in 64 bits, of the even and of the odd lanes.
template <Rounding kMode>
struct RoundWide {
  hn::Vec<D32> m, m_odd;
  hn::Vec<D64> s_even, s_odd, half_even, half_odd;

  RoundWide(const RequantizeTask& t, int j) {
    const D64 d64;
    const hn::RebindToUnsigned<D64> du64;
    m = hn::LoadU(D32(), t.m + j);
    m_odd = Odd(m);
    auto s = hn::LoadU(D32(), t.s + j);
    if (kMode == Rounding::kTflite) s = hn::Sub(s, hn::Set(D32(), 31));
    s_even = hn::BitCast(d64, hn::And(hn::BitCast(du64, s), hn::Set(du64, 0xFFFFFFFFu)));
    s_odd = hn::BitCast(d64, hn::ShiftRight<32>(hn::BitCast(du64, s)));
    half_even = hn::ShiftRight<1>(hn::Shl(hn::Set(d64, 1), s_even));
    half_odd = hn::ShiftRight<1>(hn::Shl(hn::Set(d64, 1), s_odd));
  }

  static HWY_INLINE hn::Vec<D32> Odd(hn::Vec<D32> v) {
    return hn::BitCast(D32(), hn::ShiftRight<32>(hn::BitCast(D64(), v)));
  }

  static HWY_INLINE hn::Vec<D64> Round(hn::Vec<D64> p, hn::Vec<D64> s, hn::Vec<D64> half) {
    const D64 d64;
    if (kMode == Rounding::kFloor) return hn::Shr(p, s);
    if (kMode == Rounding::kHalfUp) return hn::Shr(hn::Add(p, half), s);
    if (kMode == Rounding::kHalfEven) {
      const auto odd = hn::And(hn::Shr(p, s), hn::Set(d64, 1));
      return hn::Shr(hn::Add(p, hn::Add(hn::Sub(half, hn::Set(d64, 1)), odd)), s);
    }
    static_assert(kMode == Rounding::kFloor || kMode == Rounding::kHalfUp ||
                      kMode == Rounding::kHalfAway || kMode == Rounding::kHalfEven ||
                      kMode == Rounding::kTflite,
                  "a rounding mode without vectors");
    if (kMode == Rounding::kTflite)
      p = hn::ShiftRight<31>(hn::Add(p, hn::Set(d64, int64_t{1} << 30)));
    const auto negative = hn::BroadcastSignBit(p);  // -1 or 0
    return hn::Shr(hn::Add(p, hn::Add(half, negative)), s);
  }

  HWY_INLINE hn::Vec<D32> operator()(hn::Vec<D32> acc) const {
    const auto even = Round(hn::MulEven(acc, m), s_even, half_even);
    const auto odd = Round(hn::MulEven(Odd(acc), m_odd), s_odd, half_odd);
    return hn::OddEven(hn::BitCast(D32(), hn::ShiftLeft<32>(odd)), hn::BitCast(D32(), even));
  }
};

// 128 + clamp(zy + r, lo, hi).
class Clamper {
 public:
  Clamper(int zy, int lo, int hi)
      : zy_(hn::Set(D32(), zy + 128)),
        lo_(hn::Set(D32(), lo + 128)),
        hi_(hn::Set(D32(), hi + 128)) {}
  // R + Zy stays far from the limits of int32 once R is limited to 9 bits and a sign.
  HWY_INLINE hn::Vec<D32> operator()(hn::Vec<D32> r) const {
    const auto small = hn::Min(hn::Max(r, hn::Set(D32(), -1024)), hn::Set(D32(), 1024));
    return hn::Min(hn::Max(hn::Add(small, zy_), lo_), hi_);
  }

 private:
  hn::Vec<D32> zy_, lo_, hi_;
};

template <class Round>
HWY_INLINE void RequantizeBlocks(const RequantizeTask& t) {
  const D32 d32;
  const hn::Rebind<uint8_t, D32> d8;
  const int lanes = static_cast<int>(hn::Lanes(d32));
  const Clamper clamp(t.zy, t.lo, t.hi);
  for (int j = 0; j < t.channels; j += lanes) {
    const Round round(t, j);
    const int count = t.channels - j < lanes ? t.channels - j : lanes;
    for (int64_t p = 0; p < t.pixels; ++p) {
      const auto y = clamp(round(hn::LoadU(d32, t.acc + p * t.stride + j)));
      uint8_t* const to = t.y + p * t.y_stride + j;
      if (count == lanes) {
        hn::StoreU(hn::DemoteTo(d8, y), d8, to);
      } else {
        uint8_t bytes[kLaneBlock];
        hn::StoreU(hn::DemoteTo(d8, y), d8, bytes);
        for (int i = 0; i < count; ++i) to[i] = bytes[i];
      }
    }
  }
}

bool RequantizeInVectors(const RequantizeTask& t) {
  if (t.mode == Rounding::kFloat32) {
    RequantizeBlocks<RoundSingle>(t);
    return true;
  }
  for (int n = 0; n < t.channels; ++n) {
    if (t.s[n] < 32) return false;
  }
  WithRounding(t.mode, [&t](auto mode) {
    if constexpr (mode.value != Rounding::kFloat32) RequantizeBlocks<RoundWide<mode.value> >(t);
  });
  return true;
}

// ---- Additions.

#if HWY_NATIVE_FMA

// ONNX Runtime's floats themselves: the integers of AddParams on their common scale.
void AddSingle(const AddTask& t) {
  const D32 d32;
  const hn::Rebind<float, D32> df;
  const hn::Rebind<uint8_t, D32> d8;
  const AddParams& p = t.params;
  const auto exact = [&p](int64_t value, int shift) {
    return std::ldexp(static_cast<float>(value), shift - p.s);
  };
  const auto first = hn::Set(df, exact(p.m1, p.s1)), second = hn::Set(df, exact(p.m2, p.s2));
  const auto offset = hn::Set(df, exact(p.offset, 0));
  const auto z1 = hn::Set(d32, 128 + p.z1), z2 = hn::Set(d32, 128 + p.z2);
  const Clamper clamp(p.zy, t.lo, t.hi);
  const auto least = hn::Set(df, -1024.0f), greatest = hn::Set(df, 1024.0f);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d32));
  for (int64_t e = 0; e + lanes <= t.elements; e += lanes) {
    const auto x1 = hn::Sub(hn::PromoteTo(d32, hn::LoadU(d8, t.x1 + e)), z1);
    const auto x2 = hn::Sub(hn::PromoteTo(d32, hn::LoadU(d8, t.x2 + e)), z2);
    const auto sum =
        hn::MulAdd(hn::ConvertTo(df, x1), first, hn::MulAdd(hn::ConvertTo(df, x2), second, offset));
    const auto r = hn::NearestInt(hn::Min(hn::Max(sum, least), greatest));
    hn::StoreU(hn::DemoteTo(d8, clamp(r)), d8, t.y + e);
  }
}

#endif  // HWY_NATIVE_FMA

// One operand of TensorFlow Lite's addition in 32 bits.
class OperandScaler {
 public:
  OperandScaler(int z, uint32_t m, int s)
      : zero_(hn::Set(D32(), z + 128)),
        m_(hn::Set(D32(), static_cast<int32_t>(m))),
        half_(hn::Set(D32(), s == 0 ? 0 : int32_t{1} << (s - 1))),
        s_(s) {}

  HWY_INLINE hn::Vec<D32> operator()(hn::Vec<D32> x) const {
    const D64 d64;
    const auto value = hn::Sub(x, zero_);
    const auto odd = hn::BitCast(D32(), hn::ShiftRight<32>(hn::BitCast(d64, value)));
    const auto nudge = hn::Set(d64, 1024);
    const auto low = hn::ShiftRight<11>(hn::Add(hn::MulEven(value, m_), nudge));
    const auto high = hn::ShiftRight<11>(hn::Add(hn::MulEven(odd, m_), nudge));
    const auto h =
        hn::OddEven(hn::BitCast(D32(), hn::ShiftLeft<32>(high)), hn::BitCast(D32(), low));
    if (s_ == 0) return h;
    const auto negative = hn::BroadcastSignBit(h);  // -1 or 0
    return hn::ShiftRightSame(hn::Add(h, hn::Add(half_, negative)), s_);
  }

 private:
  hn::Vec<D32> zero_, m_, half_;
  int s_;
};

template <Rounding kMode>
HWY_INLINE void AddWide(const AddTask& t) {
  const D32 d32;
  const hn::Rebind<uint8_t, D32> d8;
  const AddParams& p = t.params;
  int32_t m[kLaneBlock], s[kLaneBlock];
  for (int i = 0; i < kLaneBlock; ++i) m[i] = static_cast<int32_t>(p.m), s[i] = p.s;
  RequantizeTask sum = {};
  sum.m = m;
  sum.s = s;
  const RoundWide<kMode> round(sum, 0);
  const OperandScaler first(p.z1, p.m1, p.s1), second(p.z2, p.m2, p.s2);
  const Clamper clamp(p.zy, t.lo, t.hi);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d32));
  for (int64_t e = 0; e + lanes <= t.elements; e += lanes) {
    const auto x1 = first(hn::PromoteTo(d32, hn::LoadU(d8, t.x1 + e)));
    const auto x2 = second(hn::PromoteTo(d32, hn::LoadU(d8, t.x2 + e)));
    hn::StoreU(hn::DemoteTo(d8, clamp(round(hn::Add(x1, x2)))), d8, t.y + e);
  }
}

// All but the last elements that do not fill a vector; how many.
int64_t AddInVectors(const AddTask& t) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D32()));
  const int64_t done = t.elements / lanes * lanes;
  if (t.mode == Rounding::kFloat32) {
#if HWY_NATIVE_FMA
    AddSingle(t);
    return done;
#else
    return 0;
#endif
  }
  if (t.params.s < 32) return 0;
  WithRounding(t.mode, [&t](auto mode) {
    if constexpr (mode.value != Rounding::kFloat32) AddWide<mode.value>(t);
  });
  return done;
}

#endif  // HWY_TARGET

}  // namespace HWY_NAMESPACE
}  // namespace systole
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace systole {

HWY_EXPORT(RequantizeInVectors);
HWY_EXPORT(AddInVectors);

void RequantizeAll(const RequantizeTask& t) {
  if (HWY_DYNAMIC_DISPATCH(RequantizeInVectors)(t)) return;
  for (int64_t p = 0; p < t.pixels; ++p) {
    for (int n = 0; n < t.channels; ++n) {
      t.y[p * t.y_stride + n] = static_cast<uint8_t>(
          128 + Requantize(t.acc[p * t.stride + n], static_cast<uint32_t>(t.m[n]), t.s[n], t.mode,
                           t.zy, t.lo, t.hi));
    }
  }
}

void AddAll(const AddTask& t) {
  for (int64_t e = HWY_DYNAMIC_DISPATCH(AddInVectors)(t); e < t.elements; ++e) {
    t.y[e] = static_cast<uint8_t>(
        128 + AddQuantized(t.x1[e] - 128, t.x2[e] - 128, t.params, t.mode, t.lo, t.hi));
  }
}

}  // namespace systole
#endif
