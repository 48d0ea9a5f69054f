#include "sw/tiling/step_writer.h"

#include <algorithm>
#include <numeric>

#include "sw/compiler/input_mapping.h"
#include "sw/tiling/column_runs.h"
#include "sw/tiling/fold_runs.h"
#include "sw/tiling/put.h"

namespace systole {
StepWriter::StepWriter(const Step& step, const HwConfig& config, bool pack, int images,
                       bool whole_pixels, PartCache* cache)
    : config_(config), part_(step, config, pack, images, whole_pixels, cache) {}

void StepWriter::Prepare(ConstantPool* pool) {
  if (parameters_key_ >= 0) return;
  parameters_key_ = pool->NewKey();
  // The weights of a fold of several pixels lie by the stride of what is on chip.
  const bool smaller = part_.every_y() * part_.every_x() > 1;
  Stage strided;
  if (smaller) {
    strided = step().stage;
    strided.stride_h = part_.stage().stride_h;
    strided.stride_w = part_.stage().stride_w;
  }
  if (part_.row() != nullptr) {
    RowPlan row = *part_.row();
    row.stage = &step().stage;
    weights_ = pool->AddRowWeights(row);
    return;
  }
  weights_ = pool->AddWeights(smaller ? strided : step().stage, part_.mapping());
}

// A lane a channel: the offsets are 0, 1, 2, ... in every slice.
void StepWriter::AddColumnSegments(size_t f, int pitch, ConstantPool* pool,
                                   std::vector<Segment>* segments) const {
  const Mapping& mapping = part_.mapping();
  const Stage& stage = part_.stage();
  const Fold& fold = mapping.folds[f];
  std::vector<uint16_t> lanes(static_cast<size_t>(config_.rows));
  std::iota(lanes.begin(), lanes.end(), uint16_t{0});
  const int offsets = pool->AddOffsets(lanes), wl = LoadCycles(fold, config_);
  const ConstantPool::Weights& weights = weights_[f];
  for (const ColumnRun& run : ColumnRuns(stage, mapping, pitch, weights.slices_per_item)) {
    const int item = run.first / weights.slices_per_item;
    segments->push_back({run.first, run.last, weights.items[item],
                         weights.row + (run.first - item * weights.slices_per_item) * wl, offsets,
                         0, FoldShift(stage, fold, pitch) + run.shift, run.base_inc, false,
                         run.taps, wl});
  }
}

const std::vector<std::vector<StepWriter::Segment>>& StepWriter::SegmentsOf(int pitch,
                                                                            ConstantPool* pool) {
  const auto [it, fresh] = segments_.try_emplace(pitch);
  if (!fresh) return it->second;
  const Mapping& mapping = part_.mapping();
  std::vector<FoldRun> runs;
  std::vector<int> items;
  for (size_t f = 0; f < mapping.folds.size(); ++f) {
    const Fold& fold = mapping.folds[f];
    if (!mapping.tap_groups.empty()) {
      AddColumnSegments(f, pitch, pool, &it->second.emplace_back());
      continue;
    }
    if (f == 0 || !fold.SamePattern(mapping.folds[f - 1])) {
      runs = FoldRuns(part_.stage(), fold, pitch, config_.KtabRows() / 2);
      items.clear();
      for (const FoldRun& run : runs) items.push_back(pool->AddOffsets(run.offsets));
    }
    const int wl = LoadCycles(fold, config_), per_item = weights_[f].slices_per_item;
    std::vector<Segment>& segments = it->second.emplace_back();
    for (size_t r = 0; r < runs.size(); ++r) {
      const FoldRun& run = runs[r];
      for (int first = run.first; first < run.last;) {
        const int item = first / per_item;
        const int last = std::min(run.last, (item + 1) * per_item);
        const int into = first - run.first;
        segments.push_back({first, last, weights_[f].items[item],
                            weights_[f].row + (first - item * per_item) * wl, items[r],
                            run.increment ? into : 0,
                            FoldShift(part_.stage(), fold, pitch) + run.shift + into * run.base_inc,
                            run.base_inc, run.increment, 0, wl});
        first = last;
      }
    }
  }
  return it->second;
}

// A fold's Matmuls, of which one ends before slice `slice`.
std::vector<StepWriter::Segment> StepWriter::CutAt(const std::vector<Segment>& segments,
                                                   int slice) const {
  std::vector<Segment> cut;
  for (const Segment& g : segments) {
    cut.push_back(g);
    if (slice <= g.first || slice >= g.last) continue;
    const int n = slice - g.first;
    cut.back().last = slice;
    Segment& rest = cut.emplace_back(g);
    rest.first = slice;
    rest.weight_row += n * g.wl;
    rest.shift += n * g.base_inc;
    if (g.increment) rest.offset_row += n;
  }
  return cut;
}

// The channels whose parameters are loaded together with a piece's: as many as a quarter of the
// memory holds, where the piece's begin with a row.
StepWriter::Channels StepWriter::ParametersOf(const PostPiece& piece) const {
  const int cout = part_.stage().cout, group = config_.ParRows() / 4 * config_.lanes;
  const Channels own{piece.first_channel, piece.channels};
  if (group == 0 || piece.first_channel % config_.lanes != 0) return own;
  const int first = piece.first_channel / group * group, end = std::min(cout, first + group);
  if (piece.first_channel + piece.channels > end) return own;
  return {first, end - first};
}

void StepWriter::AddMatmuls(const Job& job, const Input& input, int late_slice, ConstantPool* pool,
                            Work* work) {
  const Stage& s = job.plan.stage;
  const Mapping& mapping = part_.mapping();
  const Tile& tile = job.plan.tiles[job.tile];
  const std::string who = Label(s);
  const bool single = s.kernel_h * s.kernel_w == 1 && s.groups == 1 && mapping.ph * mapping.pw == 1;
  const auto& segments = SegmentsOf(input.pitch, pool);
  const int line0 = tile.cy0 * s.stride_h;
  const int line1 =
      std::min((tile.cy0 + (tile.ny - 1) * mapping.ph) * s.stride_h +
                   (s.kernel_h - 1) * s.dilation_h + 1 + (mapping.ph - 1) * s.stride_h,
               s.pad.top + s.h + s.pad.bottom);
  for (int f = job.begin; f < job.end; ++f) {
    const Fold& fold = mapping.folds[f];
    for (const Segment& g : late_slice > 0 ? CutAt(segments[f], late_slice) : segments[f]) {
      Op& op = work->ops.emplace_back();
      op.input = input.item;
      op.weight = g.weight_item;
      op.offset = g.offset_item;
      op.row0 = input.line + line0;
      op.row1 = input.line + line1;
      if (single) {
        op.channel0 = g.first * config_.rows;
        op.channel1 = g.last * config_.rows;
      } else if (g.taps > 0) {
        op.channel0 = fold.c0;
        op.channel1 = fold.c0 + fold.columns;
      }
      op.job = job.number;
      op.row = job.row;
      FieldWriter(Opcode::kMatmul, who, &op.instruction)
          .Put(field::kMmFirst, g.first == 0)
          .Put(field::kMmKtabInc, g.increment)
          .Put(field::kMmBase, input.base + line0 * int64_t{input.pitch} +
                                   int64_t{tile.cx0} * s.stride_w * s.cin + g.shift)
          .Put(field::kMmWcols, fold.columns)
          .Put(field::kMmStrideX, tile.nx > 1 ? int64_t{mapping.pw} * s.stride_w * s.cin : 0)
          .Put(field::kMmStrideY, tile.ny > 1 ? int64_t{mapping.ph} * s.stride_h * input.pitch : 0)
          .Put(field::kMmKlast, fold.Valid(g.last - 1))
          .Put(field::kMmNx, tile.nx)
          .Put(field::kMmNy, tile.ny)
          .Put(field::kMmNb, 1)
          .Put(field::kMmKslices, g.last - g.first)
          .Put(field::kMmAccBase, (f - job.begin) * tile.vectors)
          .Put(field::kMmKtab, g.offset_row)
          .Put(field::kMmBaseInc, g.last - g.first > 1 ? g.base_inc : 0)
          .Put(field::kMmWgtRow, g.weight_row);
      if (g.taps > 0) {  // column mode: every pixel of a line is a vector
        const int line = mapping.LineVectors(tile.nx);
        op.instruction.Set(field::kMmDataflow, pipeline::kColumnMode);
        op.instruction.Set(field::kMmStrideX, static_cast<uint64_t>(line > 1 ? s.cin : 0));
        op.instruction.Set(field::kMmKlast, static_cast<uint64_t>(g.taps));
        op.instruction.Set(field::kMmNx, static_cast<uint64_t>(line));
      }
      if (mapping.InputStationary()) {
        const Op dense = op;
        work->ops.pop_back();
        for (const Instruction& i : InputMatmuls(dense.instruction, config_, tile.vectors)) {
          work->ops.push_back(dense);
          work->ops.back().instruction = i;
        }
      }
    }
  }
}

void StepWriter::AddPosts(const Job& job, const Output& output, ConstantPool* pool, Work* work) {
  const Stage& s = job.plan.stage;
  const Mapping& mapping = part_.mapping();
  const std::string who = Label(s);
  // Elsewhere products of the weights' zero point are in the sums.
  const bool summed = mapping.tap_groups.empty() && part_.row() == nullptr;
  for (const PostPiece& piece : job.plan.pieces[job.tile]) {
    if (!mapping.joint && piece.fold != job.begin) continue;
    Op& op = work->ops.emplace_back();
    const Channels of = ParametersOf(piece);
    const ConstantPool::Parameters parameters = pool->AddParameters(
        parameters_key_, step().stage, of.first, of.count, s.by_count ? piece.count : 0);
    op.parameter = parameters.item;
    op.output = output.item;
    op.made.line0 = output.line + piece.oy;
    op.made.line1 = output.line + piece.oy + (piece.ny - 1) * piece.step_y + 1;
    if (piece.first_channel + piece.channels <= s.cout) {
      op.made.channel0 = output.channel + piece.first_channel;
      op.made.channel1 = op.made.channel0 + piece.channels;
    }
    op.job = job.number;
    op.row = job.row;
    FieldWriter(Opcode::kPost, who, &op.instruction)
        .Put(field::kPoPair, piece.pair)
        .Put(field::kPoRounding, static_cast<int>(s.rounding))
        .PutModulo(field::kPoAccBase, piece.entry)
        .Put(field::kPoNx, piece.nx)
        .Put(field::kPoNy, piece.ny)
        .PutModulo(field::kPoEsX, piece.es_x)
        .PutModulo(field::kPoEsY, piece.es_y)
        .PutModulo(field::kPoEsTx, piece.es_tx)
        .PutModulo(field::kPoEsTy, piece.es_ty)
        .Put(field::kPoNtx, piece.ntx)
        .Put(field::kPoNty, piece.nty)
        .PutModulo(field::kPoCsTx, piece.cs_tx)
        .PutModulo(field::kPoCsTy, piece.cs_ty)
        .Put(field::kPoCol, piece.column)
        .PutModulo(field::kPoCsPair, piece.cs_pair)
        .Put(field::kPoNchan, piece.channels)
        .Put(field::kPoPar, parameters.row + (piece.first_channel - of.first) / config_.lanes)
        .Put(field::kPoOut, output.base + piece.oy * output.line_bytes +
                                int64_t{piece.ox} * output.pixel_bytes + piece.first_byte)
        .PutInt8(field::kPoZw, summed ? s.zw : 0)
        .Put(field::kPoSx, piece.nx > 1 ? int64_t{piece.step_x} * output.pixel_bytes : 0)
        .Put(field::kPoSy, piece.ny > 1 ? piece.step_y * output.line_bytes : 0)
        .PutInt8(field::kPoZy, s.zy)
        .PutInt8(field::kPoLo, s.lo)
        .PutInt8(field::kPoHi, s.hi);
  }
}

void StepWriter::AddJobs(const RectPlan& plan, int fold0, int fold1, const Input& input,
                         const Output& output, int late, int32_t row, ConstantPool* pool,
                         Work* work, const Done& done) {
  const Stage& s = plan.stage;
  const Mapping& mapping = part_.mapping();
  const bool single = s.kernel_h * s.kernel_w == 1 && s.groups == 1 && mapping.ph * mapping.pw == 1;
  const int late_slice = single && late > 0 ? late / config_.rows : 0;
  const int jobs = mapping.joint ? 1 : fold1 - fold0;
  for (int j = 0; j < jobs; ++j) {
    const int begin = mapping.joint ? 0 : fold0 + j, end = mapping.joint ? fold1 : begin + 1;
    for (size_t t = 0; t < plan.tiles.size(); ++t) {
      const int32_t number = work->ops.empty() ? 0 : work->ops.back().job + 1;
      const Job job{plan, t, begin, end, number, row};
      if (part_.row() != nullptr) {
        AddRowConvs(job, input, j == 0 ? late : 0, pool, work);
      } else if (mapping.OutputStationary()) {
        AddTiles(job, input, pool, work);
      } else {
        AddMatmuls(job, input, j == 0 ? late_slice : 0, pool, work);
      }
      AddPosts(job, output, pool, work);
      if (done) done();
    }
  }
}

}  // namespace systole
