// A random loop nest of a convolution, its tensors, and what it must give: the plain seven loops.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "sw/timing/row_law.h"

namespace systole::rtl_row {

// Position of a step, or sizes: images, filters, channels, output columns and rows, taps along and
// across.
struct Place {
  int n = 0, m = 0, c = 0, p = 0, q = 0, r = 0, s = 0;
};

struct Nest {
  RowMapping map;
  Place sizes;
  std::vector<Place> steps;     // in order
  std::vector<RowLoop> loops;   // innermost first, as the law takes them
  int height = 0, width = 0;    // of the input
  std::vector<int8_t> input;    // [n][channel][height][width]; depthwise: channel m
  std::vector<int8_t> weights;  // [m][c][s][r]; depthwise: c = 0

  int8_t Input(int n, int channel, int row, int col) const;
  int8_t Weight(int m, int c, int s, int r) const;
  // The definition.
  int32_t Output(int n, int m, int q, int p) const;
  // Input words that step b needs beside those of the step a before it.
  int64_t NewWords(const Place& a, const Place& b) const;
  bool SameWeights(const Place& a, const Place& b) const;
  bool SameOutput(const Place& a, const Place& b) const;
};

// Fits `array`; at most `most_steps` steps on at most `blocks` output positions.
Nest RandomNest(const RowArray& array, int columns, int most_steps, int blocks,
                std::mt19937_64* random);

}  // namespace systole::rtl_row
