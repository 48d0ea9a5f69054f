// A bound from below for the cycles of a network from memory: what no program can do without that
// the compiler may make of it weight stationary (exploration searches no other dataflow).
//
//   array  of each layer  dense: least_array.h; depthwise and grouped the least of block-diagonal
//          and column mode; with ENGINE = 1 ceil(pixels * N * K / elements)
//   POST   pixels * ceil(N / LANES), of a sum twice that
//   LOAD   weights and images, a beat a cycle; dense layers' weights in slices of ROWS
//   border where all layers behind need the one before, and it needs all others before: when the
//          array begins behind it, all array work before is done, and no more than the weight
//          buffer holds of the weights behind it has been loaded
//
// The bound is the largest of the three sums and, of each border, the array's cycles of one image
// before with LOAD's of what is missing behind. A chain cut into strips goes back and forth over
// borders inside it; then all of its layers count as behind, the next one is one of them, and what
// of its weights the buffer does not hold is loaded twice.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "sw/isa/config.h"
#include "sw/model/model.h"
#include "sw/tiling/least_array.h"

namespace systole {

class LeastCycles {
 public:
  explicit LeastCycles(const Model& model);

  // Of one run of `images` images. Remembers what the array takes at each shape.
  int64_t Of(const HwConfig& config, int images);

 private:
  struct Work {
    LayerKind kind;
    int64_t pixels;  // of the output, without lines that nobody reads
    int64_t outputs, products;
    int groups, kernel_h, kernel_w;
    int64_t weights;  // bytes
    DenseShape dense;
  };
  struct Border {
    size_t first;              // layer behind it
    std::vector<size_t> next;  // those that need nothing from behind it
  };
  using Cycles = std::vector<int64_t>;  // by layer

  int64_t Array(const Work& work, const HwConfig& config, int images) const;
  const Cycles& ArrayOf(const HwConfig& config, int images);
  static std::vector<Border> BordersOf(const Model& model);
  int64_t OfBorders(const HwConfig& config, const Cycles& array, const Cycles& weights) const;

  std::vector<Work> layers_;
  std::vector<Border> borders_;  // in order
  int64_t image_bytes_ = 0;
  std::map<std::array<int, 8>, Cycles> array_;
};

}  // namespace systole
