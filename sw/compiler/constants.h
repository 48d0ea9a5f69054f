// Resident constants: rows of the weight buffer, the offset table and the parameter memory, and their memory images.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/stage.h"
#include "sw/isa/config.h"

namespace systole {

// Offsets of a fold's slices: rows ktab + i (increment true), or row ktab for every slice, the window base growing by
// base_inc from slice to slice.
struct OffsetRows {
  int ktab = 0;
  bool increment = false;
  int base_inc = 0;
};

class Constants {
 public:
  explicit Constants(const HwConfig& config) : config_(config) {}

  // Weight rows of a fold, first row (per bank). Slice i begins `wl` rows further each: wl = min(columns, COLS/WPORT).
  int AddWeights(const Stage& stage, const Fold& fold);
  // Offset rows; equal tables are shared. Throws InputError naming the stage where an offset leaves 16 bits.
  OffsetRows AddOffsets(const Stage& stage, const Fold& fold, int pitch);
  // Parameter rows of a run of channels; equal runs of one stage are shared.
  int AddParameters(int stage_index, const Stage& stage, const PostPiece& piece);

  // Throws InputError naming the parameter where a memory is too small.
  void CheckFit(const std::string& model_name) const;

  // Memory images, every row padded to whole AXI beats.
  std::vector<uint8_t> WeightImage() const { return PadRows(weights_, config_.rows); }
  std::vector<uint8_t> OffsetImage() const;
  std::vector<uint8_t> ParameterImage() const;

  int weight_rows() const { return static_cast<int>(weights_.size()) / (config_.rows * config_.wport); }  // per bank
  int offset_rows() const { return static_cast<int>(offsets_.size()) / config_.rows; }
  int parameter_rows() const { return static_cast<int>(parameters_.size()) / config_.lanes; }

 private:
  struct Parameter {
    int32_t bias = 0;
    uint32_t m = 0;
    uint8_t s = 0;
  };
  std::vector<uint8_t> PadRows(const std::vector<uint8_t>& rows, int row_bytes) const;

  HwConfig config_;
  std::vector<uint8_t> weights_;   // rows x bank-interleaved x ROWS bytes
  std::vector<uint16_t> offsets_;  // rows x ROWS
  std::vector<Parameter> parameters_;
  std::map<std::vector<uint16_t>, int> offset_tables_;
  std::map<std::tuple<int, std::vector<int>, int>, int> parameter_runs_;
};

}  // namespace systole
