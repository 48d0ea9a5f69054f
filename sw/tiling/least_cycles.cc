#include "sw/tiling/least_cycles.h"

#include <algorithm>
#include <limits>

#include "sw/model/graph.h"
#include "sw/tiling/chain_planner.h"

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

// Before layers b such that each from b on needs, directly or not, the result of layer b - 1, which
// needs all layers before it.
std::vector<LeastCycles::Border> LeastCycles::BordersOf(const Model& model) {
  const std::vector<std::vector<int>> readers = Consumers(model);
  const size_t n = model.layers.size();
  std::vector<int> latest(n);                                      // input of a layer
  std::vector<int> least(n + 1, std::numeric_limits<int>::max());  // of those from a layer on
  for (size_t i = n; i-- > 0;) {
    const std::vector<int>& in = model.layers[i].inputs;
    latest[i] = *std::max_element(in.begin(), in.end());
    least[i] = std::min(least[i + 1], latest[i]);
  }
  std::vector<Border> borders;
  size_t first_reader = 0;  // of all results before, the latest
  for (size_t b = 1; b < n; ++b) {
    const int result = static_cast<int>(b);
    if (least[b] >= result && first_reader < b) {
      borders.push_back({b, {}});
      for (size_t i = b; i < n; ++i) {
        if (latest[i] == result) borders.back().next.push_back(i);
      }
    }
    const std::vector<int>& of = readers[b];
    first_reader =
        std::max(first_reader,
                 of.empty() ? n : static_cast<size_t>(*std::min_element(of.begin(), of.end())));
  }
  return borders;
}

LeastCycles::LeastCycles(const Model& model) : borders_(BordersOf(model)) {
  const auto readers = Consumers(model);
  image_bytes_ = model.tensors[0].Elements();
  for (size_t i = 0; i < model.layers.size(); ++i) {
    const Layer& l = model.layers[i];
    const Tensor& out = model.Output(i);
    Work work{l.kind, 0, out.c, 0, l.groups, l.kernel_h, l.kernel_w, 0, {}};
    const bool full = l.kind == LayerKind::kFullyConnected;
    work.pixels = full ? 1 : PixelsRead(model, static_cast<int>(i) + 1, readers[i + 1]);
    work.weights = static_cast<int64_t>(l.weights.size());
    work.products = work.weights / std::max(1, out.c);
    DenseShape& d = work.dense;
    d.outputs = out.c;
    d.inputs = full ? static_cast<int>(work.products) : model.Input(i).c;
    if (!full) {
      d.kernel_h = l.kernel_h;
      d.kernel_w = l.kernel_w;
      d.stride_h = l.stride_h;
      d.stride_w = l.stride_w;
      d.dilated = l.dilation_h > 1 || l.dilation_w > 1;
      d.out_h = out.h;
      d.out_w = out.w;
    }
    layers_.push_back(work);
  }
}

int64_t LeastCycles::Array(const Work& l, const HwConfig& config, int images) const {
  if (l.products == 0) return 0;
  const int64_t pixels = l.pixels * images;
  if (config.engine != 0)
    return Ceil(pixels * l.outputs * l.products, int64_t{config.rs_rows} * config.rs_cols);
  if (l.groups == 1) return LeastArrayCycles(l.dense, pixels, config);
  // Each lane serves one group.
  const int64_t diagonal = Ceil(pixels * l.groups * l.products, config.rows);
  if (config.taps == 0) return diagonal;
  return std::min(
      diagonal, Ceil(pixels * l.outputs, config.cols) * l.kernel_h * Ceil(l.kernel_w, config.taps));
}

const LeastCycles::Cycles& LeastCycles::ArrayOf(const HwConfig& config, int images) {
  const std::array<int, 8> shape = {config.engine,  config.rows,    config.cols, config.wport,
                                    config.rs_rows, config.rs_cols, config.taps, images};
  const auto [it, fresh] = array_.try_emplace(shape);
  if (fresh) {
    for (const Work& l : layers_) it->second.push_back(Array(l, config, images));
  }
  return it->second;
}

int64_t LeastCycles::OfBorders(const HwConfig& config, const Cycles& array,
                               const Cycles& weights) const {
  const int64_t beat = config.AxiBytes(), buffer = int64_t{config.wgt_kib} * 1024;
  Cycles before(1, 0), bytes(1, 0);  // of all layers before one
  for (size_t i = 0; i < layers_.size(); ++i) {
    before.push_back(before.back() + array[i]);
    bytes.push_back(bytes.back() + weights[i]);
  }
  int64_t least = 0;
  for (size_t k = 0; k < borders_.size(); ++k) {
    const size_t b = borders_[k].first;
    int64_t next = bytes.back();
    for (const size_t i : borders_[k].next) next = std::min(next, weights[i]);
    const auto missing = [&](size_t from) { return bytes.back() - bytes[from] - buffer; };
    int64_t of_border = before[b] + missing(b) / beat;
    if (of_border <= least) continue;
    // The chain begins in the region between two borders, or at one.
    int units = 1;
    size_t end = b;
    for (size_t r = k + 1; r-- > 0 && units < kLongestCut;) {
      const size_t begin = r == 0 ? 0 : borders_[r - 1].first;
      const int64_t again = std::max<int64_t>(0, bytes[b] - bytes[end] + next - buffer);
      int64_t inside = before[end] + (missing(end) + again) / beat;
      for (size_t i = begin; i < end; ++i)
        inside -= std::max<int64_t>(0, array[i] - weights[i] / beat);
      of_border = std::min(of_border, inside);
      for (size_t i = begin; i < end; ++i) units += layers_[i].products > 0 ? 1 : 0;
      end = begin;
    }
    least = std::max(least, of_border);
  }
  return least;
}

int64_t LeastCycles::Of(const HwConfig& config, int images) {
  const Cycles& array = ArrayOf(config, images);
  int64_t work = 0, post = 0, bytes = 0;
  Cycles weights;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const Work& l = layers_[i];
    const int64_t pixels = l.pixels * images;
    if (l.kind == LayerKind::kAdd && config.add_unit != 0)
      post += 2 * pixels * Ceil(l.outputs, config.lanes);
    if (l.products > 0) post += pixels * Ceil(l.outputs, config.lanes);
    const bool slices = config.engine == 0 && l.groups == 1 && l.products > 0;
    weights.push_back(slices ? l.outputs * Ceil(l.products, config.rows) * config.rows : l.weights);
    work += array[i];
    bytes += weights[i];
  }
  return std::max({work, post, (bytes + image_bytes_ * images) / config.AxiBytes(),
                   OfBorders(config, ArrayOf(config, 1), weights)});
}

}  // namespace systole
