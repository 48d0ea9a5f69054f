#include "sw/compiler/row_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/base/check.h"
#include "sw/compiler/instructions.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"

namespace systole {
namespace {

constexpr int kMaxPitch = 4095;  // bytes from pixel to pixel that RcPitch holds

// The mapping of a tile: its own rows.
RowMapping OfTile(const RowMapping& map, const Tile& tile) {
  RowMapping m = map;
  m.q1 = tile.ny;
  return m;
}

// Bytes from the input's first byte to the first window that a RowConv reads.
int64_t Origin(const RowPlan& p, const Stage& s, const Tile& t, int block, int pack, int fold,
               int pitch) {
  const int channel = p.map.depthwise ? p.Filter(block, pack, 0) : 0;
  const int64_t ky = fold / p.fold_r % p.fold_s * p.map.s1, kx = fold % p.fold_r * p.map.r1;
  return (int64_t{t.cy0} * s.stride_h + ky * s.dilation_h) * pitch +
         (int64_t{t.cx0} * s.stride_w + kx * s.dilation_w) * s.cin + channel;
}

}  // namespace

std::string RowPlan::Describe() const {
  std::string text = fmt::format("row, M0 {} C1 {} R1 {}, S1 {} C2 {} M2 {}, Q1 {} M3 {}", map.m0,
                                 map.c1, map.r1, map.s1, map.c2, map.m2, map.q1, map.m3);
  if (packs > 1) text += fmt::format(", packs {}", packs);
  return text;
}

int64_t RowInputBytes(const RowPlan& plan, const Stage& s, const std::vector<Tile>& tiles,
                      int pitch) {
  int64_t end = int64_t{s.h + s.pad.top + s.pad.bottom} * pitch;
  const RowMapping& m = plan.map;
  const int last_block = plan.Blocks() - 1;
  for (const Tile& t : tiles) {
    for (int pack = 0; pack < plan.packs; ++pack) {
      if (!plan.Used(last_block, pack)) continue;
      const int64_t reach = Origin(plan, s, t, last_block, pack, plan.Folds() - 1, pitch) +
                            (OfTile(m, t).InputRows() - 1) * pitch +
                            (int64_t{t.nx - 1} * s.stride_w + m.r1 - 1) * s.cin +
                            (plan.slices - 1) * m.c1 * m.c2 + m.Tags() * m.c1;
      end = std::max(end, reach);
    }
  }
  return end;
}

Storage RowInputStorage(const RowPlan& plan, const HwConfig& config) {
  const Stage& s = *plan.stage;
  Storage in;
  in.c = s.cin, in.h = s.h, in.w = s.w;
  in.halo = s.pad;
  in.pad_value = s.pad_value;
  in.pitch = RowPitch(s, config);
  in.slot_bytes =
      static_cast<int>(std::min<int64_t>(RowInputBytes(plan, s, plan.tiles, in.pitch), 1 << 30));
  return in;
}

// Entry of cell (cy, cx): cx COLS + cy, group m3 Q1 further; channels cut into entries.
std::vector<PostPiece> RowPieces(const RowPlan& p, const Stage& stage, const Tile& tile, int images,
                                 PostPlanner* posts) {
  const int step = tile.vectors / tile.nx;  // COLS
  Mapping mapping;
  mapping.block = stage.cout;
  mapping.cols = p.EntryChannels();
  mapping.vector_step = step;
  mapping.vector_tail = -(tile.nx - 1) * step;
  std::vector<PostPiece> pieces;
  Check(posts->Plan(stage, mapping, tile, &pieces, images), "uneven taps without packing");
  const int groups = static_cast<int>(p.map.m3);
  for (PostPiece& piece : pieces) {
    piece.entry += piece.fold % groups * tile.ny;
    piece.fold /= groups;
  }
  return pieces;
}

std::vector<uint16_t> RowOffsets(const RowPlan& plan, int pitch, const HwConfig& config) {
  const int64_t rows = plan.map.Phases(config.rows) * config.rows;
  std::vector<uint16_t> table;
  for (int64_t r = 0; r < rows; ++r) table.push_back(static_cast<uint16_t>(r * pitch));
  return table;
}

void SetRowConv(const RowWork& w, Instruction* i) {
  const RowPlan& p = w.plan;
  const Stage& s = *p.stage;
  const RowMapping m = OfTile(p.map, w.tile);
  const bool apart = p.apart && w.tile.nx > 1;
  Check(!apart || w.images == 1, "images of windows that lie apart");
  i->word.fill(0);
  const auto put = [&](Field f, int64_t value) {
    if (value < 0 || (f.width < 63 && value >> f.width != 0)) {
      throw MisfitError(Misfit::kTooLarge,
                        fmt::format("{}: an instruction field of {} bits cannot hold {}; the layer "
                                    "is too large for this accelerator",
                                    Label(s), f.width, value));
    }
    i->Set(f, static_cast<uint64_t>(value));
  };
  put(field::kOpcode, static_cast<int64_t>(Opcode::kRowConv));
  put(field::kRcFirst, w.fold == 0 && w.first == 0);
  put(field::kRcDepthwise, m.depthwise);
  put(field::kRcHalf, w.half);
  put(field::kRcM0, m.m0);
  put(field::kRcM2, m.m2);
  put(field::kRcM3, m.m3);
  put(field::kRcC1, m.c1);
  put(field::kRcC2, m.c2);
  put(field::kRcR1, m.r1);
  put(field::kRcS1, m.s1);
  put(field::kRcQ1, m.q1);
  put(field::kRcHs, m.hs);
  put(field::kRcWs, m.ws);
  put(field::kRcPitch, s.cin <= kMaxPitch ? s.cin : 0);
  put(field::kRcBase, w.base + Origin(p, s, w.tile, w.block, w.pack, w.fold, w.pitch) +
                          int64_t{w.first} * p.SliceChannels());
  put(field::kRcStrideB, apart ? int64_t{s.stride_w} * s.cin : w.images > 1 ? w.image_bytes : 0);
  put(field::kRcNx, apart ? 1 : w.tile.nx);
  put(field::kRcNy, 1);
  put(field::kRcNb, apart ? w.tile.nx : w.images);
  put(field::kRcKslices, w.last - w.first);
  put(field::kRcKtab, w.ktab);
  put(field::kRcBaseInc, w.last - w.first > 1 ? p.SliceChannels() : 0);
  put(field::kRcWgtRow, w.weight_row);
  put(field::kRcJBase, w.pack * m.Channels());
}

void PackRowSet(const RowPlan& p, int block, int pack, int fold, const HwConfig& config,
                std::vector<uint8_t>* image) {
  const Stage& s = *p.stage;
  const RowMapping& m = p.map;
  const size_t padded = static_cast<size_t>(WeightRowBytes(config));
  const int fs = fold / p.fold_r % p.fold_s, fr = fold % p.fold_r;
  const int pass = fold / (p.fold_r * p.fold_s), zero = s.zw == -128 ? 64 : -s.zw;
  // Weight word k M0 + m' of array row y in one slice.
  const auto weight = [&](int n, int slice, int64_t y, int64_t k) {
    const int64_t tap = y % m.s1, c2 = y / m.s1 % m.c2;
    const int ky = static_cast<int>(fs * m.s1 + tap), kx = static_cast<int>(fr * m.r1 + k / m.c1),
              c = m.depthwise ? n : static_cast<int>(slice * m.c1 * m.c2 + c2 * m.c1 + k % m.c1);
    if (n >= s.cout || ky >= s.kernel_h || kx >= s.kernel_w || c >= s.cin) return 0;
    return pass > 0 ? zero : s.Weight(n, c, ky, kx);
  };
  for (int slice = 0; slice < p.slices; ++slice) {
    for (int64_t word = 0; word < m.Cycles(); ++word) {
      for (int m3 = 0; m3 < m.m3; ++m3) {
        const size_t row = image->size();
        image->resize(row + padded);
        for (int64_t y = 0; y < m.RowsUsed(); ++y) {
          const int n =
              p.Filter(block, pack, m3) + static_cast<int>(y / m.s1 / m.c2 * m.m0 + word % m.m0);
          (*image)[row + static_cast<size_t>(y)] =
              static_cast<uint8_t>(weight(n, slice, y, word / m.m0));
        }
      }
    }
  }
}

void PackRowWeights(const RowPlan& p, const HwConfig& config, std::vector<uint8_t>* image) {
  for (int block = 0; block < p.Blocks(); ++block) {
    for (int pack = 0; pack < p.packs; ++pack) {
      for (int fold = 0; fold < p.Folds(); ++fold) PackRowSet(p, block, pack, fold, config, image);
    }
  }
}

}  // namespace systole
