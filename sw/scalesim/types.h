// Plain data of the SCALE-Sim model: the machine, a layer, what a layer's evaluation reports.
#pragma once

#include <cstdint>

namespace systole::scalesim {

enum class Dataflow { kOs, kWs, kIs };
enum class Compat { kV2, kV3 };
enum class SparseFormat { kNone, kCsr, kCsc, kEllpackBlock };

// The array, its three double buffers and its memory interface. A word is one byte.
struct Machine {
  int64_t rows = 32;
  int64_t cols = 32;
  int64_t ifmap_kb = 64;  // 1 kB = 1024 words
  int64_t filter_kb = 64;
  int64_t ofmap_kb = 64;
  int64_t ifmap_offset = 0;  // first address of each operand, >= 0
  int64_t filter_offset = 10000000;
  int64_t ofmap_offset = 20000000;
  Dataflow dataflow = Dataflow::kOs;
  bool user_bandwidth =
      false;  // false: CALC, reads never stall; true: USER, the bandwidths below hold
  int64_t ifmap_bandwidth = 10;  // words a cycle, USER only
  int64_t filter_bandwidth = 10;
  int64_t ofmap_bandwidth = 10;
};

// A convolution without padding, batch or groups; GEMM M x K x N is ifmap M x K, filter 1 x K, N
// filters.
struct Layer {
  int64_t ifmap_h = 1;
  int64_t ifmap_w = 1;
  int64_t filter_h = 1;
  int64_t filter_w = 1;
  int64_t channels = 1;
  int64_t filters = 1;
  int64_t stride_h = 1;
  int64_t stride_w = 1;
  int64_t sparse_n = 1;  // N of every M filter words are kept (v3 only)
  int64_t sparse_m = 1;
};

struct Options {
  Compat compat = Compat::kV2;
  bool corrected = false;        // without SCALE-Sim's known bugs (docs/scalesim.md lists them)
  bool compensated_sum = false;  // sum() of Python >= 3.12 in the two averaged columns
  SparseFormat sparse =
      SparseFormat::kNone;  // v3: keep the first N of every M filter words, stored in this format
};

// Cycles in which an operand is first and last used, and how many words.
struct Access {
  int64_t start = 0;
  int64_t stop = 0;
  int64_t words = 0;
};

struct LayerReport {
  int64_t total_cycles = 0;  // stalls included
  int64_t stall_cycles = 0;
  double overall_util = 0;  // percent
  double mapping_eff = 0;   // percent
  double compute_util = 0;  // percent
  Access ifmap_sram, filter_sram, ofmap_sram;
  Access ifmap_dram, filter_dram, ofmap_dram;
  // v3 with sparsity: ws counts every ifmap read M/N times, as a float; storage of the filter in
  // words.
  bool ifmap_reads_scaled = false;
  double scaled_ifmap_reads = 0;
  int64_t dense_filter_words = 0;
  double sparse_filter_words = 0;  // with metadata
  double metadata_words = 0;
};

}  // namespace systole::scalesim
