#include "sw/compiler/job_needs.h"

#include <algorithm>

namespace systole {

void JobNeeds::Clear(const std::vector<PlannedStage>& stages) {
  first_.clear();
  size_t lists = 0;
  for (const PlannedStage& p : stages) {
    first_.push_back(lists);
    lists += static_cast<size_t>(p.needs.lists());
  }
  if (needs_.size() < lists) needs_.resize(lists);
  for (size_t i = 0; i < lists; ++i) needs_[i].image = -1;
}

void JobNeeds::CollectParts(const Job& job, const TensorSlots& slots) {
  written_.clear();
  for (int i = job.image; i < job.image + job.images; ++i) {
    const std::vector<Written>& parts = slots.Parts(job.stage, i);
    for (size_t k = 0; k < parts.size(); ++k) {
      if (k < written_.size() && parts[k].SameRanges(written_[k])) {
        written_[k].instruction = std::max(written_[k].instruction, parts[k].instruction);
      } else {
        written_.push_back(parts[k]);
      }
    }
  }
}

const Needs& JobNeeds::Of(const Job& job, const PlannedStage& p, int fold, const TensorSlots& slots,
                          const std::vector<Cycle>& retire, const LawConfig& law) {
  const int list = p.needs.ListOf(fold);
  Needs& needs = needs_[first_[job.stage] + static_cast<size_t>(list)];
  if (needs.image == job.image && needs.tile == job.tile) return needs;
  needs.image = job.image;
  needs.tile = job.tile;
  needs.producer.clear();
  needs.ready.clear();
  needs.last_producer = -1;
  needs.last_ready = 0;
  CollectParts(job, slots);
  const Tile& tile = p.tiles[job.tile];
  const int first_row = tile.cy0 * p.stage->stride_h;
  const int last_row = (tile.cy0 + (tile.ny - 1) * p.mapping.ph) * p.stage->stride_h;
  for (const SliceGroup* g = p.needs.begin(list); g != p.needs.end(list); ++g) {
    const Written need = {first_row + g->row0, last_row + g->row1, g->channel0, g->channel1, -1};
    int64_t producer = -1;
    for (const Written& w : written_) {
      if (w.instruction > producer && w.Overlaps(need)) producer = w.instruction;
    }
    const Cycle ready = producer < 0 ? 0 : TokenAvailable(retire[producer], law);
    needs.producer.push_back(producer);
    needs.ready.push_back(ready);
    needs.last_producer = std::max(needs.last_producer, producer);
    needs.last_ready = std::max(needs.last_ready, ready);
  }
  return needs;
}

}  // namespace systole
