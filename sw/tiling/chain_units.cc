#include "sw/tiling/chain_units.h"

#include <algorithm>
#include <numeric>

#include "sw/model/graph.h"
#include "sw/tiling/slice.h"

namespace systole {
namespace {

bool Pools(const Stage& s) {
  return s.pool_h * s.pool_w > 1 || s.pool_stride_h * s.pool_stride_w > 1;
}

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

ChainUnits::ChainUnits(const Model& model, const std::vector<Unit>& units, const Placing& placing,
                       const HwConfig& config, bool pack, int batch, PartCache* cache)
    : model_(model), units_(units), config_(config), pack_(pack), batch_(batch), cache_(cache) {
  block_ = BlockSizes().front();
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
bool ChainUnits::MaxPools(const Stage& s) const {
  const Layer& layer = model_.layers[static_cast<size_t>(s.first_layer)];
  return config_.post_act != 0 && layer.kind == LayerKind::kMaxPool &&
         s.first_layer == s.last_layer && s.pool_h < 64 && s.pool_w < 64 &&
         ((config_.roundings >> static_cast<int>(s.rounding)) & 1) != 0;
}

ChainUnits::Candidate ChainUnits::CandidateOf(const Unit& unit) {
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

std::vector<int> ChainUnits::BlockSizes() const {
  // More groups of filters lie side by side along the row-stationary array's columns, of fewer
  // lines each.
  if (config_.engine != 0) return {config_.cols, 2 * config_.cols, 4 * config_.cols};
  const int least = std::lcm(config_.cols, std::min(config_.rows, config_.cols));
  return {least <= 64 ? least : config_.cols};
}

bool ChainUnits::Blocked(size_t u) const {
  if (u + 1 >= units_.size() || !MayJoin(u) || !MayJoin(u + 1)) return false;
  const Candidate &a = candidates_[u], &b = candidates_[u + 1];
  return !a.pools && a.stage->groups == 1 && !Pools(*a.stage) && a.other < 0 && b.other < 0 &&
         b.input == a.output && readers_[a.output] == std::vector<int>{static_cast<int>(u) + 1} &&
         ChannelByChannel(*b.stage) && b.stage->cin >= 2 * BlockChannels();
}

// What a node does; c1 > 0: for channels [c0, c1) alone.
void ChainUnits::SetWork(size_t u, int c0, int c1, ChainNode* node) {
  node->unit = static_cast<int>(u);
  if (!candidates_[u].pools) {
    node->writer = Writer(u, c0, c1);
    return;
  }
  node->pools = candidates_[u].stage;
  if (c1 > 0) node->pools = &stages_.emplace_back(SliceChannels(*node->pools, c0, c1));
}

StepWriter* ChainUnits::Writer(size_t u, int c0, int c1) {
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

}  // namespace systole
