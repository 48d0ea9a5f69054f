// MATMUL of the executor: weights packed once per slice, vectors gathered, then one kernel call. In
// column mode the first TAP_ROWS lanes of the packed weights are taps and go to a kernel of their
// own.
#include <algorithm>

#include "sw/functional/executor.h"
#include "sw/functional/matmul_kernel.h"
#include "sw/timing/matmul_law.h"

namespace systole {
namespace {

constexpr int16_t kJunkWeight = 0x55;

int32_t Add32(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

int Int(const Instruction& i, Field f) { return static_cast<int>(i.Get(f)); }

}  // namespace

// packed_[p][c][k] = weight of lane 2p + k, column c, for columns < `columns`; the rest is junk,
// lanes >= `lanes` zero.
void Executor::PackWeights(int row, int load, int columns, int lanes) {
  const int pairs = (lanes + 1) / 2, per_port = config_.cols / config_.wport;
  const size_t rows = static_cast<size_t>(config_.rows);
  if (columns < static_cast<int>(padded_columns_)) {
    std::fill_n(packed_.begin(), static_cast<size_t>(pairs) * padded_columns_ * 2, kJunkWeight);
  }
  for (int g = 0; g < config_.wport; ++g) {
    for (int q = 0; q < load; ++q) {
      const int c = g * per_port + load - 1 - q;
      if (c >= columns) continue;
      const int8_t* from = &weights_[(static_cast<size_t>(row + q) * config_.wport + g) * rows];
      int16_t* to = &packed_[static_cast<size_t>(c) * 2];
      for (int p = 0; p < lanes / 2; ++p, to += 2 * padded_columns_) {
        to[0] = from[2 * p];
        to[1] = from[2 * p + 1];
      }
      if (lanes % 2 != 0) {
        to[0] = from[lanes - 1];
        to[1] = 0;
      }
    }
  }
}

// taps_[r][c] = weight of row r < TAP_ROWS, column c < `columns`; packed_ as PackWeights leaves it
// for lanes < `columns`, zero in these rows. beyond_taps_: packed_ is not all zero.
void Executor::PackTaps(int row, int load, int columns) {
  PackWeights(row, load, columns, columns);
  const int taps = config_.TapRows(), pairs = (columns + 1) / 2;
  beyond_taps_ = false;
  for (int c = 0; c < columns; ++c) {
    const int g = c / (config_.cols / config_.wport),
              q = load - 1 - c % (config_.cols / config_.wport);
    const size_t rows = static_cast<size_t>(config_.rows);
    const int8_t* from = &weights_[(static_cast<size_t>(row + q) * config_.wport + g) * rows];
    for (int r = 0; r < taps; ++r) taps_[static_cast<size_t>(r * columns + c)] = from[r];
    for (int p = 0; p < pairs; ++p) {
      int16_t* pair = &packed_[(static_cast<size_t>(p) * padded_columns_ + c) * 2];
      for (int k = 0; k < 2; ++k) {
        if (2 * p + k < taps) pair[k] = 0;
        beyond_taps_ |= pair[k] != 0;
      }
    }
  }
}

// The bank rule is checked at the slice's first window; there the range comes first.
ErrorCode Executor::FindWindows(const Instruction& i, int slice, Windows* w, int tile) {
  const bool input = IsInputStationary(i);  // b counts tiles
  const size_t nx = i.Get(field::kMmNx), ny = i.Get(field::kMmNy),
               nb = input ? 1 : i.Get(field::kMmNb);
  const size_t stride_x = i.Get(field::kMmStrideX), stride_y = i.Get(field::kMmStrideY),
               stride_b = i.Get(field::kMmStrideB);
  const size_t span = (nx - 1) * stride_x + (ny - 1) * stride_y + (nb - 1) * stride_b;
  const unsigned bank_mask = static_cast<unsigned>(config_.Banks() - 1);
  const bool ktab_increments = i.Get(field::kMmKtabInc) != 0;
  w->lanes = static_cast<int>(GatheredLanes(i, slice, config_.rows));
  w->base = i.Get(field::kMmBase) + static_cast<size_t>(slice) * i.Get(field::kMmBaseInc) +
            static_cast<size_t>(tile) * stride_b;
  w->offset = &ktab_[(i.Get(field::kMmKtab) + static_cast<size_t>(ktab_increments ? slice : 0)) *
                     config_.rows];
  unsigned misplaced = 0, not_contiguous = 0;
  size_t furthest = 0;
  for (int j = 0; j < w->lanes; ++j) {
    const unsigned expected = static_cast<unsigned>(w->offset[0]) + static_cast<unsigned>(j);
    misplaced |= (w->offset[j] ^ expected) & bank_mask;
    not_contiguous |= w->offset[j] ^ expected;
    furthest = std::max<size_t>(furthest, w->offset[j]);
  }
  w->contiguous = not_contiguous == 0;
  error_place_ = {tile * Int(i, field::kMmKslices) + slice, 0};
  if (misplaced != 0) {
    return w->base + furthest >= activations_.size() ? ErrorCode::kBufferRange
                                                     : ErrorCode::kConflict;
  }
  if (w->base + span + furthest < activations_.size()) return ErrorCode::kNone;
  const auto beyond = [&](size_t v) {
    return w->base + v % nx * stride_x + v / nx % ny * stride_y + v / nx / ny * stride_b +
               furthest >=
           activations_.size();
  };
  while (!beyond(static_cast<size_t>(error_place_.item))) ++error_place_.item;
  return ErrorCode::kBufferRange;
}

ErrorCode Executor::Matmul(const Instruction& i) {
  diagonal_[i.Get(field::kMmHalf)] = IsInputStationary(i);
  if (IsOutputStationary(i)) return MatmulTiles(i);
  if (IsInputStationary(i)) return MatmulInput(i);
  const size_t nx = i.Get(field::kMmNx), ny = i.Get(field::kMmNy), nb = i.Get(field::kMmNb),
               m = nx * ny * nb;
  const size_t stride_x = i.Get(field::kMmStrideX), stride_y = i.Get(field::kMmStrideY),
               stride_b = i.Get(field::kMmStrideB);
  const int slices = Int(i, field::kMmKslices), columns = Int(i, field::kMmWcols);
  const int load = static_cast<int>(WeightLoadCycles(columns, config_));
  const int half = Int(i, field::kMmHalf), entry = Int(i, field::kMmAccBase);
  int32_t* const acc = Entry(half, entry);
  int32_t* const row_sums = &row_sums_[RowSumIndex(half, entry)];
  const bool column_mode = InColumnMode(i);

  if (i.Get(field::kMmFirst) != 0) {
    std::fill_n(acc, m * padded_columns_, 0);
    std::fill_n(row_sums, m, 0);
  }
  for (int slice = 0; slice < slices; ++slice) {
    Windows windows;
    if (const ErrorCode error = FindWindows(i, slice, &windows); error != ErrorCode::kNone)
      return error;
    const int lanes = windows.lanes, pairs = (lanes + 1) / 2;
    const size_t base = windows.base;
    const uint16_t* offset = windows.offset;

    const int row = Int(i, field::kMmWgtRow) + slice * load;
    if (column_mode) {
      PackTaps(row, load, columns);
    } else {
      PackWeights(row, load, columns, lanes);
    }

    int16_t* to = vectors_.data();
    int32_t* row_sum = row_sums;
    for (size_t b = 0; b < nb; ++b) {
      for (size_t y = 0; y < ny; ++y) {
        const auto* from =
            reinterpret_cast<const int8_t*>(&activations_[base + b * stride_b + y * stride_y]);
        for (size_t x = 0; x < nx; ++x, from += stride_x, to += 2 * pairs, ++row_sum) {
          int32_t sum = 0;
          if (windows.contiguous) {
            const int8_t* lane = from + offset[0];
            for (int j = 0; j < lanes; ++j) sum += to[j] = lane[j];
          } else {
            for (int j = 0; j < lanes; ++j) sum += to[j] = from[offset[j]];
          }
          if (lanes % 2 != 0) to[lanes] = 0;
          *row_sum = Add32(*row_sum, sum);
        }
      }
    }
    if (column_mode) {
      FilterColumns(vectors_.data(), m, 2 * pairs, columns, taps_.data(), config_.TapRows(), acc,
                    padded_columns_);
      if (!beyond_taps_) continue;
    }
    MultiplyAccumulate(vectors_.data(), m, pairs, packed_.data(), static_cast<int>(padded_columns_),
                       acc, padded_columns_);
  }
  return ErrorCode::kNone;
}

}  // namespace systole
