// A nest as RowConvs: which loops one instruction holds, which loops lie around it, where sums,
// inputs and weights lie on chip. Nothing is reordered.
//
//   positions  the innermost loops over P, Q, N, three at most, as far as they fit the accumulators
//   slices     the loop over C, R or S behind them, if it is the buffer's
//   place      in the accumulators, for the sums of one instruction
//   job        loops inside the outermost loop over C, R or S: its sums are complete, POST takes
//   them
#pragma once

#include "sw/isa/config.h"
#include "sw/nest/conv_nest.h"
#include "sw/timing/row_law.h"

namespace systole::nest {

struct NestPlan {
  ConvNest nest;
  HwConfig config;

  StepLoop x, y, b, slices;      // of an instruction; bound 1: none
  std::vector<StepLoop> around;  // loops around instructions, the innermost first
  size_t job_loops = 0;          // the first of them that a job consists of

  // Accumulators.
  int64_t places = 1;           // of a job
  int64_t places_an_entry = 1;  // side by side in the columns of an entry
  int64_t places_a_column = 1;  // one behind the other in the entries
  bool both_halves = false;     // a job takes both halves; else jobs take them in turn

  // Activation buffer: tiles of the inputs in the first `input_groups` address groups, one or two;
  // then bytes for POST, twice.
  int64_t block = 1;  // channels side by side; bytes from column to column
  int64_t columns = 0, lines = 0, planes = 0, images = 0;  // of a tile
  int64_t pitch = 0, plane_bytes = 0, image_bytes = 0;
  int64_t tile_bytes = 0, tiles = 1;
  int64_t input_groups = 1, out_bytes = 0;  // out_bytes: of a job

  // Weights: rows of the buffer for an instruction, and of those for `resident` loops inside.
  int64_t set_rows = 0;
  size_t resident = 0;
  int64_t block_rows = 0, weight_blocks = 1;  // 1: never another; 2: in turn

  RowArray array() const;
  int64_t Positions() const { return x.bound * y.bound * b.bound; }
  int64_t Instructions() const;
  int64_t Jobs() const;
  int64_t WeightLoads() const;  // blocks of weights that LOAD brings
  // Bytes that `values` further along dimension d are away in the buffer.
  int64_t Bytes(Dim d, int64_t values) const;
};

inline constexpr int64_t kMostInstructions = 1 << 20;

// Throws InputError that names the rule: `elements`, `ifmap_spad`, `weights_spad`, `psum_spad`,
// `columns`, `partial sums`, `activation buffer`, `weight buffer`, `vectors`, `program`, `sums`.
NestPlan PlanNest(const ConvNest& nest, const HwConfig& config);

}  // namespace systole::nest
