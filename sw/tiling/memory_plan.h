// Where tensors lie in external memory: H x W x C, a line begins on a beat. Those between layers
// stay, or lie in one arena whose places are used again when nobody reads them any more.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sw/model/model.h"
#include "sw/program/program.h"
#include "sw/tiling/step.h"

namespace systole {

// A tensor, or channels of one, in memory.
struct MemoryView {
  uint64_t address = 0;  // of image 0, pixel (0, 0), the first channel
  uint64_t image_stride = 0, line_stride = 0, pixel_stride = 0;
};

// The tensors that are in memory at some time: what units read and write, and concatenations whose
// parts are made in their places; but for those that stay `on_chip`.
std::vector<int> MadeInMemory(const Model& model, const std::vector<Unit>& units,
                              const Placing& placing, const std::vector<bool>& on_chip);

class MemoryPlan {
 public:
  // All images of inputs and outputs. `keep`: and of every tensor between layers; else `batch` of
  // them, and tensors whose lifetimes do not meet share their place. `together`: the first and the
  // last of the units that are done strip by strip with unit u, so that all their tensors are in
  // use at once.
  MemoryPlan(const Model& model, const std::vector<Unit>& units, const Placing& placing,
             const HwConfig& config, const ProgramOptions& options, int batch, bool keep,
             const std::vector<bool>& on_chip, const std::vector<std::pair<int, int>>& together);

  // Of tensor t, for image `image` of the run.
  MemoryView View(int tensor, int image) const;
  int root(int tensor) const { return placing_.root[tensor]; }
  int channel(int tensor) const { return placing_.channel[tensor]; }
  // Is it there, with all images, when everything has run?
  bool Stays(int tensor) const { return whole_run_[root(tensor)]; }
  uint64_t stride(int tensor) const { return stride_[root(tensor)]; }
  uint64_t end() const { return end_; }  // first address past all tensors
  uint64_t arena_bytes() const { return arena_bytes_; }

 private:
  const Model& model_;
  Placing placing_;
  int batch_;
  std::vector<uint64_t> address_, line_, stride_;
  std::vector<bool> whole_run_;  // holds every image of the run, not of a batch
  uint64_t end_ = 0, arena_bytes_ = 0;
};

}  // namespace systole
