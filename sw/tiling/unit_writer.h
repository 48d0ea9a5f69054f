// A unit as work: strip by strip, block by block, tile by tile.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/tiling/constant_pool.h"
#include "sw/tiling/memory_plan.h"
#include "sw/tiling/program_writer.h"
#include "sw/tiling/step_writer.h"
#include "sw/tiling/strips.h"
#include "sw/tiling/transfers.h"

namespace systole {

// A step with its constants, whose work can be written again and again, for other images.
class UnitWriter {
 public:
  // `images` at once of a batched step.
  UnitWriter(const Unit& unit, const Model& model, const HwConfig& config, bool pack, int images,
             const Zones& zones, PartCache* cache);

  // Images [image0, image1) of the run; `row`: of the report.
  void Write(const MemoryPlan& memory, int image0, int image1, int32_t row, ConstantPool* pool,
             StoreLog* log, Work* work);

  int64_t cycles() const;        // estimate for an image, or for those of a batched step
  std::string Describe() const;  // for the report

 private:
  struct PreparedPart {
    std::unique_ptr<StepWriter> writer;
    StripChoice strips;
    Part& part() { return writer->part(); }
    const Part& part() const { return writer->part(); }
  };
  struct Block {
    int fold0, fold1, channel0, channels;
  };

  std::vector<Block> Blocks(const PreparedPart& p, int64_t pixels) const;
  int AddInput(PreparedPart& p, const Rect& rect, const RectPlan& plan, const MemoryPlan& memory,
               int image0, int image1, const StoreLog& log, Work* work) const;
  void AddStores(const PreparedPart& p, const Rect& rect, const MemoryPlan& memory, int image0,
                 int image1, int channel0, int channels, int output, int32_t row, StoreLog* log,
                 Work* work) const;
  // Adds the step's other tensor to `made`; returns the item of the sums.
  int AddSumOf(const PreparedPart& p, const Rect& rect, const MemoryPlan& memory, int image,
               const Block& block, int made, int32_t row, const StoreLog& log, ConstantPool* pool,
               Work* work);
  void WriteRect(PreparedPart& p, const Rect& rect, const MemoryPlan& memory, int image0,
                 int image1, int32_t row, ConstantPool* pool, StoreLog* log, Work* work);
  void WriteAssembled(const Rect& rect, const MemoryPlan& memory, int image0, int image1,
                      int32_t row, ConstantPool* pool, StoreLog* log, Work* work);

  const Unit& unit_;
  const Model& model_;
  HwConfig config_;
  Zones zones_;
  std::vector<PreparedPart> parts_;
  StripChoice strips_;   // of all parts
  bool sliced_ = false;  // results may be stored by channels
  int sum_parameters_ = kNoItem;
};

}  // namespace systole
