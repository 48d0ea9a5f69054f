#include "sw/golden/fast_layers.h"

#include <algorithm>
#include <vector>

#include "sw/arith/requantize.h"
#include "sw/arith/softmax.h"
#include "sw/quant/softmax_of.h"

namespace systole {
namespace {

// The clamp of a layer, on bytes.
struct ByteClamp {
  uint8_t lo, hi;
  explicit ByteClamp(const Layer& layer)
      : lo(static_cast<uint8_t>(layer.clamp_lo + 128)),
        hi(static_cast<uint8_t>(layer.clamp_hi + 128)) {}
  uint8_t operator()(uint8_t value) const { return std::min(std::max(value, lo), hi); }
};

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

}  // namespace

void FastMaxPool(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                 uint8_t* y) {
  const int channels = in.c;
  const ByteClamp clamp(layer);
  std::vector<uint8_t> greatest(channels, 0);
  uint8_t* const g = greatest.data();
  ForEachWindow(
      layer, in, out,
      [&](int64_t at) {
        for (int c = 0; c < channels; ++c) g[c] = std::max(g[c], x[at + c]);
      },
      [&](int64_t pixel, int64_t) {
        for (int c = 0; c < channels; ++c) {
          y[pixel * channels + c] = clamp(g[c]);
          g[c] = 0;
        }
      });
}

void FastAveragePool(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                     uint8_t* y) {
  const int zx = 128 + AverageZero(layer, in), zy = AverageZero(layer, out);
  const int channels = in.c;
  std::vector<int32_t> sums(channels, 0);
  int32_t* const sum = sums.data();
  ForEachWindow(
      layer, in, out,
      [&](int64_t at) {
        for (int c = 0; c < channels; ++c) sum[c] += x[at + c];
      },
      [&](int64_t pixel, int64_t taps) {
        const int64_t count =
            layer.count_include_pad ? int64_t{layer.kernel_h} * layer.kernel_w : taps;
        for (int c = 0; c < channels; ++c) {
          const auto acc = static_cast<int32_t>(sum[c] - taps * zx);
          y[pixel * channels + c] = static_cast<uint8_t>(
              128 + Requantize(acc, layer.m[count], layer.s[count], layer.rounding, zy,
                               layer.clamp_lo, layer.clamp_hi));
          sum[c] = 0;
        }
      });
}

// H-W-C: a run of every input's channels, pixel by pixel.
void FastCopyChannels(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                      uint8_t* to) {
  const ByteClamp clamp(layer);
  const int64_t pixels = int64_t{out.h} * out.w;
  for (int64_t p = 0; p < pixels; ++p) {
    for (int c = 0; c < in.c; ++c) to[p * out.c + c] = clamp(x[p * in.c + c]);
  }
}

void FastPad(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
             uint8_t* y) {
  const ByteClamp clamp(layer);
  std::fill(y, y + out.Elements(), clamp(static_cast<uint8_t>(in.zero_point + 128)));
  const int64_t row = int64_t{in.w} * in.c;
  for (int64_t r = 0; r < in.h; ++r) {
    uint8_t* const to = y + ((r + layer.pad.top) * out.w + layer.pad.left) * out.c;
    for (int64_t i = 0; i < row; ++i) to[i] = clamp(x[r * row + i]);
  }
}

void FastTable(const Layer& layer, const Tensor& out, const uint8_t* x, uint8_t* y) {
  const ByteClamp clamp(layer);
  std::vector<uint8_t> table;
  for (int8_t value : layer.table) table.push_back(clamp(static_cast<uint8_t>(value + 128)));
  const int64_t step = table.size() == 256 ? 0 : 256, pixels = int64_t{out.h} * out.w;
  for (int64_t p = 0; p < pixels; ++p) {
    for (int64_t c = 0; c < out.c; ++c) y[p * out.c + c] = table[c * step + x[p * out.c + c]];
  }
}

void FastSoftmax(const Layer& layer, const Tensor& in, const Tensor& out, const uint8_t* x,
                 uint8_t* y) {
  const ByteClamp clamp(layer);
  std::vector<int8_t> from(out.c), to(out.c);
  for (int c = 0; c < out.c; ++c) from[c] = static_cast<int8_t>(x[c] - 128);
  Softmax(SoftmaxOf(layer, in, out), from.data(), out.c, to.data());
  for (int c = 0; c < out.c; ++c) y[c] = clamp(static_cast<uint8_t>(to[c] + 128));
}

}  // namespace systole
