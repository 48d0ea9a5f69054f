#include "sw/functional/matmul_kernel.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace systole {

void MultiplyAccumulatePlain(const int16_t* a, size_t vectors, int pairs, const int16_t* w,
                             int columns, int32_t* acc, size_t acc_stride) {
  for (size_t v = 0; v < vectors; ++v, a += 2 * pairs, acc += acc_stride) {
    for (int p = 0; p < pairs; ++p) {
      const int a0 = a[2 * p], a1 = a[2 * p + 1];
      const int16_t* row = w + static_cast<size_t>(p) * columns * 2;
      for (int c = 0; c < columns; ++c) {
        acc[c] = static_cast<int32_t>(static_cast<uint32_t>(acc[c]) +
                                      static_cast<uint32_t>(a0 * row[2 * c] + a1 * row[2 * c + 1]));
      }
    }
  }
}

void FilterColumns(const int16_t* a, size_t vectors, int a_stride, int columns, const int16_t* w,
                   int taps, int32_t* acc, size_t acc_stride) {
  for (size_t v = 0; v < vectors; ++v, a += a_stride, acc += acc_stride) {
    const int reach = static_cast<int>(std::min<size_t>(static_cast<size_t>(taps), vectors - v));
    for (int r = 0; r < reach; ++r) {
      const int16_t *lane = a + r * a_stride, *tap = w + r * columns;
      for (int c = 0; c < columns; ++c) {
        acc[c] = static_cast<int32_t>(static_cast<uint32_t>(acc[c]) +
                                      static_cast<uint32_t>(lane[c] * tap[c]));
      }
    }
  }
}

#if defined(__x86_64__)
namespace {

// One pair of vectors against `kBlocks` blocks of eight columns at a time, sums in registers.
template <int kBlocks>
__attribute__((target("avx2"))) inline void Columns(const int16_t* a, int pairs, const int16_t* w,
                                                    int columns, int32_t* acc) {
  __m256i sum[kBlocks];
  for (int b = 0; b < kBlocks; ++b)
    sum[b] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(acc + 8 * b));
  for (int p = 0; p < pairs; ++p) {
    int32_t pair;
    std::memcpy(&pair, a + 2 * p, 4);
    const __m256i both = _mm256_set1_epi32(pair);
    const int16_t* row = w + static_cast<size_t>(p) * columns * 2;
    for (int b = 0; b < kBlocks; ++b) {
      const __m256i weights = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + 16 * b));
      sum[b] = _mm256_add_epi32(sum[b], _mm256_madd_epi16(both, weights));
    }
  }
  for (int b = 0; b < kBlocks; ++b)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(acc + 8 * b), sum[b]);
}

__attribute__((target("avx2"))) void MultiplyAccumulateAvx2(const int16_t* a, size_t vectors,
                                                            int pairs, const int16_t* w,
                                                            int columns, int32_t* acc,
                                                            size_t acc_stride) {
  for (size_t v = 0; v < vectors; ++v, a += 2 * pairs, acc += acc_stride) {
    int c = 0;
    for (; c + 16 <= columns; c += 16) Columns<2>(a, pairs, w + 2 * c, columns, acc + c);
    for (; c < columns; c += 8) Columns<1>(a, pairs, w + 2 * c, columns, acc + c);
  }
}

}  // namespace
#endif

void MultiplyAccumulate(const int16_t* a, size_t vectors, int pairs, const int16_t* w, int columns,
                        int32_t* acc, size_t acc_stride) {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2");
  if (avx2) return MultiplyAccumulateAvx2(a, vectors, pairs, w, columns, acc, acc_stride);
#endif
  MultiplyAccumulatePlain(a, vectors, pairs, w, columns, acc, acc_stride);
}

}  // namespace systole
