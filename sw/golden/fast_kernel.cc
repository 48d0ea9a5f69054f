#include "sw/golden/fast_kernel.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sw/golden/fast_kernel.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sw/arith/requantize.h"

HWY_BEFORE_NAMESPACE();
namespace systole {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

// No vectors of 16-bit pairs here.
void SumPairs(const PairSums& sums) {
  for (int64_t p = 0; p < sums.pixels; ++p) {
    const int16_t* const x = sums.x + sums.bases[p];
    for (int j = 0; j < kChannelBlock; ++j) {
      int32_t acc = sums.bias[j];
      for (int64_t k = 0; k < sums.pairs; ++k) {
        const int16_t* const w = sums.w + (k * kChannelBlock + j) * 2;
        acc += x[sums.offsets[k]] * w[0] + x[sums.offsets[k] + 1] * w[1];
      }
      sums.acc[p * sums.stride + j] = acc;
    }
  }
}

bool RequantizeInVectors(const RequantizeTask&) { return false; }

#else

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::CappedTag<int32_t, kChannelBlock>;
using D16 = hn::Repartition<int16_t, D32>;

// The neighbours x[0], x[1] in every lane.
HWY_INLINE hn::Vec<D16> BroadcastPair(const int16_t* x) {
  int32_t pair;
  std::memcpy(&pair, x, sizeof(pair));
  return hn::BitCast(D16(), hn::Set(D32(), pair));
}

// Four pixels, or one, by Lanes(D32) channels from channel j on. Every lane gets its own two
// products: the two partial sums of ReorderWidenMulAccumulate are put back in order at the end.
HWY_INLINE void SumFourPixels(const PairSums& sums, int64_t p, size_t j) {
  const D32 d32;
  const int16_t* const x0 = sums.x + sums.bases[p];
  const int16_t* const x1 = sums.x + sums.bases[p + 1];
  const int16_t* const x2 = sums.x + sums.bases[p + 2];
  const int16_t* const x3 = sums.x + sums.bases[p + 3];
  auto a0 = hn::Zero(d32), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  const int16_t* w = sums.w + 2 * j;
  for (int64_t k = 0; k < sums.pairs; ++k, w += 2 * kChannelBlock) {
    const ptrdiff_t offset = sums.offsets[k];
    const auto weights = hn::LoadU(D16(), w);
    a0 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x0 + offset), weights, a0, b0);
    a1 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x1 + offset), weights, a1, b1);
    a2 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x2 + offset), weights, a2, b2);
    a3 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x3 + offset), weights, a3, b3);
  }
  const auto bias = hn::LoadU(d32, sums.bias + j);
  int32_t* const acc = sums.acc + p * sums.stride + j;
  hn::StoreU(hn::Add(bias, hn::RearrangeToOddPlusEven(a0, b0)), d32, acc);
  hn::StoreU(hn::Add(bias, hn::RearrangeToOddPlusEven(a1, b1)), d32, acc + sums.stride);
  hn::StoreU(hn::Add(bias, hn::RearrangeToOddPlusEven(a2, b2)), d32, acc + 2 * sums.stride);
  hn::StoreU(hn::Add(bias, hn::RearrangeToOddPlusEven(a3, b3)), d32, acc + 3 * sums.stride);
}

HWY_INLINE void SumOnePixel(const PairSums& sums, int64_t p, size_t j) {
  const D32 d32;
  const int16_t* const x = sums.x + sums.bases[p];
  auto a0 = hn::Zero(d32), a1 = a0, b0 = a0, b1 = a0;  // two chains
  const int16_t* w = sums.w + 2 * j;
  int64_t k = 0;
  for (; k + 2 <= sums.pairs; k += 2, w += 4 * kChannelBlock) {
    const auto first = hn::LoadU(D16(), w);
    const auto second = hn::LoadU(D16(), w + 2 * kChannelBlock);
    a0 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x + sums.offsets[k]), first, a0, b0);
    a1 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x + sums.offsets[k + 1]), second, a1, b1);
  }
  if (k < sums.pairs) {
    a0 = hn::ReorderWidenMulAccumulate(d32, BroadcastPair(x + sums.offsets[k]), hn::LoadU(D16(), w),
                                       a0, b0);
  }
  const auto sum = hn::RearrangeToOddPlusEven(hn::Add(a0, a1), hn::Add(b0, b1));
  hn::StoreU(hn::Add(hn::LoadU(d32, sums.bias + j), sum), d32, sums.acc + p * sums.stride + j);
}

void SumPairs(const PairSums& sums) {
  for (size_t j = 0; j < kChannelBlock; j += hn::Lanes(D32())) {
    int64_t p = 0;
    for (; p + 4 <= sums.pixels; p += 4) SumFourPixels(sums, p, j);
    for (; p < sums.pixels; ++p) SumOnePixel(sums, p, j);
  }
}

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

template <class Round>
HWY_INLINE void RequantizeBlocks(const RequantizeTask& t) {
  const D32 d32;
  const hn::Rebind<int8_t, D32> d8;
  const int lanes = static_cast<int>(hn::Lanes(d32));
  // R + Zy stays far from the limits of int32 once R is limited to 9 bits and a sign.
  const auto least = hn::Set(d32, -1024), greatest = hn::Set(d32, 1024);
  const auto zy = hn::Set(d32, t.zy), lo = hn::Set(d32, t.lo), hi = hn::Set(d32, t.hi);
  for (int j = 0; j < t.channels; j += lanes) {
    const Round round(t, j);
    const int count = t.channels - j < lanes ? t.channels - j : lanes;
    for (int64_t p = 0; p < t.pixels; ++p) {
      const auto r = round(hn::LoadU(d32, t.acc + p * t.stride + j));
      const auto y = hn::Min(hn::Max(hn::Add(hn::Min(hn::Max(r, least), greatest), zy), lo), hi);
      int8_t* const to = t.y + p * t.y_stride + j;
      if (count == lanes) {
        hn::StoreU(hn::DemoteTo(d8, y), d8, to);
      } else {
        int8_t bytes[kChannelBlock];
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
  switch (t.mode) {
    case Rounding::kFloor:
      RequantizeBlocks<RoundWide<Rounding::kFloor> >(t);
      break;
    case Rounding::kHalfUp:
      RequantizeBlocks<RoundWide<Rounding::kHalfUp> >(t);
      break;
    case Rounding::kHalfAway:
      RequantizeBlocks<RoundWide<Rounding::kHalfAway> >(t);
      break;
    case Rounding::kHalfEven:
      RequantizeBlocks<RoundWide<Rounding::kHalfEven> >(t);
      break;
    case Rounding::kTflite:
      RequantizeBlocks<RoundWide<Rounding::kTflite> >(t);
      break;
    case Rounding::kFloat32:  // above
      break;
  }
  return true;
}

#endif  // HWY_TARGET

}  // namespace HWY_NAMESPACE
}  // namespace systole
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace systole {

HWY_EXPORT(SumPairs);
HWY_EXPORT(RequantizeInVectors);

void SumPairs(const PairSums& sums) { HWY_DYNAMIC_DISPATCH(SumPairs)(sums); }

void RequantizeAll(const RequantizeTask& t) {
  if (HWY_DYNAMIC_DISPATCH(RequantizeInVectors)(t)) return;
  for (int64_t p = 0; p < t.pixels; ++p) {
    for (int n = 0; n < t.channels; ++n) {
      t.y[p * t.y_stride + n] =
          static_cast<int8_t>(Requantize(t.acc[p * t.stride + n], static_cast<uint32_t>(t.m[n]),
                                         t.s[n], t.mode, t.zy, t.lo, t.hi));
    }
  }
}

}  // namespace systole
#endif
