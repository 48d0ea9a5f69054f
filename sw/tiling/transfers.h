// Loads, fills and stores of a tensor's lines.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sw/compiler/stage.h"
#include "sw/isa/config.h"
#include "sw/tiling/memory_plan.h"
#include "sw/tiling/work.h"

namespace systole {

// The Stores that made a tensor, so that loads come after them.
class StoreLog {
 public:
  void Clear() { stores_.clear(); }
  // Rows and channels of the tensor's root.
  struct Area {
    int image0, image1, y0, y1, c0, c1;
  };
  void Add(int root, const Area& area, int64_t op) { stores_[root].push_back({area, op}); }
  // The last operation that stored a part of the area; -1: none.
  int64_t Last(int root, const Area& area) const;

 private:
  struct Entry {
    Area area;
    int64_t op;
  };
  std::map<int, std::vector<Entry>> stores_;
};

// All but the memory's side of a LOAD, FILL or STORE.
void PutLoad(Opcode opcode, const std::string& who, int64_t bytes, int64_t lines, int64_t buf,
             int64_t buf_stride, Instruction* i);

// Fills the padding around `h` lines of `w` pixels of `c` bytes, `at` bytes into the item added
// last.
void AddFills(const std::string& who, const Padding& pad, int pad_value, int h, int w, int c,
              int pitch, int64_t at, Work* work);

// A rectangle of a tensor's pixels in memory, of channels [channel, channel + channels).
struct StoredRect {
  MemoryView view;
  int y0 = 0, y1 = 0, x0 = 0, x1 = 0, channel = 0, channels = 0;
};

// Stores a rectangle that lies densely in an item, and says when that is done with it.
void AddStores(const std::string& who, const StoredRect& rect, const HwConfig& config, int item,
               int32_t row, Work* work);

}  // namespace systole
