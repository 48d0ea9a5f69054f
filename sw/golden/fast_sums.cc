// The sums of FastGolden but for those of quads.
#include <cstring>

#include "sw/golden/fast_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sw/golden/fast_sums.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace systole {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

// No vectors of 16-bit pairs here.
void SumPairs(const PairSums& sums) {
  for (int64_t p = 0; p < sums.pixels; ++p) {
    const int16_t* const x = sums.x + sums.bases[p];
    for (int j = 0; j < kPairBlock; ++j) {
      int32_t acc = sums.bias[j];
      for (int64_t k = 0; k < sums.pairs; ++k) {
        const int16_t* const w = sums.w + (k * kPairBlock + j) * 2;
        acc += x[sums.offsets[k]] * w[0] + x[sums.offsets[k] + 1] * w[1];
      }
      sums.acc[p * sums.stride + j] = acc;
    }
  }
}

void SumDepthwise(const DepthwiseSums& sums) {
  for (int64_t p = 0; p < sums.pixels; ++p) {
    for (int c = 0; c < sums.channels; ++c) {
      int32_t acc = sums.bias[c];
      for (int64_t t = 0; t < sums.taps; ++t) {
        acc += sums.x[sums.bases[p] + sums.offsets[t] + c] * sums.w[t * sums.stride + c];
      }
      sums.acc[p * sums.stride + c] = acc;
    }
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::CappedTag<int32_t, kPairBlock>;
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
  for (int64_t k = 0; k < sums.pairs; ++k, w += 2 * kPairBlock) {
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
  for (; k + 2 <= sums.pairs; k += 2, w += 4 * kPairBlock) {
    const auto first = hn::LoadU(D16(), w);
    const auto second = hn::LoadU(D16(), w + 2 * kPairBlock);
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
  for (size_t j = 0; j < kPairBlock; j += hn::Lanes(D32())) {
    int64_t p = 0;
    for (; p + 4 <= sums.pixels; p += 4) SumFourPixels(sums, p, j);
    for (; p < sums.pixels; ++p) SumOnePixel(sums, p, j);
  }
}

using D32Wide = hn::CappedTag<int32_t, kLaneBlock>;

// kPixels pixels by the channels of one vector.
template <int kPixels>
HWY_INLINE void SumDepthwiseBlock(const DepthwiseSums& sums, int64_t p, int c) {
  const D32Wide d32;
  const hn::Rebind<uint8_t, D32Wide> d8;
  const uint8_t* x[kPixels];
  hn::Vec<D32Wide> acc[kPixels];
  for (int i = 0; i < kPixels; ++i) {
    x[i] = sums.x + sums.bases[p + i] + c;
    acc[i] = hn::LoadU(d32, sums.bias + c);
  }
  const int32_t* w = sums.w + c;
  for (int64_t t = 0; t < sums.taps; ++t, w += sums.stride) {
    const auto weights = hn::LoadU(d32, w);
    for (int i = 0; i < kPixels; ++i) {
      const auto bytes = hn::PromoteTo(d32, hn::LoadU(d8, x[i] + sums.offsets[t]));
      acc[i] = hn::Add(acc[i], hn::Mul(bytes, weights));
    }
  }
  for (int i = 0; i < kPixels; ++i) {
    hn::StoreU(acc[i], d32, sums.acc + (p + i) * sums.stride + c);
  }
}

void SumDepthwise(const DepthwiseSums& sums) {
  const int lanes = static_cast<int>(hn::Lanes(D32Wide()));
  for (int c = 0; c < sums.channels; c += lanes) {
    int64_t p = 0;
    for (; p + 4 <= sums.pixels; p += 4) SumDepthwiseBlock<4>(sums, p, c);
    for (; p < sums.pixels; ++p) SumDepthwiseBlock<1>(sums, p, c);
  }
}

#endif  // HWY_TARGET

}  // namespace HWY_NAMESPACE
}  // namespace systole
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace systole {

HWY_EXPORT(SumPairs);
HWY_EXPORT(SumDepthwise);

void SumPairs(const PairSums& sums) { HWY_DYNAMIC_DISPATCH(SumPairs)(sums); }
void SumDepthwise(const DepthwiseSums& sums) { HWY_DYNAMIC_DISPATCH(SumDepthwise)(sums); }

}  // namespace systole
#endif
