#include "sw/tiling/step.h"

#include <algorithm>

#include "sw/model/graph.h"
#include "sw/tiling/pool_unit.h"

namespace systole {
namespace {

bool OnBeat(int64_t bytes, const HwConfig& config) { return bytes % config.AxiBytes() == 0; }

// Does a tensor lie in memory without gaps between its lines?
bool Dense(const Tensor& t, const HwConfig& config) {
  return t.h == 1 || OnBeat(int64_t{t.w} * t.c, config);
}

bool Clamps(const Layer& layer) { return layer.clamp_lo > -128 || layer.clamp_hi < 127; }

// Does a part of a concatenation, or a pixel of the tensor that it lies in, begin within a beat?
bool LeavesTogether(const Model& model, const Layer& layer, int root, const HwConfig& config) {
  bool together = !OnBeat(model.tensors[root].c, config);
  int channel = 0;
  for (const int t : layer.inputs) {
    together |= !OnBeat(channel, config);
    channel += model.tensors[t].c;
  }
  return together;
}

// The steps that copy what is not made in its place, and whether their channels leave together.
Unit ConcatUnit(const Model& model, size_t i, const Placing& placing, const HwConfig& config) {
  const Layer& layer = model.layers[i];
  const int out = static_cast<int>(i) + 1;
  Unit unit;
  unit.assembled = LeavesTogether(model, layer, placing.root[out], config);
  int channel = 0;
  for (const int t : layer.inputs) {
    const Tensor& in = model.tensors[t];
    if (placing.root[t] != placing.root[out] ||
        placing.channel[t] != placing.channel[out] + channel) {
      Step step;
      step.stage = CopyStage(layer, in, in, i);
      step.stage.name = layer.name;
      step.input = t;
      step.output = out;
      step.channel = channel;
      unit.steps.push_back(std::move(step));
    }
    channel += in.c;
  }
  return unit;
}

}  // namespace

bool OnHost(const Layer& layer) {
  return layer.kind == LayerKind::kAdd || layer.kind == LayerKind::kTable ||
         layer.kind == LayerKind::kSoftmax;
}

bool PostDoes(const Model& model, size_t i, const Placing& placing, const HwConfig& config) {
  const Layer& layer = model.layers[i];
  if (layer.kind != LayerKind::kAdd || config.add_unit == 0) return false;
  if (((config.roundings >> static_cast<int>(layer.rounding)) & 1) == 0) return false;
  if (config.ParRows() * config.lanes < 3) return false;
  const int out = static_cast<int>(i) + 1;
  if (placing.root[out] != out) return false;
  return std::all_of(layer.inputs.begin(), layer.inputs.end(),
                     [&](int t) { return placing.root[t] == t; });
}

Placing PlaceConcats(const Model& model, const HwConfig& config) {
  const int n = static_cast<int>(model.tensors.size());
  Placing p;
  for (int t = 0; t < n; ++t) {
    p.root.push_back(t);
    p.channel.push_back(0);
  }
  const std::vector<int> outputs = Outputs(model);
  for (int i = static_cast<int>(model.layers.size()) - 1; i >= 0; --i) {
    const Layer& layer = model.layers[i];
    if (layer.kind != LayerKind::kConcat || Clamps(layer)) continue;
    const int out = i + 1, root = p.root[out];
    if (LeavesTogether(model, layer, root, config)) continue;
    int channel = p.channel[out];
    for (const int t : layer.inputs) {
      const bool taken =
          p.root[t] != t || t == 0 || std::find(outputs.begin(), outputs.end(), t) != outputs.end();
      if (!taken) {
        p.root[t] = root;
        p.channel[t] = channel;
      }
      channel += model.tensors[t].c;
    }
  }
  return p;
}

namespace {

// Lets the smaller of the two convolutions that make tensors a and b come first, where it may: the
// sum then goes with the larger one, which leaves POST more time.
void LargerLast(int a, int b, std::vector<Unit>* units, std::vector<int>* unit_of) {
  const int to = std::min((*unit_of)[a], (*unit_of)[b]);
  const int from = std::max((*unit_of)[a], (*unit_of)[b]);
  if (to < 0 || from == to) return;
  auto plain = [&](int u) {
    return (*units)[u].steps.size() == 1 && !(*units)[u].steps[0].batched;
  };
  if (!plain(to) || !plain(from)) return;
  const Step& step = (*units)[from].steps[0];
  if (step.stage.macs >= (*units)[to].steps[0].stage.macs || step.other >= 0) return;
  const int maker = (*unit_of)[step.input];
  if (maker >= to || (maker < 0 && step.input != 0)) return;  // or it is not known
  std::rotate(units->begin() + to, units->begin() + from, units->begin() + from + 1);
  for (int& u : *unit_of) {
    if (u == from) {
      u = to;
    } else if (u >= to && u < from) {
      ++u;
    }
  }
}

// Puts the sum layers[i] behind the later of the two units that make its operands, if that is a
// convolution whose results nobody else reads; false: it is not.
bool FuseSum(const Model& model, size_t i, const std::vector<std::vector<int>>& consumers,
             const std::vector<int>& outputs, std::vector<Unit>* units, std::vector<int>* unit_of) {
  const std::vector<int>& in = model.layers[i].inputs;
  if (in[0] == in[1]) return false;
  LargerLast(in[0], in[1], units, unit_of);
  const int k = (*unit_of)[in[0]] > (*unit_of)[in[1]] ? 0 : 1;
  const int made = in[k], u = (*unit_of)[made];
  if (u < 0 || (*unit_of)[in[1 - k]] == u || consumers[made].size() != 1) return false;
  if (std::find(outputs.begin(), outputs.end(), made) != outputs.end()) return false;
  Unit& unit = (*units)[u];
  if (unit.host || unit.post || unit.assembled || unit.steps.size() != 1) return false;
  Step& step = unit.steps[0];
  if (step.batched || step.sum_layer >= 0 || step.output != made) return false;
  step.sum_layer = static_cast<int>(i);
  step.other = in[1 - k];
  step.output = static_cast<int>(i) + 1;
  (*unit_of)[i + 1] = u;
  return true;
}

}  // namespace

std::vector<Unit> LowerGraph(const Model& model, const Placing& placing, const HwConfig& config,
                             bool fuse_pool, bool fuse_sums, LoweredLayers* lowered) {
  const std::vector<std::vector<int>> consumers = Consumers(model);
  const std::vector<int> outputs = Outputs(model);
  std::vector<Unit> units;
  std::vector<int> unit_of(model.tensors.size(), -1);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    const int in = layer.inputs[0], out = static_cast<int>(i) + 1;
    if (layer.kind == LayerKind::kConcat) {
      Unit unit = ConcatUnit(model, i, placing, config);
      if (unit.steps.empty()) continue;
      if (unit.assembled) {
        units.push_back(std::move(unit));
      } else {
        for (Step& step : unit.steps) units.push_back({{std::move(step)}, false});
      }
      continue;
    }
    if (fuse_sums && PostDoes(model, i, placing, config) &&
        FuseSum(model, i, consumers, outputs, &units, &unit_of))
      continue;
    if (OnHost(layer)) {
      units.emplace_back();
      units.back().post = PostDoes(model, i, placing, config);
      units.back().host = !units.back().post;
      units.back().layer = i;
      continue;
    }
    if (PoolsOnPost(model, i, placing, config)) {
      units.emplace_back();
      units.back().post = true;
      units.back().layer = i;
      continue;
    }
    const bool kept = std::find(outputs.begin(), outputs.end(), in) != outputs.end();
    if (layer.kind == LayerKind::kMaxPool && fuse_pool && in > 0 && unit_of[in] >= 0 &&
        consumers[in].size() == 1 && !kept && placing.root[in] == in) {
      Step& before = units[unit_of[in]].steps[0];
      const bool pooled = before.stage.pool_h * before.stage.pool_w > 1 ||
                          before.stage.pool_stride_h * before.stage.pool_stride_w > 1;
      if (!pooled && !before.stage.by_count && !before.batched &&
          before.stage.first_layer == before.stage.last_layer &&
          before.stage.last_layer + 1 == in) {
        FusePool(layer, model.Output(i), i, &before.stage);
        before.output = out;
        unit_of[out] = unit_of[in];
        continue;
      }
    }
    Step step;
    if (layer.kind == LayerKind::kPad) {
      step.stage = CopyStage(layer, model.Input(i), model.Output(i), i);
    } else if (layer.kind == LayerKind::kFullyConnected && Dense(model.Input(i), config) &&
               placing.root[in] == in) {
      step.stage = lowered->Column(i);
      step.batched = true;
    } else {
      step.stage = lowered->Of(i);
    }
    step.input = in;
    step.output = out;
    unit_of[out] = static_cast<int>(units.size());
    units.push_back({{std::move(step)}, false});
  }
  return units;
}

}  // namespace systole
