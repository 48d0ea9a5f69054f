#include "sw/timing/actions.h"

#include "sw/timing/laws.h"
#include "sw/timing/row_actions.h"

namespace systole {
namespace {

// Parameter rows that an addition reads for its operands and their sum, an entry each.
constexpr int64_t kOperandRows = 3;

// Filters are the vectors; pixels' windows shift in as weights do, all a fold's entries at once.
void CountInput(const Instruction& i, const HwConfig& c, const MatmulShape& s, ActionCounts* n) {
  const int64_t first = static_cast<int64_t>(i.Get(field::kMmFirst)),
                delays = int64_t{c.rows} * (c.rows - 1) / 2,
                tiles = AtLeastOne(i.Get(field::kMmNb)), filters = s.vectors * s.slices;
  int64_t lanes = 0;  // of a tile's slices
  for (int64_t slice = 0; slice < s.slices / tiles; ++slice)
    lanes += GatheredLanes(i, slice, c.rows);
  ActionCounts& a = *n;
  a[Action::mac] = s.macs;
  a[Action::pass] = filters * c.rows * c.cols;
  a[Action::idle_mac] = a[Action::pass] - s.macs;
  a[Action::row_sum] = filters * c.rows * c.row_sum;
  a[Action::weight_shift] = s.slices * c.rows * (s.pixels * (s.pixels + 1) / 2);
  a[Action::weight_swap] = s.slices * c.rows * c.cols;
  a[Action::skew] = (filters + s.pixels * s.slices) * delays;
  a[Action::weight_read] = filters * c.rows;
  a[Action::offset_read] = s.slices * c.rows * pipeline::kKtabBytes;
  a[Action::gather_read] = tiles * s.pixels * lanes;
  a[Action::sum_write] = filters * s.pixels;
  a[Action::sum_read] = (filters - first * tiles * s.vectors) * s.pixels;
}

void CountMatmul(const Instruction& i, const HwConfig& c, const LawConfig& laws, ActionCounts* n) {
  const MatmulShape s = ShapeOfMatmul(i, laws);
  if (s.pixels > 0) return CountInput(i, c, s, n);
  const bool tiles = IsOutputStationary(i);
  const int64_t first = static_cast<int64_t>(i.Get(field::kMmFirst)),
                delays = int64_t{c.rows} * (c.rows - 1) / 2;  // registers of a skew
  const int64_t vectors = s.vectors * s.slices,
                load_rows = (tiles ? vectors : s.slices * s.load) * c.wport;
  const int64_t columns = c.cols + c.row_sum;
  ActionCounts& a = *n;
  a[Action::mac] = s.macs;
  a[Action::pass] = vectors * c.rows * c.cols;
  a[Action::idle_mac] = a[Action::pass] - s.macs;
  a[Action::row_sum] = vectors * c.rows * c.row_sum;
  a[Action::weight_shift] = tiles ? 0 : s.slices * c.wport * c.rows * (s.load * (s.load + 1) / 2);
  a[Action::weight_swap] = s.slices * (tiles ? s.period - (c.rows - 1) : 1) * c.rows * c.cols;
  a[Action::drain] = tiles ? s.slices * c.cols * delays : 0;
  a[Action::skew] = (vectors + s.slices * s.idle + load_rows) * delays;
  a[Action::weight_read] = load_rows * c.rows;
  a[Action::offset_read] = s.slices * c.rows * pipeline::kKtabBytes;
  const int64_t lanes =
      (s.slices - 1) * GatheredLanes(i, 0, c.rows) + GatheredLanes(i, s.slices - 1, c.rows);
  a[Action::gather_read] = s.vectors * lanes;
  a[Action::sum_write] = (tiles ? lanes : vectors) * columns;
  a[Action::sum_read] = (tiles ? lanes * (1 - first) : s.vectors * (s.slices - first)) * columns;
}

void CountPost(const Instruction& i, const HwConfig& c, const LawConfig& laws, ActionCounts* n) {
  const bool add = i.opcode() == Opcode::kPostActAdd;
  const int64_t taps = PostTaps(i, laws), pixels = taps / PostTapsOfPixel(i);
  const int64_t values =
      PostChannels(i) * AtLeastOne(i.Get(field::kPoNy)) * AtLeastOne(i.Get(field::kPoNx));
  ActionCounts& a = *n;
  if (PostReadsActivations(i)) {
    a[Action::post_read] = values * PostTapsOfPixel(i);
  } else {
    a[Action::tap_read] = taps * (c.cols + c.row_sum);
    a[Action::correction] = i.GetInt8(field::kPoZw) != 0 && c.row_sum != 0 ? taps : 0;
  }
  a[Action::tap] = values * PostTapsOfPixel(i);
  a[Action::operand] = add ? taps * c.lanes : 0;
  a[Action::param_read] = (pixels + (add ? kOperandRows : 0)) * c.lanes;
  a[Action::requantize] = add ? pixels * c.lanes : values;
  a[Action::post_write] = values;
}

// Bytes that `beats` beats put into rows of `row_bytes`, each padded to whole beats.
int64_t BytesOfRows(int64_t beats, int64_t row_bytes, int64_t beat_bytes) {
  const int64_t row_beats = (row_bytes + beat_bytes - 1) / beat_bytes;
  return beats / row_beats * row_bytes + beats % row_beats * beat_bytes;
}

void CountTransfer(const Instruction& i, const HwConfig& c, const LawConfig& laws,
                   ActionCounts* n) {
  const int64_t lines = AtLeastOne(i.Get(field::kLsLines)),
                bytes = AtLeastOne(i.Get(field::kLsBytes));
  const int64_t beats = lines * Beats(bytes, laws);
  ActionCounts& a = *n;
  switch (i.opcode()) {
    case Opcode::kLoadAct:
    case Opcode::kFill:
      a[Action::load_write] = lines * bytes;
      break;
    case Opcode::kLoadWgt:
      a[Action::weight_write] = BytesOfRows(beats, c.rows, c.AxiBytes());
      break;
    case Opcode::kLoadKtab:
      a[Action::offset_write] =
          BytesOfRows(beats, int64_t{c.rows} * pipeline::kKtabBytes, c.AxiBytes());
      break;
    case Opcode::kLoadPar:  // whole channels
      a[Action::param_write] = beats * c.AxiBytes() / pipeline::kParBytes;
      break;
    default:  // Store
      a[Action::store_read] = a[Action::write_byte] = lines * bytes;
      a[Action::write_beat] = beats;
      return;
  }
  if (i.opcode() != Opcode::kFill) a[Action::read_beat] = beats;
}

}  // namespace

ActionCounts CountActions(const Instruction& i, const HwConfig& c) {
  const LawConfig laws(c, MemoryTiming{});
  ActionCounts n;
  switch (i.opcode()) {
    case Opcode::kMatmul:
      CountMatmul(i, c, laws, &n);
      break;
    case Opcode::kRowConv:
      CountRowConv(i, laws, &n);
      break;
    case Opcode::kPost:
    case Opcode::kPostAct:
    case Opcode::kPostActAdd:
      CountPost(i, c, laws, &n);
      break;
    case Opcode::kLoadAct:
    case Opcode::kLoadWgt:
    case Opcode::kLoadKtab:
    case Opcode::kLoadPar:
    case Opcode::kFill:
    case Opcode::kStore:
      CountTransfer(i, c, laws, &n);
      break;
    default:  // Sync
      break;
  }
  n[Action::fetch_beat] = laws.beats_per_instruction;
  return n;
}

}  // namespace systole
