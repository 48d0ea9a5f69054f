// A chain as work.
#pragma once

#include <vector>

#include "sw/model/model.h"
#include "sw/tiling/chain.h"
#include "sw/tiling/constant_pool.h"
#include "sw/tiling/memory_plan.h"
#include "sw/tiling/transfers.h"

namespace systole {

class ChainWriter {
 public:
  ChainWriter(const Model& model, const HwConfig& config, Chain chain)
      : model_(model), config_(config), chain_(std::move(chain)) {}

  const Chain& chain() const { return chain_; }

  // Images [image0, image1) of the run; `rows`: of the report, one for each unit.
  void Write(const MemoryPlan& memory, int image0, int image1, const std::vector<int32_t>& rows,
             ConstantPool* pool, StoreLog* log, Work* work);

  // For the report: how unit `unit` is done.
  std::string Describe(int unit) const;

 private:
  void WriteImage(const MemoryPlan& memory, int image, int end, const std::vector<int32_t>& rows,
                  ConstantPool* pool, StoreLog* log, Work* work);
  MemoryView ViewOf(const ChainTensor& t, const MemoryPlan& memory, int image) const;
  StoreLog::Area AreaOf(int image, int y0, int y1, int c0, int c1) const;
  void AddItems(const MemoryPlan& memory, int image, int strip, bool same, const StoreLog& log,
                Work* work);
  void AddLoads(const ChainTensor& t, const MemoryPlan& memory, int image, const StoreLog& log,
                Work* work) const;
  void WriteNodes(int image, const std::vector<int32_t>& rows, ConstantPool* pool, Work* work);
  void WriteArray(const ChainNode& k, int32_t row, ConstantPool* pool, Work* work,
                  const StepWriter::Done& done);
  void WritePools(const ChainNode& k, int y0, int y1, int32_t row, ConstantPool* pool, Work* work);
  void WritePooled(const ChainNode& k, const ChainNode& pools, int image, int32_t row,
                   int32_t pool_row, ConstantPool* pool, Work* work);
  void AddSight(const ChainNode& k, int image, uint32_t op, Work* work) const;
  void AddSum(const ChainNode& k, int y0, int y1, int channel0, int channels, int32_t row,
              ConstantPool* pool, Work* work);

  const Model& model_;
  HwConfig config_;
  Chain chain_;
  std::vector<int> items_;       // of the chain's tensors
  std::vector<int> parameters_;  // of the sums, by node
};

}  // namespace systole
