#include <algorithm>
#include <utility>

#include "sw/tiling/step.h"

namespace systole {
namespace {

// Channels [c0, c1) of a stage with as many outputs as inputs, each by itself.
Stage Slice(const Stage& stage, int c0, int c1) {
  Stage s = stage;
  const size_t taps = static_cast<size_t>(stage.kernel_h) * stage.kernel_w;
  auto cut = [&](auto* values, size_t each) {
    if (values->empty()) return;
    values->erase(values->begin() + static_cast<std::ptrdiff_t>(c1 * each), values->end());
    values->erase(values->begin(), values->begin() + static_cast<std::ptrdiff_t>(c0 * each));
  };
  cut(&s.weights, taps);
  cut(&s.bias, 1);
  if (!stage.by_count) {
    cut(&s.m, 1);
    cut(&s.s, 1);
  }
  s.cin = s.cout = s.groups = c1 - c0;
  s.macs = stage.macs / static_cast<uint64_t>(stage.cin) * static_cast<uint64_t>(c1 - c0);
  return s;
}

}  // namespace

std::vector<Unit> HalveChannels(const Unit& unit, const Model& model, const Placing& placing,
                                const HwConfig& config) {
  if (unit.assembled || unit.steps.size() != 1) return {};
  const Step& step = unit.steps[0];
  const Stage& stage = step.stage;
  const int beat = config.AxiBytes();
  if (step.batched || step.sum_layer >= 0 || stage.groups != stage.cin || stage.cout != stage.cin)
    return {};
  for (const int t : {step.input, step.output}) {
    if (model.tensors[placing.root[t]].c % beat != 0 || placing.channel[t] % beat != 0) return {};
  }
  const int half = (stage.cin / beat + 1) / 2 * beat;
  if (stage.cin % beat != 0 || half >= stage.cin) return {};
  std::vector<Unit> halves;
  for (const auto& [c0, c1] : {std::pair(0, half), std::pair(half, stage.cin)}) {
    Unit part;
    part.follows = unit.follows || c0 > 0;
    Step& s = part.steps.emplace_back();
    s.stage = Slice(stage, c0, c1);
    s.input = step.input;
    s.output = step.output;
    s.channel = step.channel + c0;
    s.input_channel = step.input_channel + c0;
    halves.push_back(std::move(part));
  }
  return halves;
}

}  // namespace systole
