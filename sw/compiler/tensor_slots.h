// What every image slot of every tensor holds while a program is being scheduled, who wrote it and who reads it.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/compiler/emitter.h"
#include "sw/compiler/storage.h"

namespace systole {

// Part of a tensor (half open ranges), and the instruction that writes it.
struct Written {
  int row0 = 0, row1 = 0, channel0 = 0, channel1 = 0;
  int64_t instruction = -1;

  bool Overlaps(const Written& o) const {
    return row0 < o.row1 && o.row0 < row1 && channel0 < o.channel1 && o.channel0 < channel1;
  }
};

class TensorSlots {
 public:
  explicit TensorSlots(const std::vector<Storage>& tensors);

  // Is every writer of the image in the program?
  bool Complete(int tensor, int image) const;
  // Is the image's slot its own already, or free to take (every reader of the old image in the program)?
  bool CanWrite(int tensor, int image) const;
  bool Released(int tensor, int image) const { return At(tensor, image).released; }

  // The slot's old image gives way to `image`.
  void StartWriting(int tensor, int image);
  // The readers of what the current image of that slot replaced: they must be done before it is written.
  const After& ReplacedReaders(int tensor, int image) const { return At(tensor, image).replaced_readers; }

  void AddPart(int tensor, int image, const Written& part) { At(tensor, image).parts.push_back(part); }
  void ReplaceParts(int tensor, int image, const Written& part) { At(tensor, image).parts = {part}; }
  void SetComplete(int tensor, int image) { At(tensor, image).complete = true; }
  void AddReader(int tensor, int image, Engine engine, int64_t instruction) {
    At(tensor, image).readers.Add(engine, instruction);
  }
  // No further reader of the image will come.
  void Release(int tensor, int image) { At(tensor, image).released = true; }

  // The writers of `part` (its ranges) of an image.
  void AddWriters(int tensor, int image, const Written& part, Engine engine, After* after) const;

 private:
  struct Slot {
    int image = -1;
    bool complete = false;
    std::vector<Written> parts;
    bool released = true;
    After readers, replaced_readers;
  };
  Slot& At(int tensor, int image) { return slots_[tensor][image % slots_[tensor].size()]; }
  const Slot& At(int tensor, int image) const { return slots_[tensor][image % slots_[tensor].size()]; }

  std::vector<std::vector<Slot>> slots_;  // [tensor][slot]
};

}  // namespace systole
