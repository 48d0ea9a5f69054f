#include "sw/compiler/tensor_slots.h"

#include <cassert>

namespace systole {

void TensorSlots::Clear(const std::vector<Storage>& tensors) {
  first_.assign(1, 0);
  for (const Storage& s : tensors) first_.push_back(first_.back() + static_cast<size_t>(s.slots));
  if (slots_.size() < first_.back()) slots_.resize(first_.back());
  for (size_t i = 0; i < first_.back(); ++i) slots_[i].Reset(-1, true, After{});
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
  slot.Reset(image, false, readers);
}

}  // namespace systole
