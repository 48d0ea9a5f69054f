// POST's work on a tile, cut into pieces that one instruction each can describe: runs of channels whose pooling taps
// are evenly spaced in accumulator entries and columns, over output pixels that see the same taps.
#pragma once

#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/tiles.h"

namespace systole {

struct PostPiece {
  int fold = 0;              // of tap (0, 0)
  int entry = 0;             // accumulator entry of the first output pixel's tap (0, 0), from the job's base
  int nx = 1, ny = 1;        // output pixels
  int es_x = 0, es_y = 0;    // entries from pixel to pixel
  int ntx = 1, nty = 1;      // taps
  int es_tx = 0, es_ty = 0;  // entries from tap to tap
  int cs_tx = 0, cs_ty = 0;  // columns from tap to tap
  int column = 0;            // of the first channel, tap (0, 0)
  bool pair = false;         // two taps of one entry, cs_pair columns apart
  int cs_pair = 0;
  std::vector<int> channels;   // output channel of each column of the run (per pixel: 0..cout-1)
  int oy = 0, ox = 0;          // first output pixel (pooled)
  int step_y = 1, step_x = 1;  // output pixels from iteration to iteration
  int first_byte = 0;          // of the run within the output pixel
  int count = 0;               // average pooling: taps inside the image
};

// Array cycles of POST for the piece.
int PostCycles(const PostPiece& piece, const HwConfig& config);

// The pieces of a tile of `images` images (entry of image b, cell v, fold f: (f * images + b) * vectors + v; where the
// folds are jobs of their own, without f). Returns false if the taps of some run are not evenly spaced.
bool PlanPost(const Stage& stage, const Mapping& mapping, const Tile& tile, const HwConfig& config,
              std::vector<PostPiece>* pieces, int images = 1);

}  // namespace systole
