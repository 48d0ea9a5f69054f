#include "sw/compiler/emitter.h"

#include <algorithm>
#include <cassert>

namespace systole {
namespace {

// Tokens of one engine for another that may lie there at once: what the counter holds, less those
// that wait for the instructions in a queue.
constexpr size_t kMostTokens = 255 - 64;
constexpr uint64_t kSyncNibble = 0xF;

}  // namespace

// An engine may give its tokens long before they are taken. Where those that lie there at once
// could overflow the counter, the order is kept by a later instruction of the source (it stands
// before the taker, too), which covers what comes in between.
int64_t Emitter::Later(int engine, int source, int64_t producer) const {
  const std::vector<int64_t>& takers = takers_[engine][source];
  const auto behind =
      static_cast<size_t>(takers.end() - std::upper_bound(takers.begin(), takers.end(), producer));
  if (behind < kMostTokens) return producer;
  const std::vector<int64_t>& givers = givers_[source];
  const auto giver =
      std::lower_bound(givers.begin(), givers.end(), takers[takers.size() - kMostTokens]);
  return giver == givers.end() ? std::max(producer, givers.back()) : *giver;
}

int64_t Emitter::Order(const After& after) {
  const int64_t index = static_cast<int64_t>(code_->size()) - 1;
  uint32_t& self = code_->back().word[0];
  const int engine = static_cast<int>(code_->back().engine());
  if (engine < 0 || engine >= kNumEngines)
    return index;  // nothing is written there: CheckProgram() says so
  for (int source = 0; source < kNumEngines; ++source) {
    if (source == engine || after.index[source] <= covered_[engine][source]) continue;
    const int64_t producer = Later(engine, source, after.index[source]);
    assert(producer < index && static_cast<int>((*code_)[producer].engine()) == source);
    // Engines retire in order and tokens are counted, so one token of the last producer stands for
    // all before it.
    covered_[engine][source] = producer;
    self += uint32_t{1} << kPopField[source].lsb;
    uint32_t& giver = (*code_)[producer].word[0];
    const uint32_t push = uint32_t{1} << (field::kPush.lsb + engine);
    assert((giver & push) == 0);
    giver |= push;
    takers_[engine][source].push_back(index);
  }
  const uint64_t opcode = code_->back().Get(field::kOpcode);
  if ((opcode & kSyncNibble) != kSyncNibble) givers_[engine].push_back(index);
  return index;
}

}  // namespace systole
