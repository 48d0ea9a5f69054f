// A unit that POST alone does, from the activation buffer: the sum of two tensors, piece by piece.
#pragma once

#include <cstdint>

#include "sw/model/model.h"
#include "sw/tiling/constant_pool.h"
#include "sw/tiling/memory_plan.h"
#include "sw/tiling/program_writer.h"
#include "sw/tiling/step.h"
#include "sw/tiling/unit_writer.h"

namespace systole {

// PostActAdds of `bytes` bytes, LANES at a time: items x2 (which float32 adds first) and x1 to
// `output`; `after`: one of them is POST's own.
void AddSum(const Layer& layer, const HwConfig& config, int64_t bytes, int x2, int x1, int output,
            int parameters, bool after, int32_t row, Work* work);

// An operand or the result of an addition of lines: pixel 0 of line 0 lies `base` bytes into the
// item, lines are `line` bytes apart.
struct SumPlace {
  int item = kNoItem;
  int64_t base = 0, line = 0;
};

// The same for lines of pixels that are `pixel` bytes apart in all three; `made`: what it makes.
struct SumLines {
  SumPlace x2, x1, output;
  int lines = 1, pixels = 1, pixel = 1, channels = 1;
  ItemArea made;
};
void AddSumOfLines(const Layer& layer, const HwConfig& config, const SumLines& sum, int parameters,
                   int32_t row, Work* work);

class PostUnit {
 public:
  // Throws MisfitError (kActivation) where not even a beat of each tensor fits into the zones.
  PostUnit(const Unit& unit, const Model& model, const HwConfig& config, const Zones& zones);

  // Images [image0, image1) of the run; `row`: of the report.
  void Write(const MemoryPlan& memory, int image0, int image1, int32_t row, ConstantPool* pool,
             StoreLog* log, Work* work);

 private:
  // Bytes that lie behind one another in every tensor of the unit.
  struct Run {
    uint64_t offset;  // from the tensor's beginning
    int64_t bytes;
    int64_t line;  // bytes of a line
    int y0;        // its first line
  };

  void WriteRun(const Run& run, const MemoryPlan& memory, int image, int32_t row, StoreLog* log,
                Work* work);

  const Unit& unit_;
  const Model& model_;
  const Layer& layer_;
  HwConfig config_;
  int64_t piece_ = 0;  // bytes of a tensor on chip at once
  int parameters_ = kNoItem;
};

}  // namespace systole
