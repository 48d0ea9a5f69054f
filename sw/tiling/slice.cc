#include "sw/tiling/slice.h"

#include <cstddef>
#include <utility>

namespace systole {
namespace {

// Keeps elements [c0, c1) of `each` values.
template <typename T>
void Cut(std::vector<T>* values, size_t each, int c0, int c1) {
  if (values->empty()) return;
  values->erase(values->begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(c1) * each),
                values->end());
  values->erase(values->begin(),
                values->begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(c0) * each));
}

Stage Slice(const Stage& stage, size_t each, int c0, int c1) {
  Stage s = stage;
  std::vector<int8_t> weights = stage.weights.get();
  Cut(&weights, each, c0, c1);
  s.weights = std::move(weights);
  Cut(&s.bias, 1, c0, c1);
  if (!stage.by_count) {
    Cut(&s.m, 1, c0, c1);
    Cut(&s.s, 1, c0, c1);
  }
  s.cout = c1 - c0;
  s.macs = stage.macs / static_cast<uint64_t>(stage.cout) * static_cast<uint64_t>(c1 - c0);
  return s;
}

}  // namespace

bool ChannelByChannel(const Stage& stage) {
  return stage.groups == stage.cin && stage.cout == stage.cin;
}

Stage SliceChannels(const Stage& stage, int c0, int c1) {
  Stage s = Slice(stage, static_cast<size_t>(stage.kernel_h) * stage.kernel_w, c0, c1);
  s.cin = s.groups = c1 - c0;
  return s;
}

Stage SliceOutputs(const Stage& stage, int c0, int c1) {
  return Slice(stage, static_cast<size_t>(stage.kernel_h) * stage.kernel_w * stage.cin, c0, c1);
}

}  // namespace systole
