// Cutting a stage's output into tiles whose convolution outputs fit into one half of the
// accumulators.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"
#include "sw/isa/config.h"

namespace systole {

// A rectangle of (pooled) output pixels and the convolution outputs that it needs.
struct Tile {
  int oy0 = 0, oy1 = 0, ox0 = 0, ox1 = 0;  // pooled output, half open
  int cy0 = 0, cy1 = 0, cx0 = 0, cx1 = 0;  // convolution output, half open
  int ny = 0, nx = 0;                      // cells
  int vectors = 0;                         // ny * nx; in column mode more; output stationary
                                           // the entries, up to the last lane's
};

// A lower bound of the vectors of a stage's output in cells of ph x pw, however it is cut.
int64_t LeastVectors(const Stage& stage, int ph, int pw);

// Keeps its memory from search to search.
class TileSearch {
 public:
  // Tiles in row order covering the output; none if not even one output pixel's pooling window
  // fits.
  void Choose(const Stage& stage, const Mapping& mapping, const HwConfig& config,
              std::vector<Tile>* tiles);

 private:
  // A part of one axis: pooled outputs, convolution outputs (half open), cells.
  struct Part {
    int o0, o1, c0, c1, cells;
  };
  void ChooseLines(const Stage& stage, const Mapping& mapping, const HwConfig& config, int limit,
                   std::vector<Tile>* tiles);

  std::vector<Part> xs_;
};

}  // namespace systole
