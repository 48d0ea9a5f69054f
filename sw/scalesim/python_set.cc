#include "sw/scalesim/python_set.h"

namespace systole::scalesim {

void PythonSet::Place(int64_t value, std::vector<int64_t>* table) {
  constexpr uint64_t kLinearProbes = 9;
  const uint64_t mask = table->size() - 1;
  uint64_t perturb = static_cast<uint64_t>(value), slot = perturb & mask;
  for (;;) {
    const uint64_t last = slot + kLinearProbes <= mask ? slot + kLinearProbes : slot;
    for (uint64_t i = slot; i <= last; ++i) {
      if ((*table)[i] < 0) {
        (*table)[i] = value;
        return;
      }
    }
    perturb >>= 5;
    slot = (slot * 5 + 1 + perturb) & mask;
  }
}

void PythonSet::Insert(int64_t value) {
  Place(value, &table_);
  ++used_;
  if (static_cast<uint64_t>(used_) * 5 >= (table_.size() - 1) * 3) Grow();
}

void PythonSet::Grow() {
  const uint64_t wanted = static_cast<uint64_t>(used_ > 50000 ? used_ * 2 : used_ * 4);
  uint64_t size = 8;
  while (size <= wanted) size <<= 1;
  spare_.assign(size, -1);
  for (int64_t value : table_) {
    if (value >= 0) Place(value, &spare_);
  }
  table_.swap(spare_);
}

void PythonSet::Clear() {
  table_.assign(8, -1);
  used_ = 0;
}

}  // namespace systole::scalesim
