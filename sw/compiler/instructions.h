// The instructions of planned work, field by field, written to *i as a whole. A value that does not
// fit its field throws InputError naming the layer: the layer is too large for this accelerator's
// instructions.
#pragma once

#include "sw/compiler/constants.h"
#include "sw/compiler/mapping.h"
#include "sw/compiler/post_plan.h"
#include "sw/compiler/storage.h"
#include "sw/compiler/tiles.h"
#include "sw/program/program.h"

namespace systole {

// Slices [first, last) of a fold over a tile of `images` images from `image` on, into accumulator
// entries from `entry` on.
struct MatmulWork {
  const Stage& stage;
  const Mapping& mapping;
  const Tile& tile;
  const Fold& fold;
  const OffsetRows& offsets;
  int weight_row;
  int first, last;
  int image, images;
  int entry, half;
};
void SetMatmul(const MatmulWork& work, const Storage& in, const HwConfig& config, Instruction* i);

// A piece of POST's work for one image (offset `image_entry` in the accumulators), or, where
// `images` > 1, for several whose single output pixels lie `out.slot_bytes` apart.
struct PostWork {
  const Stage& stage;
  const Tile& tile;
  const PostPiece& piece;
  int parameter_row;
  int image, images;
  int image_entry, half;
};
void SetPost(const PostWork& work, const Storage& out, Instruction* i);

// Whether a piece of several images fits one instruction.
bool PostTogether(const PostPiece& piece, int images, const Storage& out);

// Rows [row0, row1) of an input image.
void SetLoadImage(const Program& program, const Storage& in, int image, int row0, int row1,
                  Instruction* i);

// Output images: `images` one-line images from `image` on, or (images == 1) all lines of one.
void SetStore(const Program& program, const Storage& out, int image, int images, Instruction* i);

// Constants: one line of `bytes` from memory to rows from 0 on.
void SetLoadRows(Opcode opcode, uint64_t address, uint64_t bytes, Instruction* i);

// Every byte of a tensor's storage gets the value of its halo.
void SetFill(const Storage& storage, Instruction* i);

}  // namespace systole
