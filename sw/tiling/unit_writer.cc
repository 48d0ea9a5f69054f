#include "sw/tiling/unit_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sw/base/check.h"
#include "sw/model/graph.h"
#include "sw/tiling/post_unit.h"
#include "sw/tiling/transfers.h"

namespace systole {
UnitWriter::UnitWriter(const Unit& unit, const Model& model, const HwConfig& config, bool pack,
                       int images, const Zones& zones, PartCache* cache)
    : unit_(unit), model_(model), config_(config), zones_(zones) {
  const int beat = config.AxiBytes();
  for (const Step& step : unit.steps) {
    PreparedPart p;
    // Packed pixels lie side by side; those of an assembled result have other channels between.
    p.writer =
        std::make_unique<StepWriter>(step, config, pack && !unit.assembled, images, false, cache);
    parts_.push_back(std::move(p));
  }
  const int pixel = model.tensors[unit.steps[0].output].c;
  OutputNeed need;
  need.column_step = beat / std::gcd(beat, pixel);
  need.sum = unit.steps[0].sum_layer >= 0;
  for (PreparedPart& p : parts_) {
    need.channels = pixel;
    need.blocks = false;
    if (!unit.assembled && !p.part().mapping().joint && pixel % beat == 0) {
      sliced_ = true;
      need.blocks = true;
      need.channels = p.part().stage().cout;
    }
    if (!unit.assembled && unit.steps.size() == 1 && pixel != p.part().stage().cout)
      need.channels = std::min(need.channels, p.part().stage().cout);
    p.strips = ChooseStrips(p.part(), need, config, zones);
    if (strips_.cycles == 0) strips_ = p.strips;
    strips_.rows = std::min(strips_.rows, p.strips.rows);
    strips_.cols = std::min(strips_.cols, p.strips.cols);
    strips_.cycles = std::max(strips_.cycles, p.strips.cycles);
  }
  if (parts_.size() < 2) return;
  for (PreparedPart& p : parts_) {
    const Stage& s = p.part().stage();
    p.part().Focus(
        CutRect(s, 0, std::min(s.out_h, strips_.rows), 0, std::min(s.out_w, strips_.cols)));
  }
}

int64_t UnitWriter::cycles() const { return strips_.cycles; }

std::string UnitWriter::Describe() const {
  const Stage& s = parts_[0].part().stage();
  const int n = (s.out_h + strips_.rows - 1) / strips_.rows,
            m = (s.out_w + strips_.cols - 1) / strips_.cols;
  return fmt::format("{}, {} strip{} of {}x{}", parts_[0].part().Describe(), n * m,
                     n * m == 1 ? "" : "s", std::min(strips_.rows, s.out_h),
                     std::min(strips_.cols, s.out_w));
}

// Consecutive folds whose results are stored together: as many as fit twice into the results' zone.
std::vector<UnitWriter::Block> UnitWriter::Blocks(const PreparedPart& p, int64_t pixels) const {
  const Mapping& mapping = p.part().mapping();
  const int folds = static_cast<int>(mapping.folds.size()), cout = p.part().stage().cout;
  if (mapping.joint || !sliced_) return {{0, folds, 0, cout}};
  std::vector<Block> blocks;
  const bool sum = p.part().step().sum_layer >= 0;
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
  const Step& step = p.part().step();
  const Storage& in = plan.in;
  const std::string who = Label(s);
  const int item = work->AddItem(Ring::kInput, plan.Bytes());
  const int c = s.cin, root = memory.root(step.input);
  const int channel = memory.channel(step.input) + step.input_channel;
  AddFills(who, s.pad, s.pad_value, s.h, s.w, c, in.pitch, plan.lead, work);
  if (s.h == 0 || s.w == 0) return item;
  const int64_t inner = int64_t{s.pad.top} * in.pitch;
  MemoryView view = memory.View(step.input, image0);
  view.address += static_cast<uint64_t>(step.input_channel);
  if (step.batched) {  // a line an image
    view.line_stride = view.image_stride;
    view.pixel_stride = static_cast<uint64_t>(c);
  }
  const int ey = p.part().every_y(), ex = p.part().every_x();
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

void UnitWriter::AddStores(const PreparedPart& p, const Rect& rect, const MemoryPlan& memory,
                           int image0, int image1, int channel0, int channels, int output,
                           int32_t row, StoreLog* log, Work* work) const {
  const Step& step = p.part().step();
  const std::string who = Label(rect.stage);
  MemoryView view = memory.View(step.output, image0);
  if (step.batched) view.line_stride = view.image_stride;
  systole::AddStores(who, {view, rect.oy0, rect.oy1, rect.ox0, rect.ox1, channel0, channels},
                     config_, output, row, work);
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
  const Step& step = p.part().step();
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
  const RectPlan* plan = p.part().Plan(rect);
  Check(plan != nullptr, "a strip's tiles do not fit into the accumulators");
  const StepWriter::Input input{AddInput(p, rect, *plan, memory, image0, image1, *log, work),
                                plan->lead, plan->in.pitch, 0};
  const int64_t pixels = int64_t{rect.oy1 - rect.oy0} * (rect.ox1 - rect.ox0);
  for (const Block& block : Blocks(p, pixels)) {
    const int output = work->AddItem(Ring::kOutput, static_cast<int>(pixels * block.channels));
    const StepWriter::Output to{
        output, -block.channel0, int64_t{rect.ox1 - rect.ox0} * block.channels, block.channels, 0,
        0};
    p.writer->AddJobs(*plan, block.fold0, block.fold1, input, to, 0, row, pool, work);
    const int sum = p.part().step().sum_layer < 0
                        ? output
                        : AddSumOf(p, rect, memory, image0, block, output, row, *log, pool, work);
    AddStores(p, rect, memory, image0, image1, p.part().step().channel + block.channel0,
              block.channels, sum, row, log, work);
  }
}

void UnitWriter::WriteAssembled(const Rect& rect, const MemoryPlan& memory, int image0, int image1,
                                int32_t row, ConstantPool* pool, StoreLog* log, Work* work) {
  const int pixel = model_.tensors[unit_.steps[0].output].c;
  const int64_t pixels = int64_t{rect.oy1 - rect.oy0} * (rect.ox1 - rect.ox0);
  const int output = work->AddItem(Ring::kOutput, static_cast<int>(pixels * pixel));
  for (PreparedPart& p : parts_) {
    const Rect own = CutRect(p.part().stage(), rect.oy0, rect.oy1, rect.ox0, rect.ox1);
    const RectPlan* plan = p.part().Plan(own);
    Check(plan != nullptr, "a strip's tiles do not fit into the accumulators");
    const StepWriter::Input input{AddInput(p, own, *plan, memory, image0, image1, *log, work),
                                  plan->lead, plan->in.pitch, 0};
    const StepWriter::Output to{
        output, p.part().step().channel, int64_t{rect.ox1 - rect.ox0} * pixel, pixel, 0, 0};
    p.writer->AddJobs(*plan, 0, static_cast<int>(p.part().mapping().folds.size()), input, to, 0,
                      row, pool, work);
  }
  AddStores(parts_[0], rect, memory, image0, image1, 0, pixel, output, row, log, work);
}

void UnitWriter::Write(const MemoryPlan& memory, int image0, int image1, int32_t row,
                       ConstantPool* pool, StoreLog* log, Work* work) {
  for (PreparedPart& p : parts_) p.writer->Prepare(pool);
  const Stage& s = parts_[0].part().stage();
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
