#include "sw/compiler/tile_pieces.h"

#include <cassert>

namespace systole {

void TilePieces::Clear(const std::vector<PlannedStage>& stages) {
  pieces_.clear();
  first_.clear();
  size_t ranges = 0;
  for (const PlannedStage& p : stages) {
    first_.push_back(ranges);
    ranges += p.tiles.size() * static_cast<size_t>(p.images_per_tile);
  }
  ranges_.assign(ranges, Range{});
}

TilePieces::Range TilePieces::Of(const Job& job, const PlannedStage& p, Constants* constants) {
  Range& range = ranges_[first_[job.stage] +
                         static_cast<size_t>(job.tile * p.images_per_tile + job.images - 1)];
  if (range.begin >= 0) return range;
  const Stage& stage = *p.stage;
  of_tile_.clear();
  const bool ok = planner_.Plan(stage, p.mapping, p.tiles[job.tile], &of_tile_, job.images);
  assert(ok);
  (void)ok;
  range.begin = static_cast<int>(pieces_.size());
  for (const PostPiece& piece : of_tile_) {
    const int row = constants->AddParameters(job.stage, stage, piece),
              end = piece.first_channel + piece.channels;
    const bool wraps = end > stage.cout;
    pieces_.push_back({piece, row, wraps ? 0 : piece.first_channel, wraps ? stage.cout : end});
  }
  range.end = static_cast<int>(pieces_.size());
  return range;
}

}  // namespace systole
