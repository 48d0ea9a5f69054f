// Units one after the other whose tensors between them never leave the activation buffer: strip by
// strip of the last one's output, or the whole of it at once.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/tiling/step_writer.h"

namespace systole {

// A tensor (a block of its channels) as an item.
struct ChainTensor {
  int tensor = 0;  // of the model
  int channels = 0;
  int h = 1, w = 1;
  int left = 0, right = 0, pad_value = 0;  // padding for whoever reads it
  int pitch = 0;
  enum class Kind { kLoaded, kMade, kStored } kind = Kind::kMade;
  int first = -1, last = -1;  // nodes that use it
  int late = 0;               // the first channel of those that are made last
  // What a strip needs of it.
  int y0 = 0, y1 = 0, top = 0, bottom = 0;
  int size = 0;           // bytes, of the largest strip
  int place[2] = {0, 0};  // by turns
  int turns = 1;
  int same = -1;  // an earlier one whose item, padding included, this one takes over
};

// One pass over the array, or pooling on POST.
struct ChainNode {
  int unit = 0;
  StepWriter* writer = nullptr;  // none of pooling
  const Stage* pools = nullptr;  // what POST does: its kernel is the window
  const Stage& stage() const { return writer != nullptr ? writer->part().stage() : *pools; }
  int in = 0, out = 0, other = -1;  // chain tensors
  int channel = 0;                  // the step's first channel in `out`
  int tensor_channel = 0;           // and in the tensor that `out` holds (a block of)
  bool whole = false;               // it makes all of `out`
  Rect rect;                        // of a strip
};

struct Chain {
  int first = 0, last = 0;  // units [first, last)
  int rows = 1;             // of the last one's output, a strip
  std::vector<ChainTensor> tensors;
  std::vector<ChainNode> nodes;  // in their order
  int64_t cycles = 0;            // estimate
  int out_h = 1;
  bool batched = false;  // of fully connected layers: a line is an image of the batch
  int Strips() const { return (out_h + rows - 1) / rows; }

  // The node that pools what node n makes, and can do so line by line behind it; -1: none.
  int PoolingOf(size_t n) const;

  // Tells tensors which of their channels are made last.
  void SetLate();

  // Sets y0 to bottom of every tensor, and every node's rectangle, for lines [oy0, oy1) of the
  // result. false: a rectangle is padding alone.
  bool SetStrip(int oy0, int oy1);
};

}  // namespace systole
