#include "sw/functional/executor.h"

#include <algorithm>
#include <cstring>

#include "sw/functional/matmul_kernel.h"
#include "sw/timing/laws.h"

namespace systole {
namespace {

uint32_t Little32(const uint8_t* p) {
  return p[0] | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}

}  // namespace

Executor::Executor(const HwConfig& c)
    : config_(c),
      row_array_(LawConfig(c, MemoryTiming{}).row),
      padded_columns_(
          static_cast<size_t>((c.cols + kColumnBlock - 1) / kColumnBlock * kColumnBlock)),
      activations_(static_cast<size_t>(c.ActBytes())),
      weights_(static_cast<size_t>(c.WgtRows()) * c.wport * c.rows),
      ktab_(static_cast<size_t>(c.KtabRows()) * c.rows),
      parameters_(static_cast<size_t>(c.ParRows()) * c.lanes),
      accumulators_(2 * static_cast<size_t>(c.acc_depth) * padded_columns_, kJunkSum),
      row_sums_(2 * static_cast<size_t>(c.acc_depth), kJunkSum),
      vectors_(static_cast<size_t>(c.acc_depth) * (c.rows + 1)),
      packed_(static_cast<size_t>(c.rows + 1) * padded_columns_),
      taps_(static_cast<size_t>(c.TapRows()) * c.cols) {}

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
    case Opcode::kRowConv:
      return RowConv(i);
    case Opcode::kPost:
      return Post(i);
    case Opcode::kPostAct:
      PostAct(i);
      return ErrorCode::kNone;
    case Opcode::kPostActAdd:
      PostActAdd(i);
      return ErrorCode::kNone;
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
  const size_t row_bytes = static_cast<size_t>(PaddedRowBytes(opcode, config_)),
               rows = staging_.size() / row_bytes;
  const size_t first = i.Get(field::kLsBuf), lanes = static_cast<size_t>(config_.rows);
  for (size_t r = 0; r < rows; ++r) {
    const uint8_t* from = &staging_[r * row_bytes];
    if (opcode == Opcode::kLoadWgt) {
      std::memcpy(&weights_[(first + r) * lanes], from, lanes);
    } else if (opcode == Opcode::kLoadKtab) {
      uint16_t* to = &ktab_[(first + r) * lanes];
      for (size_t j = 0; j < lanes; ++j)
        to[j] = static_cast<uint16_t>(from[2 * j] | from[2 * j + 1] << 8);
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
  const size_t bytes = i.Get(field::kLsBytes), lines = i.Get(field::kLsLines),
               stride = i.Get(field::kLsBufStride);
  const size_t first = i.Get(field::kLsBuf);
  for (size_t l = 0; l < lines; ++l)
    std::memset(&activations_[first + l * stride], static_cast<int>(i.Get(field::kLsFill)), bytes);
}

ErrorCode Executor::Store(const Instruction& i, MemoryAccess* memory) {
  const int64_t bytes = static_cast<int64_t>(i.Get(field::kLsBytes));
  const size_t stride = i.Get(field::kLsBufStride);
  size_t line = i.Get(field::kLsBuf);
  int64_t done = 0;
  ErrorCode error = ErrorCode::kNone;
  ForEachBurst(i, [&](uint64_t address, int64_t n) {
    if (error != ErrorCode::kNone) return;
    error = memory->WriteBurst(address, &activations_[line + static_cast<size_t>(done)],
                               static_cast<size_t>(n));
    done += n;
    if (done == bytes) {
      done = 0;
      line += stride;
    }
  });
  return error;
}

}  // namespace systole
