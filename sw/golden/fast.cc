#include "sw/golden/fast.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sw/arith/requantize.h"
#include "sw/arith/softmax.h"
#include "sw/golden/fast_kernel.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/quant/range_proof.h"
#include "sw/quant/softmax_of.h"

namespace systole {
namespace {

bool HasFilters(const Layer& layer) {
  return layer.kind == LayerKind::kConv || layer.kind == LayerKind::kFullyConnected;
}

// A layer with filters, laid out for SumPairs. The input is a padded H x W x C tensor of x - Zx; a
// window is a set of runs of neighbouring elements, cut into pairs, the odd one at a run's end
// paired with a weight of 0.
struct FilterPlan {
  int64_t width = 0,
          elements = 0;  // of the padded input (elements: and 2 for the last pair's over-read)
  std::vector<ptrdiff_t> bases;    // of every output pixel
  std::vector<ptrdiff_t> offsets;  // of every pair
  int group_in = 0, group_out = 0,
      blocks = 0;                // channels per group, blocks of kChannelBlock per group
  std::vector<int16_t> weights;  // groups x blocks x pairs x kChannelBlock x 2, of w - Zw
  std::vector<int32_t> bias;     // groups x blocks x kChannelBlock
  std::vector<int32_t> m, s;     // as bias
  std::vector<float> scale;      // as bias: m * 2^-s
};

// For every pair the index of its two weights inside a filter (-1: none).
using PairIndices = std::vector<std::array<int64_t, 2>>;

// `length` neighbours from `offset` on; index(i) is the filter index of the i-th.
template <typename Index>
void AddRun(ptrdiff_t offset, int64_t length, Index index, FilterPlan& plan, PairIndices& pairs) {
  for (int64_t i = 0; i < length; i += 2) {
    plan.offsets.push_back(offset + i);
    pairs.push_back({index(i), i + 1 < length ? index(i + 1) : -1});
  }
}

PairIndices CutWindow(const Layer& layer, const Tensor& in, FilterPlan& plan) {
  PairIndices pairs;
  const int64_t channels = in.c / (layer.kind == LayerKind::kConv ? layer.groups : 1);
  if (layer.kind == LayerKind::kFullyConnected) {  // one run, H-W-C; the filter is C-H-W
    const int64_t plane = int64_t{in.h} * in.w;
    AddRun(
        0, in.Elements(), [&](int64_t i) { return i % in.c * plane + i / in.c; }, plan, pairs);
    return pairs;
  }
  const int64_t taps = int64_t{layer.kernel_h} * layer.kernel_w;
  const bool joined = layer.groups == 1 && layer.dilation_w == 1;  // a row of the window is one run
  for (int64_t ky = 0; ky < layer.kernel_h; ++ky) {
    for (int64_t kx = 0; kx < (joined ? 1 : layer.kernel_w); ++kx) {
      const ptrdiff_t offset = (ky * layer.dilation_h * plan.width + kx * layer.dilation_w) * in.c;
      const auto index = [&](int64_t i) {
        return i % channels * taps + ky * layer.kernel_w + kx + i / channels;
      };
      AddRun(offset, joined ? layer.kernel_w * channels : channels, index, plan, pairs);
    }
  }
  return pairs;
}

FilterPlan PlanFilters(const Layer& layer, const Tensor& in, const Tensor& out) {
  FilterPlan plan;
  const bool conv = layer.kind == LayerKind::kConv;
  const Padding pad = conv ? layer.pad : Padding{};
  const int groups = conv ? layer.groups : 1;
  plan.width = int64_t{in.w} + pad.left + pad.right;
  plan.elements = (int64_t{in.h} + pad.top + pad.bottom) * plan.width * in.c + 2;
  for (int64_t y = 0; y < out.h; ++y) {
    for (int64_t x = 0; x < out.w; ++x) {
      plan.bases.push_back((y * layer.stride_h * plan.width + x * layer.stride_w) * in.c);
    }
  }
  const PairIndices pairs = CutWindow(layer, in, plan);
  plan.group_in = in.c / groups;
  plan.group_out = out.c / groups;
  plan.blocks = (plan.group_out + kChannelBlock - 1) / kChannelBlock;
  const size_t channels = size_t(groups) * plan.blocks * kChannelBlock;
  plan.weights.assign(channels * pairs.size() * 2, 0);
  plan.bias.assign(channels, 0);
  plan.m.assign(channels, 0);
  plan.s.assign(channels, 62);
  plan.scale.assign(channels, 0);
  const int64_t filter = static_cast<int64_t>(layer.weights.size()) / out.c;
  for (int n = 0; n < out.c; ++n) {
    const int64_t block =
        int64_t{n / plan.group_out} * plan.blocks + n % plan.group_out / kChannelBlock;
    const int64_t lane = n % plan.group_out % kChannelBlock;
    const int64_t entry = block * kChannelBlock + lane;
    plan.bias[entry] = layer.bias[n];
    plan.m[entry] = static_cast<int32_t>(layer.m[n]);
    plan.s[entry] = layer.s[n];
    plan.scale[entry] = std::ldexp(static_cast<float>(layer.m[n]), -layer.s[n]);
    for (size_t k = 0; k < pairs.size(); ++k) {
      for (int half = 0; half < 2; ++half) {
        if (pairs[k][half] < 0) continue;
        const int w = layer.weights[n * filter + pairs[k][half]];
        plan.weights[((block * pairs.size() + k) * kChannelBlock + lane) * 2 + half] =
            static_cast<int16_t>(w - layer.weight_zero_point);
      }
    }
  }
  return plan;
}

// C x H x W to H x W x C or back: `from` has `rows` rows of `columns`.
void Transpose(const int8_t* from, int64_t rows, int64_t columns, int8_t* to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) to[c * rows + r] = from[r * columns + c];
  }
}

// x - Zx into the padded tensor, whose border stays 0.
void Load(const int8_t* x, const Tensor& in, const Padding& pad, int64_t width, int16_t* padded) {
  const int64_t row = int64_t{in.w} * in.c;
  for (int64_t y = 0; y < in.h; ++y) {
    int16_t* const to = padded + ((y + pad.top) * width + pad.left) * in.c;
    for (int64_t i = 0; i < row; ++i) to[i] = static_cast<int16_t>(x[y * row + i] - in.zero_point);
  }
}

// The valid taps of a window along one axis: tap i is at start + i * dilation.
struct Taps {
  int64_t first, last;  // first <= i < last
  static Taps Inside(int64_t start, int64_t kernel, int64_t dilation, int64_t size) {
    const int64_t first = start >= 0 ? 0 : (-start + dilation - 1) / dilation;
    const int64_t last =
        std::min(kernel, start >= size ? 0 : (size - start + dilation - 1) / dilation);
    return {first, last};
  }
};

// combine(y, x) over the window's elements of every output pixel, channel by channel; then
// finish(pixel, count).
template <typename Combine, typename Finish>
void ForEachWindow(const Layer& layer, const Tensor& in, const Tensor& out, Combine combine,
                   Finish finish) {
  for (int64_t oy = 0; oy < out.h; ++oy) {
    const int64_t top = oy * layer.stride_h - layer.pad.top;
    const Taps rows = Taps::Inside(top, layer.kernel_h, layer.dilation_h, in.h);
    for (int64_t ox = 0; ox < out.w; ++ox) {
      const int64_t left = ox * layer.stride_w - layer.pad.left;
      const Taps columns = Taps::Inside(left, layer.kernel_w, layer.dilation_w, in.w);
      for (int64_t i = rows.first; i < rows.last; ++i) {
        for (int64_t j = columns.first; j < columns.last; ++j) {
          combine(((top + i * layer.dilation_h) * in.w + left + j * layer.dilation_w) * in.c);
        }
      }
      finish(oy * out.w + ox, (rows.last - rows.first) * (columns.last - columns.first));
    }
  }
}

void MaxPool(const Layer& layer, const Tensor& in, const Tensor& out, const int8_t* x, int8_t* y) {
  const int channels = in.c;
  std::vector<int8_t> greatest(channels, -128);
  int8_t* const g = greatest.data();
  const auto lo = static_cast<int8_t>(layer.clamp_lo), hi = static_cast<int8_t>(layer.clamp_hi);
  ForEachWindow(
      layer, in, out,
      [&](int64_t at) {
        for (int c = 0; c < channels; ++c) g[c] = std::max(g[c], x[at + c]);
      },
      [&](int64_t pixel, int64_t) {
        for (int c = 0; c < channels; ++c) {
          y[pixel * channels + c] = std::min(std::max(g[c], lo), hi);
          g[c] = -128;
        }
      });
}

void AveragePool(const Layer& layer, const Tensor& in, const Tensor& out, const int8_t* x,
                 int8_t* y) {
  const bool raw = layer.average == AverageMode::kTflite;
  const int zx = raw ? 0 : in.zero_point, zy = raw ? 0 : out.zero_point;
  std::vector<int32_t> sums(in.c, 0);
  ForEachWindow(
      layer, in, out,
      [&](int64_t at) {
        for (int c = 0; c < in.c; ++c) sums[c] += x[at + c] - zx;
      },
      [&](int64_t pixel, int64_t taps) {
        const int64_t count =
            layer.count_include_pad ? int64_t{layer.kernel_h} * layer.kernel_w : taps;
        for (int c = 0; c < in.c; ++c) {
          y[pixel * in.c + c] =
              static_cast<int8_t>(Requantize(sums[c], layer.m[count], layer.s[count],
                                             layer.rounding, zy, layer.clamp_lo, layer.clamp_hi));
          sums[c] = 0;
        }
      });
}

// H-W-C: a run of every input's channels, pixel by pixel; `to` is the first channel of `x` in
// `out`.
void CopyChannels(const Layer& layer, const Tensor& in, const Tensor& out, const int8_t* x,
                  int8_t* to) {
  const auto lo = static_cast<int8_t>(layer.clamp_lo), hi = static_cast<int8_t>(layer.clamp_hi);
  const int64_t pixels = int64_t{out.h} * out.w;
  for (int64_t p = 0; p < pixels; ++p) {
    for (int c = 0; c < in.c; ++c) {
      to[p * out.c + c] = std::min(std::max(x[p * in.c + c], lo), hi);
    }
  }
}

void Pad(const Layer& layer, const Tensor& in, const Tensor& out, const int8_t* x, int8_t* y) {
  const auto lo = static_cast<int8_t>(layer.clamp_lo), hi = static_cast<int8_t>(layer.clamp_hi);
  const auto border = std::clamp(static_cast<int8_t>(in.zero_point), lo, hi);
  std::fill(y, y + out.Elements(), border);
  const int64_t row = int64_t{in.w} * in.c;
  for (int64_t r = 0; r < in.h; ++r) {
    int8_t* const to = y + ((r + layer.pad.top) * out.w + layer.pad.left) * out.c;
    for (int64_t i = 0; i < row; ++i) to[i] = std::min(std::max(x[r * row + i], lo), hi);
  }
}

void LookUp(const Layer& layer, const Tensor& out, const int8_t* x, int8_t* y) {
  const auto lo = static_cast<int8_t>(layer.clamp_lo), hi = static_cast<int8_t>(layer.clamp_hi);
  const int64_t step = layer.table.size() == 256 ? 0 : 256, pixels = int64_t{out.h} * out.w;
  for (int64_t p = 0; p < pixels; ++p) {
    for (int64_t c = 0; c < out.c; ++c) {
      const int8_t value = layer.table[c * step + x[p * out.c + c] + 128];
      y[p * out.c + c] = std::min(std::max(value, lo), hi);
    }
  }
}

void Add(const Layer& layer, int64_t elements, const int8_t* x1, const int8_t* x2, int8_t* y) {
  for (int64_t e = 0; e < elements; ++e) {
    y[e] = static_cast<int8_t>(
        AddQuantized(x1[e], x2[e], layer.add, layer.rounding, layer.clamp_lo, layer.clamp_hi));
  }
}

void SoftmaxOfChannels(const Layer& layer, const Tensor& in, const Tensor& out, const int8_t* x,
                       int8_t* y) {
  Softmax(SoftmaxOf(layer, in, out), x, out.c, y);
  for (int c = 0; c < out.c; ++c) {
    y[c] = static_cast<int8_t>(std::clamp<int>(y[c], layer.clamp_lo, layer.clamp_hi));
  }
}

}  // namespace

struct FastGolden::Plan {
  Model model;  // without weights
  std::vector<FilterPlan> filters;
};

struct FastGolden::Workspace {
  std::vector<std::vector<int16_t>> padded;  // per layer with filters
  std::vector<std::vector<int8_t>> tensors;  // H x W x C
  std::vector<int32_t> acc;

  explicit Workspace(const Plan& plan) {
    size_t acc_size = 0;
    for (size_t i = 0; i < plan.filters.size(); ++i) {
      const FilterPlan& filter = plan.filters[i];
      padded.emplace_back(filter.elements, int16_t{0});
      acc_size = std::max(acc_size, filter.bases.size() * filter.blocks * kChannelBlock);
    }
    for (const Tensor& tensor : plan.model.tensors) tensors.emplace_back(tensor.Elements());
    acc.resize(acc_size);
  }

  void RunFilters(const FilterPlan& filter, const Layer& layer, const Tensor& in, const Tensor& out,
                  const int8_t* x, std::vector<int16_t>& buffer, int8_t* y) {
    const bool conv = layer.kind == LayerKind::kConv;
    Load(x, in, conv ? layer.pad : Padding{}, filter.width, buffer.data());
    const int groups = conv ? layer.groups : 1;
    const auto pixels = static_cast<int64_t>(filter.bases.size());
    const auto pairs = static_cast<int64_t>(filter.offsets.size());
    const int64_t stride = int64_t{filter.blocks} * kChannelBlock;
    for (int g = 0; g < groups; ++g) {
      for (int b = 0; b < filter.blocks; ++b) {
        const int64_t block = int64_t{g} * filter.blocks + b;
        SumPairs({buffer.data() + int64_t{g} * filter.group_in, filter.bases.data(), pixels,
                  filter.offsets.data(), pairs,
                  filter.weights.data() + block * pairs * kChannelBlock * 2,
                  filter.bias.data() + block * kChannelBlock,
                  acc.data() + int64_t{b} * kChannelBlock, stride});
      }
      const int64_t entry = g * stride;
      RequantizeAll({acc.data(), pixels, stride, filter.group_out, filter.m.data() + entry,
                     filter.s.data() + entry, filter.scale.data() + entry, layer.rounding,
                     out.zero_point, layer.clamp_lo, layer.clamp_hi,
                     y + int64_t{g} * filter.group_out, out.c});
    }
  }

  void Run(const Plan& plan, const int8_t* image) {
    const Tensor& input = plan.model.tensors[0];
    Transpose(image, input.c, int64_t{input.h} * input.w, tensors[0].data());
    for (size_t i = 0; i < plan.model.layers.size(); ++i) {
      const Layer& layer = plan.model.layers[i];
      const Tensor& in = plan.model.Input(i);
      const Tensor& out = plan.model.Output(i);
      const int8_t* x = tensors[layer.inputs[0]].data();
      int8_t* y = tensors[i + 1].data();
      switch (layer.kind) {
        case LayerKind::kConv:
        case LayerKind::kFullyConnected:
          RunFilters(plan.filters[i], layer, in, out, x, padded[i], y);
          break;
        case LayerKind::kMaxPool:
          MaxPool(layer, in, out, x, y);
          break;
        case LayerKind::kAveragePool:
          AveragePool(layer, in, out, x, y);
          break;
        case LayerKind::kConcat:
          for (int t : layer.inputs) {
            CopyChannels(layer, plan.model.tensors[t], out, tensors[t].data(), y);
            y += plan.model.tensors[t].c;
          }
          break;
        case LayerKind::kAdd:
          Add(layer, out.Elements(), x, tensors[layer.inputs[1]].data(), y);
          break;
        case LayerKind::kPad:
          Pad(layer, in, out, x, y);
          break;
        case LayerKind::kTable:
          LookUp(layer, out, x, y);
          break;
        case LayerKind::kSoftmax:
          SoftmaxOfChannels(layer, in, out, x, y);
          break;
      }
    }
  }
};

FastGolden::FastGolden(const Model& model) {
  CheckModel(model);
  ProveRanges(model);
  auto plan = std::make_shared<Plan>();
  for (size_t i = 0; i < model.layers.size(); ++i) {
    plan->filters.push_back(HasFilters(model.layers[i])
                                ? PlanFilters(model.layers[i], model.Input(i), model.Output(i))
                                : FilterPlan{});
  }
  plan->model.tensors = model.tensors;
  plan->model.outputs = model.outputs;
  for (const Layer& layer : model.layers) {
    plan->model.layers.push_back(layer);
    plan->model.layers.back().weights = {};
  }
  plan_ = std::move(plan);
  work_ = std::make_unique<Workspace>(*plan_);
}

FastGolden::FastGolden(const FastGolden& other)
    : plan_(other.plan_), work_(std::make_unique<Workspace>(*other.plan_)) {}

FastGolden& FastGolden::operator=(const FastGolden& other) {
  plan_ = other.plan_;
  work_ = std::make_unique<Workspace>(*plan_);
  return *this;
}

FastGolden::~FastGolden() = default;

int64_t FastGolden::OutputSize() const {
  int64_t size = 0;
  for (int t : Outputs(plan_->model)) size += plan_->model.tensors[t].Elements();
  return size;
}

std::vector<std::vector<int8_t>> FastGolden::Run(const int8_t* image) {
  work_->Run(*plan_, image);
  std::vector<std::vector<int8_t>> outputs;
  for (size_t i = 1; i < plan_->model.tensors.size(); ++i) {
    const Tensor& tensor = plan_->model.tensors[i];
    outputs.emplace_back(tensor.Elements());
    Transpose(work_->tensors[i].data(), int64_t{tensor.h} * tensor.w, tensor.c,
              outputs.back().data());
  }
  return outputs;
}

void FastGolden::RunOutputs(const int8_t* image, int8_t* outputs) {
  work_->Run(*plan_, image);
  for (int t : Outputs(plan_->model)) {
    const Tensor& tensor = plan_->model.tensors[t];
    Transpose(work_->tensors[t].data(), int64_t{tensor.h} * tensor.w, tensor.c, outputs);
    outputs += tensor.Elements();
  }
}

}  // namespace systole
