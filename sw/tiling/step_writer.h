// A step with its constants, as Matmuls and Posts of any rectangle of its output.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "sw/tiling/constant_pool.h"
#include "sw/tiling/part.h"

namespace systole {

class StepWriter {
 public:
  // `images` at once of a batched step. `whole_pixels`: single pixels of a strided 1x1 convolution
  // are not loaded apart.
  StepWriter(const Step& step, const HwConfig& config, bool pack, int images, bool whole_pixels,
             PartCache* cache);

  Part& part() { return part_; }
  const Part& part() const { return part_; }
  const Step& step() const { return part_.step(); }

  // Where a rectangle's windows lie on chip: `base` bytes into the item, of its first line (padding
  // included), which is the item's line `line`. Its lines are `pitch` bytes apart.
  struct Input {
    int item = kNoItem;
    int64_t base = 0;
    int pitch = 0;
    int line = 0;
  };
  // Where results go: pixel (0, 0), channel 0 of the step `base` bytes into the item, on its line
  // `line`, as channels from `channel` on.
  struct Output {
    int item = kNoItem;
    int64_t base = 0;
    int64_t line_bytes = 0;
    int pixel_bytes = 0;
    int line = 0, channel = 0;
  };
  // The jobs of folds [fold0, fold1). `late`: channels of the input from there on are made last: a
  // 1x1 convolution's first Matmuls end before them. `done()`: behind a job's Posts.
  using Done = std::function<void()>;
  void AddJobs(const RectPlan& plan, int fold0, int fold1, const Input& input, const Output& output,
               int late, int32_t row, ConstantPool* pool, Work* work, const Done& done = {});

  void Prepare(ConstantPool* pool);

 private:
  // Slices of a fold in one Matmul: within one run and one item of weights.
  struct Segment {
    int first, last, weight_item, weight_row, offset_item, offset_row, shift, base_inc;
    bool increment;
    int taps = 0;  // column mode: of a slice
    int wl = 1;    // rows of weights of a slice
  };

  struct Channels {
    int first, count;
  };
  // A job: a tile of the plan, folds [begin, end).
  struct Job {
    const RectPlan& plan;
    size_t tile;
    int begin, end;
    int32_t number, row;
  };
  void AddMatmuls(const Job& job, const Input& input, int late_slice, ConstantPool* pool,
                  Work* work);
  void AddTiles(const Job& job, const Input& input, ConstantPool* pool, Work* work);
  void AddRowConvs(const Job& job, const Input& input, int late, ConstantPool* pool, Work* work);
  void AddPosts(const Job& job, const Output& output, ConstantPool* pool, Work* work);
  Channels ParametersOf(const PostPiece& piece) const;
  void AddColumnSegments(size_t f, int pitch, ConstantPool* pool,
                         std::vector<Segment>* segments) const;
  const std::vector<std::vector<Segment>>& SegmentsOf(int pitch, ConstantPool* pool);
  std::vector<Segment> CutAt(const std::vector<Segment>& segments, int slice) const;

  HwConfig config_;
  Part part_;
  std::map<int, std::vector<std::vector<Segment>>> segments_;  // by pitch, per fold
  std::vector<ConstantPool::Weights> weights_;                 // per fold, or RowConv
  int parameters_key_ = -1;
};

}  // namespace systole
