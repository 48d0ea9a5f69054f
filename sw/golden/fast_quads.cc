// Sums of four products of bytes a step, with AVX-512's vector neural network instructions
// (Highway has no name for them).
#include <hwy/targets.h>

#include <cstring>

#include "sw/base/check.h"
#include "sw/golden/fast_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

namespace systole {

bool HasQuads() {
  // Highway's choice, which tests restrict, and what it does not ask for.
  return (hwy::SupportedTargets() & (HWY_AVX3 | HWY_AVX3_DL)) != 0 &&
         __builtin_cpu_supports("avx512vnni");
}

#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512vnni")
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni"))), \
                             apply_to = function)
#endif

namespace {

// kPixels pixels by 16 kVectors channels: every quad of weights is used kPixels times, every quad
// of a pixel kVectors times.
template <int kPixels, int kVectors>
inline __attribute__((always_inline)) void SumQuadTile(const QuadSums& sums, int64_t p) {
  __m512i acc[kPixels][kVectors];
  const uint8_t* x[kPixels];
  for (int i = 0; i < kPixels; ++i) {
    x[i] = sums.x + sums.bases[p + i];
    for (int j = 0; j < kVectors; ++j) acc[i][j] = _mm512_loadu_si512(sums.bias + 16 * j);
  }
  const int8_t* w = sums.w;
  for (int64_t r = 0; r < sums.runs; ++r) {
    const ptrdiff_t end = sums.offsets[r] + 4 * sums.quads[r];
    for (ptrdiff_t at = sums.offsets[r]; at < end; at += 4, w += 64 * kVectors) {
      __m512i weights[kVectors];
      for (int j = 0; j < kVectors; ++j) weights[j] = _mm512_loadu_si512(w + 64 * j);
      for (int i = 0; i < kPixels; ++i) {
        int32_t quad;
        std::memcpy(&quad, x[i] + at, sizeof(quad));
        const __m512i pixel = _mm512_set1_epi32(quad);
        for (int j = 0; j < kVectors; ++j) {
          acc[i][j] = _mm512_dpbusd_epi32(acc[i][j], pixel, weights[j]);
        }
      }
    }
  }
  for (int i = 0; i < kPixels; ++i) {
    for (int j = 0; j < kVectors; ++j) {
      _mm512_storeu_si512(sums.acc + (p + i) * sums.stride + 16 * j, acc[i][j]);
    }
  }
}

// All pixels, the last ones in smaller tiles.
template <int kPixels, int kVectors>
inline __attribute__((always_inline)) void SumQuadTiles(const QuadSums& sums, int64_t p) {
  for (; p + kPixels <= sums.pixels; p += kPixels) SumQuadTile<kPixels, kVectors>(sums, p);
  if constexpr (kPixels > 1) SumQuadTiles<kPixels / 2, kVectors>(sums, p);
}

}  // namespace

void SumQuads(const QuadSums& sums) {
  if (sums.channels == 16) SumQuadTiles<12, 1>(sums, 0);
  if (sums.channels == 32) SumQuadTiles<12, 2>(sums, 0);
  if (sums.channels == 48) SumQuadTiles<8, 3>(sums, 0);
  if (sums.channels == 64) SumQuadTiles<6, 4>(sums, 0);
}

#ifdef __clang__
#pragma clang attribute pop
#endif
#pragma GCC pop_options

}  // namespace systole

#else

namespace systole {

bool HasQuads() { return false; }

void SumQuads(const QuadSums&) { Check(false, "sums of quads without the instructions"); }

}  // namespace systole

#endif
