// An input-stationary Matmul of the executor: a tile's slice is filters x lanes times lanes x
// pixels; a filter's sums then go to the diagonals in which POST finds a pixel's filters.
#include <algorithm>

#include "sw/functional/executor.h"
#include "sw/functional/matmul_kernel.h"
#include "sw/timing/matmul_law.h"

namespace systole {

ErrorCode Executor::MatmulInput(const Instruction& i) {
  const size_t nx = i.Get(field::kMmNx), pixels = nx * i.Get(field::kMmNy),
               filters = i.Get(field::kMmWcols), rows = static_cast<size_t>(config_.rows),
               columns = static_cast<size_t>(config_.cols), stride_x = i.Get(field::kMmStrideX),
               stride_y = i.Get(field::kMmStrideY);
  const int tiles = static_cast<int>(i.Get(field::kMmNb)),
            slices = static_cast<int>(i.Get(field::kMmKslices)),
            half = static_cast<int>(i.Get(field::kMmHalf));
  std::vector<int32_t> sums(filters * padded_columns_);  // of a filter and a pixel
  std::vector<int16_t> weights(filters * (rows + 1)), windows((rows + 1) * padded_columns_);
  for (int tile = 0; tile < tiles; ++tile) {
    std::fill(sums.begin(), sums.end(), 0);
    for (int slice = 0; slice < slices; ++slice) {
      Windows w;
      if (const ErrorCode error = FindWindows(i, slice, &w, tile); error != ErrorCode::kNone)
        return error;
      const size_t lanes = static_cast<size_t>(w.lanes), pairs = (lanes + 1) / 2;
      const size_t first = i.Get(field::kMmWgtRow) + static_cast<size_t>(slice) * filters;
      for (size_t f = 0; f < filters; ++f) {
        const int8_t* const from = &weights_[(first + f) * rows];
        int16_t* const to = &weights[f * 2 * pairs];
        for (size_t j = 0; j < 2 * pairs; ++j) to[j] = j < lanes ? from[j] : int16_t{0};
      }
      for (size_t p = 0; p < pixels; ++p) {
        const uint8_t* const window = &activations_[w.base + p % nx * stride_x + p / nx * stride_y];
        for (size_t j = 0; j < 2 * pairs; ++j) {
          windows[(j / 2 * padded_columns_ + p) * 2 + j % 2] =
              j < lanes ? static_cast<int8_t>(window[w.offset[j]]) : int16_t{0};
        }
      }
      MultiplyAccumulate(weights.data(), filters, static_cast<int>(pairs), windows.data(),
                         static_cast<int>(padded_columns_), sums.data(), padded_columns_);
    }
    for (size_t f = 0; f < filters; ++f) {
      const size_t entry = i.Get(field::kMmAccBase) + static_cast<size_t>(tile) * pixels +
                           f / columns * i.Get(field::kMmAccInc);
      for (size_t p = 0; p < pixels; ++p) {
        int32_t& bank = Entry(half, static_cast<int>(entry + p))[(entry + p + f) % columns];
        const uint32_t old = i.Get(field::kMmFirst) != 0 ? 0 : static_cast<uint32_t>(bank);
        bank = static_cast<int32_t>(old + static_cast<uint32_t>(sums[f * padded_columns_ + p]));
      }
    }
  }
  return ErrorCode::kNone;
}

}  // namespace systole
