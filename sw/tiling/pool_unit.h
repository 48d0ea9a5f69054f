// A unit that POST alone does, from the activation buffer: average pooling whose windows lie inside
// the image, strip by strip and in blocks of channels.
#pragma once

#include <cstdint>

#include "sw/compiler/stage.h"
#include "sw/model/model.h"
#include "sw/tiling/constant_pool.h"
#include "sw/tiling/memory_plan.h"
#include "sw/tiling/program_writer.h"
#include "sw/tiling/step.h"
#include "sw/tiling/unit_writer.h"

namespace systole {

// Does POST do pooling layer i in fewer cycles than the array?
bool PoolsOnPost(const Model& model, size_t i, const Placing& placing, const HwConfig& config);

// Pixels in an item: the first `base` bytes into it.
struct PoolPlace {
  int item = kNoItem;
  int64_t base = 0, line = 0, pixel = 0;  // bytes from line to line, pixel to pixel
};

// A stage's averages (`by_count`) or maxima as one PostAct, of `channels` channels; `after`: POST
// made what it reads.
void AddPool(const Stage& s, const PoolPlace& in, const PoolPlace& out, int channels, bool after,
             const ConstantPool::Parameters& parameters, int32_t row, Work* work);

// The entry of model layer `layer`, for all channels.
ConstantPool::Parameters PoolParameters(size_t layer, const Stage& s, const HwConfig& config,
                                        ConstantPool* pool);

class PoolUnit {
 public:
  // Throws MisfitError (kActivation) where not even one line of windows fits into the zones.
  PoolUnit(const Unit& unit, const Model& model, const HwConfig& config, const Placing& placing,
           const Zones& zones);

  // Images [image0, image1) of the run; `row`: of the report.
  void Write(const MemoryPlan& memory, int image0, int image1, int32_t row, ConstantPool* pool,
             StoreLog* log, Work* work) const;

 private:
  // Output lines [oy0, oy1) and channels [c0, c1).
  struct Piece {
    int oy0, oy1, c0, c1;
  };

  int LinesOf(int outputs) const { return (outputs - 1) * stage_.stride_h + span_; }
  int AddInput(const Piece& piece, const MemoryPlan& memory, int image, const StoreLog& log,
               Work* work) const;
  void AddStores(const Piece& piece, const MemoryPlan& memory, int image, int output, int32_t row,
                 StoreLog* log, Work* work) const;

  const Unit& unit_;
  const HwConfig config_;
  const int input_;  // tensor
  const Stage stage_;
  const int span_;    // lines of a window
  int lines_ = 1;     // of output, of a piece
  int channels_ = 1;  // of a piece
};

}  // namespace systole
