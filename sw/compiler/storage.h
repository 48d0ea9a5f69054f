// Where tensors live in the activation buffer: line pitch, halo, image slots, address zones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/compiler/mapping.h"
#include "sw/compiler/stage.h"
#include "sw/compiler/tiles.h"
#include "sw/isa/config.h"

namespace systole {

// A tensor's storage: `slots` images, each h + halo lines of `pitch` bytes in H-W-C order. The halo
// belongs to the tensor's consumer and holds pad_value; writers touch interiors only.
struct Storage {
  int c = 1, h = 1, w = 1;
  Padding halo;
  int pad_value = 0;
  int pitch = 0;
  int slots = 1;
  int slot_bytes = 0;  // halo and over-read of packed windows included
  int base = 0;

  int Slot(int image) const { return base + image % slots * slot_bytes; }
  // Byte of pixel (y, x) of the interior.
  int Pixel(int image, int y, int x) const {
    return Slot(image) + (y + halo.top) * pitch + (x + halo.left) * c;
  }
  int64_t Bytes() const { return int64_t{slots} * slot_bytes; }
};

// Byte offset of a window element from its fold's window base.
inline int LaneOffset(const Stage& stage, const Fold& fold, const Lane& lane, int pitch) {
  return lane.ky * stage.dilation_h * pitch + lane.kx * stage.dilation_w * stage.cin + lane.c -
         fold.c0;
}

// Bytes from a window's origin to where a fold's own window begins.
int FoldShift(const Stage& stage, const Fold& fold, int pitch);

// What the line pitch of a mapping's input of `cin` channels has to be modulo the banks, so that
// the lanes of every slice lie in distinct ones; -1: any pitch will do.
int PitchResidue(const Mapping& mapping, int cin, const HwConfig& config);

// Bytes from a stage's first line (padding included) to past the last one that is read.
int64_t InputBytes(const Stage& stage, const Mapping& mapping, const std::vector<Tile>& tiles,
                   int pitch);

// Storage of a stage's input as its mapping wants it: the pitch is window_w * cin (mod banks) where
// slices run across kernel rows, so that the lanes of every slice lie in distinct banks.
Storage ConsumerStorage(const Stage& stage, const Mapping& mapping, const std::vector<Tile>& tiles,
                        const HwConfig& config);

// Storage of the network's output.
Storage OutputStorage(const Stage& stage);

// How the engines share the activation buffer.
struct Placement {
  std::vector<Storage> tensors;  // stages + 1
  // true: LOAD, compute and STORE of a batch follow one another; zones need not be in address
  // groups of their own.
  bool serialized = false;
};

// Chooses slots and addresses of placement->tensors. first_batched: the first stage that works on
// whole batches (stages: none). Throws MisfitError where even one batch at a time does not fit.
void PlaceTensors(int first_batched, const HwConfig& config, int images, int batch,
                  const std::string& model_name, Placement* placement);

}  // namespace systole
