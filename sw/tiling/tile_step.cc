// A job's output-stationary Matmuls (sw/compiler/output_mapping.h): those of each fold, whose steps
// are cut where its weights are.
#include <algorithm>

#include "sw/compiler/output_mapping.h"
#include "sw/tiling/put.h"
#include "sw/tiling/step_writer.h"

namespace systole {

void StepWriter::AddTiles(const Job& job, const Input& input, ConstantPool* pool, Work* work) {
  const Stage& s = job.plan.stage;
  const Mapping& mapping = part_.mapping();
  const Tile& tile = job.plan.tiles[job.tile];
  const int step = mapping.lane_lines * input.pitch, cell = mapping.pw * s.stride_w * s.cin;
  const int offsets = pool->AddOffsets(LaneOffsets(tile.ny, step, config_));
  const int line0 = tile.cy0 * s.stride_h;
  const int line1 = std::min(
      (tile.cy0 + tile.ny * mapping.ph - 1) * s.stride_h + (s.kernel_h - 1) * s.dilation_h + 1,
      s.pad.top + s.h + s.pad.bottom);
  for (int f = job.begin; f < job.end; ++f) {
    const Fold& fold = mapping.folds[f];
    const ConstantPool::Weights& weights = weights_[f];
    for (const StepRun& run : StepRuns(s, fold, input.pitch, weights.slices_per_item)) {
      const int item = run.first / weights.slices_per_item;
      Op& op = work->ops.emplace_back();
      op.input = input.item;
      op.weight = weights.items[item];
      op.offset = offsets;
      op.row0 = input.line + line0;
      op.row1 = input.line + line1;
      if (s.kernel_h * s.kernel_w == 1 && mapping.ph * mapping.pw == 1) {
        op.channel0 = fold.c0 + run.first;
        op.channel1 = fold.c0 + run.last;
      }
      op.job = job.number;
      op.row = job.row;
      FieldWriter(Opcode::kMatmul, Label(s), &op.instruction)
          .Put(field::kMmFirst, run.first == 0)
          .Put(field::kMmDataflow, pipeline::kOutputStationary)
          .Put(field::kMmBase, input.base + line0 * int64_t{input.pitch} +
                                   int64_t{tile.cx0} * s.stride_w * s.cin +
                                   FoldShift(s, fold, input.pitch) + run.shift)
          .Put(field::kMmWcols, fold.columns)
          .Put(field::kMmStrideX, run.stride_x)
          .Put(field::kMmStrideY, run.stride_y)
          .Put(field::kMmStrideB, run.stride_b)
          .Put(field::kMmKlast, tile.ny)
          .Put(field::kMmNx, run.nx)
          .Put(field::kMmNy, run.ny)
          .Put(field::kMmNb, run.nb)
          .Put(field::kMmKslices, tile.nx)
          .Put(field::kMmAccBase, (f - job.begin) * tile.vectors)
          .Put(field::kMmBaseInc, tile.nx > 1 ? cell : 0)
          .Put(field::kMmWgtRow, weights.row + run.first - item * weights.slices_per_item);
    }
  }
}

}  // namespace systole
