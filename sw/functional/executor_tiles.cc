// An output-stationary Matmul of the executor: a tile is lanes x vectors times vectors x columns,
// the vectors a block at a time.
#include <algorithm>

#include "sw/functional/executor.h"
#include "sw/functional/matmul_kernel.h"
#include "sw/timing/matmul_law.h"

namespace systole {
namespace {

constexpr size_t kBlock = 64;  // vectors: as many pairs as the kernel takes

}  // namespace

ErrorCode Executor::MatmulTiles(const Instruction& i) {
  const size_t nx = i.Get(field::kMmNx), ny = i.Get(field::kMmNy),
               m = nx * ny * i.Get(field::kMmNb), stride_x = i.Get(field::kMmStrideX),
               stride_y = i.Get(field::kMmStrideY), stride_b = i.Get(field::kMmStrideB);
  const int tiles = static_cast<int>(i.Get(field::kMmKslices)),
            columns = static_cast<int>(i.Get(field::kMmWcols)),
            half = static_cast<int>(i.Get(field::kMmHalf)), per_port = config_.cols / config_.wport;
  const size_t rows = static_cast<size_t>(config_.rows);
  std::vector<int16_t> pixels(rows * kBlock), weights(kBlock * padded_columns_);
  for (int tile = 0; tile < tiles; ++tile) {
    Windows windows;
    if (const ErrorCode error = FindWindows(i, tile, &windows); error != ErrorCode::kNone)
      return error;
    const size_t lanes = static_cast<size_t>(windows.lanes);
    const int entry = static_cast<int>(i.Get(field::kMmAccBase)) + tile * config_.rows;
    int32_t* const acc = Entry(half, entry);
    if (i.Get(field::kMmFirst) != 0) std::fill_n(acc, lanes * padded_columns_, 0);
    // Sums of a pixel's activations are nowhere formed.
    std::fill_n(&row_sums_[RowSumIndex(half, entry)], lanes, kJunkSum);
    for (size_t first = 0; first < m; first += kBlock) {
      const size_t count = std::min(kBlock, m - first), pairs = (count + 1) / 2;
      std::fill(weights.begin(), weights.end(), static_cast<int16_t>(0x55));
      for (size_t k = 0; k < 2 * pairs; ++k) {
        const size_t v = first + k;
        int16_t* const w = &weights[k / 2 * padded_columns_ * 2 + k % 2];
        if (k == count) {  // half of the last pair
          for (size_t j = 0; j < lanes; ++j) pixels[j * 2 * pairs + k] = 0;
          continue;
        }
        const uint8_t* const window =
            &activations_[windows.base + v % nx * stride_x + v / nx % ny * stride_y +
                          v / nx / ny * stride_b];
        for (size_t j = 0; j < lanes; ++j)
          pixels[j * 2 * pairs + k] = static_cast<int8_t>(window[windows.offset[j]]);
        // Column g*N + q: byte q of bank g.
        for (int c = 0; c < columns; ++c) {
          w[2 * c] = weights_[((i.Get(field::kMmWgtRow) + v) * static_cast<size_t>(config_.wport) +
                               static_cast<size_t>(c / per_port)) *
                                  rows +
                              static_cast<size_t>(c % per_port)];
        }
      }
      MultiplyAccumulate(pixels.data(), lanes, static_cast<int>(pairs), weights.data(),
                         static_cast<int>(padded_columns_), acc, padded_columns_);
    }
  }
  return ErrorCode::kNone;
}

}  // namespace systole
