#include "sw/tiling/unit_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sw/base/check.h"
#include "sw/model/graph.h"
#include "sw/tiling/column_runs.h"
#include "sw/tiling/post_unit.h"
#include "sw/tiling/put.h"

namespace systole {
namespace {

int next_parameters_key = 0;

bool Meet(int a0, int a1, int b0, int b1) { return a0 < b1 && b0 < a1; }

void PutLoad(Opcode opcode, const std::string& who, int64_t bytes, int64_t lines, int64_t buf,
             int64_t buf_stride, Instruction* i) {
  FieldWriter(opcode, who, i)
      .Put(field::kLsBytes, bytes)
      .Put(field::kLsLines, lines)
      .Put(field::kLsBuf, buf)
      .Put(field::kLsBufStride, lines > 1 ? buf_stride : 0);
}

}  // namespace

int64_t StoreLog::Last(int root, const Area& a) const {
  const auto it = stores_.find(root);
  if (it == stores_.end()) return -1;
  for (auto e = it->second.rbegin(); e != it->second.rend(); ++e) {
    const Area& b = e->area;
    if (Meet(a.image0, a.image1, b.image0, b.image1) && Meet(a.y0, a.y1, b.y0, b.y1) &&
        Meet(a.c0, a.c1, b.c0, b.c1))
      return e->op;
  }
  return -1;
}

UnitWriter::UnitWriter(const Unit& unit, const Model& model, const HwConfig& config, bool pack,
                       int images, const Zones& zones)
    : unit_(unit), model_(model), config_(config), zones_(zones) {
  const int beat = config.AxiBytes();
  for (const Step& step : unit.steps) {
    PreparedPart p;
    // Packed pixels lie side by side; those of an assembled result have other channels between.
    p.part = std::make_unique<Part>(step, config, pack && !unit.assembled, images);
    parts_.push_back(std::move(p));
  }
  const int pixel = model.tensors[unit.steps[0].output].c;
  OutputNeed need;
  need.column_step = beat / std::gcd(beat, pixel);
  need.sum = unit.steps[0].sum_layer >= 0;
  for (PreparedPart& p : parts_) {
    need.channels = pixel;
    if (!unit.assembled && !p.part->mapping().joint && pixel % beat == 0) {
      sliced_ = true;
      // The widest block that cannot be cut.
      need.channels = std::lcm(config.cols, beat);
      need.channels = std::min(need.channels, p.part->stage().cout);
    }
    if (!unit.assembled && unit.steps.size() == 1 && pixel != p.part->stage().cout)
      need.channels = std::min(need.channels, p.part->stage().cout);
    p.strips = ChooseStrips(*p.part, need, config, zones);
    if (strips_.cycles == 0) strips_ = p.strips;
    strips_.rows = std::min(strips_.rows, p.strips.rows);
    strips_.cols = std::min(strips_.cols, p.strips.cols);
    strips_.cycles = std::max(strips_.cycles, p.strips.cycles);
  }
}

int64_t UnitWriter::cycles() const { return strips_.cycles; }

std::string UnitWriter::Describe() const {
  const Stage& s = parts_[0].part->stage();
  const int n = (s.out_h + strips_.rows - 1) / strips_.rows,
            m = (s.out_w + strips_.cols - 1) / strips_.cols;
  return fmt::format("ws, {}, {} strip{} of {}x{}", parts_[0].part->mapping().Describe(), n * m,
                     n * m == 1 ? "" : "s", std::min(strips_.rows, s.out_h),
                     std::min(strips_.cols, s.out_w));
}

void UnitWriter::Prepare(PreparedPart* p, ConstantPool* pool) {
  if (p->parameters_key >= 0) return;
  p->parameters_key = next_parameters_key++;
  // The weights of a fold of several pixels lie by the stride of what is on chip.
  const Part& part = *p->part;
  const bool smaller = part.every_y() * part.every_x() > 1;
  Stage strided;
  if (smaller) {
    strided = part.step().stage;
    strided.stride_h = part.stage().stride_h;
    strided.stride_w = part.stage().stride_w;
  }
  const Stage& stage = smaller ? strided : part.step().stage;
  for (const Fold& fold : part.mapping().folds)
    p->weights.push_back(pool->AddWeights(stage, part.mapping(), fold));
}

// A lane a channel: the offsets are 0, 1, 2, ... in every slice.
void UnitWriter::AddColumnSegments(const PreparedPart& p, size_t f, int pitch, ConstantPool* pool,
                                   std::vector<Segment>* segments) const {
  const Mapping& mapping = p.part->mapping();
  const Stage& stage = p.part->stage();
  const Fold& fold = mapping.folds[f];
  std::vector<uint16_t> lanes(static_cast<size_t>(config_.rows));
  std::iota(lanes.begin(), lanes.end(), uint16_t{0});
  const int offsets = pool->AddOffsets(lanes), wl = LoadCycles(fold, config_);
  const ConstantPool::Weights& weights = p.weights[f];
  for (const ColumnRun& run : ColumnRuns(stage, mapping, pitch, weights.slices_per_item)) {
    const int item = run.first / weights.slices_per_item;
    segments->push_back({run.first, run.last, weights.items[item],
                         (run.first - item * weights.slices_per_item) * wl, offsets, 0,
                         FoldShift(stage, fold, pitch) + run.shift, run.base_inc, false, run.taps});
  }
}

const std::vector<std::vector<UnitWriter::Segment>>& UnitWriter::SegmentsOf(PreparedPart* p,
                                                                            int pitch,
                                                                            ConstantPool* pool) {
  const auto [it, fresh] = p->segments.try_emplace(pitch);
  if (!fresh) return it->second;
  const Part& part = *p->part;
  const Mapping& mapping = part.mapping();
  std::vector<FoldRun> runs;
  std::vector<int> items;
  for (size_t f = 0; f < mapping.folds.size(); ++f) {
    const Fold& fold = mapping.folds[f];
    if (!mapping.tap_groups.empty()) {
      AddColumnSegments(*p, f, pitch, pool, &it->second.emplace_back());
      continue;
    }
    if (f == 0 || !fold.SamePattern(mapping.folds[f - 1])) {
      runs = FoldRuns(part.stage(), fold, pitch, config_.KtabRows() / 2);
      items.clear();
      for (const FoldRun& run : runs) items.push_back(pool->AddOffsets(run.offsets));
    }
    const int wl = LoadCycles(fold, config_), per_item = p->weights[f].slices_per_item;
    std::vector<Segment>& segments = it->second.emplace_back();
    for (size_t r = 0; r < runs.size(); ++r) {
      const FoldRun& run = runs[r];
      for (int first = run.first; first < run.last;) {
        const int item = first / per_item;
        const int last = std::min(run.last, (item + 1) * per_item);
        const int into = first - run.first;
        segments.push_back({first, last, p->weights[f].items[item], (first - item * per_item) * wl,
                            items[r], run.increment ? into : 0,
                            FoldShift(part.stage(), fold, pitch) + run.shift + into * run.base_inc,
                            run.base_inc, run.increment});
        first = last;
      }
    }
  }
  return it->second;
}

// Consecutive folds whose results are stored together: as many as fit twice into the results' zone.
std::vector<UnitWriter::Block> UnitWriter::Blocks(const PreparedPart& p, int64_t pixels) const {
  const Mapping& mapping = p.part->mapping();
  const int folds = static_cast<int>(mapping.folds.size()), cout = p.part->stage().cout;
  if (mapping.joint || !sliced_) return {{0, folds, 0, cout}};
  std::vector<Block> blocks;
  const bool sum = p.part->step().sum_layer >= 0;
  const int bytes = sum ? std::min(zones_.output / 4, zones_.residual / 2) : zones_.output / 2;
  const int64_t room = bytes / std::max<int64_t>(pixels, 1);
  const int most = static_cast<int>(std::clamp<int64_t>(room, 1, 64));
  for (int f = 0; f < folds;) {
    const int c0 = mapping.folds[f].first_column;
    int end = f + 1, good = 0;
    for (; end <= folds; ++end) {
      const int c1 = end < folds ? mapping.folds[end].first_column : cout;
      if (good > 0 && c1 - c0 > most) break;
      if (end == folds || c1 % config_.AxiBytes() == 0) good = end;
    }
    const int c1 = good < folds ? mapping.folds[good].first_column : cout;
    blocks.push_back({f, good, c0, c1 - c0});
    f = good;
  }
  return blocks;
}

int UnitWriter::AddInput(PreparedPart& p, const Rect& rect, const RectPlan& plan,
                         const MemoryPlan& memory, int image0, int image1, const StoreLog& log,
                         Work* work) const {
  const Stage& s = plan.stage;
  const Step& step = p.part->step();
  const Storage& in = plan.in;
  const std::string who = Label(s);
  const int item = work->AddItem(Ring::kInput, plan.Bytes());
  const int c = s.cin, root = memory.root(step.input);
  const int channel = memory.channel(step.input) + step.input_channel;
  const int lines = s.pad.top + s.h + s.pad.bottom;
  auto fill = [&](int64_t bytes, int64_t n, int64_t at, int64_t stride, int row0, int row1) {
    if (bytes <= 0 || n <= 0) return;
    LoadPiece& piece = work->AddPiece();
    PutLoad(Opcode::kFill, who, bytes, n, plan.lead + at, stride, &piece.instruction);
    piece.instruction.Set(field::kLsFill, static_cast<uint8_t>(s.pad_value));
    piece.row0 = row0;
    piece.row1 = row1;
  };
  if (s.h == 0 || s.w == 0) {
    fill(int64_t{lines} * in.pitch, 1, 0, 0, 0, lines);
    return item;
  }
  fill(int64_t{s.pad.top} * in.pitch, 1, 0, 0, 0, s.pad.top);
  fill(int64_t{s.pad.bottom} * in.pitch, 1, int64_t{s.pad.top + s.h} * in.pitch, 0, s.pad.top + s.h,
       lines);
  const int64_t inner = int64_t{s.pad.top} * in.pitch;
  fill(int64_t{s.pad.left} * c, s.h, inner, in.pitch, s.pad.top, s.pad.top + s.h);
  fill(int64_t{s.pad.right} * c, s.h, inner + int64_t{s.pad.left + s.w} * c, in.pitch, s.pad.top,
       s.pad.top + s.h);

  MemoryView view = memory.View(step.input, image0);
  view.address += static_cast<uint64_t>(step.input_channel);
  if (step.batched) {  // a line an image
    view.line_stride = view.image_stride;
    view.pixel_stride = static_cast<uint64_t>(c);
  }
  const int ey = p.part->every_y(), ex = p.part->every_x();
  const uint64_t pixel = view.pixel_stride * ex, line = view.line_stride * ey;
  const int64_t buf = plan.lead + inner + int64_t{s.pad.left} * c;
  auto after = [&](int y0, int y1) {
    if (step.batched)
      return log.Last(root, {image0 + y0, image0 + y1, 0, 1 << 30, channel, channel + (1 << 28)});
    return log.Last(root, {image0, image1, y0 * ey, (y1 - 1) * ey + 1, channel, channel + c});
  };
  if (pixel == static_cast<uint64_t>(c)) {
    const uint64_t first = view.address + rect.iy0 * line + uint64_t(rect.ix0) * c;
    const int early = static_cast<int>(first % config_.AxiBytes());
    LoadPiece& piece = work->AddPiece();
    PutLoad(Opcode::kLoadAct, who, early + int64_t{s.w} * c, s.h, buf - early, in.pitch,
            &piece.instruction);
    FieldWriter fields(Opcode::kLoadAct, who, &piece.instruction);
    PutLoad(Opcode::kLoadAct, who, early + int64_t{s.w} * c, s.h, buf - early, in.pitch,
            &piece.instruction);
    piece.instruction.Set(field::kLsAddr, first - early);
    piece.instruction.Set(field::kLsMemStride, s.h > 1 ? line : 0);
    piece.after = after(rect.iy0, rect.iy1);
    piece.row0 = s.pad.top;
    piece.row1 = s.pad.top + s.h;
    return item;
  }
  // Pixels that lie apart are lines of their own.
  for (int y = 0; y < s.h; ++y) {
    LoadPiece& piece = work->AddPiece();
    PutLoad(Opcode::kLoadAct, who, c, s.w, buf + int64_t{y} * in.pitch, c, &piece.instruction);
    piece.instruction.Set(field::kLsAddr,
                          view.address + (rect.iy0 + y) * line + uint64_t(rect.ix0) * pixel);
    piece.instruction.Set(field::kLsMemStride, s.w > 1 ? pixel : 0);
    piece.after = after(rect.iy0 + y, rect.iy0 + y + 1);
    piece.row0 = s.pad.top + y;
    piece.row1 = s.pad.top + y + 1;
  }
  return item;
}

void UnitWriter::AddJobs(PreparedPart& p, const RectPlan& plan, const Block& block, int input,
                         int output, int pixel_bytes, int first_byte, int32_t row,
                         ConstantPool* pool, Work* work) {
  const Part& part = *p.part;
  const Stage& s = plan.stage;
  const Mapping& mapping = part.mapping();
  const std::string who = Label(s);
  const auto& segments = SegmentsOf(&p, plan.in.pitch, pool);
  const int line_bytes = s.out_w * pixel_bytes;
  const int jobs = mapping.joint ? 1 : block.fold1 - block.fold0;
  for (int j = 0; j < jobs; ++j) {
    const int fold0 = mapping.joint ? 0 : block.fold0 + j,
              fold1 = mapping.joint ? block.fold1 : fold0 + 1;
    for (size_t t = 0; t < plan.tiles.size(); ++t) {
      const Tile& tile = plan.tiles[t];
      const int32_t job = work->ops.empty() ? 0 : work->ops.back().job + 1;
      const int line0 = tile.cy0 * s.stride_h;
      const int line1 =
          std::min((tile.cy0 + (tile.ny - 1) * mapping.ph) * s.stride_h +
                       (s.kernel_h - 1) * s.dilation_h + 1 + (mapping.ph - 1) * s.stride_h,
                   s.pad.top + s.h + s.pad.bottom);
      for (int f = fold0; f < fold1; ++f) {
        const Fold& fold = mapping.folds[f];
        for (const Segment& g : segments[f]) {
          Op& op = work->ops.emplace_back();
          op.input = input;
          op.weight = g.weight_item;
          op.offset = g.offset_item;
          op.row0 = line0;
          op.row1 = line1;
          op.job = job;
          op.row = row;
          FieldWriter(Opcode::kMatmul, who, &op.instruction)
              .Put(field::kMmFirst, g.first == 0)
              .Put(field::kMmKtabInc, g.increment)
              .Put(field::kMmBase, int64_t{plan.lead} + line0 * int64_t{plan.in.pitch} +
                                       int64_t{tile.cx0} * s.stride_w * s.cin + g.shift)
              .Put(field::kMmWcols, fold.columns)
              .Put(field::kMmStrideX, tile.nx > 1 ? int64_t{mapping.pw} * s.stride_w * s.cin : 0)
              .Put(field::kMmStrideY,
                   tile.ny > 1 ? int64_t{mapping.ph} * s.stride_h * plan.in.pitch : 0)
              .Put(field::kMmKlast, fold.Valid(g.last - 1))
              .Put(field::kMmNx, tile.nx)
              .Put(field::kMmNy, tile.ny)
              .Put(field::kMmNb, 1)
              .Put(field::kMmKslices, g.last - g.first)
              .Put(field::kMmAccBase, (f - fold0) * tile.vectors)
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
        }
      }
      for (const PostPiece& piece : plan.pieces[t]) {
        if (!mapping.joint && piece.fold != fold0) continue;
        Op& op = work->ops.emplace_back();
        op.parameter = pool->AddParameters(p.parameters_key, part.step().stage, piece.first_channel,
                                           piece.channels, s.by_count ? piece.count : 0);
        op.output = output;
        op.job = job;
        op.row = row;
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
            .Put(field::kPoOut, int64_t{piece.oy} * line_bytes + int64_t{piece.ox} * pixel_bytes +
                                    piece.first_byte - block.channel0 + first_byte)
            .PutInt8(field::kPoZw, mapping.tap_groups.empty() ? s.zw : 0)
            .Put(field::kPoSx, piece.nx > 1 ? int64_t{piece.step_x} * pixel_bytes : 0)
            .Put(field::kPoSy, piece.ny > 1 ? int64_t{piece.step_y} * line_bytes : 0)
            .PutInt8(field::kPoZy, s.zy)
            .PutInt8(field::kPoLo, s.lo)
            .PutInt8(field::kPoHi, s.hi);
      }
    }
  }
}

void UnitWriter::AddStores(const PreparedPart& p, const Rect& rect, const MemoryPlan& memory,
                           int image0, int image1, int channel0, int channels, int output,
                           int32_t row, StoreLog* log, Work* work) const {
  const Step& step = p.part->step();
  const std::string who = Label(rect.stage);
  const int rows = rect.oy1 - rect.oy0, cols = rect.ox1 - rect.ox0;
  MemoryView view = memory.View(step.output, image0);
  if (step.batched) view.line_stride = view.image_stride;
  const uint64_t first =
      view.address + rect.oy0 * view.line_stride + rect.ox0 * view.pixel_stride + channel0;
  auto store = [&](uint64_t address, int64_t bytes, int64_t lines, uint64_t stride, int64_t buf,
                   int64_t buf_stride) {
    Op& op = work->ops.emplace_back();
    op.output = output;
    op.row = row;
    op.job = work->ops.size() > 1 ? work->ops[work->ops.size() - 2].job : 0;
    PutLoad(Opcode::kStore, who, bytes, lines, buf, buf_stride, &op.instruction);
    Check(address % config_.AxiBytes() == 0 && (lines == 1 || stride % config_.AxiBytes() == 0),
          "a result does not begin on a beat");
    op.instruction.Set(field::kLsAddr, address);
    op.instruction.Set(field::kLsMemStride, lines > 1 ? stride : 0);
    work->last_of_item[output] = static_cast<uint32_t>(work->ops.size()) - 1;
  };
  const bool whole = view.pixel_stride == static_cast<uint64_t>(channels);
  if (whole) {
    store(first, int64_t{cols} * channels, rows, view.line_stride, 0, int64_t{cols} * channels);
  } else if (cols == 1) {
    store(first, channels, rows, view.line_stride, 0, channels);
  } else if (view.line_stride == view.pixel_stride * cols) {
    store(first, channels, int64_t{rows} * cols, view.pixel_stride, 0, channels);
  } else {
    for (int y = 0; y < rows; ++y) {
      store(first + y * view.line_stride, channels, cols, view.pixel_stride,
            int64_t{y} * cols * channels, channels);
    }
  }
  const int c0 = memory.channel(step.output) + channel0;
  const int64_t op = static_cast<int64_t>(work->ops.size()) - 1;
  if (step.batched) {
    log->Add(memory.root(step.output),
             {image0 + rect.oy0, image0 + rect.oy1, 0, 1, c0, c0 + channels}, op);
  } else {
    log->Add(memory.root(step.output), {image0, image1, rect.oy0, rect.oy1, c0, c0 + channels}, op);
  }
}

int UnitWriter::AddSumOf(const PreparedPart& p, const Rect& rect, const MemoryPlan& memory,
                         int image, const Block& block, int made, int32_t row, const StoreLog& log,
                         ConstantPool* pool, Work* work) {
  const Step& step = p.part->step();
  const Layer& layer = model_.layers[step.sum_layer];
  const int rows = rect.oy1 - rect.oy0, cols = rect.ox1 - rect.ox0, n = block.channels;
  const int bytes = rows * cols * n;
  const MemoryView view = memory.View(step.other, image);
  const int other = work->AddItem(Ring::kResidual, bytes);
  auto load = [&](int y, int64_t line, int64_t lines, uint64_t stride) {
    LoadPiece& piece = work->AddPiece();
    PutLoad(Opcode::kLoadAct, Label(layer), line, lines, int64_t{y} * cols * n, line,
            &piece.instruction);
    piece.instruction.Set(field::kLsAddr, view.address + (rect.oy0 + y) * view.line_stride +
                                              rect.ox0 * view.pixel_stride + block.channel0);
    piece.instruction.Set(field::kLsMemStride, lines > 1 ? stride : 0);
    piece.after = log.Last(memory.root(step.other), {image, image + 1, rect.oy0, rect.oy1,
                                                     block.channel0, block.channel0 + n});
  };
  if (view.pixel_stride == static_cast<uint64_t>(n)) {
    load(0, int64_t{cols} * n, rows, view.line_stride);
  } else if (cols == 1) {
    load(0, n, rows, view.line_stride);
  } else if (view.line_stride == view.pixel_stride * cols) {
    load(0, n, int64_t{rows} * cols, view.pixel_stride);
  } else {
    for (int y = 0; y < rows; ++y) load(y, n, cols, view.pixel_stride);
  }
  if (sum_parameters_ == kNoItem) sum_parameters_ = pool->AddSum(layer.add, layer.rounding);
  const int result = work->AddItem(Ring::kOutput, bytes);
  const bool second = layer.inputs[1] != step.other;
  AddSum(layer, config_, bytes, second ? made : other, second ? other : made, result,
         sum_parameters_, true, row, work);
  work->last_of_item[made] = static_cast<uint32_t>(work->ops.size()) - 1;
  return result;
}

void UnitWriter::WriteRect(PreparedPart& p, const Rect& rect, const MemoryPlan& memory, int image0,
                           int image1, int32_t row, ConstantPool* pool, StoreLog* log, Work* work) {
  const RectPlan* plan = p.part->Plan(rect);
  Check(plan != nullptr, "a strip's tiles do not fit into the accumulators");
  const int input = AddInput(p, rect, *plan, memory, image0, image1, *log, work);
  const int64_t pixels = int64_t{rect.oy1 - rect.oy0} * (rect.ox1 - rect.ox0);
  for (const Block& block : Blocks(p, pixels)) {
    const int output = work->AddItem(Ring::kOutput, static_cast<int>(pixels * block.channels));
    AddJobs(p, *plan, block, input, output, block.channels, 0, row, pool, work);
    const int sum = p.part->step().sum_layer < 0
                        ? output
                        : AddSumOf(p, rect, memory, image0, block, output, row, *log, pool, work);
    AddStores(p, rect, memory, image0, image1, p.part->step().channel + block.channel0,
              block.channels, sum, row, log, work);
  }
}

void UnitWriter::WriteAssembled(const Rect& rect, const MemoryPlan& memory, int image0, int image1,
                                int32_t row, ConstantPool* pool, StoreLog* log, Work* work) {
  const int pixel = model_.tensors[unit_.steps[0].output].c;
  const int64_t pixels = int64_t{rect.oy1 - rect.oy0} * (rect.ox1 - rect.ox0);
  const int output = work->AddItem(Ring::kOutput, static_cast<int>(pixels * pixel));
  for (PreparedPart& p : parts_) {
    const Rect own = CutRect(p.part->stage(), rect.oy0, rect.oy1, rect.ox0, rect.ox1);
    const RectPlan* plan = p.part->Plan(own);
    Check(plan != nullptr, "a strip's tiles do not fit into the accumulators");
    const int input = AddInput(p, own, *plan, memory, image0, image1, *log, work);
    const Block all{0, static_cast<int>(p.part->mapping().folds.size()), 0, p.part->stage().cout};
    AddJobs(p, *plan, all, input, output, pixel, p.part->step().channel, row, pool, work);
  }
  AddStores(parts_[0], rect, memory, image0, image1, 0, pixel, output, row, log, work);
}

void UnitWriter::Write(const MemoryPlan& memory, int image0, int image1, int32_t row,
                       ConstantPool* pool, StoreLog* log, Work* work) {
  for (PreparedPart& p : parts_) Prepare(&p, pool);
  const Stage& s = parts_[0].part->stage();
  const bool batched = unit_.steps[0].batched;
  for (int image = image0; image < image1; image += batched ? image1 - image0 : 1) {
    const int last = batched ? image1 : image + 1;
    for (int oy = 0; oy < s.out_h; oy += strips_.rows) {
      for (int ox = 0; ox < s.out_w; ox += strips_.cols) {
        const Rect rect = CutRect(s, oy, std::min(s.out_h, oy + strips_.rows), ox,
                                  std::min(s.out_w, ox + strips_.cols));
        if (unit_.assembled) {
          WriteAssembled(rect, memory, image, last, row, pool, log, work);
        } else {
          WriteRect(parts_[0], rect, memory, image, last, row, pool, log, work);
        }
      }
    }
  }
}

}  // namespace systole
