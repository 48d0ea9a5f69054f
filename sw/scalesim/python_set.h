// The iteration order of a CPython set of whole numbers.
//
// Open addressing: table of 2^b slots, at first 8; slot = value & mask, then up to 9 slots behind
// it if they are all in the table, then perturb >>= 5, slot = (5 slot + 1 + perturb) & mask. After
// an insertion with 5 fill >= 3 mask the table grows to the smallest power of two above 4 times
// (from 50000 values on: twice) the number of values, and the values move in table order.
// (setobject.c of CPython 3.7 to 3.12.)
#pragma once

#include <cstdint>
#include <vector>

namespace systole::scalesim {

class PythonSet {
 public:
  void Insert(int64_t value);  // not yet in the set, >= 0
  void Clear();
  int64_t size() const { return used_; }

  template <typename Visit>
  void ForEach(Visit visit) const {
    for (int64_t value : table_) {
      if (value >= 0) visit(value);
    }
  }

 private:
  static void Place(int64_t value, std::vector<int64_t>* table);
  void Grow();

  std::vector<int64_t> table_ = std::vector<int64_t>(8, -1);  // -1: free
  std::vector<int64_t> spare_;
  int64_t used_ = 0;
};

}  // namespace systole::scalesim
