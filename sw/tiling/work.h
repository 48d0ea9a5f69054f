// What a program is to do, before it is decided where on chip things lie and when they are loaded:
// operations of MATMUL, POST and STORE in their order, and the items that they use.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "sw/isa/isa.h"
#include "sw/program/program.h"

namespace systole {

// The memories on chip that items share, each a ring; items of a chain have places of their own in
// the activation buffer.
enum class Ring { kInput, kOutput, kResidual, kWeight, kOffset, kParameter, kPlaced };
inline constexpr int kNumRings = 7;

// An instruction of LOAD that brings (part of) an item; its LsBuf counts from the item's beginning.
struct LoadPiece {
  Instruction instruction;
  int64_t after = -1;  // the Store operation that makes what it reads; -1: there from the start
  int row0 = 0, row1 = 1 << 30;  // of the item's lines; for whom it must have been done
};

// Bytes of an activation ring, or rows of a constant one; loaded when first needed, again when
// needed after something else took its place. An item of the output ring has no pieces.
struct Item {
  Ring ring = Ring::kInput;
  int size = 0;
  int place = -1;                   // of a placed item: its address
  uint32_t piece0 = 0, piece1 = 0;  // of Work::pieces
};

inline constexpr int kNoItem = -1;

// Lines and channels of an item, half open.
struct ItemArea {
  int line0 = 0, line1 = 1 << 30, channel0 = 0, channel1 = 1 << 30;
  bool Meets(const ItemArea& o) const {
    return line0 < o.line1 && o.line0 < line1 && channel0 < o.channel1 && o.channel0 < channel1;
  }
};

// One instruction of MATMUL, POST or STORE; addresses count from the beginning of its items.
struct Op {
  Instruction instruction;
  // MATMUL: window, weights, offsets; POST: parameters, output,
  // operands of an addition; STORE: output.
  int input = kNoItem, input2 = kNoItem, weight = kNoItem, offset = kNoItem, parameter = kNoItem,
      output = kNoItem;
  int row0 = 0, row1 = 0;                // lines of `input` that it reads
  int channel0 = 0, channel1 = 1 << 30;  // and channels
  ItemArea made;                         // POST: of `output`
  int32_t job = 0;                       // MATMUL, POST: which filling of an accumulator half
  int32_t row = 0;                       // of the report
};

// Once operation `op` (a Post) has retired, a part of a tensor lies in a placed item; addresses
// count from the item's beginning.
struct Sight {
  uint32_t op = 0;
  int item = kNoItem;
  Observation observation;
};

struct Work {
  std::vector<Op> ops;
  std::vector<Item> items;
  std::vector<LoadPiece> pieces;
  std::vector<Sight> sights;           // by operation
  std::vector<std::string> names;      // per report row, for messages
  std::vector<uint32_t> last_of_item;  // of output items: the Store that ends it

  int AddItem(Ring ring, int size) {
    Item item;
    item.ring = ring;
    item.size = size;
    item.piece0 = item.piece1 = static_cast<uint32_t>(pieces.size());
    items.push_back(item);
    last_of_item.push_back(0);
    return static_cast<int>(items.size()) - 1;
  }
  // To the item added last.
  LoadPiece& AddPiece() {
    ++items.back().piece1;
    return pieces.emplace_back();
  }
};

}  // namespace systole
