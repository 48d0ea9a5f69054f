#include "sw/scalesim/geometry.h"

#include <string>

#include "sw/base/error.h"

namespace systole::scalesim {
namespace {

void RequirePositive(int64_t value, const char* what) {
  if (value < 1)
    throw InputError(std::string(what) + " is " + std::to_string(value) +
                     ", but must be at least 1");
}

// Positions of a line of `size` that windows of `filter` at multiples of `stride` cover.
int64_t Covered(int64_t size, int64_t filter, int64_t stride, int64_t windows) {
  if (stride <= filter) return std::min(size, (windows - 1) * stride + filter);
  const int64_t last = std::max<int64_t>(0, size - (windows - 1) * stride);
  return (windows - 1) * filter + std::min(filter, last);
}

}  // namespace

Geometry MakeGeometry(const Machine& machine, const Layer& layer, const Options& options) {
  RequirePositive(machine.rows, "the array height");
  RequirePositive(machine.cols, "the array width");
  RequirePositive(machine.ifmap_kb, "the IFMAP buffer size");
  RequirePositive(machine.filter_kb, "the filter buffer size");
  RequirePositive(machine.ofmap_kb, "the OFMAP buffer size");
  if (machine.user_bandwidth) {
    RequirePositive(machine.ifmap_bandwidth, "the IFMAP bandwidth");
    RequirePositive(machine.filter_bandwidth, "the filter bandwidth");
    RequirePositive(machine.ofmap_bandwidth, "the OFMAP bandwidth");
  }
  RequirePositive(layer.ifmap_h, "the IFMAP height");
  RequirePositive(layer.ifmap_w, "the IFMAP width");
  RequirePositive(layer.filter_h, "the filter height");
  RequirePositive(layer.filter_w, "the filter width");
  RequirePositive(layer.channels, "the number of channels");
  RequirePositive(layer.filters, "the number of filters");
  RequirePositive(layer.stride_h, "the stride");
  RequirePositive(layer.stride_w, "the stride");
  if (layer.filter_h > layer.ifmap_h) throw InputError("the filter is higher than the IFMAP");
  if (layer.filter_w > layer.ifmap_w) throw InputError("the filter is wider than the IFMAP");

  if (options.sparse != SparseFormat::kNone && machine.filter_offset == 0) {
    throw InputError(
        "with sparsity SCALE-Sim takes filter address 0 for a zero weight; set FilterOffset above "
        "0");
  }

  Geometry g;
  g.dataflow = machine.dataflow;
  g.rows = machine.rows;
  g.cols = machine.cols;
  g.h = layer.ifmap_h;
  g.w = layer.ifmap_w;
  g.fh = layer.filter_h;
  g.fw = layer.filter_w;
  g.ch = layer.channels;
  g.sh = layer.stride_h;
  g.sw = layer.stride_w;
  g.eh = options.corrected ? (g.h - g.fh) / g.sh + 1 : CeilDiv(g.h - g.fh + g.sh, g.sh);
  g.ew = options.corrected ? (g.w - g.fw) / g.sw + 1 : CeilDiv(g.w - g.fw + g.sw, g.sw);
  g.m = g.eh * g.ew;
  g.n = layer.filters;
  g.dense_k = g.k = g.fh * g.fw * g.ch;
  g.keep_n = g.keep_m = 1;
  if (options.sparse != SparseFormat::kNone && layer.sparse_n != layer.sparse_m) {
    g.keep_n = layer.sparse_n;
    g.keep_m = layer.sparse_m;
    g.k = g.dense_k / g.keep_m * g.keep_n + std::min(g.dense_k % g.keep_m, g.keep_n);
  }
  const bool os = g.dataflow == Dataflow::kOs;
  g.sr = os ? g.m : g.k;
  g.sc = g.dataflow == Dataflow::kIs ? g.m : g.n;
  g.t = os ? g.k : g.dataflow == Dataflow::kWs ? g.m : g.n;
  g.fr = CeilDiv(g.sr, g.rows);
  g.fc = CeilDiv(g.sc, g.cols);
  g.folds = g.fr * g.fc;
  g.fold_lines = g.t + (os ? 1 : 2) * g.rows + g.cols - 2;
  g.lines = g.folds * g.fold_lines;
  g.overhang = (g.eh - 1) * g.sh + g.fh > g.h || (g.ew - 1) * g.sw + g.fw > g.w;
  g.ifmap_distinct = (g.sh >= g.fh || g.eh == 1) && (g.sw >= g.fw || g.ew == 1);
  return g;
}

int64_t DistinctIfmapWords(const Geometry& g) {
  return Covered(g.h, g.fh, g.sh, g.eh) * Covered(g.w, g.fw, g.sw, g.ew) * g.ch;
}

int64_t DiagonalOf(int64_t rows, int64_t cols, int64_t count) {
  int64_t low = 0, high = rows + cols - 2;
  while (low < high) {
    const int64_t mid = (low + high) / 2;
    if (DiagonalCount(rows, cols, mid + 1) >= count) {
      high = mid;
    } else {
      low = mid + 1;
    }
  }
  return low;
}

}  // namespace systole::scalesim
