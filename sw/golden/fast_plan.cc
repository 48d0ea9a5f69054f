#include "sw/golden/fast_plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sw/golden/fast_kernel.h"

namespace systole {
namespace {

int64_t RoundUp(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

// Neighbouring elements of a window: where they stand, and their indices inside a filter.
struct Run {
  ptrdiff_t offset;
  std::vector<int64_t> weights;
};

class Planner {
 public:
  Planner(const Layer& layer, const Tensor& in, const Tensor& out)
      : layer_(layer), in_(in), out_(out), conv_(layer.kind == LayerKind::kConv) {}

  FilterPlan Plan() {
    const Padding pad = conv_ ? layer_.pad : Padding{};
    const int groups = conv_ ? layer_.groups : 1;
    plan_.group_in = in_.c / groups;
    plan_.group_out = out_.c / groups;
    plan_.kind = groups > 1 && plan_.group_in == 1 && plan_.group_out == 1 ? SumKind::kDepthwise
                 : HasQuads() && layer_.weight_zero_point == 0             ? SumKind::kQuads
                                                                           : SumKind::kPairs;
    plan_.padded = plan_.kind == SumKind::kPairs || pad.top + pad.left + pad.bottom + pad.right > 0;
    plan_.width = int64_t{in_.w} + pad.left + pad.right;
    plan_.elements = (int64_t{in_.h} + pad.top + pad.bottom) * plan_.width * in_.c + kOverread;
    for (int64_t y = 0; y < out_.h; ++y) {
      for (int64_t x = 0; x < out_.w; ++x) {
        plan_.bases.push_back((y * layer_.stride_h * plan_.width + x * layer_.stride_w) * in_.c);
      }
    }
    CutWindow();
    if (plan_.kind == SumKind::kDepthwise) LayOutDepthwise();
    if (plan_.kind == SumKind::kQuads) LayOutQuads();
    if (plan_.kind == SumKind::kPairs) LayOutPairs();
    return std::move(plan_);
  }

 private:
  void CutWindow() {
    if (!conv_) {  // one run, H-W-C; the filter is C-H-W
      const int64_t plane = int64_t{in_.h} * in_.w;
      Run run{0, std::vector<int64_t>(in_.Elements())};
      for (int64_t i = 0; i < in_.Elements(); ++i) run.weights[i] = i % in_.c * plane + i / in_.c;
      runs_.push_back(run);
      return;
    }
    const int64_t taps = int64_t{layer_.kernel_h} * layer_.kernel_w;
    const bool joined = layer_.groups == 1 && layer_.dilation_w == 1;  // a row is one run
    const int64_t length = plan_.group_in * (joined ? layer_.kernel_w : 1);
    for (int64_t ky = 0; ky < layer_.kernel_h; ++ky) {
      for (int64_t kx = 0; kx < (joined ? 1 : layer_.kernel_w); ++kx) {
        Run run{(ky * layer_.dilation_h * plan_.width + kx * layer_.dilation_w) * in_.c, {}};
        for (int64_t i = 0; i < length; ++i) {
          run.weights.push_back(i % plan_.group_in * taps + ky * layer_.kernel_w + kx +
                                i / plan_.group_in);
        }
        runs_.push_back(run);
      }
    }
  }

  int Weight(int64_t n, int64_t index) const {
    const int64_t filter = static_cast<int64_t>(layer_.weights.size()) / out_.c;
    return layer_.weights[n * filter + index] - layer_.weight_zero_point;
  }

  // What a byte's 128 + Zx makes of the sum: to be taken from the bias, modulo 2^32.
  uint32_t ZeroSum(int64_t n) const {
    const int64_t filter = static_cast<int64_t>(layer_.weights.size()) / out_.c;
    int64_t sum = 0;
    for (int64_t i = 0; i < filter; ++i) sum += Weight(n, i);
    return static_cast<uint32_t>(sum * (128 + in_.zero_point));
  }

  // Arrays per channel for groups of `stride`.
  void LayOutChannels(int64_t stride, bool of_bytes) {
    const size_t channels = out_.c / plan_.group_out * stride;
    plan_.stride = stride;
    plan_.bias.assign(channels, 0);
    plan_.m.assign(channels, 0);
    plan_.s.assign(channels, 62);
    plan_.scale.assign(channels, 0);
    for (int n = 0; n < out_.c; ++n) {
      const int64_t entry = n / plan_.group_out * stride + n % plan_.group_out;
      const uint32_t zero = of_bytes ? ZeroSum(n) : 0;
      plan_.bias[entry] = static_cast<int32_t>(static_cast<uint32_t>(layer_.bias[n]) - zero);
      plan_.m[entry] = static_cast<int32_t>(layer_.m[n]);
      plan_.s[entry] = layer_.s[n];
      plan_.scale[entry] = std::ldexp(static_cast<float>(layer_.m[n]), -layer_.s[n]);
    }
  }

  void LayOutDepthwise() {
    const int64_t stride = RoundUp(out_.c, kLaneBlock);
    plan_.block = static_cast<int>(stride);
    plan_.blocks = 1;
    // One group of all channels.
    plan_.group_in = plan_.group_out = out_.c;
    LayOutChannels(stride, true);
    for (const Run& run : runs_) {
      plan_.offsets.push_back(run.offset);
      for (int64_t n = 0; n < stride; ++n) {
        plan_.longs.push_back(n < out_.c ? Weight(n, run.weights[0]) : 0);
      }
    }
  }

  void LayOutQuads() {
    plan_.block = kQuadBlock;
    plan_.blocks = (plan_.group_out + kQuadBlock - 1) / kQuadBlock;
    LayOutChannels(RoundUp(plan_.group_out, kLaneBlock), true);
    std::vector<std::array<int64_t, 4>> quads;  // indices inside a filter, -1: none
    for (const Run& run : runs_) {
      const auto length = static_cast<int64_t>(run.weights.size());
      plan_.offsets.push_back(run.offset);
      plan_.quads.push_back((length + 3) / 4);
      for (int64_t i = 0; i < length; i += 4) {
        std::array<int64_t, 4> quad;
        for (int64_t k = 0; k < 4; ++k) quad[k] = i + k < length ? run.weights[i + k] : -1;
        quads.push_back(quad);
      }
    }
    plan_.steps = static_cast<int64_t>(quads.size());
    plan_.bytes.reserve(plan_.bias.size() * quads.size() * 4);
    for (int first = 0; first < out_.c; first += plan_.group_out) {
      for (int b = 0; b < plan_.blocks; ++b) {
        for (const auto& quad : quads) {
          for (int j = 0; j < plan_.Channels(b); ++j) {
            const int n = b * kQuadBlock + j;
            for (int64_t index : quad) {
              const bool none = n >= plan_.group_out || index < 0;
              plan_.bytes.push_back(static_cast<int8_t>(none ? 0 : Weight(first + n, index)));
            }
          }
        }
      }
    }
  }

  void LayOutPairs() {
    plan_.block = kPairBlock;
    plan_.blocks = (plan_.group_out + kPairBlock - 1) / kPairBlock;
    LayOutChannels(RoundUp(plan_.group_out, kLaneBlock), false);
    std::vector<std::array<int64_t, 2>> pairs;
    for (const Run& run : runs_) {
      const auto length = static_cast<int64_t>(run.weights.size());
      for (int64_t i = 0; i < length; i += 2) {
        plan_.offsets.push_back(run.offset + i);
        pairs.push_back({run.weights[i], i + 1 < length ? run.weights[i + 1] : -1});
      }
    }
    plan_.steps = static_cast<int64_t>(pairs.size());
    for (int first = 0; first < out_.c; first += plan_.group_out) {
      for (int b = 0; b < plan_.blocks; ++b) {
        for (const auto& pair : pairs) {
          for (int j = 0; j < kPairBlock; ++j) {
            const int n = b * kPairBlock + j;
            for (int64_t index : pair) {
              const bool none = n >= plan_.group_out || index < 0;
              plan_.words.push_back(static_cast<int16_t>(none ? 0 : Weight(first + n, index)));
            }
          }
        }
      }
    }
  }

  const Layer& layer_;
  const Tensor& in_;
  const Tensor& out_;
  const bool conv_;
  std::vector<Run> runs_;
  FilterPlan plan_;
};

}  // namespace

int FilterPlan::Channels(int b) const {
  const int rest = group_out - b * block;
  return rest >= block ? block : static_cast<int>(RoundUp(rest, kLaneBlock));
}

const int8_t* FilterPlan::Bytes(int g, int b) const {
  return bytes.data() + (g * stride + int64_t{b} * block) * steps * 4;
}

const int16_t* FilterPlan::Words(int g, int b) const {
  return words.data() + (int64_t{g} * blocks + b) * steps * kPairBlock * 2;
}

FilterPlan PlanFilters(const Layer& layer, const Tensor& in, const Tensor& out) {
  return Planner(layer, in, out).Plan();
}

}  // namespace systole
