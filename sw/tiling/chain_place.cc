#include "sw/tiling/chain_place.h"

#include <algorithm>
#include <vector>

namespace systole {
namespace {

constexpr int kAlignment = 64;

struct Life {
  int first, last, at, end;
};

int RoundUp(int value, int unit) { return (value + unit - 1) / unit * unit; }

// The lowest place in [low, high) that is free from node `first` to node `last`; -1: none.
int FirstFit(const std::vector<Life>& lives, int first, int last, int size, int low, int high,
             int alignment) {
  int at = RoundUp(low, alignment);
  for (bool moved = true; moved;) {
    moved = false;
    for (const Life& life : lives) {
      if (life.last < first || last < life.first) continue;
      if (life.at < at + size && at < life.end) {
        at = RoundUp(life.end, alignment);
        moved = true;
      }
    }
  }
  return at + size <= high ? at : -1;
}

// `alignment` of items between layers; `apart`: the chain's inputs, those, and its result each have
// address groups of their own.
bool Place(const HwConfig& config, bool apart, int alignment, Chain* chain) {
  using Kind = ChainTensor::Kind;
  const bool cut = chain->Strips() > 1;
  const int end = static_cast<int>(chain->nodes.size()), group = config.GroupBytes();
  std::vector<Life> lives;
  int low = 0, high = config.ActBytes();
  for (const Kind kind : {Kind::kLoaded, Kind::kStored, Kind::kMade}) {
    for (ChainTensor& t : chain->tensors) {
      if (t.kind != kind) continue;
      const int turns = cut && kind != Kind::kMade ? 2 : 1;
      for (int turn = 0; turn < turns; ++turn) {
        const int first = cut ? 0 : t.first, last = cut || kind == Kind::kStored ? end : t.last;
        int at = 0;
        if (apart && kind == Kind::kStored) {
          at = (high - t.size) / kAlignment * kAlignment;
          high = at;
          if (at < low) return false;
        } else {
          at = FirstFit(lives, first, last, t.size, low, high,
                        kind == Kind::kMade ? alignment : kAlignment);
          if (at < 0) return false;
        }
        lives.push_back({first, last, at, at + t.size});
        t.place[turn] = at;
        if (turns == 1) t.place[1] = at;
      }
    }
    if (!apart) continue;
    if (kind == Kind::kLoaded) {
      for (const Life& life : lives) low = std::max(low, RoundUp(life.end, group));
    }
    if (kind == Kind::kStored) high = high / group * group;
  }
  return true;
}

}  // namespace

bool PlaceChain(const HwConfig& config, Chain* chain) {
  return Place(config, true, config.GroupBytes(), chain) ||
         Place(config, true, kAlignment, chain) || Place(config, false, kAlignment, chain);
}

}  // namespace systole
