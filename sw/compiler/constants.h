// Resident constants: which rows of the weight buffer, the offset table and the parameter memory
// hold what. The rows are planned from shapes alone; their bytes are packed at the end (pack.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/stage.h"
#include "sw/isa/config.h"

namespace systole {

// Offsets of a fold's slices: rows ktab + i (increment true), or row ktab for every slice, the
// window base growing by base_inc from slice to slice.
struct OffsetRows {
  int ktab = 0;
  bool increment = false;
  int base_inc = 0;
};

struct FoldRows {
  int weight_row = 0;
  OffsetRows offsets;
};

// Parameter rows from `row` on: biases and multipliers of `channels` columns of a stage, from
// first_channel on, anew after the last output channel. count: the taps inside the image (average
// pooling), else 0.
struct ParameterRun {
  int stage, first_channel, channels, count;
  int row;
};

// Keeps its memory from plan to plan.
class Constants {
 public:
  void Clear(const HwConfig& config);

  // Weight rows of a fold, first row (per bank). Slice i begins `wl` rows further each: wl =
  // min(columns, COLS/WPORT).
  int AddWeights(const Fold& fold);
  // Offset rows; equal tables are shared. Throws MisfitError naming the stage where an offset
  // leaves 16 bits.
  OffsetRows AddOffsets(const Stage& stage, const Fold& fold, int pitch);
  // A row of offsets for tiles of `lanes` pixels that lie `bytes` apart; equal ones are shared.
  int AddLanes(int lanes, int bytes);
  // First parameter row of a piece's channels; equal runs of one stage are shared.
  int AddParameters(int stage_index, const Stage& stage, const PostPiece& piece);

  // Throws MisfitError naming the parameter where a memory is too small for what was added.
  void CheckFit(const std::string& model_name) const;

  int weight_rows() const { return weight_rows_; }  // per bank
  int offset_rows() const { return static_cast<int>(offsets_.size()) / config_.rows; }
  int parameter_rows() const { return parameter_rows_; }
  const std::vector<uint16_t>& offsets() const { return offsets_; }  // offset_rows() x ROWS
  const std::vector<ParameterRun>& parameters() const {
    return runs_;
  }  // in the order of their rows

 private:
  struct Table {
    int row, rows;
  };
  // The row of offsets_[begin..], which is dropped again where an equal table is there already.
  int ShareTable(size_t begin);

  HwConfig config_;
  int weight_rows_ = 0, parameter_rows_ = 0;
  std::vector<uint16_t> offsets_;
  std::vector<Table> tables_;
  std::vector<int> first_;  // offsets of slice 0
  std::vector<ParameterRun> runs_;
};

}  // namespace systole
