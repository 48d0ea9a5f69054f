// The golden reference fast enough for whole data sets: prepared once from a model, then equal to
// RunReference() in every byte. Inside, tensors are H x W x C in 16 bits and products are summed in
// pairs; no other description shares this layout.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sw/model/model.h"

namespace systole {

// Holds working memory: one object per thread (copies are cheap: the prepared weights are shared).
class FastGolden {
 public:
  // Checks the model and its multipliers: throws InputError as CheckModel() and ProveRanges() do.
  explicit FastGolden(const Model& model);
  FastGolden(const FastGolden& other);
  FastGolden& operator=(const FastGolden& other);
  ~FastGolden();

  // As RunReference(): image is C x H x W, result[i] is tensors[i + 1] in C x H x W.
  std::vector<std::vector<int8_t>> Run(const int8_t* image);

  // The outputs of the network alone (sw/model/graph.h, Outputs()), one after the other:
  // OutputSize() elements, each output C x H x W.
  void RunOutputs(const int8_t* image, int8_t* outputs);
  int64_t OutputSize() const;

 private:
  struct Plan;
  struct Workspace;
  std::shared_ptr<const Plan> plan_;
  std::unique_ptr<Workspace> work_;
};

}  // namespace systole
