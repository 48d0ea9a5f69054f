// RowConv of the executor (docs/row_stationary.md): for each set of weights and column group the
// filters, for each step the windows of its output rows, then their inner products; depthwise
// channel by channel.
#include <algorithm>

#include "sw/functional/executor.h"
#include "sw/timing/row_conv_law.h"

namespace systole {
namespace {

int32_t Add32(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

int32_t Dot(const int16_t* a, const int16_t* b, int64_t n) {
  int32_t sum = 0;
  for (int64_t k = 0; k < n; ++k) sum += a[k] * b[k];
  return sum;
}

int64_t Int(const Instruction& i, Field f) { return static_cast<int64_t>(i.Get(f)); }

}  // namespace

// The first vector that leaves the buffer or breaks the bank rule, in the order of their slots.
ErrorCode Executor::CheckRowVectors(const Instruction& i) {
  const RowMapping m = MappingOf(i);
  const int64_t vector = config_.rows, phases = m.Phases(vector);
  const unsigned bank_mask = static_cast<unsigned>(config_.Banks() - 1);
  std::vector<uint64_t> furthest(static_cast<size_t>(phases));
  std::vector<bool> misplaced(static_cast<size_t>(phases));
  uint64_t most = 0;
  bool any = false;
  for (int64_t p = 0; p < phases; ++p) {
    const uint16_t* offset = &ktab_[static_cast<size_t>((Int(i, field::kRcKtab) + p) * vector)];
    const int64_t lanes = std::min(vector, m.InputRows() - p * vector);
    unsigned wrong = 0;
    for (int64_t j = 0; j < lanes; ++j) {
      wrong |=
          (offset[j] ^ (static_cast<unsigned>(offset[0]) + static_cast<unsigned>(j))) & bank_mask;
      furthest[p] = std::max<uint64_t>(furthest[p], offset[j]);
    }
    misplaced[p] = wrong != 0;
    any |= misplaced[p];
    most = std::max(most, furthest[p]);
  }
  const std::vector<RowConvStep> steps = StepsOf(i, row_array_);
  const uint64_t pitch = i.Get(field::kRcPitch), end = activations_.size();
  for (size_t n = 0; n < steps.size(); ++n) {
    const int64_t vectors = steps[n].words * m.Vectors(vector);
    if (!any && VectorBase(steps[n], vectors - 1, m, pitch, vector) + most < end) continue;
    for (int64_t v = 0; v < vectors; ++v) {
      const size_t p = static_cast<size_t>(v % phases);
      error_place_ = {static_cast<int64_t>(n), v};
      if (VectorBase(steps[n], v, m, pitch, vector) + furthest[p] >= end)
        return ErrorCode::kBufferRange;
      if (misplaced[p]) return ErrorCode::kConflict;
    }
  }
  return ErrorCode::kNone;
}

ErrorCode Executor::RowConv(const Instruction& i) {
  const ErrorCode error = CheckRowVectors(i);
  if (error != ErrorCode::kNone) return error;
  const RowMapping m = MappingOf(i);
  const int64_t nx = Int(i, field::kRcNx), ny = Int(i, field::kRcNy),
                positions = nx * ny * Int(i, field::kRcNb), pitch = Int(i, field::kRcPitch),
                half = Int(i, field::kRcHalf), j_base = Int(i, field::kRcJBase),
                rows = config_.rows;
  const auto entry = [&](int64_t position, int64_t x) {
    return Entry(static_cast<int>(half),
                 static_cast<int>(Int(i, field::kRcAccBase) + position * config_.cols + x));
  };
  if (i.Get(field::kRcFirst) != 0) {
    for (int64_t v = 0; v < positions; ++v) {
      for (int64_t x = 0; x < m.ColumnsUsed(); ++x)
        std::fill_n(entry(v, x) + j_base, m.Channels(), 0);
    }
  }
  // Offsets of all input rows.
  std::vector<int64_t> line(static_cast<size_t>(m.InputRows()));
  for (int64_t r = 0; r < m.InputRows(); ++r) {
    line[static_cast<size_t>(r)] =
        ktab_[static_cast<size_t>((Int(i, field::kRcKtab) + r / rows) * rows + r % rows)];
  }
  const auto base_of = [&](int64_t slice, int64_t v) {
    return Int(i, field::kRcBase) + slice * Int(i, field::kRcBaseInc) +
           v / nx / ny * Int(i, field::kRcStrideB) + v / nx % ny * Int(i, field::kRcStrideY) +
           v % nx * m.ws * pitch;
  };
  const auto weight = [&](int64_t row, int64_t y) {
    return weights_[static_cast<size_t>(row * rows + y)];
  };
  const int64_t lanes = (m.depthwise ? 1 : m.c2) * m.s1 * m.Words();
  std::vector<int16_t> windows(static_cast<size_t>(m.q1 * lanes)),
      filters(static_cast<size_t>(m.Channels() * lanes));
  // Input of row r of the step's window, channels from c on, into `to`: RC values.
  const auto gather = [&](int64_t base, int64_t r, int64_t c, int16_t* to) {
    for (int64_t column = 0; column < m.r1; ++column) {
      const uint8_t* from = &activations_[static_cast<size_t>(base + line[static_cast<size_t>(r)] +
                                                              column * pitch + c)];
      for (int64_t ch = 0; ch < m.c1; ++ch) *to++ = static_cast<int8_t>(from[ch]);
    }
  };
  for (int64_t slice = 0; slice < Int(i, field::kRcKslices); ++slice) {
    const int64_t first_row = Int(i, field::kRcWgtRow) + slice * m.WeightRows();
    if (m.depthwise) {
      for (int64_t v = 0; v < positions; ++v) {
        for (int64_t j = 0; j < m.m2; ++j) {
          for (int64_t q = 0; q < m.q1; ++q) {
            int32_t sum = 0;
            for (int64_t s = 0; s < m.s1; ++s) {
              gather(base_of(slice, v), q * m.hs + s, j, windows.data());
              for (int64_t k = 0; k < m.r1; ++k)
                sum += windows[static_cast<size_t>(k)] * weight(first_row + k, s + m.s1 * j);
            }
            int32_t* const at = entry(v, q) + j_base + j;
            *at = Add32(*at, sum);
          }
        }
      }
      continue;
    }
    for (int64_t m3 = 0; m3 < m.m3; ++m3) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const int64_t k = lane % m.Words(), s = lane / m.Words() % m.s1,
                      c2 = lane / m.Words() / m.s1;
        for (int64_t j = 0; j < m.Channels(); ++j) {
          const int64_t m2 = j / m.m0, word = k * m.m0 + j % m.m0;
          filters[static_cast<size_t>(j * lanes + lane)] =
              weight(first_row + word * m.m3 + m3, s + m.s1 * (c2 + m.c2 * m2));
        }
      }
      for (int64_t v = 0; v < positions; ++v) {
        for (int64_t q = 0; q < m.q1; ++q) {
          int16_t* const window = &windows[static_cast<size_t>(q * lanes)];
          for (int64_t c2 = 0; c2 < m.c2; ++c2) {
            for (int64_t s = 0; s < m.s1; ++s) {
              gather(base_of(slice, v), q * m.hs + s, c2 * m.c1,
                     window + (c2 * m.s1 + s) * m.Words());
            }
          }
          int32_t* const sums = entry(v, m3 * m.q1 + q) + j_base;
          for (int64_t j = 0; j < m.Channels(); ++j) {
            sums[j] = Add32(sums[j], Dot(window, &filters[static_cast<size_t>(j * lanes)], lanes));
          }
        }
      }
    }
  }
  return ErrorCode::kNone;
}

}  // namespace systole
