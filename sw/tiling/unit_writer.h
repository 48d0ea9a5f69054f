// A unit as work: strip by strip, block by block, tile by tile.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/tiling/constant_pool.h"
#include "sw/tiling/fold_runs.h"
#include "sw/tiling/memory_plan.h"
#include "sw/tiling/part.h"
#include "sw/tiling/program_writer.h"
#include "sw/tiling/strips.h"

namespace systole {

// The Stores that made a tensor, so that loads come after them.
class StoreLog {
 public:
  void Clear() { stores_.clear(); }
  // Rows and channels of the tensor's root.
  struct Area {
    int image0, image1, y0, y1, c0, c1;
  };
  void Add(int root, const Area& area, int64_t op) { stores_[root].push_back({area, op}); }
  // The last operation that stored a part of the area; -1: none.
  int64_t Last(int root, const Area& area) const;

 private:
  struct Entry {
    Area area;
    int64_t op;
  };
  std::map<int, std::vector<Entry>> stores_;
};

// A step with its constants, whose work can be written again and again, for other images.
class UnitWriter {
 public:
  // `images` at once of a batched step.
  UnitWriter(const Unit& unit, const Model& model, const HwConfig& config, bool pack, int images,
             const Zones& zones);

  // Images [image0, image1) of the run; `row`: of the report.
  void Write(const MemoryPlan& memory, int image0, int image1, int32_t row, ConstantPool* pool,
             StoreLog* log, Work* work);

  int64_t cycles() const;        // estimate for an image, or for those of a batched step
  std::string Describe() const;  // for the report

 private:
  // Slices of a fold in one Matmul: within one run and one item of weights.
  struct Segment {
    int first, last, weight_item, weight_row, offset_item, offset_row, shift, base_inc;
    bool increment;
    int taps = 0;  // column mode: of a slice
  };
  struct PreparedPart {
    std::unique_ptr<Part> part;
    StripChoice strips;
    std::map<int, std::vector<std::vector<Segment>>> segments;  // by pitch, per fold
    std::vector<ConstantPool::Weights> weights;                 // per fold
    int parameters_key = -1;
  };
  struct Block {
    int fold0, fold1, channel0, channels;
  };

  void Prepare(PreparedPart* p, ConstantPool* pool);
  void AddColumnSegments(const PreparedPart& p, size_t f, int pitch, ConstantPool* pool,
                         std::vector<Segment>* segments) const;
  const std::vector<std::vector<Segment>>& SegmentsOf(PreparedPart* p, int pitch,
                                                      ConstantPool* pool);
  std::vector<Block> Blocks(const PreparedPart& p, int64_t pixels) const;
  int AddInput(PreparedPart& p, const Rect& rect, const RectPlan& plan, const MemoryPlan& memory,
               int image0, int image1, const StoreLog& log, Work* work) const;
  void AddJobs(PreparedPart& p, const RectPlan& plan, const Block& block, int input, int output,
               int pixel_bytes, int first_byte, int32_t row, ConstantPool* pool, Work* work);
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
