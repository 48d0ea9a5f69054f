// Weights, offset tables and parameters as items that are loaded when they are needed, and their
// bytes in memory.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "sw/arith/add.h"
#include "sw/compiler/mapping.h"
#include "sw/compiler/row_plan.h"
#include "sw/compiler/stage.h"
#include "sw/isa/config.h"
#include "sw/tiling/program_writer.h"
#include "sw/tiling/work.h"

namespace systole {

class ConstantPool {
 public:
  // Bytes lie from `address` on; items are added to `work`.
  // `pack`: with their bytes; else only their places are known.
  ConstantPool(const HwConfig& config, uint64_t address, const LoadPolicy& loads, bool pack,
               Work* work)
      : config_(config), address_(address), loads_(loads), pack_(pack), work_(work) {}

  // A fold's weights, in pieces of whole slices, each an item; or, one piece alone, rows of an item
  // that it shares with those before it, from `row` on.
  struct Weights {
    int slices_per_item = 1;
    std::vector<int> items;
    int row = 0;
  };
  // A number for a stage, as AddParameters() takes it.
  int NewKey() { return next_key_++; }

  std::vector<Weights> AddWeights(const Stage& stage, const Mapping& mapping);
  // Of each RowConv, in the order of RowPlan::WeightRowOf().
  std::vector<Weights> AddRowWeights(const RowPlan& plan);

  // Rows of the offset table; equal ones are one item.
  int AddOffsets(const std::vector<uint16_t>& rows);

  // Biases and multipliers of `channels` columns of a stage from first_channel on, for average
  // pooling those of `count` taps, as rows of an item from `row` on. `stage_key` tells stages
  // apart; equal requests are one place.
  struct Parameters {
    int item = kNoItem, row = 0;
  };
  Parameters AddParameters(int stage_key, const Stage& stage, int first_channel, int channels,
                           int count);

  // The entries of an addition (docs/isa.md, PostActAdd).
  int AddSum(const AddParams& add, Rounding rounding);

  std::vector<uint8_t>&& TakeBytes() { return std::move(bytes_); }
  uint64_t bytes() const { return end_; }

 private:
  // The item added last, while what follows in memory may still join it.
  struct Open {
    int item = kNoItem;
    uint64_t end = 0;
  };
  // `wl`: rows of a slice; `pack(bytes)` appends those of all slices. Pieces are of a multiple of
  // `unit` slices where so many fit.
  template <typename Pack>
  Weights AddSlices(int slices, int wl, int unit, Pack&& pack);
  int SharedRows() const;
  void Align();
  // Appends `bytes` bytes, which `pack(&bytes_)` writes.
  template <typename Pack>
  void Append(uint64_t bytes, Pack&& pack);
  int Extend(Open* open, int rows, uint64_t bytes, int most);
  int AddItem(Ring ring, Opcode opcode, int rows, uint64_t offset, uint64_t bytes);

  HwConfig config_;
  uint64_t address_;
  LoadPolicy loads_;
  int next_key_ = 0;
  bool pack_;
  Work* work_;
  std::vector<uint8_t> bytes_;
  uint64_t end_ = 0;  // of all constants
  std::map<std::vector<uint16_t>, int> offsets_;
  std::map<std::tuple<int, int, int, int>, Parameters> parameters_;
  int64_t weight_rows_ = 0;
  Open open_weights_, open_parameters_;
};

}  // namespace systole
