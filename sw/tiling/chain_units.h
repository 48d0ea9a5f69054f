// The units that may belong to a chain, and the writers of their steps.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "sw/model/model.h"
#include "sw/tiling/chain.h"
#include "sw/tiling/step.h"

namespace systole {

class ChainUnits {
 public:
  ChainUnits(const Model& model, const std::vector<Unit>& units, const Placing& placing,
             const HwConfig& config, bool pack, int batch, PartCache* cache);

  struct Candidate {
    int input = 0, output = 0, other = -1;
    const Stage* stage = nullptr;  // with its weights
    bool pools = false;            // on POST
    bool fits = false;             // it may belong to a chain
    bool batched = false;          // with units like it alone
  };
  size_t size() const { return units_.size(); }
  const Candidate& candidate(size_t u) const { return candidates_[u]; }
  bool OnPost(size_t u) const { return units_[u].post; }
  bool MayJoin(size_t u) const { return candidates_[u].fits; }
  bool Blocked(size_t u) const;  // with the unit behind it, block by block of channels
  int BlockChannels() const { return block_; }
  // Those worth trying, and the one that is meant from now on.
  std::vector<int> BlockSizes() const;
  void SetBlock(int channels) { block_ = channels; }

  // The units that read a tensor; is it an output, or channels of another, or made of such?
  const std::vector<int>& readers(int tensor) const { return readers_[tensor]; }
  bool kept(int tensor) const { return kept_[tensor]; }
  int batch() const { return batch_; }

  // What a node does; c1 > 0: for channels [c0, c1) alone.
  void SetWork(size_t u, int c0, int c1, ChainNode* node);
  StepWriter* Writer(size_t u, int c0, int c1);

 private:
  bool MaxPools(const Stage& s) const;
  Candidate CandidateOf(const Unit& unit);

  const Model& model_;
  const std::vector<Unit>& units_;
  HwConfig config_;
  bool pack_;
  int batch_, block_;
  PartCache* cache_;
  std::vector<Candidate> candidates_;
  std::vector<std::vector<int>> readers_;
  std::vector<bool> kept_;
  std::map<std::tuple<size_t, int, int>, std::unique_ptr<StepWriter>> writers_;
  std::deque<Step> steps_;
  std::deque<Stage> stages_;  // pooling
};

}  // namespace systole
