// A stage is one pass over the array: a convolution (a fully connected layer is one whose kernel
// covers its whole input; a pooling layer on its own is one with unit weights) and the pooling
// fused behind it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/base/shared_bytes.h"
#include "sw/model/model.h"
#include "sw/program/program.h"

namespace systole {

struct Stage {
  std::string name;  // for reports: "C1+S2"
  std::string op;    // of the first layer: "Conv"; may be empty
  int first_layer = 0, last_layer = 0;
  // Input tensor: cin x h x w, padded by `pad` with `pad_value`.
  int cin = 1, h = 1, w = 1;
  Padding pad;
  int pad_value = 0;
  // Convolution: cout x conv_h x conv_w.
  int cout = 1, groups = 1;
  int kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  int conv_h = 1, conv_w = 1;
  SharedBytes weights;  // cout x cin/groups x kernel_h x kernel_w
  int zw = 0;
  // Max pooling behind it (1x1: none): cout x out_h x out_w. Padded positions are left out.
  int pool_h = 1, pool_w = 1, pool_stride_h = 1, pool_stride_w = 1, pool_dilation_h = 1,
      pool_dilation_w = 1;
  Padding pool_pad;
  int out_h = 1, out_w = 1;
  // Requantization. `by_count`: average pooling, m and s are indexed by the number of taps inside
  // the image.
  std::vector<int32_t> bias;  // folded, per output channel
  std::vector<uint32_t> m;
  std::vector<uint8_t> s;
  bool by_count = false;
  bool count_all = false;  // by_count: padded positions count too
  Rounding rounding = Rounding::kFloor;
  int zy = 0, lo = -128, hi = 127;
  uint64_t macs = 0;  // of the model: those of convolutions and fully connected layers
  // Asked for; a stage that cannot (WhyWeightStationary()) is weight stationary all the same.
  Dataflow dataflow = Dataflow::kWs;

  int InGroup() const { return cin / groups; }
  int OutGroup() const { return cout / groups; }
  // Weight of output channel n for input channel c (of the whole tensor), or zw where they are in
  // different groups.
  int Weight(int n, int c, int ky, int kx) const {
    const int group = n / OutGroup();
    const int cg = c - group * InGroup();
    if (cg < 0 || cg >= InGroup()) return zw;
    return weights[((static_cast<size_t>(n) * InGroup() + cg) * kernel_h + ky) * kernel_w + kx];
  }
};

// "layer 'C1+S2' (Conv)", for messages.
std::string Label(const Stage& stage);

// Why the compiler refuses layers[i], whatever the configuration, and what to do; "": it does not.
std::string WhyNotCompiled(const Model& model, size_t i);

// Throws MisfitError (kUnsupported) naming the first layer that WhyNotCompiled() explains.
void RequireChain(const Model& model);

// One layer as a stage of its own: a convolution, a fully connected layer or a pooling layer.
Stage LowerLayer(const Model& model, size_t i);

// layers[i] (kPad, kConcat) as a copy of `in`, padded as the layer says: an identity 1x1
// convolution.
Stage CopyStage(const Layer& layer, const Tensor& in, const Tensor& out, size_t i);

// Puts max pooling layer i, which makes `out`, behind a stage's convolution.
void FusePool(const Layer& layer, const Tensor& out, size_t i, Stage* stage);

// Lowers a model's layers to stages (a chain: RequireChain()); fuses a max pooling layer into the
// convolution before it where `fuse_pool`. tensors[stage.first_layer] is a stage's input,
// tensors[stage.last_layer + 1] its output.
std::vector<Stage> LowerToStages(const Model& model, bool fuse_pool);

}  // namespace systole
