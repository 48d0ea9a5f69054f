#include "sw/compiler/instructions.h"

#include <fmt/format.h>

#include <algorithm>

#include "sw/compiler/misfit.h"
#include "sw/compiler/output_mapping.h"

namespace systole {
namespace {

// Whose instruction it is; a sentence only where something is wrong with it.
struct Owner {
  const Stage* stage;
  const char* what;
};

[[noreturn, gnu::cold, gnu::noinline]] void RefuseField(const Owner& owner, Field f,
                                                        uint64_t value) {
  const std::string who = owner.stage != nullptr ? Label(*owner.stage) : owner.what;
  throw MisfitError(
      Misfit::kTooLarge,
      fmt::format(
          "{}: an instruction field of {} bits cannot hold {}; the layer is too large for this "
          "accelerator",
          who, f.width, static_cast<int64_t>(value)));
}

// Puts each field once.
class Builder {
 public:
  Builder(Opcode opcode, const Owner& owner, Instruction* i) : owner_(owner), instruction_(*i) {
    i->word.fill(0);
    i->word[0] = static_cast<uint32_t>(opcode);
  }
  [[gnu::always_inline]] Builder& Put(Field f, uint64_t value) {
    if (f.width < 64 && value >> f.width != 0) RefuseField(owner_, f, value);
    const int first = f.lsb / 32, shift = f.lsb % 32;
    instruction_.word[first] |= static_cast<uint32_t>(value << shift);
    if (shift + f.width > 32)
      instruction_.word[first + 1] |= static_cast<uint32_t>(value >> (32 - shift));
    if (shift + f.width > 64)
      instruction_.word[first + 2] |= static_cast<uint32_t>(value >> (64 - shift));
    return *this;
  }
  // Modulo 2^width, as docs/isa.md says of entries and columns.
  [[gnu::always_inline]] Builder& PutModulo(Field f, int value) {
    return Put(f, static_cast<uint64_t>(value) & ((uint64_t{1} << f.width) - 1));
  }
  [[gnu::always_inline]] Builder& PutInt8(Field f, int value) {
    return Put(f, static_cast<uint8_t>(value));
  }

 private:
  const Owner owner_;
  Instruction& instruction_;
};

Owner Of(const Stage& stage) { return {&stage, nullptr}; }
Owner Of(const char* what) { return {nullptr, what}; }

}  // namespace

namespace {

// Output stationary: all steps of a fold, a tile for each column of cells; or the images of a tile
// of one pixel.
void SetTileMatmul(const MatmulWork& w, const Storage& in, Instruction* i) {
  const Stage& st = w.stage;
  const std::vector<StepRun> runs = StepRuns(st, w.fold, in.pitch, w.fold.slices);
  if (runs.size() > 1) {
    throw MisfitError(Misfit::kTooLarge,
                      fmt::format("{}: its {} steps are no three counters; the layer is too large "
                                  "for this accelerator",
                                  Label(st), w.fold.slices));
  }
  const StepRun& run = runs[0];
  const int base = in.Slot(w.image) + w.tile.cy0 * st.stride_h * in.pitch +
                   w.tile.cx0 * st.stride_w * st.cin + FoldShift(st, w.fold, in.pitch);
  Builder(Opcode::kMatmul, Of(st), i)
      .Put(field::kMmFirst, 1)
      .Put(field::kMmHalf, w.half)
      .Put(field::kMmDataflow, pipeline::kOutputStationary)
      .Put(field::kMmBase, base)
      .Put(field::kMmWcols, w.fold.columns)
      .Put(field::kMmStrideX, run.stride_x)
      .Put(field::kMmStrideY, run.stride_y)
      .Put(field::kMmStrideB, run.stride_b)
      .Put(field::kMmKlast, w.images > 1 ? w.images : w.tile.ny)
      .Put(field::kMmNx, run.nx)
      .Put(field::kMmNy, run.ny)
      .Put(field::kMmNb, run.nb)
      .Put(field::kMmKslices, w.tile.nx)
      .Put(field::kMmAccBase, w.entry)
      .Put(field::kMmKtab, w.offsets.ktab)
      .Put(field::kMmBaseInc, w.tile.nx > 1 ? w.mapping.pw * st.stride_w * st.cin : 0)
      .Put(field::kMmWgtRow, w.weight_row);
}

}  // namespace

void SetMatmul(const MatmulWork& w, const Storage& in, const HwConfig& config, Instruction* i) {
  if (w.mapping.OutputStationary()) return SetTileMatmul(w, in, i);
  const Stage& st = w.stage;
  const int wl = LoadCycles(w.fold, config);
  const int base = in.Slot(w.image) + w.tile.cy0 * st.stride_h * in.pitch +
                   w.tile.cx0 * st.stride_w * st.cin + FoldShift(st, w.fold, in.pitch);
  const bool to_end = w.last == w.fold.slices, column_mode = !w.mapping.tap_groups.empty();
  const int line = w.mapping.LineVectors(w.tile.nx);
  const int step_x = (column_mode ? 1 : w.mapping.pw * st.stride_w) * st.cin;
  const int klast = column_mode ? st.kernel_w
                    : to_end    ? w.fold.Valid(w.fold.slices - 1)
                                : config.rows;
  Builder(Opcode::kMatmul, Of(st), i)
      .Put(field::kMmFirst, w.first == 0)
      .Put(field::kMmKtabInc, w.offsets.increment)
      .Put(field::kMmHalf, w.half)
      .Put(field::kMmDataflow, column_mode ? pipeline::kColumnMode : 0)
      .Put(field::kMmBase, base + w.first * w.offsets.base_inc)
      .Put(field::kMmWcols, w.fold.columns)
      .Put(field::kMmStrideX, line > 1 ? step_x : 0)
      .Put(field::kMmStrideY, w.tile.ny > 1 ? w.mapping.ph * st.stride_h * in.pitch : 0)
      .Put(field::kMmStrideB, w.images > 1 ? in.slot_bytes : 0)
      .Put(field::kMmKlast, klast)
      .Put(field::kMmNx, line)
      .Put(field::kMmNy, w.tile.ny)
      .Put(field::kMmNb, w.images)
      .Put(field::kMmKslices, w.last - w.first)
      .Put(field::kMmAccBase, w.entry)
      .Put(field::kMmKtab, w.offsets.ktab + (w.offsets.increment ? w.first : 0))
      .Put(field::kMmBaseInc, w.offsets.base_inc)
      .Put(field::kMmWgtRow, w.weight_row + w.first * wl);
}

bool PostTogether(const PostPiece& piece, int images, const Storage& out) {
  return images > 1 && piece.nx == 1 && out.slot_bytes <= 0xFFFF;
}

void SetPost(const PostWork& w, const Storage& out, Instruction* i) {
  const PostPiece& p = w.piece;
  const bool together = w.images > 1;
  Builder(Opcode::kPost, Of(w.stage), i)
      .Put(field::kPoHalf, w.half)
      .Put(field::kPoPair, p.pair)
      .Put(field::kPoRounding, static_cast<uint64_t>(w.stage.rounding))
      .PutModulo(field::kPoAccBase, p.entry + w.image_entry)
      .Put(field::kPoNx, together ? w.images : p.nx)
      .Put(field::kPoNy, p.ny)
      .PutModulo(field::kPoEsX, together ? w.tile.vectors : p.es_x)
      .PutModulo(field::kPoEsY, p.es_y)
      .PutModulo(field::kPoEsTx, p.es_tx)
      .PutModulo(field::kPoEsTy, p.es_ty)
      .Put(field::kPoNtx, p.ntx)
      .Put(field::kPoNty, p.nty)
      .PutModulo(field::kPoCsTx, p.cs_tx)
      .PutModulo(field::kPoCsTy, p.cs_ty)
      .Put(field::kPoCol, p.column)
      .PutModulo(field::kPoCsPair, p.cs_pair)
      .Put(field::kPoNchan, p.channels)
      .Put(field::kPoPar, w.parameter_row)
      .Put(field::kPoOut, out.Pixel(w.image, p.oy, p.ox) + p.first_byte)
      .PutInt8(field::kPoZw, w.stage.zw)
      .Put(field::kPoSx, together   ? out.slot_bytes
                         : p.nx > 1 ? p.step_x * out.c
                                    : 0)
      .Put(field::kPoSy, p.ny > 1 ? p.step_y * out.pitch : 0)
      .PutInt8(field::kPoZy, w.stage.zy)
      .PutInt8(field::kPoLo, w.stage.lo)
      .PutInt8(field::kPoHi, w.stage.hi);
}

void SetLoadImage(const Program& program, const Storage& in, int image, int row0, int row1,
                  Instruction* i) {
  Builder(Opcode::kLoadAct, Of("input"), i)
      .Put(field::kLsAddr,
           program.input.address + image * program.input_stride + row0 * program.input.line_stride)
      .Put(field::kLsBytes, in.w * in.c)
      .Put(field::kLsLines, row1 - row0)
      .Put(field::kLsMemStride, program.input.line_stride)
      .Put(field::kLsBuf, in.Pixel(image, row0, 0))
      .Put(field::kLsBufStride, in.pitch);
}

void SetStore(const Program& program, const Storage& out, int image, int images, Instruction* i) {
  const bool one_line = out.h == 1;
  Builder(Opcode::kStore, Of("output"), i)
      .Put(field::kLsAddr, program.output.address + image * program.output_stride)
      .Put(field::kLsBytes, out.w * out.c)
      .Put(field::kLsLines, one_line ? images : out.h)
      .Put(field::kLsMemStride, one_line ? program.output_stride : program.output.line_stride)
      .Put(field::kLsBuf, out.Pixel(image, 0, 0))
      .Put(field::kLsBufStride, one_line ? out.slot_bytes : out.pitch);
}

void SetLoadRows(Opcode opcode, uint64_t address, uint64_t bytes, Instruction* i) {
  Builder(opcode, Of("constants"), i)
      .Put(field::kLsAddr, address)
      .Put(field::kLsBytes, bytes)
      .Put(field::kLsLines, 1);
}

void SetFill(const Storage& storage, Instruction* i) {
  Builder(Opcode::kFill, Of("activations"), i)
      .Put(field::kLsBytes, static_cast<uint64_t>(storage.Bytes()))
      .PutInt8(field::kLsFill, storage.pad_value)
      .Put(field::kLsLines, 1)
      .Put(field::kLsBuf, storage.base);
}

}  // namespace systole
