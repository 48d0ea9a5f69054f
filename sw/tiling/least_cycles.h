// A bound from below for the cycles of a network from memory, in microseconds: what no program can
// do without, whatever the compiler makes of it.
//
//   array  of each layer  ceil(pixels * N / COLS) * ceil(K / ROWS), K products a result; depthwise
//          and grouped layers the least of block-diagonal and column mode;
//          with ENGINE = 1 ceil(pixels * N * K / elements)
//   POST   pixels * ceil(N / LANES), of a sum twice that
//   LOAD   weights and images, a beat a cycle; when the array begins with the layers behind the
//   last
//          branch, no more than the weight buffer holds of their weights has been loaded
//
// The bound is the largest of the three sums.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/isa/config.h"
#include "sw/model/model.h"

namespace systole {

class LeastCycles {
 public:
  explicit LeastCycles(const Model& model);

  // Of one run of `images` images.
  int64_t Of(const HwConfig& config, int images) const;

 private:
  struct Work {
    LayerKind kind;
    int64_t pixels;  // of the output, without lines that nobody reads
    int64_t outputs, products;
    int groups, kernel_h, kernel_w;
    int64_t weights;  // bytes
  };
  std::vector<Work> layers_;
  size_t tail_ = 0;  // from here on each layer reads the one before it
  int64_t image_bytes_ = 0;
};

}  // namespace systole
