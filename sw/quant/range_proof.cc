#include "sw/quant/range_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sw/arith/requantize.h"
#include "sw/base/error.h"
#include "sw/model/graph.h"
#include "sw/quant/folded_bias.h"
#include "sw/quant/softmax_of.h"

namespace systole {
namespace {

bool HasFilters(const Layer& layer) {
  return layer.kind == LayerKind::kConv || layer.kind == LayerKind::kFullyConnected;
}

bool Requantizes(const Layer& layer) {
  return HasFilters(layer) || layer.kind == LayerKind::kAveragePool;
}

bool FitsInt32(Range range) { return range.lo >= INT32_MIN && range.hi <= INT32_MAX; }

Range ZeroOf(const Tensor& tensor) { return {tensor.zero_point, tensor.zero_point}; }

Range Hull(Range a, Range b) { return {std::min(a.lo, b.lo), std::max(a.hi, b.hi)}; }

// What a tap of layers[i] can read: the tensor's values and, where it pads, the zero point.
Range TapRange(const Model& model, const std::vector<Range>& tensors, size_t i) {
  const Padding& pad = model.layers[i].pad;
  const Range x = tensors[model.layers[i].inputs[0]];
  if (pad.top == 0 && pad.left == 0 && pad.bottom == 0 && pad.right == 0) return x;
  return Hull(x, ZeroOf(model.Input(i)));
}

// `final` of output channel n, or of an average over n taps.
Range FinalRange(const Layer& layer, const Tensor& in, Range x, int64_t n,
                 const std::vector<int32_t>& folded) {
  if (HasFilters(layer)) {
    const int64_t k = FilterElements(layer);
    const Range sum = ProductSumRange(layer.weights.data() + n * k, k, layer.weight_zero_point, x);
    return {sum.lo + folded[n], sum.hi + folded[n]};
  }
  const int64_t zero = AverageZero(layer, in);
  return {n * (x.lo - zero), n * (x.hi - zero)};
}

[[noreturn]] void Refuse(const Model& model, const Layer& layer, const std::string& what) {
  throw InputError(fmt::format("{}: {}: {}", model.name, Label(layer), what));
}

void CheckMultiplier(const Model& model, const Layer& layer, size_t n) {
  const uint32_t m = layer.m[n];
  const int s = layer.s[n];
  const auto refuse = [&](const char* rule) {
    Refuse(model, layer, fmt::format("multiplier {} (m = {}, s = {}): {}", n, m, s, rule));
  };
  if (m >= (uint32_t{1} << 31)) refuse("m must be below 2^31");
  if (s > 62) refuse("s must be at most 62");
  // The quotient by TensorFlow Lite's mean is not normalized again.
  const bool normalized = layer.average != AverageMode::kTfliteMean;
  if (layer.rounding == Rounding::kTflite && normalized && m != 0 && m < (uint32_t{1} << 30)) {
    refuse("mode tflite needs m in [2^30, 2^31), or 0");
  }
  if (layer.rounding == Rounding::kFloat32 && RoundTo24Bits(m) != m) {
    refuse("mode float32 needs an m of at most 24 significant bits");
  }
}

void RequireInt32(const Model& model, const Layer& layer, const char* what, Range range) {
  if (FitsInt32(range)) return;
  Refuse(model, layer,
         fmt::format("{} can reach {}..{}, which leaves 32 bits; split the layer or shrink its "
                     "weights or bias",
                     what, range.lo, range.hi));
}

void CheckAdd(const Model& model, const Layer& layer) {
  const AddParams& p = layer.add;
  const bool single = layer.rounding == Rounding::kFloat32;
  const int most = single ? kMostAddShift : 31;
  const auto refuse = [&](const char* rule) {
    Refuse(
        model, layer,
        fmt::format("parameters m1 = {}, s1 = {}, m2 = {}, s2 = {}, offset = {}, m = {}, s = {}: "
                    "{}",
                    p.m1, p.s1, p.m2, p.s2, p.offset, p.m, p.s, rule));
  };
  for (int z : {p.z1, p.z2, p.zy}) {
    if (z < -128 || z > 127) refuse("zero points lie in -128..127");
  }
  for (uint32_t m : {p.m1, p.m2, p.m}) {
    if (m >= (uint32_t{1} << 31)) refuse("multipliers must be below 2^31");
  }
  if (p.s1 < 0 || p.s1 > most || p.s2 < 0 || p.s2 > most || p.s < 0 || p.s > 62) {
    refuse(single ? "shifts of operands lie in 0..38, s in 0..62"
                  : "shifts of operands lie in 0..31, s in 0..62");
  }
  if (single) {
    const auto magnitude = static_cast<uint64_t>(p.offset < 0 ? -p.offset : p.offset);
    if (RoundTo24Bits(p.m1) != p.m1 || RoundTo24Bits(p.m2) != p.m2 ||
        magnitude >= (uint64_t{1} << 62) || RoundTo24Bits(magnitude) != magnitude) {
      refuse("mode float32 needs multipliers and an offset of at most 24 significant bits");
    }
    const double greatest = std::ldexp(256.0 * p.m1, p.s1) + std::ldexp(256.0 * p.m2, p.s2) +
                            static_cast<double>(magnitude);
    if (greatest >= 0x1p62) refuse("in mode float32 a sum can reach 2^62");
    return;
  }
  if (layer.rounding == Rounding::kTflite) {
    for (uint32_t m : {p.m1, p.m2, p.m}) {
      if (m != 0 && m < (uint32_t{1} << 30))
        refuse("mode tflite needs multipliers in [2^30, 2^31), or 0");
    }
    if (p.s < 31) {
      const int64_t sum = (int64_t{255} * p.m1 >> 11) + (int64_t{255} * p.m2 >> 11) + 2;
      if (sum > (INT32_MAX >> (31 - p.s)))
        refuse("mode tflite shifts a sum left beyond 32 bits; choose a larger output scale");
    }
  }
}

void CheckSoftmax(const Model& model, size_t i) {
  const Layer& layer = model.layers[i];
  const Tensor& out = model.Output(i);
  const std::string misfit = SoftmaxMisfit(SoftmaxOf(layer, model.Input(i), out), out.c);
  if (!misfit.empty()) Refuse(model, layer, misfit);
}

// An addition never falls where an operand grows.
Range AddRange(const Layer& layer, Range x1, Range x2) {
  const auto sum = [&](int64_t a, int64_t b) {
    return int64_t{AddQuantized(static_cast<int>(a), static_cast<int>(b), layer.add, layer.rounding,
                                layer.clamp_lo, layer.clamp_hi)};
  };
  return {sum(x1.lo, x2.lo), sum(x1.hi, x2.hi)};
}

// Over the channels' own tables.
Range TableRange(const Layer& layer, Range x) {
  Range range = {127, -128};
  for (size_t first = 0; first < layer.table.size(); first += 256) {
    for (int64_t value = x.lo; value <= x.hi; ++value) {
      const int y =
          std::clamp<int>(layer.table[first + value + 128], layer.clamp_lo, layer.clamp_hi);
      range = Hull(range, {y, y});
    }
  }
  return range;
}

std::string ConstantOutput(const Model& model, size_t i) {
  return fmt::format("{}: {}: every output is constant whatever the input (scales {} to {})",
                     model.name, Label(model.layers[i]), model.Input(i).scale,
                     model.Output(i).scale);
}

}  // namespace

Range ProductSumRange(const int8_t* w, int64_t size, int zw, Range x) {
  int64_t positive = 0, negative = 0;  // sums of the positive and of the negative factors
  for (int64_t k = 0; k < size; ++k) {
    const int factor = w[k] - zw;
    (factor > 0 ? positive : negative) += factor;
  }
  return {positive * x.lo + negative * x.hi, positive * x.hi + negative * x.lo};
}

std::vector<Range> TensorRanges(const Model& model) {
  std::vector<Range> ranges = {{-128, 127}};
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    Range in = ranges[layer.inputs[0]];
    for (int tensor : layer.inputs) in = Hull(in, ranges[tensor]);
    if (layer.kind == LayerKind::kPad) in = Hull(in, ZeroOf(model.Input(i)));
    const auto clamped = [&](int64_t value) {
      return std::clamp<int64_t>(value, layer.clamp_lo, layer.clamp_hi);
    };
    switch (layer.kind) {
      case LayerKind::kConv:
      case LayerKind::kFullyConnected:
      case LayerKind::kAveragePool:
      case LayerKind::kSoftmax:
        ranges.push_back({layer.clamp_lo, layer.clamp_hi});
        break;
      case LayerKind::kMaxPool:
      case LayerKind::kConcat:
      case LayerKind::kPad:
        ranges.push_back({clamped(in.lo), clamped(in.hi)});
        break;
      case LayerKind::kAdd:
        ranges.push_back(AddRange(layer, ranges[layer.inputs[0]], ranges[layer.inputs[1]]));
        break;
      case LayerKind::kTable:
        ranges.push_back(TableRange(layer, in));
        break;
    }
  }
  return ranges;
}

LayerRanges RangesOf(const Model& model, size_t i) {
  const Layer& layer = model.layers[i];
  LayerRanges ranges;
  if (!Requantizes(layer)) return ranges;
  const Tensor& in = model.Input(i);
  const Range x = TapRange(model, TensorRanges(model), i);
  if (!HasFilters(layer)) {
    const int64_t taps = int64_t{layer.kernel_h} * layer.kernel_w;
    ranges.row_sum = ranges.raw =
        ranges.corrected = {std::min(x.lo, taps * x.lo), std::max(x.hi, taps * x.hi)};
    ranges.final = Hull(FinalRange(layer, in, x, 1, {}), FinalRange(layer, in, x, taps, {}));
    return ranges;
  }
  const std::vector<int32_t> folded = FoldedBias(layer, in.zero_point);
  const int64_t k = FilterElements(layer);
  ranges.row_sum = {k * x.lo, k * x.hi};
  for (size_t n = 0; n < folded.size(); ++n) {
    const int8_t* w = layer.weights.data() + n * k;
    const Range raw = ProductSumRange(w, k, 0, x);
    const Range corrected = ProductSumRange(w, k, layer.weight_zero_point, x);
    const Range final = {corrected.lo + folded[n], corrected.hi + folded[n]};
    ranges.raw = n == 0 ? raw : Hull(ranges.raw, raw);
    ranges.corrected = n == 0 ? corrected : Hull(ranges.corrected, corrected);
    ranges.final = n == 0 ? final : Hull(ranges.final, final);
  }
  return ranges;
}

std::vector<std::string> ProveRanges(const Model& model) {
  assert(model.tensors.size() == model.layers.size() + 1);
  std::vector<std::string> warnings;
  for (const Layer& layer : model.layers) {
    if (layer.kind == LayerKind::kAdd) CheckAdd(model, layer);
  }
  const std::vector<Range> tensors = TensorRanges(model);
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& layer = model.layers[i];
    if (layer.kind == LayerKind::kSoftmax) CheckSoftmax(model, i);
    const bool computes = layer.kind == LayerKind::kAdd || layer.kind == LayerKind::kTable;
    if (computes && tensors[i + 1].lo == tensors[i + 1].hi) {
      warnings.push_back(ConstantOutput(model, i));
    }
    if (!Requantizes(layer)) continue;
    const Tensor& in = model.Input(i);
    const Tensor& out = model.Output(i);
    const size_t entries = HasFilters(layer) ? out.c : size_t(layer.kernel_h) * layer.kernel_w + 1;
    if (layer.m.size() != entries || layer.s.size() != entries) {
      Refuse(model, layer,
             fmt::format("has {} multipliers and {} shifts, needs {} of each", layer.m.size(),
                         layer.s.size(), entries));
    }
    const LayerRanges ranges = RangesOf(model, i);
    RequireInt32(model, layer, "the raw sum", ranges.raw);
    RequireInt32(model, layer, "the sum of inputs", ranges.row_sum);
    RequireInt32(model, layer, "the corrected sum", ranges.corrected);
    RequireInt32(model, layer, "the sum with bias", ranges.final);

    const std::vector<int32_t> folded =
        HasFilters(layer) ? FoldedBias(layer, in.zero_point) : std::vector<int32_t>{};
    const Range x = TapRange(model, tensors, i);
    const int zy = layer.kind == LayerKind::kAveragePool ? AverageZero(layer, out) : out.zero_point;
    bool constant = true;
    for (size_t n = HasFilters(layer) ? 0 : 1; n < entries; ++n) {
      CheckMultiplier(model, layer, n);
      const Range acc = FinalRange(layer, in, x, static_cast<int64_t>(n), folded);
      const int left = layer.s[n] < 31 ? 31 - layer.s[n] : 0;
      if (layer.rounding == Rounding::kTflite && layer.m[n] != 0 &&
          !FitsInt32({acc.lo * (int64_t{1} << left), acc.hi * (int64_t{1} << left)})) {
        Refuse(model, layer,
               fmt::format("channel {}: mode tflite shifts sums of {}..{} left by {}, which leaves "
                           "32 bits; choose "
                           "another rounding mode or a larger output scale",
                           n, acc.lo, acc.hi, left));
      }
      const auto output = [&](int64_t value) {
        return Requantize(static_cast<int32_t>(value), layer.m[n], layer.s[n], layer.rounding, zy,
                          layer.clamp_lo, layer.clamp_hi);
      };
      constant = constant && output(acc.lo) == output(acc.hi);  // requantization is monotonic
    }
    if (constant) warnings.push_back(ConstantOutput(model, i));
  }
  return warnings;
}

}  // namespace systole
