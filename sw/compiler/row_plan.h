// A stage on the row-stationary array (ENGINE = 1, docs/row_stationary.md): its mapping, tiles and
// RowConvs.
//
//   block   filters of one job: M3 groups of `entry` channels, one accumulator entry each
//   pack    RowConvs that fill an entry side by side: entry = packs J channels
//   fold    (fs, fr): kernels that are larger than S1 x R1 taps, one RowConv each; with a weight
//           zero point as many again, whose weights are all minus that (once more for -128, which
//           two times 64 make)
//   slice   a RowConv's set of weights: C1 C2 of the input channels
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/post_plan.h"
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
  int passes = 1;  // over all folds: the weights, then their zero point
  // Output pixels of a line are RowConv's images, each with a window of its own: strides that RcWs
  // and pixels that RcPitch cannot hold.
  bool apart = false;
  std::vector<Tile> tiles;  // ny <= Q1 rows, nx columns of outputs; vectors: entries of an image
  int images_per_tile = 1;
  int weight_row = 0, ktab = 0;
  int64_t cycles = 0;  // of the array and of POST, the larger, for the images of a tile

  int EntryChannels() const { return static_cast<int>(map.Channels()) * packs; }
  int BlockFilters() const { return EntryChannels() * static_cast<int>(map.m3); }
  int Blocks() const { return (stage->cout + BlockFilters() - 1) / BlockFilters(); }
  int Folds() const { return passes * fold_s * fold_r; }
  int SliceChannels() const { return static_cast<int>(map.c1 * map.c2); }
  int SetRows() const { return static_cast<int>(map.WeightRows()) * slices; }  // of a RowConv
  // First filter of group m3 of a RowConv.
  int Filter(int block, int pack, int m3) const {
    return block * BlockFilters() + m3 * EntryChannels() + pack * static_cast<int>(map.Channels());
  }
  // Does it make a filter that there is?
  bool Used(int block, int pack) const { return Filter(block, pack, 0) < stage->cout; }
  int WeightRows() const { return Blocks() * packs * Folds() * SetRows(); }
  int WeightRowOf(int block, int pack, int fold) const {
    return weight_row + ((block * packs + pack) * Folds() + fold) * SetRows();
  }
  std::string Describe() const;
};

// The mapping with the fewest cycles of the array, and then of POST, by the law, and the tiles of
// the stage. Throws MisfitError naming the stage where none fits: a pooling window larger than the
// array or the accumulators.
// `from_memory`: a RowConv may be cut into several of fewer slices; a set of weights takes no more
// than a quarter of their buffer. `images` of a tile share each weight.
RowPlan PlanRows(const Stage& stage, const HwConfig& config, bool from_memory = false,
                 int images = 1);

// Bytes from line to line of its input: 1 (mod banks), so that the lanes of a vector lie in
// distinct banks.
int RowPitch(const Stage& stage, const HwConfig& config);

// Do the input rows of one vector lie within an offset's 16 bits?
bool RowsReach(const RowMapping& map, int64_t pitch);

// The tiles of a stage like the plan's (a rectangle of it), whose input's lines lie `pitch` apart;
// none where not even one pooling window fits.
std::vector<Tile> RowTiles(const RowPlan& plan, const Stage& stage, int pitch,
                           const HwConfig& config);

// Cycles of the array for all its filters on those tiles.
int64_t RowArrayCycles(const RowPlan& plan, const std::vector<Tile>& tiles, const HwConfig& config);

// Bytes from a stage's first line (padding included) to past the last one that is read.
int64_t RowInputBytes(const RowPlan& plan, const Stage& stage, const std::vector<Tile>& tiles,
                      int pitch);

// Storage of its input, with room for what the last slices read beyond.
Storage RowInputStorage(const RowPlan& plan, const HwConfig& config);

// POST's work on a tile; a piece's fold is its block.
std::vector<PostPiece> RowPieces(const RowPlan& plan, const Stage& stage, const Tile& tile,
                                 int images, PostPlanner* posts);

// Offsets of the input rows that the plan's vectors bring, whole rows of the table.
std::vector<uint16_t> RowOffsets(const RowPlan& plan, int pitch, const HwConfig& config);

// One RowConv of a job: slices [first, last) of a set of weights.
struct RowWork {
  const RowPlan& plan;
  const Tile& tile;
  int block, pack, fold;
  int first, last;
  int64_t base;  // byte of the input's first window
  int pitch;
  int weight_row, ktab;
  int images = 1, image_bytes = 0, half = 0;
};
void SetRowConv(const RowWork& work, Instruction* i);

// Appends the weight rows of one RowConv.
void PackRowSet(const RowPlan& plan, int block, int pack, int fold, const HwConfig& config,
                std::vector<uint8_t>* image);
// Of all of them, in the order of WeightRowOf().
void PackRowWeights(const RowPlan& plan, const HwConfig& config, std::vector<uint8_t>* image);

}  // namespace systole
