#include "sw/golden/golden.h"

#include <algorithm>
#include <cassert>

#include "sw/arith/requantize.h"
#include "sw/arith/softmax.h"
#include "sw/base/check.h"
#include "sw/quant/softmax_of.h"

namespace systole {
namespace {

// x seen as C x H x W.
struct View {
  const int8_t* x;
  int c, h, w;
  bool Contains(int64_t row, int64_t column) const {
    return row >= 0 && row < h && column >= 0 && column < w;
  }
  int at(int channel, int64_t row, int64_t column) const {
    return x[(int64_t{channel} * h + row) * w + column];
  }
};

int8_t Output(const Layer& layer, int64_t acc, int entry, int zy) {
  assert(acc >= INT32_MIN && acc <= INT32_MAX);  // ProveRanges
  return static_cast<int8_t>(Requantize(static_cast<int32_t>(acc), layer.m[entry], layer.s[entry],
                                        layer.rounding, zy, layer.clamp_lo, layer.clamp_hi));
}

int8_t ConvOutput(const Layer& layer, const View& in, const Tensor& in_tensor, const Tensor& out,
                  int n, int oy, int ox) {
  const int group_in = in.c / layer.groups;
  const int first_channel = n / (out.c / layer.groups) * group_in;
  int64_t acc = layer.bias[n];
  for (int c = 0; c < group_in; ++c) {
    for (int ky = 0; ky < layer.kernel_h; ++ky) {
      for (int kx = 0; kx < layer.kernel_w; ++kx) {
        const int64_t row =
            int64_t{oy} * layer.stride_h - layer.pad.top + int64_t{ky} * layer.dilation_h;
        const int64_t column =
            int64_t{ox} * layer.stride_w - layer.pad.left + int64_t{kx} * layer.dilation_w;
        if (!in.Contains(row, column)) continue;
        const int w =
            layer
                .weights[((int64_t{n} * group_in + c) * layer.kernel_h + ky) * layer.kernel_w + kx];
        acc += (in.at(first_channel + c, row, column) - in_tensor.zero_point) *
               (w - layer.weight_zero_point);
      }
    }
  }
  return Output(layer, acc, n, out.zero_point);
}

int8_t FullyConnectedOutput(const Layer& layer, const Tensor& in, const Tensor& out,
                            const int8_t* x, int n) {
  const int64_t size = in.Elements();
  int64_t acc = layer.bias[n];
  for (int64_t k = 0; k < size; ++k) {
    acc += (x[k] - in.zero_point) * (layer.weights[n * size + k] - layer.weight_zero_point);
  }
  return Output(layer, acc, n, out.zero_point);
}

int8_t PoolOutput(const Layer& layer, const View& in, const Tensor& in_tensor, const Tensor& out,
                  int c, int oy, int ox) {
  int greatest = -128, count = 0;
  int64_t sum = 0;
  for (int ky = 0; ky < layer.kernel_h; ++ky) {
    for (int kx = 0; kx < layer.kernel_w; ++kx) {
      const int64_t row =
          int64_t{oy} * layer.stride_h - layer.pad.top + int64_t{ky} * layer.dilation_h;
      const int64_t column =
          int64_t{ox} * layer.stride_w - layer.pad.left + int64_t{kx} * layer.dilation_w;
      if (!in.Contains(row, column)) continue;
      greatest = std::max(greatest, in.at(c, row, column));
      sum += in.at(c, row, column);
      ++count;
    }
  }
  assert(count > 0);  // CheckModel
  if (layer.kind == LayerKind::kMaxPool) {
    return static_cast<int8_t>(std::clamp(greatest, layer.clamp_lo, layer.clamp_hi));
  }
  const int64_t acc = sum - int64_t{count} * AverageZero(layer, in_tensor);  // sum (x - Zx)
  return Output(layer, acc, layer.count_include_pad ? layer.kernel_h * layer.kernel_w : count,
                AverageZero(layer, out));
}

int8_t Clamp(const Layer& layer, int value) {
  return static_cast<int8_t>(std::clamp(value, layer.clamp_lo, layer.clamp_hi));
}

int8_t PadOutput(const Layer& layer, const View& in, const Tensor& in_tensor, int c, int oy,
                 int ox) {
  const int row = oy - layer.pad.top, column = ox - layer.pad.left;
  return Clamp(layer, in.Contains(row, column) ? in.at(c, row, column) : in_tensor.zero_point);
}

int8_t TableOutput(const Layer& layer, const View& in, int c, int oy, int ox) {
  const size_t first = layer.table.size() == 256 ? 0 : size_t{256} * c;
  return Clamp(layer, layer.table[first + in.at(c, oy, ox) + 128]);
}

std::vector<int8_t> RunSoftmax(const Layer& layer, const Tensor& in, const Tensor& out,
                               const int8_t* x) {
  std::vector<int8_t> y(out.c);
  Softmax(SoftmaxOf(layer, in, out), x, out.c, y.data());
  for (int8_t& value : y) value = Clamp(layer, value);
  return y;
}

std::vector<int8_t> RunAdd(const Layer& layer, const Tensor& out, const int8_t* x1,
                           const int8_t* x2) {
  std::vector<int8_t> y(out.Elements());
  for (size_t e = 0; e < y.size(); ++e) {
    y[e] = static_cast<int8_t>(
        AddQuantized(x1[e], x2[e], layer.add, layer.rounding, layer.clamp_lo, layer.clamp_hi));
  }
  return y;
}

// C-H-W: the channels of an input lie together, so the inputs follow one another.
std::vector<int8_t> RunConcat(const Model& model, size_t i, const std::vector<const int8_t*>& x) {
  const Layer& layer = model.layers[i];
  std::vector<int8_t> y;
  for (size_t k = 0; k < x.size(); ++k) {
    for (int64_t e = 0; e < model.Input(i, k).Elements(); ++e) {
      y.push_back(Clamp(layer, x[k][e]));
    }
  }
  return y;
}

}  // namespace

std::vector<int8_t> RunLayer(const Layer& layer, const Tensor& in, const Tensor& out,
                             const int8_t* x) {
  if (layer.kind == LayerKind::kSoftmax) return RunSoftmax(layer, in, out, x);
  Check(layer.kind != LayerKind::kConcat && layer.kind != LayerKind::kAdd, "a layer of one input");
  std::vector<int8_t> y(out.Elements());
  const View view = {x, in.c, in.h, in.w};
  for (int n = 0; n < out.c; ++n) {
    for (int oy = 0; oy < out.h; ++oy) {
      for (int ox = 0; ox < out.w; ++ox) {
        int8_t& value = y[(int64_t{n} * out.h + oy) * out.w + ox];
        if (layer.kind == LayerKind::kConv) value = ConvOutput(layer, view, in, out, n, oy, ox);
        if (layer.kind == LayerKind::kFullyConnected)
          value = FullyConnectedOutput(layer, in, out, x, n);
        if (layer.kind == LayerKind::kMaxPool || layer.kind == LayerKind::kAveragePool) {
          value = PoolOutput(layer, view, in, out, n, oy, ox);
        }
        if (layer.kind == LayerKind::kPad) value = PadOutput(layer, view, in, n, oy, ox);
        if (layer.kind == LayerKind::kTable) value = TableOutput(layer, view, n, oy, ox);
      }
    }
  }
  return y;
}

std::vector<std::vector<int8_t>> RunReference(const Model& model, const int8_t* image) {
  std::vector<std::vector<int8_t>> outputs;
  for (size_t i = 0; i < model.layers.size(); ++i) {
    std::vector<const int8_t*> x;
    for (int t : model.layers[i].inputs) x.push_back(t == 0 ? image : outputs[t - 1].data());
    const Layer& layer = model.layers[i];
    outputs.push_back(layer.kind == LayerKind::kConcat ? RunConcat(model, i, x)
                      : layer.kind == LayerKind::kAdd
                          ? RunAdd(layer, model.Output(i), x[0], x[1])
                          : RunLayer(layer, model.Input(i), model.Output(i), x[0]));
  }
  return outputs;
}

}  // namespace systole
