#include "sw/functional/executor.h"

#include <algorithm>
#include <cstring>

#include "sw/arith/requantize.h"
#include "sw/functional/matmul_kernel.h"
#include "sw/timing/laws.h"

namespace systole {
namespace {

constexpr int16_t kJunkWeight = 0x55;
constexpr int32_t kJunkSum = 0x55555555;

int32_t Add32(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}

// v - zw * rowsum, modulo 2^32.
int32_t Corrected(int32_t v, uint32_t zw, int32_t row_sum) {
  return static_cast<int32_t>(static_cast<uint32_t>(v) - zw * static_cast<uint32_t>(row_sum));
}

uint32_t Little32(const uint8_t* p) { return p[0] | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24; }

int Int(const Instruction& i, Field f) { return static_cast<int>(i.Get(f)); }

}  // namespace

Executor::Executor(const HwConfig& c)
    : config_(c),
      padded_columns_(static_cast<size_t>((c.cols + kColumnBlock - 1) / kColumnBlock * kColumnBlock)),
      activations_(static_cast<size_t>(c.ActBytes())),
      weights_(static_cast<size_t>(c.WgtRows()) * c.wport * c.rows),
      ktab_(static_cast<size_t>(c.KtabRows()) * c.rows),
      parameters_(static_cast<size_t>(c.ParRows()) * c.lanes),
      accumulators_(2 * static_cast<size_t>(c.acc_depth) * padded_columns_, kJunkSum),
      row_sums_(2 * static_cast<size_t>(c.acc_depth), kJunkSum),
      vectors_(static_cast<size_t>(c.acc_depth) * (c.rows + 1)),
      packed_(static_cast<size_t>(c.rows + 1) * padded_columns_) {}

ErrorCode Executor::Execute(const Instruction& i, MemoryAccess* memory) {
  const ErrorCode error = CheckInstruction(i, config_);
  if (error != ErrorCode::kNone) return error;
  switch (i.opcode()) {
    case Opcode::kLoadAct:
      return LoadLines(i, memory);
    case Opcode::kLoadWgt:
    case Opcode::kLoadKtab:
    case Opcode::kLoadPar:
      return LoadRows(i, memory);
    case Opcode::kFill:
      Fill(i);
      return ErrorCode::kNone;
    case Opcode::kMatmul:
      return Matmul(i);
    case Opcode::kPost:
      return Post(i);
    case Opcode::kStore:
      return Store(i, memory);
    default:  // Sync
      return ErrorCode::kNone;
  }
}

// ---- LOAD, FILL, STORE

ErrorCode Executor::LoadLines(const Instruction& i, MemoryAccess* memory) {
  const int64_t bytes = static_cast<int64_t>(i.Get(field::kLsBytes));
  const size_t stride = i.Get(field::kLsBufStride), beat = static_cast<size_t>(config_.AxiBytes());
  size_t line = i.Get(field::kLsBuf);
  int64_t done = 0;  // bytes of the current line
  ErrorCode error = ErrorCode::kNone;
  uint8_t data[kBurstBytes];
  ForEachBurst(i, [&](uint64_t address, int64_t n) {
    if (error != ErrorCode::kNone) return;
    const size_t count = static_cast<size_t>(n);
    error = memory->ReadBurst(address, data, (count + beat - 1) / beat * beat);
    if (error != ErrorCode::kNone) return;
    std::memcpy(&activations_[line + static_cast<size_t>(done)], data, count);
    done += n;
    if (done == bytes) {
      done = 0;
      line += stride;
    }
  });
  return error;
}

ErrorCode Executor::LoadRows(const Instruction& i, MemoryAccess* memory) {
  staging_.resize(i.Get(field::kLsBytes));
  size_t done = 0;
  ErrorCode error = ErrorCode::kNone;
  ForEachBurst(i, [&](uint64_t address, int64_t n) {
    if (error != ErrorCode::kNone) return;
    error = memory->ReadBurst(address, &staging_[done], static_cast<size_t>(n));
    done += static_cast<size_t>(n);
  });
  if (error != ErrorCode::kNone) return error;

  const Opcode opcode = i.opcode();
  const size_t row_bytes = static_cast<size_t>(PaddedRowBytes(opcode, config_)), rows = staging_.size() / row_bytes;
  const size_t first = i.Get(field::kLsBuf), lanes = static_cast<size_t>(config_.rows);
  for (size_t r = 0; r < rows; ++r) {
    const uint8_t* from = &staging_[r * row_bytes];
    if (opcode == Opcode::kLoadWgt) {
      std::memcpy(&weights_[(first + r) * lanes], from, lanes);
    } else if (opcode == Opcode::kLoadKtab) {
      uint16_t* to = &ktab_[(first + r) * lanes];
      for (size_t j = 0; j < lanes; ++j) to[j] = static_cast<uint16_t>(from[2 * j] | from[2 * j + 1] << 8);
    } else {
      Parameter* to = &parameters_[(first + r) * static_cast<size_t>(config_.lanes)];
      for (int k = 0; k < config_.lanes; ++k, from += 16) {
        to[k].bias = static_cast<int32_t>(Little32(from));
        to[k].m = Little32(from + 4) & 0x7FFFFFFF;
        to[k].s = from[8] & 0x3F;
      }
    }
  }
  return ErrorCode::kNone;
}

void Executor::Fill(const Instruction& i) {
  const size_t bytes = i.Get(field::kLsBytes), lines = i.Get(field::kLsLines), stride = i.Get(field::kLsBufStride);
  const size_t first = i.Get(field::kLsBuf);
  for (size_t l = 0; l < lines; ++l) std::memset(&activations_[first + l * stride], Int(i, field::kLsFill), bytes);
}

ErrorCode Executor::Store(const Instruction& i, MemoryAccess* memory) {
  const int64_t bytes = static_cast<int64_t>(i.Get(field::kLsBytes));
  const size_t stride = i.Get(field::kLsBufStride);
  size_t line = i.Get(field::kLsBuf);
  int64_t done = 0;
  ErrorCode error = ErrorCode::kNone;
  ForEachBurst(i, [&](uint64_t address, int64_t n) {
    if (error != ErrorCode::kNone) return;
    error = memory->WriteBurst(address, &activations_[line + static_cast<size_t>(done)], static_cast<size_t>(n));
    done += n;
    if (done == bytes) {
      done = 0;
      line += stride;
    }
  });
  return error;
}

// ---- MATMUL

// packed_[p][c][k] = weight of lane 2p + k, column c, for columns < `columns`; the rest is junk, lanes >= `lanes` zero.
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

ErrorCode Executor::Matmul(const Instruction& i) {
  const size_t nx = i.Get(field::kMmNx), ny = i.Get(field::kMmNy), nb = i.Get(field::kMmNb), m = nx * ny * nb;
  const size_t stride_x = i.Get(field::kMmStrideX), stride_y = i.Get(field::kMmStrideY),
               stride_b = i.Get(field::kMmStrideB);
  const int slices = Int(i, field::kMmKslices), columns = Int(i, field::kMmWcols);
  const int load = std::min(columns, config_.cols / config_.wport);
  const int half = Int(i, field::kMmHalf), entry = Int(i, field::kMmAccBase);
  int32_t* const acc = Entry(half, entry);
  int32_t* const row_sums = &row_sums_[RowSumIndex(half, entry)];
  const unsigned bank_mask = static_cast<unsigned>(config_.Banks() - 1);
  const size_t span = (nx - 1) * stride_x + (ny - 1) * stride_y + (nb - 1) * stride_b;
  const bool ktab_increments = i.Get(field::kMmKtabInc) != 0;

  if (i.Get(field::kMmFirst) != 0) {
    std::fill_n(acc, m * padded_columns_, 0);
    std::fill_n(row_sums, m, 0);
  }
  for (int slice = 0; slice < slices; ++slice) {
    const int lanes = slice == slices - 1 ? Int(i, field::kMmKlast) : config_.rows;
    const int pairs = (lanes + 1) / 2;
    const size_t base = i.Get(field::kMmBase) + static_cast<size_t>(slice) * i.Get(field::kMmBaseInc);
    const uint16_t* offset =
        &ktab_[(i.Get(field::kMmKtab) + static_cast<size_t>(ktab_increments ? slice : 0)) * config_.rows];
    unsigned misplaced = 0, not_contiguous = 0;
    size_t furthest = 0;
    for (int j = 0; j < lanes; ++j) {
      const unsigned expected = static_cast<unsigned>(offset[0]) + static_cast<unsigned>(j);
      misplaced |= (offset[j] ^ expected) & bank_mask;
      not_contiguous |= offset[j] ^ expected;
      furthest = std::max<size_t>(furthest, offset[j]);
    }
    if (misplaced != 0) return ErrorCode::kConflict;
    if (base + span + furthest >= activations_.size()) return ErrorCode::kBufferRange;

    PackWeights(Int(i, field::kMmWgtRow) + slice * load, load, columns, lanes);

    int16_t* to = vectors_.data();
    int32_t* row_sum = row_sums;
    for (size_t b = 0; b < nb; ++b) {
      for (size_t y = 0; y < ny; ++y) {
        const auto* from = reinterpret_cast<const int8_t*>(&activations_[base + b * stride_b + y * stride_y]);
        for (size_t x = 0; x < nx; ++x, from += stride_x, to += 2 * pairs, ++row_sum) {
          int32_t sum = 0;
          if (not_contiguous == 0) {
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
    MultiplyAccumulate(vectors_.data(), m, pairs, packed_.data(), static_cast<int>(padded_columns_), acc,
                       padded_columns_);
  }
  return ErrorCode::kNone;
}

// ---- POST

namespace {

template <Rounding kMode, typename Parameter>
void RequantizeLanes(const int32_t* v, const Parameter* p, int lanes, int zy, int lo, int hi, uint8_t* out) {
  for (int k = 0; k < lanes; ++k) {
    out[k] = static_cast<uint8_t>(Requantize<kMode>(Add32(v[k], p[k].bias), p[k].m, p[k].s, zy, lo, hi));
  }
}

template <typename Parameter>
void RequantizeLanes(Rounding mode, const int32_t* v, const Parameter* p, int lanes, int zy, int lo, int hi,
                     uint8_t* out) {
  switch (mode) {
    case Rounding::kFloor:
      return RequantizeLanes<Rounding::kFloor>(v, p, lanes, zy, lo, hi, out);
    case Rounding::kHalfUp:
      return RequantizeLanes<Rounding::kHalfUp>(v, p, lanes, zy, lo, hi, out);
    case Rounding::kHalfAway:
      return RequantizeLanes<Rounding::kHalfAway>(v, p, lanes, zy, lo, hi, out);
    case Rounding::kHalfEven:
      return RequantizeLanes<Rounding::kHalfEven>(v, p, lanes, zy, lo, hi, out);
    case Rounding::kTflite:
      return RequantizeLanes<Rounding::kTflite>(v, p, lanes, zy, lo, hi, out);
    case Rounding::kFloat32:
      return RequantizeLanes<Rounding::kFloat32>(v, p, lanes, zy, lo, hi, out);
  }
}

}  // namespace

ErrorCode Executor::Post(const Instruction& i) {
  const unsigned nx = static_cast<unsigned>(i.Get(field::kPoNx)), ny = static_cast<unsigned>(i.Get(field::kPoNy));
  const unsigned ntx = static_cast<unsigned>(i.Get(field::kPoNtx)), nty = static_cast<unsigned>(i.Get(field::kPoNty));
  const unsigned es_x = static_cast<unsigned>(i.Get(field::kPoEsX)), es_y = static_cast<unsigned>(i.Get(field::kPoEsY));
  const unsigned es_tx = static_cast<unsigned>(i.Get(field::kPoEsTx));
  const unsigned es_ty = static_cast<unsigned>(i.Get(field::kPoEsTy));
  const unsigned cs_tx = static_cast<unsigned>(i.Get(field::kPoCsTx));
  const unsigned cs_ty = static_cast<unsigned>(i.Get(field::kPoCsTy));
  const unsigned pair = static_cast<unsigned>(i.Get(field::kPoCsPair));
  const int parts = i.Get(field::kPoPair) != 0 ? 2 : 1;
  const unsigned entry_base = static_cast<unsigned>(i.Get(field::kPoAccBase));
  const int half = Int(i, field::kPoHalf), channels = Int(i, field::kPoNchan);
  const uint32_t zw = static_cast<uint32_t>(int32_t{i.GetInt8(field::kPoZw)});
  const int zy = i.GetInt8(field::kPoZy), lo = i.GetInt8(field::kPoLo), hi = i.GetInt8(field::kPoHi);
  const Rounding mode = static_cast<Rounding>(i.Get(field::kPoRounding));
  const size_t out = i.Get(field::kPoOut), sx = i.Get(field::kPoSx), sy = i.Get(field::kPoSy);
  const unsigned cols = static_cast<unsigned>(config_.cols);

  for (int done = 0, chunk = 0; done < channels; done += config_.lanes, ++chunk) {
    const int lanes = std::min(config_.lanes, channels - done);
    const Parameter* parameters =
        &parameters_[(i.Get(field::kPoPar) + static_cast<size_t>(chunk)) * static_cast<size_t>(config_.lanes)];
    const unsigned column_base = static_cast<unsigned>(Int(i, field::kPoCol) + done);
    for (unsigned y = 0; y < ny; ++y) {
      for (unsigned x = 0; x < nx; ++x) {
        int32_t v[64];
        std::fill_n(v, lanes, INT32_MIN);
        for (unsigned ty = 0; ty < nty; ++ty) {
          for (unsigned tx = 0; tx < ntx; ++tx) {
            const unsigned entry = (entry_base + y * es_y + x * es_x + ty * es_ty + tx * es_tx) & 0x3FF;
            if (entry >= static_cast<unsigned>(config_.acc_depth)) return ErrorCode::kBufferRange;
            const int32_t* sums = Entry(half, static_cast<int>(entry));
            const int32_t row_sum = zw == 0 ? 0 : row_sums_[RowSumIndex(half, static_cast<int>(entry))];
            for (int part = 0; part < parts; ++part) {
              const unsigned column = (column_base + ty * cs_ty + tx * cs_tx + (part ? pair : 0)) & 0x7F;
              if (column + static_cast<unsigned>(lanes) <= cols) {
                for (int k = 0; k < lanes; ++k) v[k] = std::max(v[k], Corrected(sums[column + k], zw, row_sum));
              } else {
                for (int k = 0; k < lanes; ++k) {
                  const unsigned c = (column + static_cast<unsigned>(k)) & 0x7F;
                  v[k] = std::max(v[k], Corrected(c < cols ? sums[c] : kJunkSum, zw, row_sum));
                }
              }
            }
          }
        }
        RequantizeLanes(mode, v, parameters, lanes, zy, lo, hi, &activations_[out + y * sy + x * sx + done]);
      }
    }
  }
  return ErrorCode::kNone;
}

}  // namespace systole
