// A job's RowConvs (ENGINE = 1): those of a block of filters over a tile, one after the other; a
// set of weights that is more than one item, or more slices than an instruction counts, is cut.
#include <algorithm>

#include "sw/tiling/step_writer.h"

namespace systole {
namespace {

constexpr int kMaxSlices = 255;  // of a RowConv

}  // namespace

void StepWriter::AddRowConvs(const Job& job, const Input& input, int late, ConstantPool* pool,
                             Work* work) {
  const RowPlan& plan = job.plan.row;
  const Stage& s = job.plan.stage;
  const Tile& tile = job.plan.tiles[job.tile];
  const int offsets = pool->AddOffsets(RowOffsets(plan, input.pitch, config_));
  const int wl = static_cast<int>(plan.map.WeightRows()), each = plan.SliceChannels();
  const int line0 = tile.cy0 * s.stride_h;
  const int line1 =
      std::min((tile.cy0 + tile.ny - 1) * s.stride_h + s.kernel_h, s.pad.top + s.h + s.pad.bottom);
  for (int pack = 0; pack < plan.packs; ++pack) {
    if (!plan.Used(job.begin, pack)) continue;
    for (int fold = 0; fold < plan.Folds(); ++fold) {
      const ConstantPool::Weights& weights =
          weights_[static_cast<size_t>((job.begin * plan.packs + pack) * plan.Folds() + fold)];
      const int per_item = weights.slices_per_item;
      for (int first = 0; first < plan.slices;) {
        const int item = first / per_item;
        int last = std::min({plan.slices, (item + 1) * per_item, first + kMaxSlices});
        // What does not need the channels that are made last goes ahead of them.
        if (late / each > first && late / each < last) last = late / each;
        Op& op = work->ops.emplace_back();
        op.input = input.item;
        op.weight = weights.items[static_cast<size_t>(item)];
        op.offset = offsets;
        op.row0 = input.line + line0;
        op.row1 = input.line + line1;
        if (plan.map.depthwise) {
          op.channel0 = plan.Filter(job.begin, pack, 0);
          op.channel1 = op.channel0 + static_cast<int>(plan.map.m2);
        } else {
          op.channel0 = first * each;
          op.channel1 = last * each;
        }
        op.job = job.number;
        op.row = job.row;
        SetRowConv({plan, tile, job.begin, pack, fold, first, last, input.base, input.pitch,
                    weights.row + (first - item * per_item) * wl, 0},
                   &op.instruction);
        first = last;
      }
    }
  }
}

}  // namespace systole
