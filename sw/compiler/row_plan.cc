#include "sw/compiler/row_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/instructions.h"
#include "sw/compiler/misfit.h"
#include "sw/compiler/pack.h"

namespace systole {
namespace {

int Ceil(int64_t a, int64_t b) { return static_cast<int>((a + b - 1) / b); }

bool IsDepthwise(const Stage& s) { return s.groups > 1 && s.groups == s.cin && s.cout == s.cin; }

int LinePitch(const Stage& s, const HwConfig& config) {
  const int banks = config.Banks(), pitch = (s.w + s.pad.left + s.pad.right) * s.cin;
  return pitch + ((1 - pitch) % banks + banks) % banks;
}

// One axis of the output in `parts` parts whose convolution outputs are at most `limit`; empty: no.
struct Part {
  int o0, o1, c0, c1;
};
std::vector<Part> Cut(int out, int kernel, int stride, int dilation, int pad, int conv, int limit) {
  for (int parts = 1; parts <= out; ++parts) {
    std::vector<Part> cut;
    for (int i = 0; i < parts; ++i) {
      const int o0 = out * i / parts, o1 = out * (i + 1) / parts;
      const int c0 = std::max(0, o0 * stride - pad);
      const int c1 =
          std::max(c0 + 1, std::min(conv, (o1 - 1) * stride - pad + (kernel - 1) * dilation + 1));
      if (c1 - c0 > limit) break;
      cut.push_back({o0, o1, c0, c1});
    }
    if (static_cast<int>(cut.size()) == parts) return cut;
  }
  return {};
}

// Tiles of at most `rows` x `columns` convolution outputs.
std::vector<Tile> CutTiles(const Stage& s, int rows, int columns, int entries) {
  std::vector<Tile> tiles;
  const auto ys = Cut(s.out_h, s.pool_h, s.pool_stride_h, s.pool_dilation_h, s.pool_pad.top,
                      s.conv_h, rows),
             xs = Cut(s.out_w, s.pool_w, s.pool_stride_w, s.pool_dilation_w, s.pool_pad.left,
                      s.conv_w, columns);
  for (const Part& y : ys) {
    for (const Part& x : xs) {
      const int ny = y.c1 - y.c0, nx = x.c1 - x.c0;
      tiles.push_back({y.o0, y.o1, x.o0, x.o1, y.c0, y.c1, x.c0, x.c1, ny, nx, nx * entries});
    }
  }
  return tiles;
}

// The mapping of a tile: its own rows.
RowMapping OfTile(const RowMapping& map, const Tile& tile) {
  RowMapping m = map;
  m.q1 = tile.ny;
  return m;
}

struct Cost {
  int64_t array = 0, post = 0;
  bool operator<(const Cost& o) const {
    return std::max(array, post) != std::max(o.array, o.post)
               ? std::max(array, post) < std::max(o.array, o.post)
               : array + post < o.array + o.post;
  }
};

Cost CostOf(const RowPlan& p, const HwConfig& config, const RowArray& a) {
  const Stage& s = *p.stage;
  Cost cost;
  int64_t convs = 0;
  for (int b = 0; b < p.Blocks(); ++b) {
    for (int k = 0; k < p.packs; ++k) convs += p.Used(b, k);
  }
  convs *= p.fold_s * p.fold_r;
  for (const Tile& t : p.tiles) {
    const RowMapping m = OfTile(p.map, t);
    const RowRun run = RunOfNest(m, {{t.nx, m.Slide(), false}, {p.slices, m.Words(), true}}, a);
    cost.array +=
        convs * std::max(FirstStep(m, a) + run.last + Settle(m, a), m.WeightRows() * p.slices);
    int64_t chunks = 0;
    for (int n = 0; n < s.cout; n += p.EntryChannels())
      chunks += Ceil(std::min(p.EntryChannels(), s.cout - n), config.lanes);
    cost.post += chunks * (t.oy1 - t.oy0) * (t.ox1 - t.ox0) * s.pool_h * s.pool_w;
  }
  return cost;
}

// Sizes worth trying: those that cut `whole` into equal parts, at most `most`.
std::vector<int> Parts(int whole, int64_t most) {
  std::vector<int> sizes;
  for (int parts = 1; parts <= whole; ++parts) {
    const int size = Ceil(whole, parts);
    if (size <= most && (sizes.empty() || size < sizes.back())) sizes.push_back(size);
    if (size == 1) break;
  }
  return sizes;
}

class Search {
 public:
  Search(const Stage& stage, const HwConfig& config)
      : s_(stage), c_(config), a_(LawConfig(config, MemoryTiming{}).row) {
    line_ = LinePitch(stage, config);
  }

  RowPlan Run() {
    const bool depthwise = IsDepthwise(s_);
    for (int r1 : Parts(s_.kernel_w, std::min<int64_t>({15, a_.ifmap_spad - 1, a_.wgt_spad / 2}))) {
      for (int s1 : Parts(s_.kernel_h, a_.rows)) {
        if (depthwise) {
          for (int m2 = 1; m2 <= std::min<int64_t>(a_.rows / s1, s_.cout); ++m2)
            TryColumns(r1, s1, 1, 1, m2, 1, true);
          continue;
        }
        for (int c1 : Parts(s_.cin, std::min<int64_t>(31, a_.ifmap_spad / r1))) {
          for (int c2 : Parts(Ceil(s_.cin, c1), a_.rows / s1)) {
            for (int m2 = 1; m2 <= std::min<int64_t>(a_.rows / s1 / c2, s_.cout); ++m2) {
              for (int m0 : Parts(Ceil(s_.cout, m2), a_.psum_spad))
                TryColumns(r1, s1, c1, c2, m2, m0, false);
            }
          }
        }
      }
      if (found_) break;  // a kernel row in one piece wherever that fits
    }
    return best_;
  }
  bool found() const { return found_; }

 private:
  void TryColumns(int r1, int s1, int c1, int c2, int m2, int m0, bool depthwise) {
    RowPlan p;
    p.stage = &s_;
    RowMapping& m = p.map;
    m.r1 = r1, m.s1 = s1, m.c1 = c1, m.c2 = c2, m.m2 = m2, m.m0 = m0;
    m.hs = s_.stride_h, m.ws = s_.stride_w;
    m.depthwise = depthwise;
    if (!Fits(m, a_) || m.Channels() > c_.cols) return;
    p.fold_r = Ceil(s_.kernel_w, r1);
    p.fold_s = Ceil(s_.kernel_h, s1);
    p.slices = depthwise ? 1 : Ceil(s_.cin, c1 * c2);
    if (p.slices > 255) return;
    const int channels = static_cast<int>(m.Channels());
    p.packs = std::min(c_.cols / channels, Ceil(s_.cout, channels));
    const int most =
        depthwise ? 1 : std::min<int>(static_cast<int>(a_.cols), Ceil(s_.cout, channels));
    for (int m3 = 1; m3 <= most; ++m3) {
      if (m3 > 1 && a_.cols / m3 == a_.cols / (m3 + 1) && m3 < most) continue;
      m.m3 = m3;
      m.q1 = 1;
      p.packs = std::max(1, std::min(p.packs, Ceil(s_.cout, channels * m3)));
      // The input rows of a vector lie within 16 bits.
      const int64_t lines = 65535 / line_, rows = a_.cols / m3;
      int64_t q1 = std::min<int64_t>(rows, (lines - s1 + 1) / m.hs + 1);
      q1 = std::min<int64_t>(q1, s_.conv_h);
      if (q1 < 1 || s1 > lines + 1) continue;
      p.tiles = CutTiles(s_, static_cast<int>(q1), std::min(c_.acc_depth / c_.cols, 1023), c_.cols);
      if (p.tiles.empty()) continue;
      for (const Tile& t : p.tiles) m.q1 = std::max<int64_t>(m.q1, t.ny);
      if (m.Vectors(a_.vector) > kRowVectors || !Fits(m, a_)) continue;
      const Cost cost = CostOf(p, c_, a_);
      if (found_ && !(cost < cost_)) continue;
      found_ = true;
      cost_ = cost;
      best_ = p;
    }
  }

  const Stage& s_;
  const HwConfig& c_;
  const RowArray a_;
  int line_ = 0;
  bool found_ = false;
  Cost cost_;
  RowPlan best_;
};

// Bytes from the input's first byte to the first window that a RowConv reads.
int64_t Origin(const RowPlan& p, const Tile& t, int block, int pack, int fs, int fr, int pitch) {
  const Stage& s = *p.stage;
  const int channel = p.map.depthwise ? p.Filter(block, pack, 0) : 0;
  return (int64_t{t.cy0} * s.stride_h + fs * p.map.s1) * pitch +
         (int64_t{t.cx0} * s.stride_w + fr * p.map.r1) * s.cin + channel;
}

}  // namespace

std::string RowPlan::Describe() const {
  std::string text = fmt::format("row, M0 {} C1 {} R1 {}, S1 {} C2 {} M2 {}, Q1 {} M3 {}", map.m0,
                                 map.c1, map.r1, map.s1, map.c2, map.m2, map.q1, map.m3);
  if (packs > 1) text += fmt::format(", packs {}", packs);
  return text;
}

RowPlan PlanRows(const Stage& stage, const HwConfig& config) {
  if ((stage.dilation_h > 1 && stage.kernel_h > 1) ||
      (stage.dilation_w > 1 && stage.kernel_w > 1)) {
    throw MisfitError(Misfit::kUnsupported,
                      fmt::format("{}: dilated kernels are not for the row-stationary array "
                                  "(ENGINE=1); build with ENGINE=0",
                                  Label(stage)));
  }
  if (stage.stride_h > 7 || stage.stride_w > 7 || stage.cin > 4095) {
    throw MisfitError(Misfit::kTooLarge,
                      fmt::format("{}: strides of more than 7 and more than 4095 input channels "
                                  "are not for the row-stationary array (ENGINE=1)",
                                  Label(stage)));
  }
  Search search(stage, config);
  RowPlan plan = search.Run();
  if (!search.found()) {
    throw MisfitError(
        Misfit::kAccumulator,
        fmt::format("{}: no mapping fits RS_ROWS={}, RS_COLS={} and ACC_DEPTH={} (one pooling "
                    "window at least)",
                    Label(stage), config.rs_rows, config.rs_cols, config.acc_depth));
  }
  return plan;
}

Storage RowInputStorage(const RowPlan& plan, const HwConfig& config) {
  const Stage& s = *plan.stage;
  Storage in;
  in.c = s.cin, in.h = s.h, in.w = s.w;
  in.halo = s.pad;
  in.pad_value = s.pad_value;
  in.pitch = LinePitch(s, config);
  int64_t end = int64_t{s.h + s.pad.top + s.pad.bottom} * in.pitch;
  const RowMapping& m = plan.map;
  const int last_block = plan.Blocks() - 1;
  for (const Tile& t : plan.tiles) {
    for (int pack = 0; pack < plan.packs; ++pack) {
      if (!plan.Used(last_block, pack)) continue;
      const int64_t reach =
          Origin(plan, t, last_block, pack, plan.fold_s - 1, plan.fold_r - 1, in.pitch) +
          (OfTile(m, t).InputRows() - 1) * in.pitch + ((t.nx - 1) * m.ws + m.r1 - 1) * s.cin +
          (plan.slices - 1) * m.c1 * m.c2 + m.Tags() * m.c1;
      end = std::max(end, reach);
    }
  }
  in.slot_bytes = static_cast<int>(std::min<int64_t>(end, 1 << 30));
  return in;
}

void SetRowConv(const RowWork& w, const Storage& in, Instruction* i) {
  const RowPlan& p = w.plan;
  const RowMapping m = OfTile(p.map, w.tile);
  const int64_t base = in.Slot(w.image) + Origin(p, w.tile, w.block, w.pack, w.fs, w.fr, in.pitch);
  i->word.fill(0);
  const auto put = [&](Field f, int64_t value) {
    if (value < 0 || (f.width < 63 && value >> f.width != 0)) {
      throw MisfitError(Misfit::kTooLarge,
                        fmt::format("{}: an instruction field of {} bits cannot hold {}; the layer "
                                    "is too large for this accelerator",
                                    Label(*p.stage), f.width, value));
    }
    i->Set(f, static_cast<uint64_t>(value));
  };
  put(field::kOpcode, static_cast<int64_t>(Opcode::kRowConv));
  put(field::kRcFirst, w.fs == 0 && w.fr == 0);
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
  put(field::kRcPitch, p.stage->cin);
  put(field::kRcBase, base);
  put(field::kRcStrideB, w.images > 1 ? in.slot_bytes : 0);
  put(field::kRcNx, w.tile.nx);
  put(field::kRcNy, 1);
  put(field::kRcNb, w.images);
  put(field::kRcKslices, p.slices);
  put(field::kRcKtab, p.ktab);
  put(field::kRcBaseInc, p.slices > 1 ? m.c1 * m.c2 : 0);
  put(field::kRcWgtRow, p.WeightRowOf(w.block, w.pack, w.fs, w.fr));
  put(field::kRcJBase, w.pack * m.Channels());
}

void PackRowWeights(const RowPlan& p, const HwConfig& config, std::vector<uint8_t>* image) {
  const Stage& s = *p.stage;
  const RowMapping& m = p.map;
  const size_t padded = static_cast<size_t>(WeightRowBytes(config));
  // Weight word k M0 + m' of array row y in one RowConv's slice.
  const auto weight = [&](int filter, int slice, int fs, int fr, int64_t y, int64_t k) {
    const int64_t tap = y % m.s1, c2 = y / m.s1 % m.c2;
    const int n = filter, ky = static_cast<int>(fs * m.s1 + tap),
              kx = static_cast<int>(fr * m.r1 + k / m.c1),
              c = m.depthwise ? n : static_cast<int>(slice * m.c1 * m.c2 + c2 * m.c1 + k % m.c1);
    if (n >= s.cout || ky >= s.kernel_h || kx >= s.kernel_w || c >= s.cin) return 0;
    return s.Weight(n, c, ky, kx);
  };
  for (int block = 0; block < p.Blocks(); ++block) {
    for (int pack = 0; pack < p.packs; ++pack) {
      for (int fold = 0; fold < p.fold_s * p.fold_r; ++fold) {
        for (int slice = 0; slice < p.slices; ++slice) {
          for (int64_t word = 0; word < m.Cycles(); ++word) {
            for (int m3 = 0; m3 < m.m3; ++m3) {
              const size_t row = image->size();
              image->resize(row + padded);
              for (int64_t y = 0; y < m.RowsUsed(); ++y) {
                const int filter = p.Filter(block, pack, m3) +
                                   static_cast<int>(y / m.s1 / m.c2 * m.m0 + word % m.m0);
                (*image)[row + static_cast<size_t>(y)] = static_cast<uint8_t>(
                    weight(filter, slice, fold / p.fold_r, fold % p.fold_r, y, word / m.m0));
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace systole
