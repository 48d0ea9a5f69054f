// A memory on chip as a ring: an item is put behind the one before it, whole, and takes the place
// of the oldest ones, once nobody who is known to need them is still to come.
#pragma once

#include <deque>
#include <vector>

#include "sw/compiler/emitter.h"

namespace systole {

class ItemRing {
 public:
  ItemRing(int base, int capacity) : base_(base), capacity_(capacity) {}

  // The place of an item of `size`; false: an item in its way is still needed, nothing is changed.
  // `gone` is called for every item that makes way.
  template <typename Needed, typename Gone>
  bool Allocate(int item, int size, Needed&& needed, Gone&& gone, int* address) {
    int start = next_;
    const bool wraps = start + size > capacity_;
    if (wraps) start = 0;
    if (size > capacity_) return false;
    size_t evicted = 0;
    for (const Entry& e : entries_) {
      const bool behind = wraps && e.start >= next_;  // between here and the ring's end
      if (!behind && !(e.start < start + size && start < e.start + e.size)) break;
      if (needed(e.item)) return false;
      ++evicted;
    }
    for (; evicted > 0; --evicted) {
      gone(entries_.front().item);
      entries_.pop_front();
    }
    entries_.push_back({item, start, size});
    next_ = start + size;
    *address = base_ + start;
    return true;
  }

  int capacity() const { return capacity_; }

 private:
  struct Entry {
    int item, start, size;
  };
  int base_, capacity_, next_ = 0;
  std::deque<Entry> entries_;  // from the oldest on, as they lie around the ring
};

}  // namespace systole
