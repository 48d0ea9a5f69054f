#include "sw/golden/fast.h"

#include <algorithm>
#include <cstring>

#include "sw/golden/fast_kernel.h"
#include "sw/golden/fast_layers.h"
#include "sw/golden/fast_plan.h"
#include "sw/model/check.h"
#include "sw/model/graph.h"
#include "sw/quant/range_proof.h"

namespace systole {
namespace {

// Pixels whose sums are kept at a time: small enough for the caches.
constexpr int64_t kPixels = 96;

// C x H x W of int8 to H x W x C of bytes x + 128.
void ToBytes(const int8_t* x, const Tensor& tensor, uint8_t* y) {
  const int64_t plane = int64_t{tensor.h} * tensor.w;
  for (int64_t c = 0; c < tensor.c; ++c) {
    for (int64_t p = 0; p < plane; ++p) {
      y[p * tensor.c + c] = static_cast<uint8_t>(x[c * plane + p] + 128);
    }
  }
}

void FromBytes(const uint8_t* x, const Tensor& tensor, int8_t* y) {
  const int64_t plane = int64_t{tensor.h} * tensor.w;
  for (int64_t c = 0; c < tensor.c; ++c) {
    for (int64_t p = 0; p < plane; ++p) {
      y[c * plane + p] = static_cast<int8_t>(x[p * tensor.c + c] - 128);
    }
  }
}

// Into the padded tensor, whose border stays what it is: bytes, or 16-bit x - Zx.
void LoadBytes(const uint8_t* x, const Tensor& in, const Padding& pad, int64_t width, uint8_t* y) {
  const int64_t row = int64_t{in.w} * in.c;
  for (int64_t r = 0; r < in.h; ++r) {
    std::memcpy(y + ((r + pad.top) * width + pad.left) * in.c, x + r * row, row);
  }
}

void LoadWords(const uint8_t* x, const Tensor& in, const Padding& pad, int64_t width, int16_t* y) {
  const int64_t row = int64_t{in.w} * in.c;
  for (int64_t r = 0; r < in.h; ++r) {
    int16_t* const to = y + ((r + pad.top) * width + pad.left) * in.c;
    for (int64_t i = 0; i < row; ++i) {
      to[i] = static_cast<int16_t>(x[r * row + i] - 128 - in.zero_point);
    }
  }
}

}  // namespace

struct FastGolden::Plan {
  Model model;  // without weights
  std::vector<FilterPlan> filters;
};

struct FastGolden::Workspace {
  std::vector<std::vector<int16_t>> words;    // per layer with filters: its padded input
  std::vector<std::vector<uint8_t>> bytes;    // or bytes
  std::vector<std::vector<uint8_t>> tensors;  // H x W x C of x + 128
  std::vector<int32_t> acc;

  explicit Workspace(const Plan& plan) {
    int64_t widest = 0;
    for (size_t i = 0; i < plan.filters.size(); ++i) {
      const FilterPlan& filter = plan.filters[i];
      const bool pairs = filter.kind == SumKind::kPairs;
      const auto zero = static_cast<uint8_t>(plan.model.Input(i).zero_point + 128);
      words.emplace_back(pairs ? filter.elements : 0, int16_t{0});
      bytes.emplace_back(filter.padded && !pairs ? filter.elements : 0, zero);
      widest = std::max(widest, filter.stride);
    }
    for (const Tensor& tensor : plan.model.tensors) {
      tensors.emplace_back(tensor.Elements() + kOverread);
    }
    acc.resize(kPixels * widest);
  }

  // The pixels [first, first + pixels) of a group.
  void SumGroup(const FilterPlan& filter, int g, int64_t first, int64_t pixels, const uint8_t* x,
                const int16_t* wide) {
    const ptrdiff_t* const bases = filter.bases.data() + first;
    const int32_t* const bias = filter.bias.data() + g * filter.stride;
    const int64_t channel = int64_t{g} * filter.group_in;
    if (filter.kind == SumKind::kDepthwise) {
      SumDepthwise({x, bases, pixels, filter.offsets.data(),
                    static_cast<int64_t>(filter.offsets.size()), filter.longs.data(),
                    static_cast<int>(filter.stride), bias, acc.data(), filter.stride});
      return;
    }
    for (int b = 0; b < filter.blocks; ++b) {
      const int64_t j = int64_t{b} * filter.block;
      if (filter.kind == SumKind::kQuads) {
        SumQuads({x + channel, bases, pixels, filter.offsets.data(), filter.quads.data(),
                  static_cast<int64_t>(filter.quads.size()), filter.Bytes(g, b), filter.Channels(b),
                  bias + j, acc.data() + j, filter.stride});
      } else {
        SumPairs({wide + channel, bases, pixels, filter.offsets.data(), filter.steps,
                  filter.Words(g, b), bias + j, acc.data() + j, filter.stride});
      }
    }
  }

  void RunFilters(const Plan& plan, size_t i, const uint8_t* x, uint8_t* y) {
    const FilterPlan& filter = plan.filters[i];
    const Layer& layer = plan.model.layers[i];
    const Tensor &in = plan.model.Input(i), &out = plan.model.Output(i);
    const Padding pad = layer.kind == LayerKind::kConv ? layer.pad : Padding{};
    if (filter.kind == SumKind::kPairs) {
      LoadWords(x, in, pad, filter.width, words[i].data());
    } else if (filter.padded) {
      LoadBytes(x, in, pad, filter.width, bytes[i].data());
      x = bytes[i].data();
    }
    const auto all = static_cast<int64_t>(filter.bases.size());
    const int groups = out.c / filter.group_out;
    for (int64_t first = 0; first < all; first += kPixels) {
      const int64_t pixels = std::min(kPixels, all - first);
      for (int g = 0; g < groups; ++g) {
        SumGroup(filter, g, first, pixels, x, words[i].data());
        const int64_t entry = g * filter.stride;
        RequantizeAll({acc.data(), pixels, filter.stride, filter.group_out, filter.m.data() + entry,
                       filter.s.data() + entry, filter.scale.data() + entry, layer.rounding,
                       out.zero_point, layer.clamp_lo, layer.clamp_hi,
                       y + first * out.c + int64_t{g} * filter.group_out, out.c});
      }
    }
  }

  void Run(const Plan& plan, const int8_t* image) {
    const Model& model = plan.model;
    ToBytes(image, model.tensors[0], tensors[0].data());
    for (size_t i = 0; i < model.layers.size(); ++i) {
      const Layer& layer = model.layers[i];
      const Tensor &in = model.Input(i), &out = model.Output(i);
      const uint8_t* x = tensors[layer.inputs[0]].data();
      uint8_t* y = tensors[i + 1].data();
      switch (layer.kind) {
        case LayerKind::kConv:
        case LayerKind::kFullyConnected:
          RunFilters(plan, i, x, y);
          break;
        case LayerKind::kMaxPool:
          FastMaxPool(layer, in, out, x, y);
          break;
        case LayerKind::kAveragePool:
          FastAveragePool(layer, in, out, x, y);
          break;
        case LayerKind::kConcat:
          for (int t : layer.inputs) {
            FastCopyChannels(layer, model.tensors[t], out, tensors[t].data(), y);
            y += model.tensors[t].c;
          }
          break;
        case LayerKind::kAdd:
          AddAll({x, tensors[layer.inputs[1]].data(), out.Elements(), layer.add, layer.rounding,
                  layer.clamp_lo, layer.clamp_hi, y});
          break;
        case LayerKind::kPad:
          FastPad(layer, in, out, x, y);
          break;
        case LayerKind::kTable:
          FastTable(layer, out, x, y);
          break;
        case LayerKind::kSoftmax:
          FastSoftmax(layer, in, out, x, y);
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
    FromBytes(work_->tensors[i].data(), tensor, outputs.back().data());
  }
  return outputs;
}

void FastGolden::RunOutputs(const int8_t* image, int8_t* outputs) {
  work_->Run(*plan_, image);
  for (int t : Outputs(plan_->model)) {
    const Tensor& tensor = plan_->model.tensors[t];
    FromBytes(work_->tensors[t].data(), tensor, outputs);
    outputs += tensor.Elements();
  }
}

}  // namespace systole
