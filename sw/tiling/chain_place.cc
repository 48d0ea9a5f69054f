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

// A place in [low, high) that is free from node `first` to node `last`: of all that begin where
// another item ends, the one that has been left the longest, so that LOAD need not wait to fill its
// padding; -1: none.
int FindPlace(const std::vector<Life>& lives, int first, int last, int size, int low, int high,
              int alignment) {
  int best = -1, best_left = 0;
  auto consider = [&](int from) {
    const int at = RoundUp(from, alignment);
    if (at < low || at + size > high) return;
    int left = -1;  // the last node that used it
    for (const Life& life : lives) {
      if (life.end <= at || at + size <= life.at) continue;
      if (life.last >= first && life.first <= last) return;
      left = std::max(left, life.last);
    }
    if (best >= 0 && (left > best_left || (left == best_left && at >= best))) return;
    best = at;
    best_left = left;
  };
  consider(low);
  for (const Life& life : lives) consider(life.end);
  return best;
}

// The last node that uses a tensor's item.
int LastUse(const Chain& chain, const ChainTensor& t) {
  int last = t.last;
  auto before = static_cast<int>(&t - chain.tensors.data());
  for (size_t i = 0; i < chain.tensors.size(); ++i) {
    if (chain.tensors[i].same != before) continue;
    before = static_cast<int>(i);
    last = chain.tensors[i].last;
  }
  return last;
}

// `alignment` of items between layers; `apart`: the chain's inputs, those, and its result each have
// address groups of their own. `turns_stored`: places of the result, of strips by turns.
bool Place(const HwConfig& config, bool apart, int alignment, int turns_stored, Chain* chain) {
  using Kind = ChainTensor::Kind;
  const bool cut = chain->Strips() > 1;
  const int end = static_cast<int>(chain->nodes.size()), group = config.GroupBytes();
  std::vector<Life> lives;
  int low = 0, high = config.ActBytes();
  for (const Kind kind : {Kind::kLoaded, Kind::kStored, Kind::kMade}) {
    for (ChainTensor& t : chain->tensors) {
      if (t.kind != kind || t.same >= 0) continue;
      const int turns = !cut || kind == Kind::kMade ? 1 : kind == Kind::kStored ? turns_stored : 2;
      t.turns = turns;
      for (int turn = 0; turn < turns; ++turn) {
        const int first = cut ? 0 : t.first;
        const int last = cut || kind == Kind::kStored ? end : LastUse(*chain, t);
        int at = 0;
        if (apart && kind == Kind::kStored) {
          at = (high - t.size) / kAlignment * kAlignment;
          high = at;
          if (at < low) return false;
        } else {
          at = FindPlace(lives, first, last, t.size, low, high,
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
  for (ChainTensor& t : chain->tensors) {
    if (t.same < 0) continue;
    t.place[0] = chain->tensors[t.same].place[0];
    t.place[1] = chain->tensors[t.same].place[1];
  }
  return true;
}

}  // namespace

bool PlaceChain(const HwConfig& config, Chain* chain) {
  const int group = config.GroupBytes();
  for (const int turns : {2, 1}) {
    if (Place(config, true, group, turns, chain) || Place(config, true, kAlignment, turns, chain) ||
        Place(config, false, kAlignment, turns, chain))
      return true;
    if (chain->Strips() == 1) break;
  }
  return false;
}

}  // namespace systole
