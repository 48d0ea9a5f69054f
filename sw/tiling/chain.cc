#include "sw/tiling/chain.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "sw/compiler/storage.h"
#include "sw/model/graph.h"
#include "sw/tiling/chain_place.h"
#include "sw/tiling/slice.h"

namespace systole {
namespace {

constexpr int kStripCounts[] = {1,  2,  3,  4,  5,  6,  7,  8,   10, 12,
                                14, 16, 19, 24, 28, 38, 56, 112, 224};
constexpr size_t kLongestCut = 8;  // units of a chain of several strips
constexpr int64_t kPerStrip = 60, kPerNode = 24, kBorder = 100;

int64_t Ceil(int64_t value, int64_t unit) { return (value + unit - 1) / unit; }

bool Pools(const Stage& s) {
  return s.pool_h * s.pool_w > 1 || s.pool_stride_h * s.pool_stride_w > 1;
}

int64_t WeightBytes(const Part& part, const HwConfig& config) {
  int64_t rows = 0;
  for (const Fold& fold : part.mapping().folds)
    rows += int64_t{fold.slices} * LoadCycles(fold, config);
  return rows * config.wport * config.rows;
}

// Cycles of POST for a rectangle's results.
int64_t PostCycles(const Stage& s, int64_t pixels, bool pools, bool sum, const HwConfig& config) {
  const int64_t taps =
      pools ? int64_t{s.kernel_h} * s.kernel_w : int64_t{s.pool_h} * s.pool_w + (sum ? 2 : 0);
  return pixels * Ceil(s.cout, config.lanes) * taps;
}

}  // namespace

namespace {

// The max pooling of a stage as one whose kernel is the window: what is padded is the least value.
Stage PoolOf(const Stage& stage) {
  Stage s = Bare(stage);
  s.pad = stage.pool_pad;
  s.pad_value = -128;
  s.groups = s.cin;
  s.kernel_h = stage.pool_h;
  s.kernel_w = stage.pool_w;
  s.stride_h = stage.pool_stride_h;
  s.stride_w = stage.pool_stride_w;
  s.dilation_h = stage.pool_dilation_h;
  s.dilation_w = stage.pool_dilation_w;
  s.conv_h = s.out_h;
  s.conv_w = s.out_w;
  s.pool_h = s.pool_w = s.pool_stride_h = s.pool_stride_w = 1;
  s.pool_dilation_h = s.pool_dilation_w = 1;
  s.pool_pad = {};
  const auto channels = static_cast<size_t>(s.cin);
  s.bias.assign(channels, 0);
  s.m.assign(channels, uint32_t{1} << 30);
  s.s.assign(channels, 30);
  s.zy = 0;
  return s;
}

}  // namespace

int Chain::PoolingOf(size_t n) const {
  const ChainNode& k = nodes[n];
  if (k.writer == nullptr || k.other >= 0) return -1;
  // Lines are done when all their channels are.
  const Mapping& mapping = k.writer->part().mapping();
  if (mapping.folds.size() > 1 && !mapping.joint) return -1;
  for (size_t m = n + 1; m < nodes.size(); ++m) {
    if (nodes[m].in != k.out) continue;
    return nodes[m].writer == nullptr && nodes[m].pools->out_h > 1 ? static_cast<int>(m) : -1;
  }
  return -1;
}

ChainPlanner::ChainPlanner(const Model& model, const std::vector<Unit>& units,
                           const Placing& placing, const HwConfig& config, bool pack, int batch,
                           PartCache* cache)
    : model_(model), units_(units), config_(config), pack_(pack), batch_(batch), cache_(cache) {
  readers_.resize(model.tensors.size());
  kept_.resize(model.tensors.size());
  for (const int t : Outputs(model)) kept_[t] = true;
  for (size_t t = 0; t < kept_.size(); ++t) {
    if (placing.root[t] == static_cast<int>(t)) continue;
    kept_[t] = kept_[placing.root[t]] = true;
  }
  for (size_t u = 0; u < units.size(); ++u) {
    auto reads = [&](int t) { readers_[t].push_back(static_cast<int>(u)); };
    for (const Step& step : units[u].steps) {
      reads(step.input);
      if (step.other >= 0) reads(step.other);
    }
    if (units[u].host || units[u].post) {
      for (const int t : model.layers[units[u].layer].inputs) reads(t);
    }
    candidates_.push_back(CandidateOf(units[u]));
  }
}

// Is it a max pooling layer that POST can do from the activation buffer?
bool ChainPlanner::MaxPools(const Stage& s) const {
  const Layer& layer = model_.layers[static_cast<size_t>(s.first_layer)];
  return config_.post_act != 0 && layer.kind == LayerKind::kMaxPool &&
         s.first_layer == s.last_layer && s.pool_h < 64 && s.pool_w < 64 &&
         ((config_.roundings >> static_cast<int>(s.rounding)) & 1) != 0;
}

ChainPlanner::Candidate ChainPlanner::CandidateOf(const Unit& unit) {
  Candidate c;
  if (unit.post && model_.layers[unit.layer].kind == LayerKind::kAveragePool) {
    c.stage = &stages_.emplace_back(LowerLayer(model_, unit.layer));
    c.input = model_.layers[unit.layer].inputs[0];
    c.output = static_cast<int>(unit.layer) + 1;
    c.pools = c.fits = true;
  }
  if (unit.host || unit.post || unit.assembled || unit.steps.size() != 1) return c;
  const Step& step = unit.steps[0];
  c.input = step.input;
  c.output = step.output;
  c.other = step.other;
  c.stage = &step.stage;
  if (!step.batched && step.other < 0 && MaxPools(step.stage)) {
    c.stage = &stages_.emplace_back(PoolOf(step.stage));
    c.pools = true;
  }
  // A fully connected layer's pixels lie behind one another; images share its weights.
  const Tensor& in = model_.tensors[c.input];
  if (step.batched && in.h * in.w > 1) return c;
  c.batched = step.batched && batch_ > 1;
  c.fits = step.input_channel == 0 && step.stage.cin == in.c &&
           step.stage.cout == model_.tensors[c.output].c;
  return c;
}

int ChainPlanner::BlockChannels() const {
  const int least = std::lcm(config_.cols, std::min(config_.rows, config_.cols));
  return least <= 64 ? least : config_.cols;
}

bool ChainPlanner::Blocked(size_t u) const {
  if (u + 1 >= units_.size() || !MayJoin(u) || !MayJoin(u + 1)) return false;
  const Candidate &a = candidates_[u], &b = candidates_[u + 1];
  return !a.pools && a.stage->groups == 1 && !Pools(*a.stage) && a.other < 0 && b.other < 0 &&
         b.input == a.output && readers_[a.output] == std::vector<int>{static_cast<int>(u) + 1} &&
         ChannelByChannel(*b.stage) && b.stage->cin >= 2 * BlockChannels();
}

// What a node does; c1 > 0: for channels [c0, c1) alone.
void ChainPlanner::SetWork(size_t u, int c0, int c1, ChainNode* node) {
  node->unit = static_cast<int>(u);
  if (!candidates_[u].pools) {
    node->writer = Writer(u, c0, c1);
    return;
  }
  node->pools = candidates_[u].stage;
  if (c1 > 0) node->pools = &stages_.emplace_back(SliceChannels(*node->pools, c0, c1));
}

StepWriter* ChainPlanner::Writer(size_t u, int c0, int c1) {
  std::unique_ptr<StepWriter>& writer = writers_[{u, c0, c1}];
  if (writer != nullptr) return writer.get();
  Step& step = steps_.emplace_back(units_[u].steps[0]);
  const bool each = ChannelByChannel(step.stage), cut = c1 > 0;
  if (cut) step.stage = each ? SliceChannels(step.stage, c0, c1) : SliceOutputs(step.stage, c0, c1);
  // Packed pixels lie side by side; other blocks' channels lie between those of a block.
  writer = std::make_unique<StepWriter>(step, config_, pack_ && !(cut && each),
                                        candidates_[u].batched ? batch_ : 1, true, cache_);
  return writer.get();
}

std::optional<Chain> ChainPlanner::Build(size_t first, size_t last) {
  for (size_t u = first; u + 1 < last; ++u) {
    // Only the last one's result may be read by others.
    const int t = candidates_[u].output;
    if (kept_[t] || readers_[t].empty()) return {};
    for (const int reader : readers_[t]) {
      if (reader >= static_cast<int>(last)) return {};
    }
  }
  for (size_t u = first; u < last; ++u) {
    if (candidates_[u].batched != candidates_[first].batched) return {};
  }
  Chain chain;
  chain.batched = candidates_[first].batched;
  chain.first = static_cast<int>(first);
  chain.last = static_cast<int>(last);
  std::map<int, int> made;  // chain tensor of a tensor
  auto add = [&](int t, int channels, ChainTensor::Kind kind) {
    ChainTensor& tensor = chain.tensors.emplace_back();
    tensor.tensor = t;
    tensor.channels = channels;
    tensor.h = chain.batched ? batch_ : model_.tensors[t].h;
    tensor.w = model_.tensors[t].w;
    tensor.kind = kind;
    return static_cast<int>(chain.tensors.size()) - 1;
  };
  auto use = [&](int t) {
    const auto [it, fresh] = made.try_emplace(t, 0);
    if (fresh) it->second = add(t, model_.tensors[t].c, ChainTensor::Kind::kLoaded);
    return it->second;
  };
  auto make = [&](size_t u, int t) {
    const auto kind = u + 1 == last ? ChainTensor::Kind::kStored : ChainTensor::Kind::kMade;
    return made[t] = add(t, model_.tensors[t].c, kind);
  };
  for (size_t u = first; u < last; ++u) {
    const Candidate& of = candidates_[u];
    if (u + 1 < last && Blocked(u)) {
      // Block by block; the next block's first step stands between the two of one.
      const int c = of.stage->cout, block = BlockChannels(), n = static_cast<int>(Ceil(c, block));
      const int in = use(of.input), out = make(u + 1, candidates_[u + 1].output);
      const ChainTensor::Kind kind = ChainTensor::Kind::kMade;
      const int turns[] = {add(of.output, block, kind), add(of.output, block, kind)};
      const int tail = c % block == 0 ? -1 : add(of.output, c % block, kind);
      auto node = [&](int i, bool second) {
        const int c0 = i * block, c1 = std::min(c, c0 + block);
        const int between = c1 - c0 < block ? tail : turns[i % 2];
        ChainNode& k = chain.nodes.emplace_back();
        SetWork(second ? u + 1 : u, c0, c1, &k);
        k.in = second ? between : in;
        k.out = second ? out : between;
        k.channel = second ? c0 : 0;
        k.tensor_channel = c0;
      };
      node(0, false);
      for (int i = 1; i < n; ++i) {
        node(i, false);
        node(i - 1, true);
      }
      node(n - 1, true);
      chain.tensors[out].late = (n - 1) * block;
      ++u;
      continue;
    }
    ChainNode& k = chain.nodes.emplace_back();
    SetWork(u, 0, 0, &k);
    k.in = use(of.input);
    if (of.other >= 0) k.other = use(of.other);
    k.out = make(u, of.output);
    if (k.writer == nullptr) continue;
    const Mapping& mapping = k.writer->part().mapping();
    if (!mapping.joint && mapping.folds.size() > 1)
      chain.tensors[k.out].late = mapping.folds.back().first_column;
  }
  for (size_t n = 0; n < chain.nodes.size(); ++n) {
    const ChainNode& k = chain.nodes[n];
    for (const int t : {k.in, k.out, k.other}) {
      if (t < 0) continue;
      ChainTensor& tensor = chain.tensors[t];
      if (tensor.first < 0) tensor.first = static_cast<int>(n);
      tensor.last = static_cast<int>(n);
    }
  }
  for (size_t n = 0; n < chain.nodes.size(); ++n) {
    const int m = chain.PoolingOf(n);
    if (m < 0) continue;
    ChainTensor& pooled = chain.tensors[chain.nodes[static_cast<size_t>(m)].out];
    pooled.first = std::min(pooled.first, static_cast<int>(n));
  }
  chain.out_h = chain.nodes.back().stage().out_h;
  if (!SetLayout(&chain)) return {};
  return chain;
}

// Padding and pitch that suit every reader.
bool ChainPlanner::SetLayout(Chain* chain) const {
  for (size_t t = 0; t < chain->tensors.size(); ++t) {
    ChainTensor& tensor = chain->tensors[t];
    int residue = -1;
    bool padded = false;
    for (const ChainNode& k : chain->nodes) {
      if (k.in != static_cast<int>(t)) continue;
      const Stage& s = k.stage();
      const Padding& pad = s.pad;
      if (pad.top + pad.left + pad.bottom + pad.right > 0) {
        if (padded && tensor.pad_value != s.pad_value) return false;
        padded = true;
        tensor.pad_value = s.pad_value;
      }
      tensor.left = std::max(tensor.left, pad.left);
      tensor.right = std::max(tensor.right, pad.right);
      if (k.writer == nullptr) continue;
      const int want = PitchResidue(k.writer->part().mapping(), s.cin, config_);
      if (want >= 0 && residue >= 0 && want != residue) return false;
      if (want >= 0) residue = want;
    }
    tensor.pitch = (tensor.left + tensor.w + tensor.right) * tensor.channels;
    const int banks = config_.Banks();
    if (residue >= 0) tensor.pitch += ((residue - tensor.pitch) % banks + banks) % banks;
  }
  return true;
}

bool ChainPlanner::SetStrip(int oy0, int oy1, Chain* chain) {
  for (ChainTensor& t : chain->tensors) {
    t.y0 = t.h;
    t.y1 = t.top = t.bottom = 0;
    if (t.kind != ChainTensor::Kind::kStored) continue;
    t.y0 = oy0;
    t.y1 = oy1;
  }
  for (auto k = chain->nodes.rbegin(); k != chain->nodes.rend(); ++k) {
    const ChainTensor& out = chain->tensors[k->out];
    const Stage& s = k->stage();
    k->rect = CutRect(s, out.y0, out.y1, 0, s.out_w);
    if (k->rect.iy0 >= k->rect.iy1 || k->rect.ix0 >= k->rect.ix1) return false;
    ChainTensor& in = chain->tensors[k->in];
    in.y0 = std::min(in.y0, k->rect.iy0);
    in.y1 = std::max(in.y1, k->rect.iy1);
    if (k->other < 0) continue;
    ChainTensor& other = chain->tensors[k->other];
    other.y0 = std::min(other.y0, out.y0);
    other.y1 = std::max(other.y1, out.y1);
  }
  for (const ChainNode& k : chain->nodes) {
    ChainTensor& in = chain->tensors[k.in];
    in.top = std::max(in.top, k.rect.stage.pad.top);
    in.bottom = std::max(in.bottom, k.rect.stage.pad.bottom);
  }
  return true;
}

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

// Sizes of the items of every strip, and their places; false: they do not fit.
bool ChainPlanner::Fit(Chain* chain) const {
  const int strips = chain->Strips();
  for (ChainTensor& t : chain->tensors) t.size = 0;
  for (int i = 0; i < strips; i = i == 1 && strips > 4 ? strips - 2 : i + 1) {
    if (!SetStrip(i * chain->rows, std::min(chain->out_h, (i + 1) * chain->rows), chain))
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
      const int64_t end = InputBase(t, k) +
                          InputBytes(plan->stage, k.writer->part().mapping(), plan->tiles, t.pitch);
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
    SetStrip(i * chain->rows, std::min(chain->out_h, (i + 1) * chain->rows), chain);
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
  if (!MayJoin(u)) return 0;
  const Candidate& of = candidates_[u];
  const Stage& s = *of.stage;
  const int beat = config_.AxiBytes();
  const int64_t images = of.batched ? batch_ : 1;
  const bool single = s.kernel_h * s.kernel_w == 1;
  const int64_t in = images * s.cin * (single ? int64_t{s.conv_h} * s.conv_w : int64_t{s.h} * s.w);
  const int64_t pixels = int64_t{s.out_h} * s.out_w * images, out = pixels * s.cout;
  int64_t array = 0, weights = 0;
  if (!units_[u].post) {
    Part& part = Writer(u, 0, 0)->part();
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
    for (size_t b = a + 1; b <= n && misses < 3 && MayJoin(b - 1); ++b) {
      if (b == a + 1) continue;
      std::optional<Chain> chain = Build(a, b);
      if (!chain) continue;
      int tries = 0;
      int before = 0;
      for (const int count : kStripCounts) {
        if (tries == 2 || (count > 1 && b - a > kLongestCut)) break;
        chain->rows = static_cast<int>(Ceil(chain->out_h, count));
        if (chain->rows == before) continue;
        before = chain->rows;
        if (!Fit(&*chain)) continue;
        ++tries;
        chain->cycles = Estimate(&*chain);
        if (least[a] + chain->cycles < least[b]) {
          least[b] = least[a] + chain->cycles;
          by[b] = *chain;
        }
      }
      misses = tries == 0 ? misses + 1 : 0;
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
  return chains;
}

}  // namespace systole
