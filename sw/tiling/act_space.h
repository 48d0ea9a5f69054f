// The activation buffer as places of items: three rings side by side, and items of chains, whose
// places are given.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "sw/compiler/emitter.h"
#include "sw/tiling/program_writer.h"
#include "sw/tiling/work.h"

namespace systole {

class ActSpace {
 public:
  ActSpace(const Zones& zones, int bytes)
      : bytes_(bytes),
        zones_{Zone{0, zones.input, 0}, Zone{zones.input, zones.output, 0},
               Zone{zones.input + zones.output, zones.residual, 0}} {}

  // Puts an item of `size` bytes behind the one before it in its ring, or at `place`. false: what
  // lies there is still needed, nothing is changed. Items that make way are `gone(item)`, which
  // returns who used them; `wait`: what used the place before.
  template <typename Needed, typename Gone>
  bool Allocate(Ring ring, int place, int item, int size, Needed&& needed, Gone&& gone,
                int* address, After* wait) {
    int start = place;
    if (ring != Ring::kPlaced) {
      const Zone& zone = zones_[static_cast<size_t>(ring)];
      if (size > zone.capacity) return false;
      start = zone.base + (zone.next + size > zone.capacity ? 0 : zone.next);
    }
    const int end = start + size;
    for (const Entry& e : entries_) {
      if (e.Meets(start, end) && needed(e.item)) return false;
    }
    for (size_t i = 0; i < entries_.size();) {
      if (!entries_[i].Meets(start, end)) {
        ++i;
        continue;
      }
      past_.push_back({entries_[i].start, entries_[i].end, gone(entries_[i].item)});
      entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    *wait = Cover(start, end);
    entries_.push_back({start, end, item});
    if (ring != Ring::kPlaced) {
      Zone& zone = zones_[static_cast<size_t>(ring)];
      zone.next = end - zone.base;
    }
    *address = start;
    return true;
  }

  int capacity(Ring ring) const {
    return ring == Ring::kPlaced ? bytes_ : zones_[static_cast<size_t>(ring)].capacity;
  }
  // May items of the ring lie in [start, end)?
  bool Meets(Ring ring, int start, int end) const {
    const Zone& zone = zones_[static_cast<size_t>(ring)];
    return start < zone.base + zone.capacity && zone.base < end;
  }

 private:
  struct Zone {
    int base, capacity, next;
  };
  struct Entry {
    int start, end, item;
    bool Meets(int a, int b) const { return a < end && start < b; }
  };
  struct Past {
    int start, end;
    After users;
  };

  // Who used the bytes before; they are nobody's now.
  After Cover(int start, int end) {
    After users;
    std::vector<Past> left;
    for (const Past& p : past_) {
      if (p.end <= start || end <= p.start) {
        left.push_back(p);
        continue;
      }
      users.AddAll(p.users);
      if (p.start < start) left.push_back({p.start, start, p.users});
      if (end < p.end) left.push_back({end, p.end, p.users});
    }
    past_ = std::move(left);
    return users;
  }

  int bytes_;
  std::array<Zone, 3> zones_;
  std::vector<Entry> entries_;
  std::vector<Past> past_;  // bytes that items have left, disjoint
};

}  // namespace systole
