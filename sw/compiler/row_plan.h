// A stage on the row-stationary array (ENGINE = 1, docs/row_stationary.md): its mapping, tiles and
// RowConvs.
//
//   block   filters of one job: M3 groups of `entry` channels, one accumulator entry each
//   pack    RowConvs that fill an entry side by side: entry = packs J channels
//   fold    (fs, fr): kernels that are larger than S1 x R1 taps, one RowConv each
//   slice   a RowConv's set of weights: C1 C2 of the input channels
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/stage.h"
#include "sw/compiler/storage.h"
#include "sw/compiler/tiles.h"
#include "sw/timing/row_conv_law.h"

namespace systole {

struct RowPlan {
  const Stage* stage = nullptr;
  RowMapping map;
  int packs = 1;
  int fold_s = 1, fold_r = 1, slices = 1;
  std::vector<Tile> tiles;  // ny <= Q1 rows, nx columns of outputs; vectors: entries of an image
  int images_per_tile = 1;
  int weight_row = 0, ktab = 0;

  int EntryChannels() const { return static_cast<int>(map.Channels()) * packs; }
  int BlockFilters() const { return EntryChannels() * static_cast<int>(map.m3); }
  int Blocks() const { return (stage->cout + BlockFilters() - 1) / BlockFilters(); }
  int SetRows() const { return static_cast<int>(map.WeightRows()) * slices; }  // of a RowConv
  // First filter of group m3 of a RowConv.
  int Filter(int block, int pack, int m3) const {
    return block * BlockFilters() + m3 * EntryChannels() + pack * static_cast<int>(map.Channels());
  }
  // Does it make a filter that there is?
  bool Used(int block, int pack) const { return Filter(block, pack, 0) < stage->cout; }
  int WeightRows() const { return Blocks() * packs * fold_s * fold_r * SetRows(); }
  int WeightRowOf(int block, int pack, int fs, int fr) const {
    return weight_row + (((block * packs + pack) * fold_s + fs) * fold_r + fr) * SetRows();
  }
  int OffsetRows(int vector) const { return static_cast<int>(map.Phases(vector)); }
  std::string Describe() const;
};

// The mapping with the fewest cycles of the array, and then of POST, by the law. Throws MisfitError
// naming the stage where none fits: dilated kernels, a pooling window larger than the array or the
// accumulators.
RowPlan PlanRows(const Stage& stage, const HwConfig& config);

// Storage of its input: lines 1 (mod banks) apart, so that the lanes of a vector lie in distinct
// banks, and room for what the last slices read beyond.
Storage RowInputStorage(const RowPlan& plan, const HwConfig& config);

// One RowConv of a job.
struct RowWork {
  const RowPlan& plan;
  const Tile& tile;
  int block, pack, fs, fr;
  int image, images, half;
};
void SetRowConv(const RowWork& work, const Storage& in, Instruction* i);

// Appends the weight rows of all its RowConvs, in the order of WeightRowOf().
void PackRowWeights(const RowPlan& plan, const HwConfig& config, std::vector<uint8_t>* image);

}  // namespace systole
