// What every image slot of every tensor holds while a program is being scheduled, who wrote it and
// who reads it.
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

  bool SameRanges(const Written& o) const {
    return row0 == o.row0 && row1 == o.row1 && channel0 == o.channel0 && channel1 == o.channel1;
  }
  bool Overlaps(const Written& o) const {
    return row0 < o.row1 && o.row0 < row1 && channel0 < o.channel1 && o.channel0 < channel1;
  }
};

// Keeps its memory from schedule to schedule.
class TensorSlots {
 public:
  void Clear(const std::vector<Storage>& tensors);

  // Is every writer of the image in the program?
  bool Complete(int tensor, int image) const {
    const Slot& slot = At(tensor, image);
    return slot.image == image && slot.complete;
  }
  // Is the image's slot its own already, or free to take (every reader of the old image in the
  // program)?
  bool CanWrite(int tensor, int image) const {
    const Slot& slot = At(tensor, image);
    return slot.image == image || slot.released;
  }
  bool Released(int tensor, int image) const { return At(tensor, image).released; }

  // The slot's old image gives way to `image`.
  void StartWriting(int tensor, int image);
  // The readers of what the current image of that slot replaced: they must be done before it is
  // written.
  const After& ReplacedReaders(int tensor, int image) const {
    return At(tensor, image).replaced_readers;
  }

  void AddPart(int tensor, int image, const Written& part) {
    At(tensor, image).parts.push_back(part);
  }
  void ReplaceParts(int tensor, int image, const Written& part) {
    At(tensor, image).parts.assign(1, part);
  }
  void SetComplete(int tensor, int image) { At(tensor, image).complete = true; }
  void AddReader(int tensor, int image, Engine engine, int64_t instruction) {
    At(tensor, image).readers.Add(engine, instruction);
  }
  // No further reader of the image will come.
  void Release(int tensor, int image) { At(tensor, image).released = true; }

  const std::vector<Written>& Parts(int tensor, int image) const { return At(tensor, image).parts; }

 private:
  struct Slot {
    int image = -1;
    bool complete = false, released = true;
    std::vector<Written> parts;
    After readers, replaced_readers;

    void Reset(int new_image, bool new_released, const After& replaced) {
      image = new_image;
      complete = false;
      released = new_released;
      parts.clear();
      replaced_readers = replaced;
      readers = After{};
    }
  };
  int Index(int tensor, int image) const {
    return first_[tensor] + image % (first_[tensor + 1] - first_[tensor]);
  }
  Slot& At(int tensor, int image) { return slots_[Index(tensor, image)]; }
  const Slot& At(int tensor, int image) const { return slots_[Index(tensor, image)]; }

  std::vector<int> first_;   // [tensor], and the end
  std::vector<Slot> slots_;  // those of tensor t from first_[t] on; more than in use
};

}  // namespace systole
