// POST of the executor: maximum over the taps, requantization, clamp.
#include <algorithm>

#include "sw/arith/requantize.h"
#include "sw/functional/executor.h"

namespace systole {
namespace {

int32_t Add32(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

// v - zw * rowsum, modulo 2^32.
int32_t Corrected(int32_t v, uint32_t zw, int32_t row_sum) {
  return static_cast<int32_t>(static_cast<uint32_t>(v) - zw * static_cast<uint32_t>(row_sum));
}

int Int(const Instruction& i, Field f) { return static_cast<int>(i.Get(f)); }

template <Rounding kMode, typename Parameter>
void RequantizeLanes(const int32_t* v, const Parameter* p, int lanes, int zy, int lo, int hi,
                     uint8_t* out) {
  for (int k = 0; k < lanes; ++k) {
    out[k] =
        static_cast<uint8_t>(Requantize<kMode>(Add32(v[k], p[k].bias), p[k].m, p[k].s, zy, lo, hi));
  }
}

template <typename Parameter>
void RequantizeLanes(Rounding mode, const int32_t* v, const Parameter* p, int lanes, int zy, int lo,
                     int hi, uint8_t* out) {
  WithRounding(mode,
               [&](auto known) { RequantizeLanes<known.value>(v, p, lanes, zy, lo, hi, out); });
}

}  // namespace

ErrorCode Executor::Post(const Instruction& i) {
  const unsigned nx = static_cast<unsigned>(i.Get(field::kPoNx)),
                 ny = static_cast<unsigned>(i.Get(field::kPoNy));
  const unsigned ntx = static_cast<unsigned>(i.Get(field::kPoNtx)),
                 nty = static_cast<unsigned>(i.Get(field::kPoNty));
  const unsigned es_x = static_cast<unsigned>(i.Get(field::kPoEsX)),
                 es_y = static_cast<unsigned>(i.Get(field::kPoEsY));
  const unsigned es_tx = static_cast<unsigned>(i.Get(field::kPoEsTx));
  const unsigned es_ty = static_cast<unsigned>(i.Get(field::kPoEsTy));
  const unsigned cs_tx = static_cast<unsigned>(i.Get(field::kPoCsTx));
  const unsigned cs_ty = static_cast<unsigned>(i.Get(field::kPoCsTy));
  const unsigned pair = static_cast<unsigned>(i.Get(field::kPoCsPair));
  const int parts = i.Get(field::kPoPair) != 0 ? 2 : 1;
  const unsigned entry_base = static_cast<unsigned>(i.Get(field::kPoAccBase));
  const int half = Int(i, field::kPoHalf), channels = Int(i, field::kPoNchan);
  const uint32_t zw = static_cast<uint32_t>(int32_t{i.GetInt8(field::kPoZw)});
  const int zy = i.GetInt8(field::kPoZy), lo = i.GetInt8(field::kPoLo),
            hi = i.GetInt8(field::kPoHi);
  const Rounding mode = static_cast<Rounding>(i.Get(field::kPoRounding));
  const size_t out = i.Get(field::kPoOut), sx = i.Get(field::kPoSx), sy = i.Get(field::kPoSy);
  const unsigned cols = static_cast<unsigned>(config_.cols);

  error_place_ = {};
  for (int done = 0, chunk = 0; done < channels; done += config_.lanes, ++chunk) {
    const int lanes = std::min(config_.lanes, channels - done);
    const Parameter* parameters = &parameters_[(i.Get(field::kPoPar) + static_cast<size_t>(chunk)) *
                                               static_cast<size_t>(config_.lanes)];
    const unsigned column_base = static_cast<unsigned>(Int(i, field::kPoCol) + done);
    for (unsigned y = 0; y < ny; ++y) {
      for (unsigned x = 0; x < nx; ++x) {
        int32_t v[64], columns[64];
        std::fill_n(v, lanes, INT32_MIN);
        for (unsigned ty = 0; ty < nty; ++ty) {
          for (unsigned tx = 0; tx < ntx; ++tx) {
            const unsigned entry =
                (entry_base + y * es_y + x * es_x + ty * es_ty + tx * es_tx) & 0x3FF;
            if (entry >= static_cast<unsigned>(config_.acc_depth)) return ErrorCode::kBufferRange;
            ++error_place_.item;
            const int32_t* sums = Entry(half, static_cast<int>(entry));
            if (diagonal_[half]) {  // column j lies in bank (entry + j) mod COLS
              for (unsigned c = 0; c < cols; ++c) columns[c] = sums[(entry + c) % cols];
              sums = columns;
            }
            const int32_t row_sum =
                zw == 0 ? 0 : row_sums_[RowSumIndex(half, static_cast<int>(entry))];
            for (int part = 0; part < parts; ++part) {
              const unsigned column =
                  (column_base + ty * cs_ty + tx * cs_tx + (part ? pair : 0)) & 0x7F;
              if (column + static_cast<unsigned>(lanes) <= cols) {
                for (int k = 0; k < lanes; ++k)
                  v[k] = std::max(v[k], Corrected(sums[column + k], zw, row_sum));
              } else {
                for (int k = 0; k < lanes; ++k) {
                  const unsigned c = (column + static_cast<unsigned>(k)) & 0x7F;
                  v[k] = std::max(v[k], Corrected(c < cols ? sums[c] : kJunkSum, zw, row_sum));
                }
              }
            }
          }
        }
        RequantizeLanes(mode, v, parameters, lanes, zy, lo, hi,
                        &activations_[out + y * sy + x * sx + done]);
      }
    }
  }
  return ErrorCode::kNone;
}

}  // namespace systole
