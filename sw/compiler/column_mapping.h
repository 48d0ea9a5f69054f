// Depthwise stages in the array's column mode (docs/isa.md): a column filters its own channel along
// the pixels of a line, TAP_ROWS of them at a time.
//
//   lane j = column j: channel first_column + j; vectors: every pixel of a line, stride or not
//   slice g * kernel_h + ky: kernel line ky, tap group g; row r has tap (ky, kx) of the group where
//   kx * dilation_w = offset(g) + r, and 0 where the group has none
//   output x of a tile: entry x * stride_w of its line
//
// With a weight zero point each group comes twice, the second time with -zw for every weight: the
// sum is then that of (w - zw) a, and POST subtracts nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/mapping.h"

namespace systole {

// false: the stage is not depthwise with as many outputs as inputs, its weight zero point is -128,
// it needs more than `most_groups` groups of taps, or the mode is not built.
bool ColumnMapping(const Stage& stage, const HwConfig& config, int most_groups, Mapping* mapping);

// A fold's weights as LoadWgt's rows, like PackWeights().
void PackColumnWeights(const Stage& stage, const Mapping& mapping, const Fold& fold,
                       const HwConfig& config, std::vector<uint8_t>* image);

}  // namespace systole
