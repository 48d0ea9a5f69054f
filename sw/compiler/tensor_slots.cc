#include "sw/compiler/tensor_slots.h"

#include <cassert>

namespace systole {

TensorSlots::TensorSlots(const std::vector<Storage>& tensors) {
  for (const Storage& s : tensors) slots_.emplace_back(s.slots);
}

bool TensorSlots::Complete(int tensor, int image) const {
  const Slot& slot = At(tensor, image);
  return slot.image == image && slot.complete;
}

bool TensorSlots::CanWrite(int tensor, int image) const {
  const Slot& slot = At(tensor, image);
  return slot.image == image || slot.released;
}

void TensorSlots::StartWriting(int tensor, int image) {
  Slot& slot = At(tensor, image);
  if (slot.image == image) return;
  assert(slot.released);
  const After readers = slot.readers;
  slot = Slot{};
  slot.image = image;
  slot.released = false;
  slot.replaced_readers = readers;
}

void TensorSlots::AddWriters(int tensor, int image, const Written& part, Engine engine, After* after) const {
  for (const Written& written : At(tensor, image).parts) {
    if (written.Overlaps(part)) after->Add(engine, written.instruction);
  }
}

}  // namespace systole
