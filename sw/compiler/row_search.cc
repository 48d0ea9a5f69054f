// The search for a stage's mapping on the row-stationary array, its tiles and their cycles.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sw/compiler/misfit.h"
#include "sw/compiler/row_plan.h"

namespace systole {
namespace {

constexpr int kMaxStride = 7, kMaxPitch = 4095, kMaxImages = 63, kMaxSlices = 255;
constexpr int64_t kMaxOffset = 0xFFFF;

int Ceil(int64_t a, int64_t b) { return static_cast<int>((a + b - 1) / b); }

bool IsDepthwise(const Stage& s) { return s.groups > 1 && s.groups == s.cin && s.cout == s.cin; }

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

std::vector<Part> CutLines(const Stage& s, int rows) {
  return Cut(s.out_h, s.pool_h, s.pool_stride_h, s.pool_dilation_h, s.pool_pad.top, s.conv_h, rows);
}

// Of outputs of a line; `apart`: RowPlan's.
std::vector<Part> CutColumns(const Stage& s, bool apart, const HwConfig& config) {
  const int entries = config.acc_depth / config.cols;
  return Cut(s.out_w, s.pool_w, s.pool_stride_w, s.pool_dilation_w, s.pool_pad.left, s.conv_w,
             std::min(entries, apart ? kMaxImages : 1023));
}

// Output rows of a tile, at most.
int64_t MostRows(const Stage& s, const RowMapping& m, int pitch, const HwConfig& config) {
  const int64_t lines = kMaxOffset / pitch;
  if (m.s1 > lines + 1) return 0;
  const int64_t rows = s.stride_h > kMaxStride ? 1 : config.rs_cols / m.m3;
  return std::min<int64_t>({rows, (lines - m.s1 + 1) / m.hs + 1, s.conv_h});
}

RowMapping WithRows(const RowMapping& map, int rows) {
  RowMapping m = map;
  m.q1 = rows;
  return m;
}

// RowConvs that make all filters of a tile.
int64_t Convs(const RowPlan& p) {
  int64_t convs = 0;
  for (int b = 0; b < p.Blocks(); ++b) {
    for (int k = 0; k < p.packs; ++k) convs += p.Used(b, k);
  }
  return convs * p.Folds();
}

// Cycles of one RowConv of a tile of ny x nx outputs, of so many images, one behind the other: its
// own, or until the weights of the next one are there, which load from the first step of its last
// slice on.
int64_t ConvCycles(const RowPlan& p, int ny, int nx, int images, const RowArray& a) {
  // RunOfNest() of {nx, slide}, {images, words} and {slices, words, other weights}.
  const RowMapping m = WithRows(p.map, ny);
  const int64_t jump = StepLength(m, m.Words(), a),
                line = (nx - 1) * StepLength(m, p.apart ? m.Words() : m.Slide(), a),
                within = images * line + (images - 1) * jump,
                next = std::max(within + jump, m.WeightRows());
  const int64_t last_load = (p.slices - 1) * next;
  return FirstStep(m, a) + last_load + std::max(within + Settle(m, a), m.WeightRows());
}

struct Cost {
  int64_t array = 0, post = 0;
  int64_t cycles() const { return std::max(array, post); }
  bool operator<(const Cost& o) const {
    return cycles() != o.cycles() ? cycles() < o.cycles() : array + post < o.array + o.post;
  }
};

// How many parts have how many convolution outputs.
std::map<int, int> Sizes(const std::vector<Part>& parts) {
  std::map<int, int> sizes;
  for (const Part& p : parts) ++sizes[p.c1 - p.c0];
  return sizes;
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
  Search(const Stage& stage, const HwConfig& config, bool from_memory, int images)
      : s_(stage),
        c_(config),
        a_(LawConfig(config, MemoryTiming{}).row),
        from_memory_(from_memory),
        images_(images),
        apart_(stage.stride_w > kMaxStride || stage.cin > kMaxPitch),
        pitch_(RowPitch(stage, config)),
        columns_(Sizes(CutColumns(stage, apart_, config))) {
    most_weights_ = from_memory ? std::max(1, config.WgtRows() / 4) : config.WgtRows();
  }

  RowPlan Run() {
    if (columns_.empty()) return best_;
    const bool depthwise = IsDepthwise(s_);
    // Taps that lie apart are folds of their own.
    const int64_t most_r1 = s_.cin > kMaxPitch || s_.dilation_w > 1
                                ? 1
                                : std::min<int64_t>({15, a_.ifmap_spad - 1, a_.wgt_spad / 2});
    const int64_t most_s1 = s_.dilation_h > 1 ? 1 : a_.rows;
    for (int r1 : Parts(s_.kernel_w, most_r1)) {
      for (int s1 : Parts(s_.kernel_h, most_s1)) {
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
    m.hs = s_.stride_h > kMaxStride ? 1 : s_.stride_h;
    m.ws = apart_ ? 1 : s_.stride_w;
    m.depthwise = depthwise;
    if (!Fits(m, a_) || m.Channels() > c_.cols) return;
    p.apart = apart_;
    p.fold_r = Ceil(s_.kernel_w, r1);
    p.fold_s = Ceil(s_.kernel_h, s1);
    p.passes = s_.zw == 0 ? 1 : s_.zw == -128 ? 3 : 2;
    p.slices = depthwise ? 1 : Ceil(s_.cin, c1 * c2);
    if (p.slices > kMaxSlices && !from_memory_) return;
    const int channels = static_cast<int>(m.Channels());
    if (found_ && LeastCycles(p) > cost_.cycles()) return;
    p.packs = std::min(c_.cols / channels, Ceil(s_.cout, channels));
    const int most =
        depthwise ? 1 : std::min<int>(static_cast<int>(a_.cols), Ceil(s_.cout, channels));
    for (int m3 = 1; m3 <= most; ++m3) {
      if (m3 > 1 && a_.cols / m3 == a_.cols / (m3 + 1) && m3 < most) continue;
      m.m3 = m3;
      m.q1 = 1;
      p.packs = std::max(1, std::min(p.packs, Ceil(s_.cout, channels * m3)));
      if (m.WeightRows() > most_weights_) break;
      const int64_t rows = MostRows(s_, m, pitch_, c_);
      if (rows < 1) continue;
      const std::map<int, int>& lines = Lines(static_cast<int>(rows));
      if (lines.empty()) continue;
      m.q1 = lines.rbegin()->first;
      if (m.Vectors(a_.vector) > kRowVectors || !Fits(m, a_)) continue;
      const Cost cost = CostOf(p, lines);
      if (found_ && !(cost < cost_)) continue;
      found_ = true;
      cost_ = cost;
      best_ = p;
      best_.cycles = cost.cycles();
    }
  }

  // A bound from below, whatever M3 and Q1: all elements' columns in use, nothing but steps.
  int64_t LeastCycles(const RowPlan& p) const {
    const RowMapping& m = p.map;
    const int64_t step = std::max({m.Cycles(), m.Channels(), int64_t{3}});
    return Ceil(s_.cout, m.Channels()) * p.Folds() * p.slices * s_.out_h * s_.out_w * step *
           images_ / a_.cols;
  }

  const std::map<int, int>& Lines(int rows) {
    const auto [it, fresh] = lines_.try_emplace(rows);
    if (fresh) it->second = Sizes(CutLines(s_, rows));
    return it->second;
  }

  Cost CostOf(const RowPlan& p, const std::map<int, int>& lines) const {
    Cost cost;
    const int64_t convs = Convs(p);
    for (const auto& [ny, n] : lines) {
      for (const auto& [nx, m] : columns_)
        cost.array += convs * n * m * ConvCycles(p, ny, nx, images_, a_);
    }
    int64_t chunks = 0;
    for (int n = 0; n < s_.cout; n += p.EntryChannels())
      chunks += Ceil(std::min(p.EntryChannels(), s_.cout - n), c_.lanes);
    cost.post = chunks * s_.out_h * s_.out_w * s_.pool_h * s_.pool_w * images_;
    return cost;
  }

  const Stage& s_;
  const HwConfig& c_;
  const RowArray a_;
  const bool from_memory_;
  const int images_;
  const bool apart_;
  const int pitch_;
  const std::map<int, int> columns_;         // sizes of a tile's lines
  std::map<int, std::map<int, int>> lines_;  // numbers of a tile's lines, by the most
  int64_t most_weights_ = 0;
  bool found_ = false;
  Cost cost_;
  RowPlan best_;
};

}  // namespace

int RowPitch(const Stage& s, const HwConfig& config) {
  const int banks = config.Banks(), pitch = (s.w + s.pad.left + s.pad.right) * s.cin;
  return pitch + ((1 - pitch) % banks + banks) % banks;
}

bool RowsReach(const RowMapping& map, int64_t pitch) {
  return (map.InputRows() - 1) * pitch <= kMaxOffset;
}

std::vector<Tile> RowTiles(const RowPlan& plan, const Stage& s, int pitch, const HwConfig& config) {
  const int64_t rows = MostRows(s, plan.map, pitch, config);
  std::vector<Tile> tiles;
  if (rows < 1) return tiles;
  const std::vector<Part> ys = CutLines(s, static_cast<int>(rows)),
                          xs = CutColumns(s, plan.apart, config);
  for (const Part& y : ys) {
    for (const Part& x : xs) {
      const int ny = y.c1 - y.c0, nx = x.c1 - x.c0;
      tiles.push_back({y.o0, y.o1, x.o0, x.o1, y.c0, y.c1, x.c0, x.c1, ny, nx, nx * config.cols});
    }
  }
  return tiles;
}

int64_t RowArrayCycles(const RowPlan& plan, const std::vector<Tile>& tiles,
                       const HwConfig& config) {
  const RowArray a = LawConfig(config, MemoryTiming{}).row;
  int64_t cycles = 0;
  for (const Tile& t : tiles) cycles += ConvCycles(plan, t.ny, t.nx, 1, a);
  return Convs(plan) * cycles;
}

RowPlan PlanRows(const Stage& stage, const HwConfig& config, bool from_memory, int images) {
  Search search(stage, config, from_memory, images);
  RowPlan plan = search.Run();
  if (!search.found()) {
    throw MisfitError(
        Misfit::kAccumulator,
        fmt::format("{}: no mapping fits RS_ROWS={}, RS_COLS={} and ACC_DEPTH={} (one pooling "
                    "window at least)",
                    Label(stage), config.rs_rows, config.rs_cols, config.acc_depth));
  }
  plan.tiles = RowTiles(plan, stage, RowPitch(stage, config), config);
  return plan;
}

}  // namespace systole
