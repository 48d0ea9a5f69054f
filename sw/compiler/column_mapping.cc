#include "sw/compiler/column_mapping.h"

#include "sw/compiler/pack.h"

namespace systole {

bool ColumnMapping(const Stage& stage, const HwConfig& config, int most_groups, Mapping* mapping) {
  const bool depthwise = stage.groups > 1 && stage.groups == stage.cin && stage.cout == stage.cin;
  // -zw must be a weight.
  if (!depthwise || stage.zw == -128 || config.taps == 0) return false;
  const int span = (stage.kernel_w - 1) * stage.dilation_w + 1,
            taps = std::min(config.TapRows(), span);
  *mapping = Mapping{};
  mapping->order = WindowOrder::kByPixel;
  mapping->block = stage.cout;
  mapping->cols = std::min(config.rows, config.cols);
  mapping->vector_step = stage.stride_w;
  mapping->vector_tail = taps - 1;
  for (int kx = 0; kx < stage.kernel_w;) {
    TapGroup g;
    g.kx0 = kx;
    g.offset = std::min(kx * stage.dilation_w, span - taps);
    while (kx < stage.kernel_w && kx * stage.dilation_w < g.offset + taps) ++kx;
    g.kx1 = kx;
    mapping->tap_groups.push_back(g);
  }
  if (stage.zw != 0) {
    for (size_t g = 0, n = mapping->tap_groups.size(); g < n; ++g) {
      TapGroup again = mapping->tap_groups[g];
      again.zero_point = true;
      mapping->tap_groups.push_back(again);
    }
  }
  mapping->input_cols = 0;
  const int groups = static_cast<int>(mapping->tap_groups.size());
  if (groups > most_groups) return false;
  for (int c = 0; c < stage.cout; c += mapping->cols) {
    Fold fold;
    fold.c0 = fold.first_column = c;
    fold.nc = fold.columns = std::min(mapping->cols, stage.cout - c);
    fold.window_h = stage.kernel_h;
    fold.window_w = stage.kernel_w;
    fold.rows = config.rows;
    // Of one group, slice ky begins with element (ky, 0, c0).
    fold.run = groups == 1 ? fold.window_w * fold.nc : fold.nc;
    fold.slices = stage.kernel_h * groups;
    mapping->folds.push_back(fold);
  }
  return true;
}

void PackColumnWeights(const Stage& stage, const Mapping& mapping, const Fold& fold,
                       const HwConfig& config, std::vector<uint8_t>* image) {
  const int n = config.cols / config.wport, wl = LoadCycles(fold, config);
  const size_t row_bytes = static_cast<size_t>(WeightRowBytes(config));
  size_t at = image->size();
  image->resize(at + static_cast<size_t>(fold.slices) * wl * config.wport * row_bytes);
  for (const TapGroup& taps : mapping.tap_groups) {
    for (int ky = 0; ky < stage.kernel_h; ++ky) {
      for (int q = 0; q < wl; ++q) {
        for (int g = 0; g < config.wport; ++g, at += row_bytes) {
          const int c = g * n + wl - 1 - q;
          if (c >= fold.columns) continue;
          const int channel = fold.first_column + c;
          for (int kx = taps.kx0; kx < taps.kx1; ++kx) {
            const int row = kx * stage.dilation_w - taps.offset;
            const int w = taps.zero_point ? -stage.zw : stage.Weight(channel, channel, ky, kx);
            (*image)[at + row] = static_cast<uint8_t>(w);
          }
        }
      }
    }
  }
}

}  // namespace systole
