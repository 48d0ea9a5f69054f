// The inner product of MATMUL: for every vector v and column c
//
//     acc[v * acc_stride + c] += sum_p a[v][2p] * w[p][c][0] + a[v][2p+1] * w[p][c][1] (modulo
//     2^32)
//
//   a    vectors x pairs x 2, int16 holding int8 values    w   pairs x columns x 2, the same
//   columns is a multiple of kColumnBlock; pairs up to 32.
#pragma once

#include <cstddef>
#include <cstdint>

namespace systole {

inline constexpr int kColumnBlock = 8;

// The fastest that this processor runs.
void MultiplyAccumulate(const int16_t* a, size_t vectors, int pairs, const int16_t* w, int columns,
                        int32_t* acc, size_t acc_stride);

// The same in plain C++, for every processor.
void MultiplyAccumulatePlain(const int16_t* a, size_t vectors, int pairs, const int16_t* w,
                             int columns, int32_t* acc, size_t acc_stride);

// Column mode's filter along the vectors: for every vector v and column c < `columns`
//
//     acc[v * acc_stride + c] += sum_{r < taps, v + r < vectors} a[v + r][c] * w[r][c] (modulo
//     2^32)
//
//   a    vectors x a_stride, int16 holding int8 values      w   taps x columns, the same
void FilterColumns(const int16_t* a, size_t vectors, int a_stride, int columns, const int16_t* w,
                   int taps, int32_t* acc, size_t acc_stride);

}  // namespace systole
