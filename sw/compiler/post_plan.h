// POST's work on a tile, cut into pieces that one instruction each can describe: runs of channels
// whose pooling taps are evenly spaced in accumulator entries and columns, over output pixels that
// see the same taps.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/tiles.h"

namespace systole {

struct PostPiece {
  int fold = 0;   // of tap (0, 0)
  int entry = 0;  // accumulator entry of the first output pixel's tap (0, 0), from the job's base
  int nx = 1, ny = 1;        // output pixels
  int es_x = 0, es_y = 0;    // entries from pixel to pixel
  int ntx = 1, nty = 1;      // taps
  int es_tx = 0, es_ty = 0;  // entries from tap to tap
  int cs_tx = 0, cs_ty = 0;  // columns from tap to tap
  int column = 0;            // of the first channel, tap (0, 0)
  bool pair = false;         // two taps of one entry, cs_pair columns apart
  int cs_pair = 0;
  int oy = 0, ox = 0;          // first output pixel (pooled)
  int step_y = 1, step_x = 1;  // output pixels from iteration to iteration
  int first_byte = 0;          // of the run within the output pixel (or, merged, row of pixels)
  int first_channel = 0;       // first_byte modulo the output channels
  int channels = 0;  // columns of the run; channel numbers begin anew after the last output channel
  int count = 0;     // average pooling: taps inside the image
};

// Output positions along one axis that see the same taps: o, o + step, ... (n of them). Iteration
// i, tap t reads cell cell + i * cell_step + t * tap_cell, pixel pixel + t * tap_pixel inside it.
struct PostSegment {
  int o = 0, n = 0, step = 1;
  int cell = 0, cell_step = 1;
  int taps = 1, tap_cell = 0;
  int pixel = 0, tap_pixel = 0;
  int count = 1;  // kernel taps inside the image (average pooling)
};

// Keeps its memory from plan to plan.
class PostPlanner {
 public:
  // The pieces of a tile of `images` images (entry of image b, cell v, fold f: (f * images + b) *
  // vectors + v; where the folds are jobs of their own, without f). Returns false if the taps of
  // some run are not evenly spaced.
  bool Plan(const Stage& stage, const Mapping& mapping, const Tile& tile,
            std::vector<PostPiece>* pieces, int images = 1);

  // A lower bound of Cost for cells of ph x pw, however the output is cut.
  static int64_t LeastCost(const Stage& stage, int ph, int pw, const HwConfig& config);

  // Cycles of POST for tiles of one image, and two more for each piece; -1 where Plan returns
  // false.
  int64_t Cost(const Stage& stage, const Mapping& mapping, const std::vector<Tile>& tiles,
               const HwConfig& config);

 private:
  // Runs of a window class: what Cost needs of all its pieces.
  struct Runs {
    int pixel_y, taps_y, pixel_x, taps_x, length;
    int64_t cycles, pieces;  // of one output pixel
  };
  const Runs* RunsOf(const Stage& stage, const Mapping& mapping, const PostSegment& y,
                     const PostSegment& x, int length, const HwConfig& config);

  std::vector<PostSegment> xs_, ys_;
  std::vector<Runs> runs_;
};

}  // namespace systole
