#include "sw/functional/check.h"

#include <algorithm>

#include "sw/timing/array_law.h"

namespace systole {
namespace {

bool KnownOpcode(uint64_t opcode) {
  switch (opcode) {
#define OPCODE(name, code) case code:
#include "sw/isa/fields.def"
    return true;
    default:
      return false;
  }
}

ErrorCode CheckMatmul(const Instruction& i, const HwConfig& c) {
  const uint64_t m = i.Get(field::kMmNx) * i.Get(field::kMmNy) * i.Get(field::kMmNb);
  const uint64_t slices = i.Get(field::kMmKslices), wcols = i.Get(field::kMmWcols),
                 klast = i.Get(field::kMmKlast);
  if (m == 0 || slices == 0 || wcols == 0 || klast == 0) return ErrorCode::kBadField;
  const uint64_t columns = static_cast<uint64_t>(c.cols), more = (wcols - 1) / columns;
  const bool tiles = IsOutputStationary(i), input = IsInputStationary(i);
  if ((wcols > columns && !(input && HasInputStationary(c))) ||
      klast > static_cast<uint64_t>(c.rows)) {
    return ErrorCode::kBadField;
  }
  if (input) {
    if (!HasInputStationary(c) || i.Get(field::kMmNx) * i.Get(field::kMmNy) > columns ||
        (more > 0 && i.Get(field::kMmAccInc) < m)) {
      return ErrorCode::kBadField;
    }
  } else if (tiles) {
    if (!HasOutputStationary(c) || wcols > static_cast<uint64_t>(c.OsCols()))
      return ErrorCode::kBadField;
  } else if (InColumnMode(i)) {
    if (c.taps == 0 || wcols > static_cast<uint64_t>(c.rows) ||
        klast > static_cast<uint64_t>(c.TapRows())) {
      return ErrorCode::kBadField;
    }
  } else if (i.Get(field::kMmDataflow) != 0) {
    return ErrorCode::kBadField;
  }
  const uint64_t entries = tiles   ? (slices - 1) * static_cast<uint64_t>(c.rows) + klast
                           : input ? m + more * i.Get(field::kMmAccInc)
                                   : m;
  if (i.Get(field::kMmAccBase) + entries > static_cast<uint64_t>(c.acc_depth))
    return ErrorCode::kBufferRange;
  const uint64_t last_ktab = i.Get(field::kMmKtab) + (i.Get(field::kMmKtabInc) ? slices - 1 : 0);
  if (last_ktab >= static_cast<uint64_t>(c.KtabRows())) return ErrorCode::kBufferRange;
  const uint64_t load =
      input ? wcols : static_cast<uint64_t>(WeightLoadCycles(static_cast<int64_t>(wcols), c));
  if (i.Get(field::kMmWgtRow) + (tiles ? m : slices * load) > static_cast<uint64_t>(c.WgtRows()))
    return ErrorCode::kBufferRange;
  return ErrorCode::kNone;
}

ErrorCode CheckRowConv(const Instruction& i, const HwConfig& c) {
  for (Field f : {field::kRcM0, field::kRcM2, field::kRcM3, field::kRcC1, field::kRcC2,
                  field::kRcR1, field::kRcS1, field::kRcQ1, field::kRcHs, field::kRcWs,
                  field::kRcNx, field::kRcNy, field::kRcNb, field::kRcKslices}) {
    if (i.Get(f) == 0) return ErrorCode::kBadField;
  }
  const RowMapping m = MappingOf(i);
  const uint64_t acc = i.Get(field::kRcAccBase), cols = static_cast<uint64_t>(c.cols);
  if (!Fits(m, LawConfig(c, MemoryTiming{}).row) || m.Vectors(c.rows) > kRowVectors ||
      acc % cols != 0 || static_cast<uint64_t>(m.Channels()) + i.Get(field::kRcJBase) > cols) {
    return ErrorCode::kBadField;
  }
  const uint64_t positions = i.Get(field::kRcNx) * i.Get(field::kRcNy) * i.Get(field::kRcNb);
  if (acc + positions * cols > static_cast<uint64_t>(c.acc_depth) ||
      i.Get(field::kRcKtab) + static_cast<uint64_t>(m.Phases(c.rows)) >
          static_cast<uint64_t>(c.KtabRows()) ||
      i.Get(field::kRcWgtRow) + i.Get(field::kRcKslices) * static_cast<uint64_t>(m.WeightRows()) >
          static_cast<uint64_t>(c.WgtRows())) {
    return ErrorCode::kBufferRange;
  }
  return ErrorCode::kNone;
}

// Parameter rows, then the bytes that are written and read, of a Post that has no count of 0.
ErrorCode CheckPostRanges(const Instruction& i, uint64_t channels, uint64_t rows,
                          const HwConfig& c) {
  if (i.Get(field::kPoPar) + rows > static_cast<uint64_t>(c.ParRows()))
    return ErrorCode::kBufferRange;
  const uint64_t x = i.Get(field::kPoNx) - 1, y = i.Get(field::kPoNy) - 1,
                 end = static_cast<uint64_t>(c.ActBytes());
  const auto past = [&](Field base, Field stride_y, uint64_t more) {
    return i.Get(base) + y * i.Get(stride_y) + more + channels > end;
  };
  bool range = past(field::kPoOut, field::kPoSy, x * i.Get(field::kPoSx));
  if (i.opcode() == Opcode::kPostAct) {
    range |= past(field::kPaSrc, field::kPaRsY,
                  x * i.Get(field::kPaRsX) + (i.Get(field::kPaNty) - 1) * i.Get(field::kPaRsTy) +
                      (i.Get(field::kPaNtx) - 1) * i.Get(field::kPaRsTx));
  } else if (i.opcode() == Opcode::kPostActAdd) {
    range |= past(field::kPaSrc, field::kPaRsY, x * i.Get(field::kPoSx)) ||
             past(field::kPbSrc, field::kPbRsY, x * i.Get(field::kPoSx));
  }
  return range ? ErrorCode::kBufferRange : ErrorCode::kNone;
}

ErrorCode CheckPost(const Instruction& i, const HwConfig& c) {
  const bool act = i.opcode() != Opcode::kPost, add = i.opcode() == Opcode::kPostActAdd;
  const uint64_t channels = i.Get(act ? field::kPaNchan : field::kPoNchan);
  if (i.Get(field::kPoNx) == 0 || i.Get(field::kPoNy) == 0 || channels == 0)
    return ErrorCode::kBadField;
  if (!add && (i.Get(act ? field::kPaNtx : field::kPoNtx) == 0 ||
               i.Get(act ? field::kPaNty : field::kPoNty) == 0)) {
    return ErrorCode::kBadField;
  }
  if (((static_cast<unsigned>(c.roundings) >> i.Get(field::kPoRounding)) & 1) == 0)
    return ErrorCode::kBadField;
  if (add ? c.add_unit == 0 : act && c.post_act == 0) return ErrorCode::kBadField;
  if (!act) {
    if (channels > static_cast<uint64_t>(c.cols)) return ErrorCode::kBadField;
    if (i.Get(field::kPoZw) != 0 && c.row_sum == 0) return ErrorCode::kBadField;
  }
  const uint64_t lanes = static_cast<uint64_t>(c.lanes), chunks = (channels + lanes - 1) / lanes;
  const bool one_row = i.opcode() == Opcode::kPostAct && i.Get(field::kPaRow) != 0;
  const uint64_t rows = add ? (kAddEntries + lanes - 1) / lanes : one_row ? 1 : chunks;
  return CheckPostRanges(i, channels, rows, c);
}

ErrorCode CheckTransfer(const Instruction& i, const HwConfig& c) {
  const uint64_t bytes = i.Get(field::kLsBytes), lines = i.Get(field::kLsLines),
                 buf = i.Get(field::kLsBuf);
  const uint64_t beat = static_cast<uint64_t>(c.AxiBytes());
  const Opcode opcode = i.opcode();
  if (bytes == 0 || lines == 0) return ErrorCode::kBadField;
  if (opcode != Opcode::kFill &&
      (i.Get(field::kLsAddr) % beat != 0 || i.Get(field::kLsMemStride) % beat != 0)) {
    return ErrorCode::kBadField;
  }
  if (opcode == Opcode::kLoadAct || opcode == Opcode::kFill || opcode == Opcode::kStore) {
    const uint64_t end = buf + (lines - 1) * i.Get(field::kLsBufStride) + bytes;
    return end > static_cast<uint64_t>(c.ActBytes()) ? ErrorCode::kBufferRange : ErrorCode::kNone;
  }
  const uint64_t row = static_cast<uint64_t>(PaddedRowBytes(opcode, c));
  if (lines != 1 || bytes % row != 0) return ErrorCode::kBadField;
  const int rows = opcode == Opcode::kLoadWgt    ? c.WgtRows() * c.wport
                   : opcode == Opcode::kLoadKtab ? c.KtabRows()
                                                 : c.ParRows();
  return buf + bytes / row > static_cast<uint64_t>(rows) ? ErrorCode::kBufferRange
                                                         : ErrorCode::kNone;
}

}  // namespace

int PaddedRowBytes(Opcode opcode, const HwConfig& c) {
  const int row = opcode == Opcode::kLoadWgt    ? c.rows
                  : opcode == Opcode::kLoadKtab ? 2 * c.rows
                                                : 16 * c.lanes;
  return (row + c.AxiBytes() - 1) / c.AxiBytes() * c.AxiBytes();
}

ErrorCode CheckInstruction(const Instruction& i, const HwConfig& c) {
  if (!KnownOpcode(i.Get(field::kOpcode)) || i.opcode() == NotBuilt(c))
    return ErrorCode::kBadOpcode;
  const int engine = static_cast<int>(i.engine());
  const uint64_t push = i.Get(field::kPush);
  if (i.Get(kPopField[engine]) != 0 || ((push >> engine) & 1) != 0) return ErrorCode::kBadField;
  switch (i.opcode()) {
    case Opcode::kSyncLoad:
    case Opcode::kSyncMatmul:
    case Opcode::kSyncPost:
    case Opcode::kSyncStore:
      return push != 0 ? ErrorCode::kBadField : ErrorCode::kNone;
    case Opcode::kMatmul:
      return CheckMatmul(i, c);
    case Opcode::kRowConv:
      return CheckRowConv(i, c);
    case Opcode::kPost:
    case Opcode::kPostAct:
    case Opcode::kPostActAdd:
      return CheckPost(i, c);
    default:
      return CheckTransfer(i, c);
  }
}

}  // namespace systole
