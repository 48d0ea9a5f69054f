#include "sw/tiling/pool_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sw/compiler/misfit.h"
#include "sw/tiling/put.h"

namespace systole {
namespace {

int64_t Ceil(int64_t value, int64_t unit) { return (value + unit - 1) / unit; }

// Do the strides of one block of `channels` channels fit into PostAct's fields?
bool FitsFields(const Stage& s, int64_t channels) {
  const int64_t line = s.w * channels;
  return channels < 4096 && s.dilation_w * channels < (1 << 15) &&
         s.dilation_h * line < (1 << 16) && s.stride_h * line < (1 << 16) &&
         s.stride_w * channels < (1 << 16) && s.out_w * channels < (1 << 16) && s.out_w < 1024;
}

// May channels of the tensor be read and stored apart?
bool InBeats(const Model& model, const Placing& placing, int tensor, const HwConfig& config) {
  const int beat = config.AxiBytes();
  return model.tensors[placing.root[tensor]].c % beat == 0 && placing.channel[tensor] % beat == 0 &&
         model.tensors[tensor].c % beat == 0;
}

}  // namespace

bool PoolsOnPost(const Model& model, size_t i, const Placing& placing, const HwConfig& config) {
  const Layer& layer = model.layers[i];
  if (layer.kind != LayerKind::kAveragePool || config.post_act == 0) return false;
  const Stage s = LowerLayer(model, i);
  if ((config.roundings >> static_cast<int>(s.rounding) & 1) == 0) return false;
  const Padding& pad = s.pad;
  if (pad.top != 0 || pad.left != 0 || pad.bottom != 0 || pad.right != 0) return false;
  if (s.kernel_h > 63 || s.kernel_w > 63 || !FitsFields(s, config.AxiBytes())) return false;
  const int out = static_cast<int>(i) + 1;
  for (const int t : {layer.inputs[0], out}) {
    const bool whole = placing.root[t] == t && FitsFields(s, s.cin);
    if (!whole && !InBeats(model, placing, t, config)) return false;
  }
  const int64_t taps = int64_t{s.kernel_h} * s.kernel_w, outputs = int64_t{s.out_h} * s.out_w;
  const int64_t post = Ceil(s.cin, config.lanes) * outputs * taps;
  const int64_t groups = config.taps > 0 ? Ceil(s.kernel_w, config.TapRows()) : s.kernel_w;
  const int64_t vectors = int64_t{s.out_h} * ((s.out_w - 1) * s.stride_w + s.kernel_w);
  const int columns = std::min(config.rows, config.cols);
  const int64_t array = Ceil(s.cin, columns) * s.kernel_h * groups *
                        std::max<int64_t>(vectors, columns / config.wport);
  return post < array;
}

PoolUnit::PoolUnit(const Unit& unit, const Model& model, const HwConfig& config,
                   const Placing& placing, const Zones& zones)
    : unit_(unit),
      config_(config),
      input_(model.layers[unit.layer].inputs[0]),
      stage_(LowerLayer(model, unit.layer)),
      span_((stage_.kernel_h - 1) * stage_.dilation_h + 1) {
  const int beat = config.AxiBytes(), out = static_cast<int>(unit.layer) + 1;
  const bool apart =
      InBeats(model, placing, input_, config) && InBeats(model, placing, out, config);
  auto fits = [&](int lines, int channels, int parts) {
    return int64_t{LinesOf(lines)} * stage_.w * channels <= zones.input / parts &&
           int64_t{lines} * stage_.out_w * channels <= zones.output / parts &&
           FitsFields(stage_, channels);
  };
  channels_ = stage_.cin;
  // Two pieces at once, so that one comes while the other is summed; else one.
  while (!fits(1, channels_, 2) && apart && channels_ > beat)
    channels_ = static_cast<int>(Ceil(channels_ / beat, 2)) * beat;
  const int parts = fits(1, channels_, 2) ? 2 : 1;
  if (!fits(1, channels_, parts)) {
    throw MisfitError(
        Misfit::kActivation,
        fmt::format("{}: one line of its windows needs {} bytes of input on chip; of ACT_KIB={}, "
                    "{} are for input and {} for results",
                    Label(stage_), int64_t{span_} * stage_.w * channels_, config.act_kib,
                    zones.input, zones.output));
  }
  while (lines_ < std::min(stage_.out_h, 1023) && fits(lines_ + 1, channels_, parts)) ++lines_;
}

int PoolUnit::AddInput(const Piece& p, const MemoryPlan& memory, int image, const StoreLog& log,
                       Work* work) const {
  const int n = p.c1 - p.c0, lines = LinesOf(p.oy1 - p.oy0), w = stage_.w;
  const int y0 = p.oy0 * stage_.stride_h, root = memory.root(input_);
  const int item = work->AddItem(Ring::kInput, lines * w * n);
  const MemoryView view = memory.View(input_, image);
  const int channel = memory.channel(input_) + p.c0;
  const std::string who = Label(stage_);
  auto load = [&](int from, int to, int64_t bytes, int64_t count, uint64_t stride, int64_t buf,
                  int64_t buf_stride) {
    LoadPiece& piece = work->AddPiece();
    FieldWriter(Opcode::kLoadAct, who, &piece.instruction)
        .Put(field::kLsAddr, static_cast<int64_t>(view.address + from * view.line_stride) + p.c0)
        .Put(field::kLsBytes, bytes)
        .Put(field::kLsLines, count)
        .Put(field::kLsMemStride, count > 1 ? static_cast<int64_t>(stride) : 0)
        .Put(field::kLsBuf, buf)
        .Put(field::kLsBufStride, count > 1 ? buf_stride : 0);
    piece.after = log.Last(root, {image, image + 1, from, to, channel, channel + n});
  };
  if (view.pixel_stride == static_cast<uint64_t>(n)) {
    load(y0, y0 + lines, int64_t{w} * n, lines, view.line_stride, 0, int64_t{w} * n);
  } else {
    for (int y = 0; y < lines; ++y)
      load(y0 + y, y0 + y + 1, n, w, view.pixel_stride, int64_t{y} * w * n, n);
  }
  return item;
}

void AddPool(const Stage& s, const PoolPlace& in, const PoolPlace& out, int channels, bool after,
             const ConstantPool::Parameters& parameters, int32_t row, Work* work) {
  Op& op = work->ops.emplace_back();
  op.input = in.item;
  op.parameter = parameters.item;
  op.output = out.item;
  op.row = row;
  op.job = work->ops.size() > 1 ? work->ops[work->ops.size() - 2].job : 0;
  const bool lines = s.out_h > 1, pixels = s.out_w > 1;
  FieldWriter(Opcode::kPostAct, Label(s), &op.instruction)
      .Put(field::kPaRow, 1)
      .Put(field::kPaSum, s.by_count)
      .Put(field::kPaAfter, after)
      .Put(field::kPoRounding, static_cast<int>(s.rounding))
      .Put(field::kPoPar, parameters.row)
      .Put(field::kPaNchan, channels)
      .Put(field::kPoNx, s.out_w)
      .Put(field::kPoNy, s.out_h)
      .Put(field::kPaNtx, s.kernel_w)
      .Put(field::kPaNty, s.kernel_h)
      .Put(field::kPaSrc, in.base)
      .Put(field::kPoOut, out.base)
      .Put(field::kPaRsX, pixels ? s.stride_w * in.pixel : 0)
      .Put(field::kPaRsY, lines ? s.stride_h * in.line : 0)
      .Put(field::kPaRsTx, s.kernel_w > 1 ? s.dilation_w * in.pixel : 0)
      .Put(field::kPaRsTy, s.kernel_h > 1 ? s.dilation_h * in.line : 0)
      .Put(field::kPoSx, pixels ? out.pixel : 0)
      .Put(field::kPoSy, lines ? out.line : 0)
      .PutInt8(field::kPoZy, s.zy)
      .PutInt8(field::kPoLo, s.lo)
      .PutInt8(field::kPoHi, s.hi);
}

ConstantPool::Parameters PoolParameters(size_t layer, const Stage& s, const HwConfig& config,
                                        ConstantPool* pool) {
  // All channels have the same entry; keys of stages on the array are not negative.
  return pool->AddParameters(-1 - static_cast<int>(layer), s, 0, std::min(config.lanes, s.cin),
                             s.by_count ? s.kernel_h * s.kernel_w : 0);
}

void PoolUnit::AddStores(const Piece& p, const MemoryPlan& memory, int image, int output,
                         int32_t row, StoreLog* log, Work* work) const {
  const int n = p.c1 - p.c0, ny = p.oy1 - p.oy0, ow = stage_.out_w;
  const int out = static_cast<int>(unit_.layer) + 1;
  const MemoryView view = memory.View(out, image);
  auto store = [&](int oy, int64_t bytes, int64_t count, uint64_t stride, int64_t buf,
                   int64_t buf_stride) {
    Op& op = work->ops.emplace_back();
    op.output = output;
    op.row = row;
    op.job = work->ops[work->ops.size() - 2].job;
    FieldWriter(Opcode::kStore, Label(stage_), &op.instruction)
        .Put(field::kLsAddr, static_cast<int64_t>(view.address + oy * view.line_stride) + p.c0)
        .Put(field::kLsBytes, bytes)
        .Put(field::kLsLines, count)
        .Put(field::kLsMemStride, count > 1 ? static_cast<int64_t>(stride) : 0)
        .Put(field::kLsBuf, buf)
        .Put(field::kLsBufStride, count > 1 ? buf_stride : 0);
    work->last_of_item[output] = static_cast<uint32_t>(work->ops.size()) - 1;
  };
  if (view.pixel_stride == static_cast<uint64_t>(n)) {
    store(p.oy0, int64_t{ow} * n, ny, view.line_stride, 0, int64_t{ow} * n);
  } else {
    for (int y = 0; y < ny; ++y) store(p.oy0 + y, n, ow, view.pixel_stride, int64_t{y} * ow * n, n);
  }
  const int channel = memory.channel(out) + p.c0;
  log->Add(memory.root(out), {image, image + 1, p.oy0, p.oy1, channel, channel + n},
           static_cast<int64_t>(work->ops.size()) - 1);
}

void PoolUnit::Write(const MemoryPlan& memory, int image0, int image1, int32_t row,
                     ConstantPool* pool, StoreLog* log, Work* work) const {
  const ConstantPool::Parameters parameters = PoolParameters(unit_.layer, stage_, config_, pool);
  for (int image = image0; image < image1; ++image) {
    for (int oy = 0; oy < stage_.out_h; oy += lines_) {
      for (int c = 0; c < stage_.cin; c += channels_) {
        const Piece piece{oy, std::min(stage_.out_h, oy + lines_), c,
                          std::min(stage_.cin, c + channels_)};
        const int input = AddInput(piece, memory, image, *log, work);
        const int64_t bytes = int64_t{piece.oy1 - piece.oy0} * stage_.out_w * (piece.c1 - piece.c0);
        const int output = work->AddItem(Ring::kOutput, static_cast<int>(bytes));
        Stage s = stage_;
        s.out_h = piece.oy1 - piece.oy0;
        const int64_t n = piece.c1 - piece.c0;
        AddPool(s, {input, 0, s.w * n, n}, {output, 0, s.out_w * n, n}, static_cast<int>(n), false,
                parameters, row, work);
        AddStores(piece, memory, image, output, row, log, work);
      }
    }
  }
}

}  // namespace systole
