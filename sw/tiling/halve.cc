#include <utility>

#include "sw/tiling/slice.h"
#include "sw/tiling/step.h"

namespace systole {
std::vector<Unit> HalveChannels(const Unit& unit, const Model& model, const Placing& placing,
                                const HwConfig& config) {
  if (unit.assembled || unit.steps.size() != 1) return {};
  const Step& step = unit.steps[0];
  const Stage& stage = step.stage;
  const int beat = config.AxiBytes();
  if (step.batched || step.sum_layer >= 0 || !ChannelByChannel(stage)) return {};
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
    s.stage = SliceChannels(stage, c0, c1);
    s.input = step.input;
    s.output = step.output;
    s.channel = step.channel + c0;
    s.input_channel = step.input_channel + c0;
    halves.push_back(std::move(part));
  }
  return halves;
}

}  // namespace systole
