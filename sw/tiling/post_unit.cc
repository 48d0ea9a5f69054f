#include "sw/tiling/post_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sw/compiler/misfit.h"
#include "sw/model/graph.h"
#include "sw/tiling/put.h"

namespace systole {
namespace {

// The most pixels of an instruction in x and in y.
constexpr int64_t kMost = 512;

}  // namespace

void AddSum(const Layer& layer, const HwConfig& config, int64_t bytes, int x2, int x1, int output,
            int parameters, bool after, int32_t row, Work* work) {
  const int64_t lanes = config.lanes;
  const std::string who = Label(layer);
  auto post = [&](int64_t at, int64_t nx, int64_t ny, int64_t channels) {
    Op& op = work->ops.emplace_back();
    op.input = x2;
    op.input2 = x1;
    op.parameter = parameters;
    op.output = output;
    op.row = row;
    op.job = work->ops.size() > 1 ? work->ops[work->ops.size() - 2].job : 0;
    FieldWriter(Opcode::kPostActAdd, who, &op.instruction)
        .Put(field::kPoRounding, static_cast<int>(layer.rounding))
        .Put(field::kPaAfter, after)
        .Put(field::kPoNx, nx)
        .Put(field::kPoNy, ny)
        .Put(field::kPaNchan, channels)
        .Put(field::kPaSrc, at)
        .Put(field::kPbSrc, at)
        .Put(field::kPaRsY, ny > 1 ? nx * lanes : 0)
        .Put(field::kPbRsY, ny > 1 ? nx * lanes : 0)
        .Put(field::kPoOut, at)
        .Put(field::kPoSx, nx > 1 ? lanes : 0)
        .Put(field::kPoSy, ny > 1 ? nx * lanes : 0)
        .PutInt8(field::kPoZy, layer.add.zy)
        .PutInt8(field::kPoLo, layer.clamp_lo)
        .PutInt8(field::kPoHi, layer.clamp_hi);
    after = false;  // the first of them has waited
  };
  const int64_t groups = bytes / lanes, nx = std::min(groups, kMost),
                whole = groups - groups % std::max<int64_t>(nx, 1);
  if (whole > 0) post(0, nx, whole / nx, lanes);
  if (groups > whole) post(whole * lanes, groups - whole, 1, lanes);
  if (bytes > groups * lanes) post(groups * lanes, 1, 1, bytes - groups * lanes);
}

void AddSumOfLines(const Layer& layer, const HwConfig& config, const SumLines& sum, int parameters,
                   int32_t row, Work* work) {
  const int64_t lanes = config.lanes, line = int64_t{sum.pixels} * sum.channels;
  // Whole lines are as many groups of LANES bytes.
  const bool flat = sum.channels == sum.pixel && line % lanes == 0 && line / lanes <= kMost;
  const int64_t nx = flat ? line / lanes : sum.pixels, step = flat ? lanes : sum.pixel;
  Op& op = work->ops.emplace_back();
  op.input = sum.x2.item;
  op.input2 = sum.x1.item;
  op.parameter = parameters;
  op.output = sum.output.item;
  op.made = sum.made;
  op.row = row;
  op.job = work->ops.size() > 1 ? work->ops[work->ops.size() - 2].job : 0;
  const bool lines = sum.lines > 1;
  FieldWriter(Opcode::kPostActAdd, Label(layer), &op.instruction)
      .Put(field::kPoRounding, static_cast<int>(layer.rounding))
      .Put(field::kPaAfter, 1)
      .Put(field::kPoNx, nx)
      .Put(field::kPoNy, sum.lines)
      .Put(field::kPaNchan, flat ? lanes : sum.channels)
      .Put(field::kPaSrc, sum.x2.base)
      .Put(field::kPbSrc, sum.x1.base)
      .Put(field::kPaRsY, lines ? sum.x2.line : 0)
      .Put(field::kPbRsY, lines ? sum.x1.line : 0)
      .Put(field::kPoOut, sum.output.base)
      .Put(field::kPoSx, nx > 1 ? step : 0)
      .Put(field::kPoSy, lines ? sum.output.line : 0)
      .PutInt8(field::kPoZy, layer.add.zy)
      .PutInt8(field::kPoLo, layer.clamp_lo)
      .PutInt8(field::kPoHi, layer.clamp_hi);
}

PostUnit::PostUnit(const Unit& unit, const Model& model, const HwConfig& config, const Zones& zones)
    : unit_(unit), model_(model), layer_(model.layers[unit.layer]), config_(config) {
  // Two operands twice, so that the next ones come meanwhile; two results.
  const int64_t room = std::min(zones.input / 4, zones.output / 2);
  const int64_t step = std::lcm(config.AxiBytes(), config.lanes);
  piece_ = room / step * step;
  if (piece_ == 0) piece_ = room / config.AxiBytes() * config.AxiBytes();
  // No more than one instruction of whole lines, one of the rest of them, one of the last bytes.
  piece_ = std::min(piece_, kMost * kMost / step * step);
  if (piece_ == 0) {
    throw MisfitError(Misfit::kActivation,
                      fmt::format("{}: its operands' pieces do not fit into ACT_KIB={}",
                                  Label(layer_), config.act_kib));
  }
}

void PostUnit::WriteRun(const Run& run, const MemoryPlan& memory, int image, int32_t row,
                        StoreLog* log, Work* work) {
  const std::string who = Label(layer_);
  const int out = static_cast<int>(unit_.layer) + 1, c = model_.tensors[out].c;
  auto transfer = [&](Opcode opcode, uint64_t address, int64_t bytes, Instruction* i) {
    FieldWriter(opcode, who, i)
        .Put(field::kLsAddr, static_cast<int64_t>(address))
        .Put(field::kLsBytes, bytes)
        .Put(field::kLsLines, 1);
  };
  for (int64_t at = 0; at < run.bytes; at += piece_) {
    const int64_t n = std::min(piece_, run.bytes - at);
    const int y0 = run.y0 + static_cast<int>(at / run.line),
              y1 = run.y0 + static_cast<int>((at + n + run.line - 1) / run.line);
    int items[2];
    // The operand that float32 adds first is the layer's second one.
    for (int k = 0; k < 2; ++k) {
      const int t = layer_.inputs[k == 0 ? 1 : 0];
      items[k] = work->AddItem(Ring::kInput, static_cast<int>(n));
      LoadPiece& piece = work->AddPiece();
      transfer(Opcode::kLoadAct,
               memory.View(t, image).address + run.offset + static_cast<uint64_t>(at), n,
               &piece.instruction);
      piece.after = log->Last(memory.root(t), {image, image + 1, y0, y1, 0, c});
    }
    const int output = work->AddItem(Ring::kOutput, static_cast<int>(n));
    AddSum(layer_, config_, n, items[0], items[1], output, parameters_, false, row, work);
    Op& op = work->ops.emplace_back();
    op.output = output;
    op.row = row;
    op.job = work->ops[work->ops.size() - 2].job;
    transfer(Opcode::kStore,
             memory.View(out, image).address + run.offset + static_cast<uint64_t>(at), n,
             &op.instruction);
    work->last_of_item[output] = static_cast<uint32_t>(work->ops.size()) - 1;
    log->Add(memory.root(out), {image, image + 1, y0, y1, 0, c},
             static_cast<int64_t>(work->ops.size()) - 1);
  }
}

void PostUnit::Write(const MemoryPlan& memory, int image0, int image1, int32_t row,
                     ConstantPool* pool, StoreLog* log, Work* work) {
  if (parameters_ == kNoItem) parameters_ = pool->AddSum(layer_.add, layer_.rounding);
  const Tensor& t = model_.tensors[unit_.layer + 1];
  const int64_t line = int64_t{t.w} * t.c;
  const uint64_t stride = memory.View(static_cast<int>(unit_.layer) + 1, 0).line_stride;
  for (int image = image0; image < image1; ++image) {
    if (t.h == 1 || stride == static_cast<uint64_t>(line)) {
      WriteRun({0, line * t.h, line, 0}, memory, image, row, log, work);
    } else {
      for (int y = 0; y < t.h; ++y)
        WriteRun({stride * static_cast<uint64_t>(y), line, line, y}, memory, image, row, log, work);
    }
  }
}

}  // namespace systole
