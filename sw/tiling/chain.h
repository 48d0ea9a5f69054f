// Units one after the other whose tensors between them never leave the activation buffer: strip by
// strip of the last one's output, or the whole of it at once.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "sw/model/model.h"
#include "sw/tiling/step.h"
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
};

// Chains of a model's units.
class ChainPlanner {
 public:
  ChainPlanner(const Model& model, const std::vector<Unit>& units, const Placing& placing,
               const HwConfig& config, bool pack, int batch, PartCache* cache);

  // Chains that take fewer cycles, by estimate, than their units apart, in order.
  std::vector<Chain> Choose();

  // Sets y0 to bottom of every tensor, and every node's rectangle, for lines [oy0, oy1) of the
  // result. false: a rectangle is padding alone.
  static bool SetStrip(int oy0, int oy1, Chain* chain);

 private:
  // A unit that may belong to a chain.
  struct Candidate {
    int input = 0, output = 0, other = -1;
    const Stage* stage = nullptr;  // with its weights
    bool pools = false;            // on POST
    bool fits = false;             // it may
    bool batched = false;          // with units like it alone
  };

  bool MaxPools(const Stage& s) const;
  Candidate CandidateOf(const Unit& unit);
  bool MayJoin(size_t u) const { return candidates_[u].fits; }
  bool Blocked(size_t u) const;  // with the unit behind it, block by block of channels
  int BlockChannels() const;
  void SetWork(size_t u, int c0, int c1, ChainNode* node);
  StepWriter* Writer(size_t u, int c0, int c1);
  std::optional<Chain> Build(size_t first, size_t last);
  bool SetLayout(Chain* chain) const;
  static void ShareItems(Chain* chain);
  bool Fit(Chain* chain) const;
  int64_t Estimate(Chain* chain);
  int64_t Apart(size_t u);

  const Model& model_;
  const std::vector<Unit>& units_;
  HwConfig config_;
  bool pack_;
  int batch_;
  PartCache* cache_;
  std::vector<Candidate> candidates_;      // units
  std::vector<std::vector<int>> readers_;  // units, of a tensor
  std::vector<bool> kept_;                 // tensors that are outputs, or channels of others
  std::map<std::tuple<size_t, int, int>, std::unique_ptr<StepWriter>> writers_;
  std::deque<Step> steps_;
  std::deque<Stage> stages_;  // pooling
};

}  // namespace systole
