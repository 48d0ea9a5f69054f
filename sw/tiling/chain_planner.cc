#include "sw/tiling/chain_planner.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "sw/compiler/misfit.h"
#include "sw/tiling/chain_place.h"

namespace systole {
namespace {

constexpr int kStripCounts[] = {1,  2,  3,  4,  5,  6,  7,  8,   10, 12,
                                14, 16, 19, 24, 28, 38, 56, 112, 224};
constexpr int64_t kPerStrip = 60, kPerNode = 24, kBorder = 100;

int64_t Ceil(int64_t value, int64_t unit) { return (value + unit - 1) / unit; }

int64_t WeightBytes(const Part& part, const HwConfig& config) {
  return part.WeightRows() * config.wport * config.rows;
}

// Cycles of POST for a rectangle's results.
int64_t PostCycles(const Stage& s, int64_t pixels, bool pools, bool sum, const HwConfig& config) {
  const int64_t taps =
      pools ? int64_t{s.kernel_h} * s.kernel_w : int64_t{s.pool_h} * s.pool_w + (sum ? 2 : 0);
  return pixels * Ceil(s.cout, config.lanes) * taps;
}

}  // namespace

// Tensors that are one after the other on chip, and alike, lie in one item: it is filled once.
void ChainPlanner::ShareItems(Chain* chain) {
  std::map<std::array<int, 10>, int> latest;
  for (size_t i = 0; i < chain->tensors.size(); ++i) {
    ChainTensor& t = chain->tensors[i];
    t.same = -1;
    if (t.kind != ChainTensor::Kind::kMade || chain->Strips() > 1) continue;
    if (t.left + t.right + t.top + t.bottom == 0) continue;
    const std::array<int, 10> key = {t.top,   t.y1 - t.y0, t.bottom, t.left,      t.w,
                                     t.right, t.channels,  t.pitch,  t.pad_value, t.size};
    const auto [it, fresh] = latest.try_emplace(key, static_cast<int>(i));
    if (fresh) continue;
    const int before = it->second;
    if (chain->tensors[before].last >= t.first) continue;
    t.same = before;
    it->second = static_cast<int>(i);
  }
}

// Maps the array's steps for the strip in the middle, on the row-stationary array; false: its
// tensors, or a pooling window, do not fit.
bool ChainPlanner::Focus(Chain* chain) const {
  if (config_.engine == 0) return true;
  const int oy0 = chain->Strips() / 2 * chain->rows;
  if (!chain->SetStrip(oy0, std::min(chain->out_h, oy0 + chain->rows))) return false;
  for (const ChainTensor& t : chain->tensors) {
    if (int64_t{t.top + t.y1 - t.y0 + t.bottom} * t.pitch > config_.ActBytes()) return false;
  }
  try {
    for (const ChainNode& k : chain->nodes) {
      if (k.writer != nullptr) k.writer->part().Focus(k.rect);
    }
  } catch (const MisfitError&) {
    return false;
  }
  chain->SetLate();
  return true;
}

// Sizes of the items of every strip, and their places; false: they do not fit.
bool ChainPlanner::Fit(Chain* chain) const {
  const int strips = chain->Strips();
  if (!Focus(chain)) return false;
  for (ChainTensor& t : chain->tensors) t.size = 0;
  for (int i = 0; i < strips; i = i == 1 && strips > 4 ? strips - 2 : i + 1) {
    if (!chain->SetStrip(i * chain->rows, std::min(chain->out_h, (i + 1) * chain->rows)))
      return false;
    int64_t bytes = 0;
    for (ChainTensor& t : chain->tensors) {
      const int64_t size = int64_t{t.top + t.y1 - t.y0 + t.bottom} * t.pitch;
      if (size > config_.ActBytes()) return false;
      t.size = std::max(t.size, static_cast<int>(size));
      if (strips > 1) bytes += size;
    }
    if (bytes > config_.ActBytes()) return false;
    for (ChainNode& k : chain->nodes) {
      if (k.writer == nullptr) continue;
      const RectPlan* plan = k.writer->part().Plan(k.rect);
      if (plan == nullptr) return false;
      ChainTensor& t = chain->tensors[k.in];
      const int64_t bytes = k.writer->part().InputBytesOf(*plan, t.pitch);
      if (bytes < 0) return false;
      const int64_t end = InputBase(t, k) + bytes;
      if (end > config_.ActBytes()) return false;
      t.size = std::max(t.size, static_cast<int>(end));
    }
  }
  ShareItems(chain);
  return PlaceChain(config_, chain);
}

int64_t ChainPlanner::Estimate(Chain* chain) {
  const int strips = chain->Strips();
  int64_t array = 0, post = 0, loads = 0, stores = 0, weights = 0, waits = 0;
  for (int i = 0; i < strips;) {
    chain->SetStrip(i * chain->rows, std::min(chain->out_h, (i + 1) * chain->rows));
    const int times = i == 1 && strips > 3 ? strips - 2 : 1;
    for (const ChainNode& k : chain->nodes) {
      const ChainTensor& out = chain->tensors[k.out];
      const Stage& s = k.stage();
      if (k.writer != nullptr)
        array += times * k.writer->part().ArrayCycles(*k.writer->part().Plan(k.rect));
      post += times * PostCycles(s, int64_t{out.y1 - out.y0} * s.out_w, k.writer == nullptr,
                                 k.other >= 0, config_);
    }
    for (const ChainTensor& t : chain->tensors) {
      const int64_t bytes = int64_t{t.y1 - t.y0} * t.w * t.channels;
      if (t.kind == ChainTensor::Kind::kLoaded) loads += times * bytes;
      if (t.kind == ChainTensor::Kind::kStored) {
        stores += times * bytes;
        // The next strip's results wait for the Store of this one's.
        if (strips > 1 && t.turns == 1) waits += times * bytes / config_.AxiBytes() / 4;
      }
    }
    i += times;
  }
  for (const ChainNode& k : chain->nodes) {
    if (k.writer != nullptr) weights += WeightBytes(k.writer->part(), config_);
  }
  const bool again = weights > int64_t{config_.wgt_kib} * 1024;
  const int beat = config_.AxiBytes();
  loads = (loads + weights * (again ? strips : 1)) / beat;
  return std::max({array, post, loads, stores / beat}) + waits + strips * kPerStrip +
         static_cast<int64_t>(chain->nodes.size()) * kPerNode + kBorder;
}

// Of a unit by itself.
int64_t ChainPlanner::Apart(size_t u) {
  if (!units_.MayJoin(u)) return 0;
  const ChainUnits::Candidate& of = units_.candidate(u);
  const Stage& s = *of.stage;
  const int beat = config_.AxiBytes();
  const int64_t images = of.batched ? units_.batch() : 1;
  const bool single = s.kernel_h * s.kernel_w == 1;
  const int64_t in = images * s.cin * (single ? int64_t{s.conv_h} * s.conv_w : int64_t{s.h} * s.w);
  const int64_t pixels = int64_t{s.out_h} * s.out_w * images, out = pixels * s.cout;
  int64_t array = 0, weights = 0;
  if (!units_.OnPost(u)) {
    Part& part = units_.Writer(u, 0, 0)->part();
    const Stage& bare = part.stage();
    const RectPlan* plan = part.Plan(CutRect(bare, 0, bare.out_h, 0, bare.out_w));
    array = plan == nullptr ? int64_t{1} << 40 : part.ArrayCycles(*plan);
    weights = WeightBytes(part, config_);
  }
  const int64_t loads = (in + weights + (of.other >= 0 ? out : 0)) / beat;
  const int64_t post = PostCycles(s, pixels, of.pools, of.other >= 0, config_);
  const int64_t wait = std::min<int64_t>(in, config_.ActBytes() / 4) / beat +
                       std::min<int64_t>(out, config_.ActBytes() / 16) / beat;
  return std::max({array, post, loads, out / beat}) + wait + kBorder;
}

// The strips of units [a, b) as a chain with the fewest cycles.
ChainPlanner::Found ChainPlanner::Best(size_t a, size_t b) {
  Found found;
  std::optional<Chain> chain = builder_.Build(a, b);
  if (!chain) return found;
  found.chain = true;
  for (size_t u = a; u + 1 < b; ++u) found.blocks |= units_.Blocked(u);
  int before = 0;
  for (const int count : kStripCounts) {
    if (found.tries == 2 || (count > 1 && b - a > size_t{kLongestCut})) break;
    chain->rows = static_cast<int>(Ceil(chain->out_h, count));
    if (chain->rows == before) continue;
    before = chain->rows;
    if (!Fit(&*chain)) continue;
    ++found.tries;
    chain->cycles = Estimate(&*chain);
    if (!found.best || chain->cycles < found.best->cycles) found.best = chain;
  }
  return found;
}

std::vector<Chain> ChainPlanner::Choose() {
  const size_t n = units_.size();
  std::vector<int64_t> least(n + 1, int64_t{1} << 60);
  std::vector<std::optional<Chain>> by(n + 1);
  least[0] = 0;
  for (size_t a = 0; a < n; ++a) {
    const int64_t apart = least[a] + Apart(a);
    if (apart < least[a + 1]) {
      least[a + 1] = apart;
      by[a + 1].reset();
    }
    int misses = 0;
    for (size_t b = a + 1; b <= n && misses < 3 && units_.MayJoin(b - 1); ++b) {
      if (b == a + 1) continue;
      int tries = 0;
      bool chain = false;
      for (const int block : units_.BlockSizes()) {
        units_.SetBlock(block);
        const Found found = Best(a, b);
        chain |= found.chain;
        tries += found.tries;
        if (found.best && least[a] + found.best->cycles < least[b]) {
          least[b] = least[a] + found.best->cycles;
          by[b] = found.best;
        }
        if (!found.blocks) break;
      }
      if (chain) misses = tries == 0 ? misses + 1 : 0;
    }
  }
  std::vector<Chain> chains;
  for (size_t b = n; b > 0;) {
    if (by[b]) {
      const size_t first = static_cast<size_t>(by[b]->first);
      chains.push_back(std::move(*by[b]));
      b = first;
    } else {
      --b;
    }
  }
  std::reverse(chains.begin(), chains.end());
  // Others of their steps have been tried since.
  for (Chain& chain : chains) Focus(&chain);
  return chains;
}

}  // namespace systole
