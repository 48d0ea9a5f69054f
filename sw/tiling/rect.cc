#include "sw/tiling/rect.h"

#include <algorithm>

namespace systole {
namespace {

struct Axis {
  int pool, pool_stride, pool_dilation, pool_pad, conv;
  int kernel, stride, dilation, pad, in;
};

struct Cut {
  int i0, i1;          // of the input
  int before, after;   // padding
  int conv, pool_pad;  // convolution outputs, padding of the pooling before them
};

Cut CutAxis(const Axis& a, int o0, int o1) {
  const int origin = o0 * a.pool_stride - a.pool_pad;
  const int c0 = std::max(0, origin);
  const int c1 = std::max(c0 + 1, std::min(a.conv, (o1 - 1) * a.pool_stride - a.pool_pad +
                                                       (a.pool - 1) * a.pool_dilation + 1));
  const int first = c0 * a.stride - a.pad;
  const int end = (c1 - 1) * a.stride - a.pad + (a.kernel - 1) * a.dilation + 1;
  Cut cut;
  cut.conv = c1 - c0;
  cut.pool_pad = std::max(0, -origin);
  cut.i0 = std::clamp(first, 0, a.in);
  cut.i1 = std::clamp(end, cut.i0, a.in);
  if (cut.i0 == cut.i1) {  // padding alone
    cut.before = end - first;
    cut.after = 0;
  } else {
    cut.before = cut.i0 - first;
    cut.after = end - cut.i1;
  }
  return cut;
}

}  // namespace

Stage Bare(const Stage& s) {
  Stage bare;
  bare.name = s.name;
  bare.op = s.op;
  bare.first_layer = s.first_layer;
  bare.last_layer = s.last_layer;
  bare.cin = s.cin;
  bare.h = s.h;
  bare.w = s.w;
  bare.pad = s.pad;
  bare.pad_value = s.pad_value;
  bare.cout = s.cout;
  bare.groups = s.groups;
  bare.kernel_h = s.kernel_h;
  bare.kernel_w = s.kernel_w;
  bare.stride_h = s.stride_h;
  bare.stride_w = s.stride_w;
  bare.dilation_h = s.dilation_h;
  bare.dilation_w = s.dilation_w;
  bare.conv_h = s.conv_h;
  bare.conv_w = s.conv_w;
  bare.zw = s.zw;
  bare.dataflow = s.dataflow;
  bare.pool_h = s.pool_h;
  bare.pool_w = s.pool_w;
  bare.pool_stride_h = s.pool_stride_h;
  bare.pool_stride_w = s.pool_stride_w;
  bare.pool_dilation_h = s.pool_dilation_h;
  bare.pool_dilation_w = s.pool_dilation_w;
  bare.pool_pad = s.pool_pad;
  bare.out_h = s.out_h;
  bare.out_w = s.out_w;
  bare.by_count = s.by_count;
  bare.count_all = s.count_all;
  bare.rounding = s.rounding;
  bare.zy = s.zy;
  bare.lo = s.lo;
  bare.hi = s.hi;
  bare.macs = s.macs;
  return bare;
}

Rect CutRect(const Stage& bare, int oy0, int oy1, int ox0, int ox1) {
  const Cut y =
      CutAxis({bare.pool_h, bare.pool_stride_h, bare.pool_dilation_h, bare.pool_pad.top,
               bare.conv_h, bare.kernel_h, bare.stride_h, bare.dilation_h, bare.pad.top, bare.h},
              oy0, oy1);
  const Cut x =
      CutAxis({bare.pool_w, bare.pool_stride_w, bare.pool_dilation_w, bare.pool_pad.left,
               bare.conv_w, bare.kernel_w, bare.stride_w, bare.dilation_w, bare.pad.left, bare.w},
              ox0, ox1);
  Rect r;
  r.oy0 = oy0;
  r.oy1 = oy1;
  r.ox0 = ox0;
  r.ox1 = ox1;
  r.iy0 = y.i0;
  r.iy1 = y.i1;
  r.ix0 = x.i0;
  r.ix1 = x.i1;
  r.stage = bare;
  r.stage.h = y.i1 - y.i0;
  r.stage.w = x.i1 - x.i0;
  r.stage.pad = {y.before, x.before, y.after, x.after};
  r.stage.conv_h = y.conv;
  r.stage.conv_w = x.conv;
  r.stage.pool_pad.top = y.pool_pad;
  r.stage.pool_pad.left = x.pool_pad;
  r.stage.out_h = oy1 - oy0;
  r.stage.out_w = ox1 - ox0;
  return r;
}

int WindowExtent(int outputs, int pool, int pool_stride, int pool_dilation, int kernel, int stride,
                 int dilation) {
  const int conv = (outputs - 1) * pool_stride + (pool - 1) * pool_dilation + 1;
  return (conv - 1) * stride + (kernel - 1) * dilation + 1;
}

}  // namespace systole
