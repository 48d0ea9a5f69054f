#include "sw/tiling/least_cycles.h"

#include <algorithm>

#include "sw/model/graph.h"

namespace systole {
namespace {

int64_t Ceil(int64_t value, int64_t unit) { return (value + unit - 1) / unit; }

// Lines (or pixels of a line) of a tensor of `size` that a window of this axis reaches.
int Reach(int size, int outputs, int stride, int kernel, int dilation, int pad) {
  return std::clamp((outputs - 1) * stride + (kernel - 1) * dilation + 1 - pad, 1, size);
}

// Pixels of tensor t that some layer reads, or all of an output's.
int64_t PixelsRead(const Model& model, int t, const std::vector<int>& readers) {
  const Tensor& tensor = model.tensors[t];
  const std::vector<int> outputs = Outputs(model);
  if (std::count(outputs.begin(), outputs.end(), t) > 0) return int64_t{tensor.h} * tensor.w;
  int h = 1, w = 1;
  for (const int i : readers) {
    const Layer& l = model.layers[i];
    const Tensor& out = model.Output(i);
    const bool pools = l.kind == LayerKind::kMaxPool || l.kind == LayerKind::kAveragePool;
    if (l.kind != LayerKind::kConv && !pools) return int64_t{tensor.h} * tensor.w;
    const int reach_h = Reach(tensor.h, out.h, l.stride_h, l.kernel_h, l.dilation_h, l.pad.top);
    const int reach_w = Reach(tensor.w, out.w, l.stride_w, l.kernel_w, l.dilation_w, l.pad.left);
    // Pooling may leave out what lies between its windows.
    h = std::max(h, pools ? std::min(reach_h, out.h * l.kernel_h) : reach_h);
    w = std::max(w, pools ? std::min(reach_w, out.w * l.kernel_w) : reach_w);
  }
  return int64_t{h} * w;
}

}  // namespace

LeastCycles::LeastCycles(const Model& model) {
  const auto readers = Consumers(model);
  image_bytes_ = model.tensors[0].Elements();
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& l = model.layers[i];
    const Tensor& out = model.Output(i);
    Work work{l.kind, 0, out.c, 0, l.groups, l.kernel_h, l.kernel_w, 0};
    const bool full = l.kind == LayerKind::kFullyConnected;
    work.pixels = full ? 1 : PixelsRead(model, static_cast<int>(i) + 1, readers[i + 1]);
    work.weights = static_cast<int64_t>(l.weights.size());
    work.products = work.weights / std::max(1, out.c);
    layers_.push_back(work);
    const bool chain =
        l.inputs.size() == 1 && l.inputs[0] == static_cast<int>(i) && readers[i].size() == 1;
    if (!chain) tail_ = i + 1;
  }
}

int64_t LeastCycles::Of(const HwConfig& config, int images) const {
  int64_t array = 0, before = 0, post = 0, weights = 0, tail_weights = 0;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Work& l = layers_[i];
    if (i == tail_) before = array;
    const int64_t pixels = l.pixels * images;
    if (l.kind == LayerKind::kAdd && config.add_unit != 0)
      post += 2 * pixels * Ceil(l.outputs, config.lanes);
    if (l.products == 0) continue;
    post += pixels * Ceil(l.outputs, config.lanes);
    weights += l.weights;
    if (i >= tail_) tail_weights += l.weights;
    if (config.engine != 0) {
      array += Ceil(pixels * l.outputs * l.products, int64_t{config.rs_rows} * config.rs_cols);
      continue;
    }
    if (l.groups == 1) {
      array += Ceil(pixels * l.outputs, config.cols) * Ceil(l.products, config.rows);
      continue;
    }
    // Each lane serves one group.
    int64_t least = Ceil(pixels * l.groups * l.products, config.rows);
    if (config.taps > 0)
      least = std::min(least, Ceil(pixels * l.outputs, config.cols) * l.kernel_h *
                                  Ceil(l.kernel_w, config.taps));
    array += least;
  }
  const int beat = config.AxiBytes();
  const int64_t late = tail_weights - int64_t{config.wgt_kib} * 1024;
  return std::max({array, post, (weights + image_bytes_ * images) / beat,
                   before + std::max<int64_t>(0, late) / beat});
}

}  // namespace systole
