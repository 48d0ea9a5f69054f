#include "sw/compiler/tensor_slots.h"

#include <cassert>

namespace systole {

void TensorSlots::Clear(const std::vector<Storage>& tensors) {
  first_.assign(1, 0);
  for (const Storage& s : tensors) first_.push_back(first_.back() + s.slots);
  const size_t slots = static_cast<size_t>(first_.back());
  if (slots_.size() < slots) slots_.resize(slots);
  for (size_t i = 0; i < slots; ++i) slots_[i].Reset(-1, true, After{});
}

void TensorSlots::StartWriting(int tensor, int image) {
  Slot& slot = At(tensor, image);
  if (slot.image == image) return;
  assert(slot.released);
  const After readers = slot.readers;
  slot.Reset(image, false, readers);
}

}  // namespace systole
